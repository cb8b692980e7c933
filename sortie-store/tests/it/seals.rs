//! Seals over the audit: complete, and proof against whoever can write the database.

use std::{
    io::Write,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

use anyhow::Result;
use sortie_core::{
    audit::AuditAction,
    port::{
        AuditSeals, CatalogStore, Notary,
        seals::{AuditCut, CutRule, SealHead},
    },
};
use sortie_store::{
    Settings, Store,
    chain::{self, Anchor, ArchiveError, ChainProof},
};
use sortie_testkit::{
    contract::sample::{app, at, change},
    postgres::Cluster,
};

use crate::{
    backend::{self, at_dsn, at_path},
    schema::sqlite3,
};

/// Signs with a word that only it knows.
#[derive(Default)]
pub(crate) struct ToyNotary(Mutex<Option<SealHead>>);

impl Notary for ToyNotary {
    fn public_key(&self) -> &'static str {
        "toy"
    }

    fn sign(&self, message: &[u8]) -> String {
        format!("signed:{}", String::from_utf8_lossy(message).replace('\n', "/"))
    }

    fn is_signed(&self, public_key: &str, message: &[u8], signature: &str) -> bool {
        public_key == "toy" && signature == self.sign(message)
    }

    fn remember(&self, head: &SealHead) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(head.clone());
    }
}

/// Twelve entries, one a second, in three batches.
pub(crate) async fn sealed(store: &Store, notary: &Arc<ToyNotary>) -> Result<()> {
    for number in 0..12 {
        store.insert_app(&app(&format!("app-{number}"))?, change(AuditAction::CreateApp, number)).await?;
        if number % 4 == 3 {
            let notary: Arc<dyn Notary> = notary.clone();
            assert!(store.seal_audit(at(100 + number), &notary).await?.is_some());
            assert!(store.seal_audit(at(100 + number), &notary).await?.is_none(), "nothing is sealed twice");
        }
    }
    Ok(())
}

fn verify(settings: &Settings, notary: &ToyNotary) -> Result<ChainProof> {
    let head = notary.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
    Ok(chain::verify(settings, &Anchor { notary, trusted: &[], head })?)
}

/// What somebody with all rights in the database may try, one at a time, and a word of what is found.
const TAMPERING: [(&str, &str); 9] = [
    ("UPDATE audit_log SET details = '{}' WHERE id = 3", "entry 3 was changed"),
    ("UPDATE audit_log SET actor_id = '' WHERE id = 3", "entry 3 was changed"),
    ("UPDATE audit_log SET timestamp = '2020-01-01 00:00:00.000000' WHERE id = 12", "entry 12 was changed"),
    ("DELETE FROM audit_log WHERE id = 5", "entry 5 was removed"),
    ("DELETE FROM audit_seals WHERE audit_id = 5", "position 5 is missing"),
    (
        "DELETE FROM audit_seals WHERE batch = 3; DELETE FROM audit_batches WHERE batch = 3; DELETE FROM audit_log WHERE id > 8",
        "cut off",
    ),
    ("DELETE FROM audit_seals WHERE batch = 2; DELETE FROM audit_batches WHERE batch = 2", "batch 2 is missing"),
    ("UPDATE audit_batches SET sealed_at = '2020-01-01 00:00:00.000000' WHERE batch = 1", "signature of batch 1"),
    (
        "UPDATE audit_seals SET position = position + 100 WHERE position IN (2, 3); UPDATE audit_seals SET position = 105 - position WHERE position > 100",
        "broken at position",
    ),
];

