//! Reading the layers.

use std::{collections::HashMap, fs, path::Path};

use super::{
    Layered, Origin, Value,
    table::{self, KEYS},
};
use crate::cli::Flags;

/// What Launchpad called its database.
const OLD_FILE: &str = "launchpad.db";

/// What the variables of object stores begin with.
const STORES: [&str; 3] = ["AWS_", "AZURE_", "GOOGLE_"];

/// What the container-manager called its database: its documents' name, good without a warning.
const OLD_DATABASE: &str = "DATABASE_PATH";

/// What is different where a machine has services and no catalog.
const SUPERVISE: [(&str, &str); 3] =
    [("SORTIE_SERVICES", "true"), ("SORTIE_DB", "./data/database.sqlite"), ("SORTIE_PORT", "3000")];

/// Defaults, then the file, then variables, then flags.
pub(crate) fn load(flags: &Flags, variables: impl IntoIterator<Item = (String, String)>) -> Layered {
    let mut layered = Layered::default();
    for key in KEYS.iter().filter(|it| !it.default.is_empty()) {
        put(&mut layered, key.name, key.default, Origin::Default);
    }
    if flags.supervise {
        layered.supervise = true;
        for (name, text) in SUPERVISE {
            put(&mut layered, name, text, Origin::Default);
        }
    }
    if let Some(path) = &flags.config_file {
        read_file(&mut layered, path);
    }
    if let Some(path) = &flags.env_file {
        read_env_file(&mut layered, path);
    }
    read_variables(&mut layered, variables);
    for (name, flag, value) in [
        ("SORTIE_PORT", "--port", &flags.port),
        ("SORTIE_DB", "--db", &flags.db),
        ("SORTIE_SEED", "--seed", &flags.seed),
    ] {
        if let Some(value) = value {
            put(&mut layered, name, value, Origin::Flag(flag));
        }
    }
    if !flags.supervise {
        find_old_file(&mut layered, Path::new("."));
    }
    layered
}

/// The database of Launchpad beside us is opened where no other is named or there.
fn find_old_file(layered: &mut Layered, folder: &Path) {
    let is_named = layered.values.get("SORTIE_DB").is_some_and(|it| it.origin != Origin::Default);
    let default = table::find("SORTIE_DB").map_or("", |it| it.default);
    if !is_named && !folder.join(default).exists() && folder.join(OLD_FILE).is_file() {
        layered.notes.push(format!("SORTIE_DB is not set and there is no {default}: {OLD_FILE} is opened"));
        put(layered, "SORTIE_DB", OLD_FILE, Origin::Default);
    }
}

/// Empty means unset, so it never covers a value of an earlier layer.
fn put(layered: &mut Layered, name: &'static str, text: &str, origin: Origin) {
    if !text.is_empty() {
        layered.values.insert(name, Value { text: text.to_owned(), origin });
    }
}

fn read_file(layered: &mut Layered, path: &Path) {
    let origin = path.display().to_string();
    let read = config::Config::builder()
        .add_source(config::File::from(path).required(true))
        .build()
        .and_then(config::Config::try_deserialize::<HashMap<String, config::Value>>);
    let values = match read {
        Ok(values) => values,
        Err(error) => {
            layered.errors.push(format!("--config-file {origin}: {error}"));
            return;
        }
    };
    for (written, value) in values {
        let upper = written.to_uppercase();
        let is_whole = upper.starts_with("SORTIE_") || table::find(&upper).is_some();
        let name = if is_whole { upper } else { format!("SORTIE_{upper}") };
        match (table::find(&name), value.into_string()) {
            (Some(key), Ok(text)) => put(layered, key.name, &text, Origin::File(origin.clone())),
            (Some(_), Err(_)) => layered.errors.push(format!("{written} in {origin}: must be a single value")),
            (None, _) => layered.errors.push(format!("{written} in {origin}: is not a known setting")),
        }
    }
}

