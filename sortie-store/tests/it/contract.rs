//! Every check of every contract, on both databases, and through a transaction pooler.

use std::sync::Arc;

use anyhow::Result;

use crate::backend;

macro_rules! on_all {
    ($contract:ident: $($check:ident)*) => {
        mod $contract {
            use super::*;

            mod sqlite {
                use super::*;

                $(#[tokio::test(flavor = "multi_thread")]
                async fn $check() -> Result<()> {
                    let database = backend::sqlite()?;
                    sortie_testkit::contract::$contract::$check(Arc::clone(&database)).await
                })*
            }

            mod postgres {
                use super::*;

                $(#[tokio::test(flavor = "multi_thread")]
                async fn $check() -> Result<()> {
                    let database = backend::postgres()?;
                    sortie_testkit::contract::$contract::$check(Arc::clone(&database)).await
                })*
            }

            mod pooled {
                use super::*;

                $(#[tokio::test(flavor = "multi_thread")]
                async fn $check() -> Result<()> {
                    let database = backend::pooled()?;
                    sortie_testkit::contract::$contract::$check(Arc::clone(&database)).await
                })*
            }
        }
    };
}

sortie_testkit::access_contract!(on_all);
sortie_testkit::accounts_contract!(on_all);
sortie_testkit::catalog_contract!(on_all);
sortie_testkit::coordination_contract!(on_all);
sortie_testkit::credentials_contract!(on_all);
sortie_testkit::identities_contract!(on_all);
sortie_testkit::records_contract!(on_all);
sortie_testkit::service_secrets_contract!(on_all);
sortie_testkit::services_contract!(on_all);
sortie_testkit::sessions_contract!(on_all);
sortie_testkit::sharing_contract!(on_all);
sortie_testkit::tenants_contract!(on_all);
sortie_testkit::warm_contract!(on_all);
