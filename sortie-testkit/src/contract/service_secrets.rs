//! What every [`ServiceSecretStore`](sortie_core::port::ServiceSecretStore) promises. Each check takes an empty store of its own.

use std::sync::Arc;

use anyhow::{Result, ensure};
use sortie_core::{audit::AuditAction, services::secret::SecretName};

use super::sample::{Stores, at, audited, change, ensure_same};

/// Gives a macro the names of all checks of this contract.
#[macro_export]
macro_rules! service_secrets_contract {
    ($each:ident) => {
        $each! { service_secrets:
            a_secret_reads_back_sealed_and_every_setting_is_counted_and_audited
            a_deleted_secret_is_gone_and_its_number_only_grows
        }
    };
}

/// The bytes are the last ones that were set.
pub async fn a_secret_reads_back_sealed_and_every_setting_is_counted_and_audited<S: Stores>(
    store: Arc<S>,
) -> Result<()> {
    let (one, other) = (SecretName::new("db.password")?, SecretName::new("api-key")?);
    ensure!(store.sealed_secret("db.password").await?.is_none());
    let set = |seconds| change(AuditAction::SetServiceSecret, seconds);
    ensure_same(&store.put_secret(&one, vec![0, 255, 1], set(1)).await?, &1)?;
    ensure_same(&store.put_secret(&other, vec![2], set(2)).await?, &1)?;
    ensure_same(&store.put_secret(&one, vec![3], set(3)).await?, &2)?;
    ensure_same(&store.sealed_secret("db.password").await?, &Some(vec![3]))?;
    let heads = store.secrets().await?;
    let heads: Vec<_> = heads.iter().map(|it| (it.name.as_str(), it.revision, it.updated_at)).collect();
    ensure_same(&heads, &vec![("api-key", 1, at(2)), ("db.password", 2, at(3))])?;
    ensure_same(&audited(&store).await?, &3)
}

/// What was made with the value before a deletion is never taken for what is made with the one after it.
pub async fn a_deleted_secret_is_gone_and_its_number_only_grows<S: Stores>(store: Arc<S>) -> Result<()> {
    let name = SecretName::new("key")?;
    store.put_secret(&name, vec![1], change(AuditAction::SetServiceSecret, 1)).await?;
    let delete = |seconds| store.delete_secret("key", change(AuditAction::DeleteServiceSecret, seconds));
    ensure!(delete(2).await?);
    ensure!(!delete(3).await?);
    ensure!(store.secrets().await?.is_empty() && store.sealed_secret("key").await?.is_none());
    ensure_same(&store.put_secret(&name, vec![2], change(AuditAction::SetServiceSecret, 4)).await?, &2)?;
    ensure_same(&audited(&store).await?, &3)
}