fn read_env_file(layered: &mut Layered, path: &Path) {
    let origin = path.display().to_string();
    match dotenvy::from_path_iter(path) {
        Ok(lines) => {
            let mut variables = Vec::new();
            for line in lines {
                match line {
                    Ok(pair) => variables.push(pair),
                    Err(error) => layered.errors.push(format!("--env-file {origin}: {error}")),
                }
            }
            read_variables(layered, variables);
        }
        Err(error) => layered.errors.push(format!("--env-file {origin}: {error}")),
    }
}

fn read_variables(layered: &mut Layered, variables: impl IntoIterator<Item = (String, String)>) {
    let mut variables: Vec<_> = variables
        .into_iter()
        .inspect(|(name, text)| {
            layered.in_cluster |= name == "KUBERNETES_SERVICE_HOST" && !text.is_empty();
            layered.kubeconfig |= name == "KUBECONFIG" && !text.is_empty();
            if STORES.iter().any(|it| name.starts_with(it)) {
                layered.stores.0.retain(|(it, _)| it != name);
                layered.stores.0.push((name.clone(), text.clone()));
            }
        })
        .filter(|(name, _)| {
            let is_ours = name.starts_with("SORTIE_") || name.starts_with("LAUNCHPAD_") || name == OLD_DATABASE;
            is_ours || table::find(name).is_some()
        })
        .collect();
    // Old names first, so that the official one wins where both are set.
    variables.sort_by_key(|(name, _)| (name.starts_with("SORTIE_"), name.clone()));
    for (written, text) in variables {
        if text.is_empty() {
            continue;
        }
        if is_service_link(&written, &text) {
            layered.notes.push(format!("{written} comes from a Kubernetes service link and is ignored"));
            continue;
        }
        if written == OLD_DATABASE {
            read_variable(layered, &written, "SORTIE_DB", &text);
            continue;
        }
        let name = written.replacen("LAUNCHPAD_", "SORTIE_", 1);
        if name != written {
            layered.notes.push(format!("{written} is an old name; use {name}"));
        }
        read_variable(layered, &written, &name, &text);
    }
}

fn read_variable(layered: &mut Layered, written: &str, name: &str, text: &str) {
    if let Some(key) = table::find(name) {
        put(layered, key.name, text, Origin::Variable(written.to_owned()));
    } else if let Some(key) = name.strip_suffix("_FILE").and_then(table::find).filter(|it| it.secret) {
        match fs::read_to_string(text) {
            Ok(content) => put(layered, key.name, content.trim_end(), Origin::SecretFile(written.to_owned())),
            Err(error) => layered.errors.push(format!("{written}: cannot read {text}: {error}")),
        }
    } else if table::NOT_USED.iter().any(|it| name.starts_with(it)) {
        layered.notes.push(format!("{written} is not used by this version"));
    } else {
        layered.notes.push(format!("{written} is not a known setting and is ignored"));
    }
}

