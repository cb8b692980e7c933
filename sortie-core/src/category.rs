//! Categories of the catalog: what groups apps and carries the rights to them.

use crate::{
    id::{CategoryId, TenantId},
    invalid::{Invalid, Problems},
    time::Timestamp,
};

/// The longest name of a category, in bytes.
pub const MAX_NAME_BYTES: usize = 100;
/// The longest description, in bytes.
pub const MAX_DESCRIPTION_BYTES: usize = 2_000;

/// One category. Apps refer to it by id, so that a new name keeps every right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Category {
    /// Its id.
    pub id: CategoryId,
    /// Its tenant.
    pub tenant: TenantId,
    /// Its name: unique in the tenant.
    pub name: String,
    /// A few words about it; may be empty.
    pub description: String,
    /// Counts its changes: for compare-and-set.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// The rules of a category's name and description.
pub fn check(name: &str, description: &str) -> Result<(), Problems> {
    let mut broken = Vec::new();
    if name.trim() != name || name.is_empty() || name.len() > MAX_NAME_BYTES || name.chars().any(char::is_control) {
        broken.push(Invalid::new(
            "name",
            format!("must be 1 to {MAX_NAME_BYTES} bytes long, without control characters and spaces around it"),
        ));
    }
    if description.len() > MAX_DESCRIPTION_BYTES || description.chars().any(|it| it.is_control() && it != '\n') {
        broken.push(Invalid::new(
            "description",
            format!("must be at most {MAX_DESCRIPTION_BYTES} bytes long, without control characters"),
        ));
    }
    Problems::check(broken)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_neither_empty_nor_padded() {
        assert!(check("Tools", "").is_ok());
        for bad in ["", " Tools", "Tools ", "To\nols", &"x".repeat(101)] {
            assert!(check(bad, "").is_err(), "{bad:?}");
        }
    }
}
