//! What a person prefers, kept on the server so that it follows them.

use crate::{invalid::Invalid, time::Timestamp};

/// Light or dark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Theme {
    /// Light.
    Light,
    /// Dark.
    Dark,
}

impl Theme {
    /// The name, as stored and sent.
    pub fn name(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// Reads a name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Light, Self::Dark].into_iter().find(|it| it.name() == name)
    }
}

/// One person's preferences.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Preferences {
    /// The theme; `None` follows the system.
    pub theme: Option<Theme>,
    /// The categories that are folded, by name.
    pub collapsed_categories: Vec<String>,
    /// The favourite apps, by id.
    pub favorites: Vec<String>,
    /// When they were last saved; `None` before the first time.
    pub updated_at: Option<Timestamp>,
}

impl Preferences {
    /// Lists of at most 1000 names of at most 255 bytes.
    pub fn validate(&self) -> Result<(), Invalid> {
        for (field, list) in [("collapsed_categories", &self.collapsed_categories), ("favorites", &self.favorites)] {
            if list.len() > 1_000 || list.iter().any(|it| it.len() > 255) {
                return Err(Invalid::new(field, "must hold at most 1000 names of at most 255 bytes"));
            }
        }
        Ok(())
    }
}
