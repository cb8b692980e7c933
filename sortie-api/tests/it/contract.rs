//! The web app's copy of the description: its types are generated from it.

use std::{env, fs, path::Path};

use serde_json::Value;
use sortie_api::{codes::CODES, openapi};

const RENEW: &str = "SORTIE_RENEW_CONTRACT";

#[test]
fn the_web_apps_copy_says_what_the_server_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../web/openapi.json");
    let said = sorted(serde_json::to_value(openapi::document()).unwrap());
    let said = format!("{}\n", serde_json::to_string_pretty(&said).unwrap());
    if env::var_os(RENEW).is_some() {
        fs::write(&path, &said).unwrap();
    }
    let kept = fs::read_to_string(&path).unwrap();
    let differing = said.lines().zip(kept.lines()).enumerate().find(|(_, (said, kept))| said != kept);
    assert!(said == kept, "web/openapi.json is not what the server says: run scripts/contract; first: {differing:?}");
}

/// The order of members means nothing, and depends on how the server was built.
fn sorted(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let mut members: Vec<_> = members.into_iter().map(|(name, value)| (name, sorted(value))).collect();
            members.sort_by(|one, other| one.0.cmp(&other.0));
            Value::Object(members.into_iter().collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(sorted).collect()),
        value @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_)) => value,
    }
}

#[test]
fn every_code_of_a_problem_is_in_the_reference_with_its_status() {
    let reference = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/reference/errors.md");
    let reference = fs::read_to_string(reference).unwrap();
    for (status, code) in CODES {
        assert!(reference.contains(&format!("| {status} | `{code}` |")), "{status} {code}");
    }
}

#[test]
fn no_code_of_a_problem_is_there_twice() {
    let mut codes: Vec<_> = CODES.iter().map(|(_, code)| code).collect();
    codes.sort_unstable();
    codes.dedup();
    assert_eq!(codes.len(), CODES.len());
}
