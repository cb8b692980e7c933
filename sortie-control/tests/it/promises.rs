//! The promises of every runtime, kept by the scripted one: what the flows learn from it, they learn from a runtime.

use anyhow::Result;
use sortie_core::port::Runtime;
use sortie_testkit::contract::runtime as contract;

use crate::stage::TestRuntime;

macro_rules! promises {
    ($($name:ident)*) => {$(
        #[tokio::test]
        async fn $name() -> Result<()> {
            let runtime = TestRuntime::telling();
            let order = contract::order(runtime.place(), "session-1", &["sleep", "3600"])?;
            contract::$name(&runtime, &order).await
        }
    )*};
}

sortie_testkit::runtime_contract!(promises);
