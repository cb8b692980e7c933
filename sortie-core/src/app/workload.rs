//! What runs in an app, as against how it is shown: fields that are a right of their own to see and to change.

use std::{collections::BTreeMap, fmt::Write};

use super::{
    AppFields,
    told::{Told, field_name},
};

macro_rules! workload_fields {
    ($($field:ident),+ $(,)?) => {
        /// The fields that say what runs, what it gets and what it reaches.
        pub const WORKLOAD_FIELDS: &[&str] = &[$(stringify!($field)),+, "env"];

        impl AppFields {
            /// The same with everything that runs as in `other`.
            #[must_use]
            pub fn with_workload_of(self, other: &Self) -> Self {
                Self { $($field: other.$field.clone(),)+ env: other.env.clone(), ..self }
            }

            /// What would change of what runs, for the audit: one text for each field. Values of environment variables are
            /// secrets, so only their names are in it.
            pub fn workload_diff(&self, after: &Self) -> Vec<String> {
                let mut diff = Vec::new();
                $(if self.$field != after.$field {
                    let name = field_name(stringify!($field));
                    diff.push(format!("{name}: {} -> {}", self.$field.told(), after.$field.told()));
                })+
                diff.extend(env_diff(&self.env, &after.env));
                diff
            }

            /// Whether what runs here says nothing, or only what `before` says: a text written back by somebody who was not
            /// shown it.
            pub fn leaves_workload(&self, before: &Self) -> bool {
                let nothing = Self::default();
                (self.env.is_empty() || self.env == before.env)
                    $(&& (self.$field == before.$field || self.$field == nothing.$field))+
            }
        }
    };
}

workload_fields!(
    launch_type,
    os_type,
    container_image,
    container_port,
    container_args,
    command,
    network,
    resources,
    egress,
    display,
    workspace,
    workspace_size,
    workspace_storage_class,
    clipboard,
    recording,
    run_as_root,
    warm_pool,
);

fn env_diff(before: &[(String, String)], after: &[(String, String)]) -> Option<String> {
    if before == after {
        return None;
    }
    let (old, new): (BTreeMap<_, _>, BTreeMap<_, _>) =
        (before.iter().map(|(k, v)| (k, v)).collect(), after.iter().map(|(k, v)| (k, v)).collect());
    let mut text = "env:".to_owned();
    let mut add = |sign: char, name: &str| {
        // Writing into a text cannot fail.
        let _ = write!(text, " {sign}{name}");
    };
    old.keys().filter(|it| !new.contains_key(*it)).for_each(|it| add('-', it));
    new.keys().filter(|it| !old.contains_key(*it)).for_each(|it| add('+', it));
    new.iter().filter(|(name, value)| old.get(*name).is_some_and(|it| it != *value)).for_each(|(it, _)| add('~', it));
    if text == "env:" {
        text.push_str(" in another order");
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::{
        super::{Network, WorkspaceKind},
        *,
    };

    fn fields() -> AppFields {
        AppFields {
            container_image: "example.org/a:1".to_owned(),
            env: vec![("TOKEN".to_owned(), "one".to_owned()), ("OLD".to_owned(), String::new())],
            ..AppFields::default()
        }
    }

    #[test]
    fn the_diff_shows_images_and_hides_the_values_of_the_environment() {
        let mut after = fields();
        after.container_image = "example.org/b:2".to_owned();
        after.env = vec![("TOKEN".to_owned(), "two".to_owned()), ("NEW".to_owned(), "three".to_owned())];
        after.name = "shown otherwise".to_owned();
        let diff = fields().workload_diff(&after);
        assert_eq!(diff, ["container_image: \"example.org/a:1\" -> \"example.org/b:2\"", "env: -OLD +NEW ~TOKEN"]);
    }

    #[test]
    fn the_diff_speaks_as_authors_do() {
        let mut after = fields();
        after.resources.cpu_limit = "2".to_owned();
        after.clipboard.out_of_app = false;
        after.network = Network::Host;
        after.workspace = WorkspaceKind::Persistent;
        let diff = [
            "network: none -> host",
            "resource_limits: none -> cpu_limit 2",
            "workspace.kind: ephemeral -> persistent",
            "clipboard: in, out -> in",
        ];
        assert_eq!(fields().workload_diff(&after), diff);
    }

    #[test]
    fn who_was_not_shown_what_runs_leaves_it_by_saying_nothing() {
        assert!(AppFields::default().leaves_workload(&fields()));
        assert!(fields().leaves_workload(&fields()));
        let other = AppFields { command: vec!["sh".to_owned()], ..AppFields::default() };
        assert!(!other.leaves_workload(&fields()));
        assert_eq!(AppFields::default().with_workload_of(&fields()).env, fields().env);
    }
}