/// Kubernetes sets `<SERVICE>_PORT=tcp://…` and relatives for every service of the namespace, ours among them.
fn is_service_link(name: &str, text: &str) -> bool {
    // Links have names of other endings, and an engine behind TLS is named like this.
    let is_engine = name == "SORTIE_ENGINE";
    let by_value = !is_engine && ["tcp://", "udp://", "sctp://"].iter().any(|it| text.starts_with(it));
    let by_port = name.split_once("_PORT_").is_some_and(|(_, rest)| rest.starts_with(|c: char| c.is_ascii_digit()));
    by_value || by_port || name.ends_with("_SERVICE_HOST") || name.contains("_SERVICE_PORT")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(variables: &[(&str, &str)]) -> Layered {
        load(&Flags::default(), variables.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())))
    }

    fn text(layered: &Layered, name: &str) -> Option<String> {
        layered.values.get(name).map(|it| it.text.clone())
    }

    #[test]
    fn a_later_layer_wins_and_an_empty_value_does_not() {
        let flags = Flags { port: Some("9".to_owned()), ..Flags::default() };
        let layered =
            load(&flags, [("SORTIE_PORT".to_owned(), "7".to_owned()), ("SORTIE_DB".to_owned(), String::new())]);
        assert_eq!(text(&layered, "SORTIE_PORT").as_deref(), Some("9"));
        assert_eq!(text(&layered, "SORTIE_DB").as_deref(), Some("sortie.db"));
    }

    #[test]
    fn a_service_link_of_kubernetes_is_not_taken_for_a_setting() {
        let layered = with(&[("SORTIE_PORT", "tcp://10.0.0.1:80"), ("SORTIE_PORT_80_TCP_ADDR", "10.0.0.1")]);
        assert_eq!(text(&layered, "SORTIE_PORT").as_deref(), Some("8080"));
        assert_eq!(layered.notes.len(), 2);
    }

    #[test]
    fn an_old_name_is_accepted_with_a_note_and_the_official_one_wins() {
        let layered = with(&[("LAUNCHPAD_DB", "old.db"), ("LAUNCHPAD_PORT", "1"), ("SORTIE_PORT", "2")]);
        assert_eq!(text(&layered, "SORTIE_DB").as_deref(), Some("old.db"));
        assert_eq!(text(&layered, "SORTIE_PORT").as_deref(), Some("2"));
        assert!(layered.notes.iter().any(|it| it.contains("SORTIE_DB")));
    }

    #[test]
    fn a_value_comes_from_the_variable_that_was_set_and_the_official_one_wins() {
        let origin = |variables: &[(&str, &str)]| {
            let layered = with(variables);
            let value = &layered.values["SORTIE_DB"];
            assert_eq!(layered.notes, [""; 0]);
            (value.text.clone(), value.origin.to_string())
        };
        let old = ("DATABASE_PATH", "old.sqlite");
        assert_eq!(origin(&[old]), ("old.sqlite".to_owned(), "variable DATABASE_PATH".to_owned()));
        for both in [[old, ("SORTIE_DB", "new.db")], [("SORTIE_DB", "new.db"), old]] {
            assert_eq!(origin(&both), ("new.db".to_owned(), "variable SORTIE_DB".to_owned()));
        }
    }

    #[test]
    fn the_database_of_launchpad_is_opened_only_where_no_other_is_named_or_there() {
        let folder = tempfile::tempdir().unwrap();
        let found = |variables: &[(&str, &str)]| {
            let mut layered = with(variables);
            find_old_file(&mut layered, folder.path());
            (text(&layered, "SORTIE_DB").unwrap(), layered.notes.len())
        };
        assert_eq!(found(&[]), ("sortie.db".to_owned(), 0));
        fs::write(folder.path().join(OLD_FILE), "").unwrap();
        assert_eq!(found(&[]), (OLD_FILE.to_owned(), 1));
        assert_eq!(found(&[("SORTIE_DB", "mine.db")]), ("mine.db".to_owned(), 0));
        fs::write(folder.path().join("sortie.db"), "").unwrap();
        assert_eq!(found(&[]), ("sortie.db".to_owned(), 0));
    }

    #[test]
    fn a_secret_can_come_from_a_file_without_its_last_line_break() {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), "s3cret-s3cret\n").unwrap();
        let layered = with(&[("SORTIE_ADMIN_PASSWORD_FILE", file.path().to_str().unwrap())]);
        assert_eq!(text(&layered, "SORTIE_ADMIN_PASSWORD").as_deref(), Some("s3cret-s3cret"));
    }

    #[test]
    fn a_file_with_an_unknown_key_is_an_error_that_names_it() {
        let file = tempfile::Builder::new().suffix(".toml").tempfile().unwrap();
        fs::write(file.path(), "port = 9090\nprot = 1\n").unwrap();
        let layered = load(&Flags { config_file: Some(file.path().to_owned()), ..Flags::default() }, []);
        assert_eq!(text(&layered, "SORTIE_PORT").as_deref(), Some("9090"));
        assert!(layered.errors.iter().any(|it| it.contains("prot ")), "{:?}", layered.errors);
    }

    #[test]
    fn an_env_file_loses_its_trailing_comments() {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), "LAUNCHPAD_PORT=9091 # the port\n").unwrap();
        let layered = load(&Flags { env_file: Some(file.path().to_owned()), ..Flags::default() }, []);
        assert_eq!(text(&layered, "SORTIE_PORT").as_deref(), Some("9091"));
    }
}
