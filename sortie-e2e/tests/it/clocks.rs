//! Servers whose machines disagree about the time.

use serde_json::json;

use super::harness::world::World;

#[tokio::test]
async fn a_replica_whose_clock_is_hours_off_judges_time_as_the_others_do() {
    let right = World::postgres();
    for (error, session_name) in [("+5h", "ahead"), ("-5h", "behind")] {
        let mut wrong = right.beside();
        wrong.set("LD_PRELOAD", &faketime());
        wrong.set("FAKETIME", error);
        wrong.set("DONT_FAKE_MONOTONIC", "1");
        let (here, there) = (right.start().await, wrong.start().await);
        let logs = wrong.logs();
        assert!(
            logs.contains("This machine's clock is not the database's"),
            "{session_name}: start-up says so: {logs}"
        );
        assert!(!right.logs().contains("This machine's clock is not the database's"));
        // A sign-in that one grants for minutes is good at the other, and so is the other's.
        let person = here.admin().await;
        assert_eq!(person.at(there.address).get("/api/auth/me").await.status, 200, "{session_name}");
        let same = there.admin().await;
        assert_eq!(same.at(here.address).get("/api/auth/me").await.status, 200, "{session_name}");
        let session = same.launch_and_wait("clock").await;
        let strange = "SELECT count(*) FROM sessions WHERE abs(extract(epoch FROM created_at - (now() AT TIME ZONE 'UTC'))) > 120";
        assert_eq!(right.query(strange), "0", "{session_name}: the row bears the database's time");
        assert_eq!(same.post(&format!("/api/sessions/{session}/stop"), &json!({})).await.status, 200);
        same.until_released(std::time::Duration::from_secs(30)).await;
    }
}

/// The library that shows a process another wall clock.
fn faketime() -> String {
    let folders = std::fs::read_dir("/usr/lib").unwrap().flatten();
    let found = folders.map(|it| it.path().join("faketime/libfaketime.so.1")).find(|it| it.exists());
    found.expect("libfaketime is needed: apt-get install libfaketime").display().to_string()
}
