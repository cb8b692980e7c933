//! Layered configuration: built-in defaults, a file, variables, flags; later wins. Everything wrong is reported at once.
//!
//! The `config` crate reads the file. Values stay text until [`settings`] parses each by the [`table`], because guessing
//! types turns `007` into `7`.

pub(crate) mod audit;
pub(crate) mod backup;
pub(crate) mod branding;
mod engine;
pub(crate) mod in_force;
pub(crate) mod kubernetes;
mod layers;
pub(crate) mod services;
pub(crate) mod settings;
pub(crate) mod sso;
pub(crate) mod table;

use std::{collections::BTreeMap, fmt};

pub(crate) use layers::load;
pub(crate) use settings::Settings;

/// Where a value comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// Built in.
    Default,
    /// The file given with `--config-file`.
    File(String),
    /// A variable, by its own name.
    Variable(String),
    /// The content of the file that a `…_FILE` variable names.
    SecretFile(String),
    /// A flag.
    Flag(&'static str),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File(path) => write!(f, "file {path}"),
            Self::Variable(name) => write!(f, "variable {name}"),
            Self::SecretFile(name) => write!(f, "file named by {name}"),
            Self::Flag(name) => write!(f, "flag {name}"),
        }
    }
}

/// One value with its origin.
#[derive(Clone, Debug)]
pub(crate) struct Value {
    /// As written; never empty, for empty means unset.
    pub(crate) text: String,
    /// Where it comes from.
    pub(crate) origin: Origin,
}

/// Variables of object stores, by their names. Their values are never shown.
#[derive(Clone, Default)]
pub(crate) struct StoreVariables(pub(crate) Vec<(String, String)>);

impl fmt::Debug for StoreVariables {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}

/// The settings that somebody wrote, by their names. Their values are never shown.
#[derive(Clone, Default)]
pub(crate) struct Written(pub(crate) BTreeMap<String, String>);

impl fmt::Debug for Written {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

/// Every key that has a value, and what was noticed on the way.
#[derive(Clone, Debug, Default)]
pub(crate) struct Layered {
    /// By the key's official name.
    pub(crate) values: BTreeMap<&'static str, Value>,
    /// Worth a warning.
    pub(crate) notes: Vec<String>,
    /// What is wrong already.
    pub(crate) errors: Vec<String>,
    /// We run in a pod: Kubernetes told us where its API is.
    pub(crate) in_cluster: bool,
    /// Somebody named a kubeconfig.
    pub(crate) kubeconfig: bool,
    /// What object stores' own tools are told by: credentials, endpoints, regions.
    pub(crate) stores: StoreVariables,
    /// The machine has services and no catalog.
    pub(crate) supervise: bool,
}

impl Layered {
    /// What is not built in.
    pub(crate) fn written(&self) -> Written {
        let written = self.values.iter().filter(|(_, it)| it.origin != Origin::Default);
        Written(written.map(|(name, it)| ((*name).to_owned(), it.text.clone())).collect())
    }
}
