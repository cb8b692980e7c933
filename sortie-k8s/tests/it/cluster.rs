//! The promises of every runtime, kept by this one.

use anyhow::Result;
use sortie_testkit::contract::runtime as contract;

use crate::stage::Stage;

macro_rules! promises {
    ($($name:ident)*) => {$(
        #[tokio::test(flavor = "multi_thread")]
        async fn $name() -> Result<()> {
            let Some(stage) = Stage::open().await? else { return Ok(()) };
            // An id with a space and a slash: adopted sessions may have such.
            let order = stage.order("Session 1/of 2")?;
            contract::$name(&stage.runtime, &order).await?;
            stage.close().await
        }
    )*};
}

sortie_testkit::runtime_contract!(promises);
