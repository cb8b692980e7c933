//! The facts of the older systems' documents, compared with what is really there.
//!
//! They stand in `sortie-e2e/conformance/*.toml`. A fact of a part that is not built is marked `pending = "<part>"`: it is
//! told, and the mark must go once the fact holds. A fact that we meet differently is marked `deviation = "<what>"`, and
//! `docs/admin/deviations.md` has a row that begins with these words and says why.

mod commands;
mod configuration;
mod files;
mod guides;
mod http;
mod schema;

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;

/// The project's folder.
pub(crate) fn project() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().unwrap()
}

/// The facts of one kind in one file of data.
fn facts(file: &str, kind: &str) -> Vec<Value> {
    let path = project().join("sortie-e2e/conformance").join(file);
    let text = fs::read_to_string(&path).unwrap();
    let all: Value = toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    all[kind].as_array().unwrap_or_else(|| panic!("{} has no [[{kind}]]", path.display())).clone()
}

/// A field's text; empty where there is none.
fn text<'a>(fact: &'a Value, field: &str) -> &'a str {
    fact[field].as_str().unwrap_or_default()
}

/// A field's list of texts.
fn list<'a>(fact: &'a Value, field: &str) -> Vec<&'a str> {
    fact[field].as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

/// What was found about the facts of one subject.
struct Judgement {
    subject: &'static str,
    deviations: String,
    failures: Vec<String>,
    pending: Vec<String>,
    met: usize,
}

impl Judgement {
    fn of(subject: &'static str) -> Self {
        let deviations = fs::read_to_string(project().join("docs/admin/deviations.md")).unwrap();
        Self { subject, deviations, failures: Vec::new(), pending: Vec::new(), met: 0 }
    }

    /// Judges one fact: `differs` says how ours is different.
    fn judge(&mut self, fact: &Value, name: &str, differs: Option<String>) {
        let (part, deviation) = (text(fact, "pending"), text(fact, "deviation"));
        match differs {
            Some(_) if !part.is_empty() => self.pending.push(format!("{name} ({part})")),
            None if !part.is_empty() => {
                self.failures.push(format!("{name} holds now: take `pending = {part:?}` away"));
            }
            Some(_) if !deviation.is_empty() && self.is_explained(deviation) => self.met += 1,
            Some(_) if !deviation.is_empty() => {
                self.failures.push(format!("docs/admin/deviations.md has no row with a reason for: {deviation}"));
            }
            None if !deviation.is_empty() => {
                self.failures.push(format!("{name} does not deviate: take `deviation` away"));
            }
            Some(how) => self.failures.push(format!("{name}: {how}")),
            None => self.met += 1,
        }
    }

    /// A fact that cannot be looked at before its part is built.
    fn later(&mut self, fact: &Value, name: &str) {
        let part = text(fact, "pending");
        assert!(!part.is_empty(), "{name} is looked at or pending");
        self.pending.push(format!("{name} ({part})"));
    }

    /// A row `| what | now | why |` whose last column is not empty.
    fn is_explained(&self, deviation: &str) -> bool {
        self.deviations.lines().any(|line| {
            let cells: Vec<_> = line.trim_matches('|').split('|').map(str::trim).collect();
            cells.first() == Some(&deviation) && cells.len() == 3 && cells.last().is_some_and(|it| !it.is_empty())
        })
    }

    fn conclude(self) {
        println!("{}: {} facts hold, {} are pending", self.subject, self.met, self.pending.len());
        for it in &self.pending {
            println!("  pending: {it}");
        }
        assert!(self.failures.is_empty(), "{}:\n  {}", self.subject, self.failures.join("\n  "));
        assert!(self.met > 0, "{}: this check has lost its subject", self.subject);
    }
}

#[test]
fn every_deviation_says_what_it_replaces_and_why() {
    let text = fs::read_to_string(project().join("docs/admin/deviations.md")).unwrap();
    let rows: Vec<_> = text.lines().filter(|it| it.starts_with('|') && !it.starts_with("|---")).collect();
    assert!(rows.len() > 20, "this check has lost its subject");
    for row in rows {
        let cells: Vec<_> = row.trim_matches('|').split(" | ").map(str::trim).collect();
        assert!(cells.len() == 3 && cells.iter().all(|it| !it.is_empty()), "{row}");
    }
}

/// "`ours`, not `theirs`" where they are not the same.
fn unequal(ours: &str, theirs: &str) -> Option<String> {
    (ours != theirs).then(|| format!("is {ours:?}, not {theirs:?}"))
}

/// Runs a shell line and answers what it printed, or how it failed.
fn shell(line: &str, folder: &Path) -> Result<String, String> {
    let output = Command::new("bash").args(["-euo", "pipefail", "-c", line]).current_dir(folder).output().unwrap();
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    if output.status.success() {
        Ok(printed)
    } else {
        Err(format!("{} {printed}{}", output.status, String::from_utf8_lossy(&output.stderr)))
    }
}
