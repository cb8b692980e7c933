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

promises! {
    an_unknown_workload_is_absent
    a_workload_lives_from_create_to_delete
    creating_twice_makes_one_workload
    a_delete_for_another_workload_removes_nothing
    a_workload_is_handed_over_once
    deleting_twice_is_success
    a_watch_hears_of_changes
}