#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_done_to_sealed_entries_of_a_file_is_found() -> Result<()> {
    let file = backend::sqlite()?;
    assert_eq!(file.store.last_audit_key().await?, None, "nothing is sealed yet");
    let notary = Arc::<ToyNotary>::default();
    sealed(&file.store, &notary).await?;
    assert_eq!(file.store.last_audit_key().await?.as_deref(), Some("toy"));
    file.close();
    let good = verify(&at_path(&file.path), &notary)?;
    assert_eq!(good, ChainProof { sealed: 12, batches: 3, ..ChainProof::default() });
    let whole = std::fs::read(&file.path)?;
    for (tampering, finding) in TAMPERING {
        sqlite3(&file.path, tampering)?;
        let told = verify(&at_path(&file.path), &notary)?.findings.join("; ");
        assert!(told.contains(finding), "{tampering}: {told:?}");
        std::fs::write(&file.path, &whole)?;
    }
    assert_eq!(verify(&at_path(&file.path), &notary)?, good);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_done_to_sealed_entries_of_a_server_is_found() -> Result<()> {
    let server = backend::postgres()?;
    let notary = Arc::<ToyNotary>::default();
    sealed(&server.store, &notary).await?;
    let settings = at_dsn(&server.dsn, 2);
    assert_eq!(server.store.last_audit_key().await?.as_deref(), Some("toy"));
    assert_eq!(verify(&settings, &notary)?, ChainProof { sealed: 12, batches: 3, ..ChainProof::default() });
    for (tampering, finding) in TAMPERING.iter().take(2) {
        Cluster::shared().query(&server.dsn, tampering)?;
        let told = verify(&settings, &notary)?.findings.join("; ");
        assert!(told.contains(finding), "{tampering}: {told:?}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn two_who_seal_at_once_make_one_chain() -> Result<()> {
    let server = backend::postgres()?;
    let notary: Arc<dyn Notary> = Arc::<ToyNotary>::default();
    let mut sealing = tokio::task::JoinSet::new();
    for writer in 0..4 {
        let (store, notary) = (Arc::clone(&server.store), Arc::clone(&notary));
        sealing.spawn(async move {
            for number in 0..10 {
                store
                    .insert_app(&app(&format!("app-{writer}-{number}"))?, change(AuditAction::CreateApp, number))
                    .await?;
                store.seal_audit(at(number), &notary).await?;
            }
            anyhow::Ok(())
        });
    }
    while let Some(done) = sealing.join_next().await {
        done??;
    }
    while server.store.seal_audit(at(100), &notary).await?.is_some() {}
    let proof = chain::verify(&at_dsn(&server.dsn, 2), &Anchor { notary: &*notary, trusted: &[], head: None })?;
    assert_eq!((proof.sealed, proof.unsealed, proof.findings), (40, 0, Vec::new()));
    Ok(())
}

fn export(settings: &Settings, path: &Path) -> Result<u64> {
    let mut file = std::fs::File::create(path)?;
    Ok(chain::export(settings, &mut |entry| {
        serde_json::to_writer(&mut file, entry)?;
        file.write_all(b"\n")
    })?)
}

/// Retention on one kind of database: what is left proves itself, and so do exports of before.
async fn cut(store: &Store, settings: &Settings, run: impl Fn(&str) -> Result<()>) -> Result<()> {
    let notary = Arc::<ToyNotary>::default();
    sealed(store, &notary).await?;
    let signing: Arc<dyn Notary> = notary.clone();
    let folder = tempfile::tempdir()?;
    let (first, second) = (folder.path().join("first.jsonl"), folder.path().join("second.jsonl"));
    assert_eq!(export(settings, &first)?, 12);
    let prune = |seconds| change(AuditAction::PruneAudit, seconds);
    assert_eq!(
        store.cut_audit(CutRule { before: at(0), is_forwarded: false }, &signing, prune(199)).await?,
        None,
        "every entry is younger"
    );
    // The entries of the first two batches are older than this; the one of the cut itself is the thirteenth.
    let gone = store.cut_audit(CutRule { before: at(9), is_forwarded: false }, &signing, prune(200)).await?;
    assert_eq!(gone, Some(AuditCut { batch: 2, position: 8, entries: 8 }));
    assert_eq!(
        store.cut_audit(CutRule { before: at(9), is_forwarded: false }, &signing, prune(201)).await?,
        None,
        "there is nothing more to remove"
    );
    store.seal_audit(at(300), &signing).await?;
    let good = verify(settings, &notary)?;
    assert_eq!(good, ChainProof { sealed: 5, batches: 2, cut: 8, ..ChainProof::default() });
    assert_eq!(export(settings, &second)?, 5);
    let proved = chain::prove_archives(settings, &[second.clone(), first.clone()])?;
    let spans: Vec<_> = proved.iter().map(|it| (it.first, it.last)).collect();
    assert_eq!(spans, [(1, 12), (9, 13)]);

    // What was exported cannot be changed, shortened or made up either.
    let text = std::fs::read_to_string(&first)?;
    let lines: Vec<_> = text.lines().collect();
    for bad in [
        text.replacen("sample", "simple", 1),
        [&lines[..4], &lines[5..]].concat().join("\n"),
        [&lines[..1], &lines[3..4], &lines[1..3], &lines[4..]].concat().join("\n"),
        text.replacen("\"id\":2,", "\"id\":3,", 1),
        "nonsense".to_owned(),
    ] {
        std::fs::write(&first, bad)?;
        let told = chain::prove_archives(settings, &[first.clone(), second.clone()]);
        assert!(matches!(told, Err(ArchiveError::Wrong { .. })), "{told:?}");
    }
    // Whole in itself, and not where the chain is.
    std::fs::write(&first, lines[..3].join("\n"))?;
    let told = chain::prove_archives(settings, &[first, second]);
    assert!(matches!(told, Err(ArchiveError::Loose { last: 3, .. })), "{told:?}");

    // Nobody else can take a beginning away, or put an entry in where all was sealed long ago.
    run("DELETE FROM audit_log WHERE id = 9")?;
    run("DELETE FROM audit_seals WHERE batch = 3; DELETE FROM audit_batches WHERE batch = 3")?;
    run("UPDATE audit_cuts SET batch = 3, position = 12")?;
    let told = verify(settings, &notary)?.findings.join("; ");
    assert!(told.contains("signature of the cut at position 12 is wrong"), "{told}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_retention_leaves_in_a_file_proves_itself_and_so_do_exports_of_what_it_removed() -> Result<()> {
    let file = backend::sqlite()?;
    let path = file.path.clone();
    cut(&file.store, &at_path(&file.path), |sql| sqlite3(&path, sql).map(drop)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_retention_leaves_on_a_server_proves_itself_and_so_do_exports_of_what_it_removed() -> Result<()> {
    let server = backend::postgres()?;
    let settings = at_dsn(&server.dsn, 2);
    cut(&server.store, &settings, |sql| Cluster::shared().query(&server.dsn, sql).map(drop)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_entry_that_is_slipped_in_among_old_ones_is_found() -> Result<()> {
    let file = backend::sqlite()?;
    let notary = Arc::<ToyNotary>::default();
    sealed(&file.store, &notary).await?;
    sqlite3(
        &file.path,
        "INSERT INTO audit_log (id, timestamp, user, action) VALUES (-1, '2026-01-01 00:00:00.000000', 'ann', 'LOGIN')",
    )?;
    let young = verify(&at_path(&file.path), &notary)?;
    assert_eq!((young.unsealed, young.findings.len()), (1, 0), "it may still be sealed");
    file.store.insert_app(&app("later")?, change(AuditAction::CreateApp, 2_000)).await?;
    let signing: Arc<dyn Notary> = notary.clone();
    file.store.seal_audit(at(2_000), &signing).await?;
    let told = verify(&at_path(&file.path), &notary)?.findings.join("; ");
    assert!(told.contains("entry -1 was added after"), "{told}");
    Ok(())
}
