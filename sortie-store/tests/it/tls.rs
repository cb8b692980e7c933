//! TLS between us and the server, in the modes of libpq (PostgreSQL manual, 34.19).

use std::path::Path;

use anyhow::Result;
use sortie_store::{OpenError, Store};
use sortie_testkit::postgres::tls::Network;

use crate::backend::at_dsn;

/// Why the store cannot be opened this way; `None` when it can.
#[expect(clippy::panic, reason = "another error fails the test")]
fn refusal(dsn: &str, mode: &str, authority: Option<&Path>) -> Option<String> {
    let authority = authority.map(|it| format!(" sslrootcert={}", it.display())).unwrap_or_default();
    match Store::open(at_dsn(&format!("{dsn} sslmode={mode}{authority}"), 1)) {
        Ok(store) => {
            store.close();
            None
        }
        Err(OpenError::Unreachable(why)) => Some(why),
        Err(other) => panic!("{other}"),
    }
}

#[test]
fn every_connection_is_encrypted_when_that_is_required() -> Result<()> {
    let network = Network::encrypted()?;
    let dsn = network.empty_database("localhost")?;
    let store = Store::open(at_dsn(&format!("{dsn} sslmode=require"), 3))?;
    let (all, encrypted) = network.connections()?;
    assert!(all >= 2 && all == encrypted, "{encrypted} of {all} connections are encrypted");
    store.close();
    Ok(())
}

#[test]
fn a_server_is_checked_as_far_as_the_mode_says() -> Result<()> {
    let network = Network::encrypted()?;
    let (authority, stranger) = (network.authority(), network.stranger());
    let localhost = network.empty_database("localhost")?;
    let elsewhere = network.empty_database("db.example.org")?;
    assert_eq!(refusal(&localhost, "verify-full", Some(&authority)), None);
    assert_eq!(refusal(&elsewhere, "verify-ca", Some(&authority)), None, "the name is no matter of this mode");
    let wrong_name = refusal(&elsewhere, "verify-full", Some(&authority)).unwrap_or_default();
    assert!(wrong_name.contains("does not match host name"), "{wrong_name}");
    for mode in ["verify-ca", "verify-full"] {
        let unknown = refusal(&localhost, mode, Some(&stranger)).unwrap_or_default();
        assert!(unknown.contains("certificate verify failed"), "{mode}: {unknown}");
    }
    // With a root certificate even `require` looks at the authority, as libpq does.
    let unknown = refusal(&localhost, "require", Some(&stranger)).unwrap_or_default();
    assert!(unknown.contains("certificate verify failed"), "{unknown}");
    assert_eq!(refusal(&localhost, "require", None), None);
    Ok(())
}

#[test]
fn a_server_without_tls_is_refused_unless_that_is_allowed() -> Result<()> {
    let network = Network::open()?;
    let dsn = network.empty_database("localhost")?;
    for mode in ["require", "verify-ca", "verify-full"] {
        let authority = Path::new("/etc/ssl/certs/ca-certificates.crt");
        let refused = refusal(&dsn, mode, Some(authority)).unwrap_or_default();
        assert!(refused.contains("server does not support SSL"), "{mode}: {refused}");
    }
    for mode in ["prefer", "disable"] {
        assert_eq!(refusal(&dsn, mode, None), None, "{mode}");
    }
    Ok(())
}
