//! Who was given what: memberships of tenants, rights in categories, and requests for more.

pub mod request;

use std::collections::{BTreeMap, BTreeSet};

use self::request::RequestStatus;
use crate::{
    id::{AccessRequestId, AppId, CategoryId, TenantId},
    user::Role,
};

/// One person's place in one tenant.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Membership {
    /// Which tenant.
    pub tenant: TenantId,
    /// Its short name, as it stands in addresses and in the header that chooses a tenant.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// What the person may do there, besides what the account's own roles say in the home tenant.
    pub roles: Vec<Role>,
}

/// A right in a category.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CategoryRight {
    /// Manages it: its description, its people, and how its apps are shown.
    Admin,
    /// Uses its apps whose visibility is `approved`.
    Approved,
}

impl CategoryRight {
    /// Every right.
    pub const ALL: [Self; 2] = [Self::Admin, Self::Approved];

    /// The name, as in mappings of groups and in the audit.
    pub fn name(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Approved => "approved",
        }
    }

    /// Reads a name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.name() == name)
    }
}

/// Everything that was given to one person. Read with the credential, and as fresh as it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Grants {
    /// The tenants, the home one among them.
    pub memberships: Vec<Membership>,
    /// The categories that the person manages.
    pub administers: BTreeSet<CategoryId>,
    /// The categories whose approved apps the person uses.
    pub approved: BTreeSet<CategoryId>,
    /// The newest request for access to each app that the person asked for.
    pub requests: BTreeMap<AppId, (AccessRequestId, RequestStatus)>,
}

impl Grants {
    /// The membership of a tenant.
    pub fn member_of(&self, tenant: &TenantId) -> Option<&Membership> {
        self.memberships.iter().find(|it| it.tenant == *tenant)
    }
}
