//! What is in force and why, fit to be shown: secrets are masked here, and nowhere else.

use super::{
    Layered,
    table::{KEYS, Key},
};

/// What stands for a secret.
const MASK: &str = "********";

/// One setting, as anybody may see it who may see the settings.
#[derive(Clone, Debug)]
pub(crate) struct InForce {
    /// Which.
    pub(crate) key: &'static Key,
    /// Its value, or the mask; `None` where it has none.
    pub(crate) shown: Option<String>,
    /// Where the value comes from.
    pub(crate) origin: Option<String>,
}

/// Every setting, in the table's order.
pub(crate) fn all(layered: &Layered) -> Vec<InForce> {
    let one = |key: &'static Key| {
        let value = layered.values.get(key.name);
        let shown = value.map(|it| if key.secret { MASK.to_owned() } else { it.text.clone() });
        InForce { key, shown, origin: value.map(|it| it.origin.to_string()) }
    };
    KEYS.iter().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{cli::Flags, config::load};

    #[test]
    fn a_secret_is_masked_with_its_origin_and_what_is_unset_is_shown_as_that() {
        let set = [("SORTIE_METRICS_TOKEN", "canary"), ("SORTIE_PORT", "9")];
        let layered = load(&Flags::default(), set.map(|(name, text)| (name.to_owned(), text.to_owned())));
        let all = all(&layered);
        let told = |name: &str| {
            let it = all.iter().find(|it| it.key.name == name).unwrap();
            (it.shown.as_deref(), it.origin.as_deref())
        };
        assert_eq!(told("SORTIE_METRICS_TOKEN"), (Some(MASK), Some("variable SORTIE_METRICS_TOKEN")));
        assert_eq!(told("SORTIE_PORT"), (Some("9"), Some("variable SORTIE_PORT")));
        assert_eq!(told("SORTIE_BIND"), (Some("0.0.0.0"), Some("default")));
        assert_eq!(told("SORTIE_SEED"), (None, None));
    }
}
