//! The shelf of objects against a real S3 server.

mod backups;

use std::sync::Arc;

use anyhow::Result;
use sortie_core::port::{Already, Shelf};
use sortie_objects::{Address, Objects, open};
use sortie_testkit::{
    contract::shelf,
    objects::{ObjectServer, SECRET},
};

fn shelf_of(server: &ObjectServer, address: &str, secret: &str) -> Result<Arc<Objects>> {
    Ok(open(&Address::parse(address)?, &server.variables(server.address(), secret))?)
}

fn holds(check: impl Fn(&dyn Shelf) -> Result<()>) -> Result<()> {
    let Some(server) = ObjectServer::start()? else { return Ok(()) };
    // What lies beside a prefix, or behind a longer one, is somebody else's.
    for stranger in ["s3://backups", "s3://backups/sortie/eu/deeper", "s3://backups/sortie/eu2"] {
        shelf_of(&server, stranger, SECRET)?.put("stranger", &mut &b"mine"[..], 4, Already::Refuse)?;
    }
    check(shelf_of(&server, "s3://backups/sortie/eu", SECRET)?.as_ref())
}

#[test]
fn objects_keep_what_is_put() -> Result<()> {
    holds(shelf::keeps_what_is_put)
}

#[test]
fn objects_give_a_name_to_one_of_many() -> Result<()> {
    holds(shelf::gives_a_name_to_one_of_many)
}

#[test]
fn objects_keep_what_is_long() -> Result<()> {
    holds(shelf::keeps_what_is_long)
}

#[test]
fn objects_show_nothing_by_halves() -> Result<()> {
    holds(shelf::shows_nothing_by_halves)
}

#[test]
fn a_wrong_secret_and_a_missing_bucket_are_told_apart_with_the_name_and_without_the_secret() -> Result<()> {
    let Some(server) = ObjectServer::start()? else { return Ok(()) };
    let wrong = shelf_of(&server, "s3://backups/x", "not-its-secret")?;
    let (listed, opened) = (wrong.names().unwrap_err().to_string(), wrong.open("a").map(drop).unwrap_err().to_string());
    assert!(listed.starts_with("cannot list s3://backups/x: the store refuses the credentials"), "{listed}");
    assert!(listed.contains("SignatureDoesNotMatch"), "{listed}");
    assert!(opened.starts_with("cannot read s3://backups/x/a: the store refuses the credentials"), "{opened}");
    let elsewhere = shelf_of(&server, "s3://other/x", SECRET)?;
    let put = elsewhere.put("a", &mut &b"1"[..], 1, Already::Refuse).unwrap_err().to_string();
    assert_eq!(put, "cannot write s3://other/x/a: there is no such bucket (NoSuchBucket)");
    for text in [listed, opened, put] {
        assert!(!text.contains(SECRET) && !text.contains("not-its-secret"), "{text}");
    }
    Ok(())
}
