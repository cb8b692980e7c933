//! Secrets for environment values: named in targets, kept apart from them, sealed at rest.

use std::{collections::BTreeMap, fmt};

use crate::{invalid::Invalid, secret::Secret, time::Timestamp};

/// The most bytes of one secret: an environment holds no more of a variable.
pub const MOST_BYTES: usize = 64 << 10;

/// What a secret is called.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SecretName(String);

impl SecretName {
    /// Takes a name of letters, digits and `_ . -`.
    pub fn new(text: impl Into<String>) -> Result<Self, Invalid> {
        let text = text.into();
        let is_plain = |it: char| it.is_ascii_alphanumeric();
        let is_fine = text.starts_with(is_plain)
            && text.len() <= 100
            && text.chars().all(|it| is_plain(it) || matches!(it, '_' | '.' | '-'));
        if !is_fine {
            let rule = "must be a name of letters, digits, '_', '.' and '-', at most 100 of them, beginning with a letter or digit";
            return Err(Invalid::new("name", rule));
        }
        Ok(Self(text))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SecretName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<SecretName> for String {
    fn from(name: SecretName) -> Self {
        name.0
    }
}

/// What everybody may know of a secret who may see services.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecretHead {
    /// Its name.
    pub name: String,
    /// How often it was set.
    pub revision: u64,
    /// When it was set last.
    pub updated_at: Timestamp,
}

/// Secrets by their names, on their way into one container.
#[derive(Clone, Debug, Default)]
pub struct SecretValues(BTreeMap<String, Secret>);

impl SecretValues {
    /// One of them.
    pub fn get(&self, name: &str) -> Option<&Secret> {
        self.0.get(name)
    }

    /// Puts one in.
    pub fn put(&mut self, name: &str, value: Secret) {
        self.0.insert(name.to_owned(), value);
    }
}

/// By names: a secret has no way to be compared.
impl PartialEq for SecretValues {
    fn eq(&self, other: &Self) -> bool {
        self.0.keys().eq(other.0.keys())
    }
}

impl Eq for SecretValues {}
