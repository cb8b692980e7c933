//! The steps of the operator's guide, as printed: only the folder, the program and the image are this machine's.

use std::{
    fs,
    os::unix::process::CommandExt,
    path::Path,
    process::{Command, Stdio},
};

use rustix::process::{Pid, Signal, kill_process_group};
use serde_json::Value;
use sortie_testkit::engine::{IMAGE, RealEngine};

use super::{PATIENCE, running};
use crate::harness::{
    client::Client,
    wait_for,
    world::{World, binary},
};

on_both! {
    the_guides_steps_lead_to_a_site_that_answers
}

/// The guide's commands that begin so.
fn block(begins: &str) -> String {
    let guide = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/admin/services.md");
    let text = fs::read_to_string(guide).unwrap();
    let blocks = text.split("```sh\n").skip(1).filter_map(|it| it.split("```").next());
    blocks.into_iter().find(|it| it.starts_with(begins)).expect("the guide has these steps").to_owned()
}

/// Everything that a shell has started; ended with the value.
struct Group(i32);

impl Drop for Group {
    fn drop(&mut self) {
        let _ = Pid::from_raw(self.0).map(|it| kill_process_group(it, Signal::KILL));
    }
}

async fn the_guides_steps_lead_to_a_site_that_answers(engine: RealEngine) {
    let world = World::bare();
    let folder = world.folder().join("sortie").display().to_string();
    let site = format!(
        r#""image": "{IMAGE}", "command": ["sh", "-c", "echo hello > /tmp/index.html; exec httpd -f -p 80 -h /tmp"]"#
    );
    let steps = format!("{}{}", block("mkdir -p"), block("cat > target.json"));
    let steps = steps
        .replace("/var/lib/sortie", &folder)
        .replace("\nsortie ", &format!("\n{} ", binary().display()))
        .replace(r#""image": "nginx:1.27""#, &site);
    let shell = Command::new("sh")
        .args(["-ec", &format!("{steps}\necho; echo $! > pid")])
        .env("SORTIE_ENGINE", format!("unix://{}", engine.socket().display()))
        .current_dir(world.folder())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .spawn()
        .unwrap();
    let _group = Group(shell.id().cast_signed());
    let output = shell.wait_with_output().unwrap();
    let (said, wrong) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{said}{wrong}");
    for part in ["\"status\":\"planned\"", "start container", "\"status\":\"success\"", "\"standing\""] {
        assert!(said.contains(part), "{part}: {said}{wrong}");
    }
    let token = fs::read_to_string(format!("{folder}/data/first-token")).unwrap();
    let client = Client::anonymous(([127, 0, 0, 1], 3000).into()).with_token(token.trim().to_owned());
    wait_for(PATIENCE, "the target to be applied", || async {
        let told: Value = client.get("/api/v1/state/explain").await.json();
        (told["applied"] == true).then_some(())
    })
    .await;
    let site = Client::anonymous(([127, 0, 0, 1], 8081).into());
    assert_eq!(site.get("/").await.body, "hello\n");
    let pid = fs::read_to_string(format!("{folder}/pid")).unwrap();
    assert!(Command::new("kill").arg(pid.trim()).status().unwrap().success());
    wait_for(PATIENCE, "the server to end", || async { client.try_get("/healthz").await.err().map(drop) }).await;
    assert_eq!(running(&engine).len(), 1, "services stay");
}
