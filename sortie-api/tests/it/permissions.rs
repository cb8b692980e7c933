//! Who may do what, over every operation: one without a row here fails the build's tests, and the operators' guide shows the
//! same table.

mod objects;
mod shared;
mod table;

use std::{collections::HashMap, fmt::Write as _};

use sortie_api::{openapi, route::Route};

use self::{
    objects::Objects,
    table::{Row, WHO, rows},
};
use crate::world::World;

#[test]
fn every_route_and_method_has_a_row_of_permissions() {
    let rows = rows();
    for endpoint in Route::ALL {
        for method in endpoint.methods {
            let has_row = rows.iter().any(|it| it.template == endpoint.template && it.method == method.as_str());
            assert!(has_row, "{method} {} has no row", endpoint.template);
        }
    }
}

#[test]
fn every_operation_of_the_description_has_a_row_and_documents_its_answers() {
    let document = serde_json::to_value(openapi::document()).unwrap();
    let rows = rows();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let of = |it: &&Row| it.template == path && it.method.eq_ignore_ascii_case(method);
            let of_operation: Vec<_> = rows.iter().filter(of).collect();
            assert!(!of_operation.is_empty(), "{method} {path} has no row");
            for status in of_operation.iter().flat_map(|it| it.expected()) {
                // 401 is the door's and said once for all; anything else granted is documented where it is granted.
                let is_said = status >= 400 || operation["responses"].get(status.to_string()).is_some();
                assert!(is_said, "{method} {path} answers {status}, which its description does not say");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_gets_exactly_what_the_table_says() {
    let world = World::start().await;
    let objects = Objects::prepare(&world).await;
    let mut tokens = HashMap::new();
    for who in WHO.into_iter().filter(|it| *it != "stranger") {
        tokens.insert(who, world.token(who).await);
    }
    let mut wrong = Vec::new();
    for (index, row) in rows().iter().enumerate() {
        for (who, expected) in WHO.into_iter().zip(row.expected()) {
            let name = format!("t{index}-{who}");
            let made = objects.make(&world, row.target, &name).await;
            let path = row.template.replace("{id}", &made.id).replace("{userId}", &made.user);
            let path = path.replace("{name}", &made.id).replace("{share}", &made.user).replace("{viewer}", &made.user);
            let mut ask = world.ask(row.method, &format!("{path}{}", row.query));
            if who != "stranger" {
                // Some rows end the sign-in.
                let own = if row.ends_sign_in { world.token(who).await } else { tokens[who].clone() };
                ask = ask.bearer(&own);
            }
            if let Some(body) = row.body {
                ask = ask.with_json(&body(&name, &made));
            }
            let status = ask.begin().await.status().as_u16();
            if status != expected {
                wrong.push(format!(
                    "{} {} ({:?}) as {who}: {status} instead of {expected}",
                    row.method, row.template, row.target
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The table as the guide shows it.
fn guide() -> String {
    let mut text = format!("| Operation | Object | {} |\n|---|---|{}\n", WHO.join(" | "), "---|".repeat(WHO.len()));
    for row in rows() {
        let answers: Vec<_> = row.expected().iter().map(ToString::to_string).collect();
        let said = if row.about.is_empty() { row.target.described() } else { row.about };
        writeln!(text, "| {} `{}` | {said} | {} |", row.method, row.template, answers.join(" | ")).unwrap();
    }
    text
}

#[test]
fn the_guide_shows_both_tables() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/admin/access-control.md");
    let found = std::fs::read_to_string(path).unwrap();
    let tables = [guide(), shared::guide()];
    if !tables.iter().all(|wanted| found.contains(wanted)) {
        let aside = concat!(env!("CARGO_TARGET_TMPDIR"), "/access-control-tables.md");
        std::fs::write(aside, tables.join("\n")).unwrap();
        panic!("docs/admin/access-control.md does not show the tables of permissions; they are in {aside}");
    }
}
