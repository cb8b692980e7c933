//! The promises of every runtime, kept by this one.

use anyhow::Result;
use sortie_testkit::contract::runtime as contract;

use crate::stage::{Stage, nothing_is_left};

macro_rules! promises {
    ($($name:ident)*) => {$(
        #[tokio::test(flavor = "multi_thread")]
        async fn $name() -> Result<()> {
            let stage = Stage::open().await?;
            // An id with a space and a slash: adopted sessions may have such.
            let order = stage.order("Session 1/of 2", &["sleep", "3600"])?;
            contract::$name(&stage.runtime, &order).await?;
            nothing_is_left(&stage.data_dir())
        }
    )*};
}

sortie_testkit::runtime_contract!(promises);
