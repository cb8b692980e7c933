//! Launches an app with everything that an embedder must bring: a store, a runtime, credentials, a clock and ids.
#![expect(clippy::print_stdout, reason = "an example shows what it does")]

#[path = "parts/ports.rs"]
mod ports;

use std::{error::Error, time::Duration};

use sortie_control::{
    Control,
    account::sign_in::{Arrival, SignInAttempt},
    session::launch::LaunchRequest,
    tasks::Tasks,
};
use sortie_core::{
    app::{AppFields, LaunchType},
    id::{AppId, RequestId},
    policy::Caller,
    port::PageRequest,
    secret::Secret,
    session::Status,
    sign_in::ClientKind,
};

fn main() -> Result<(), Box<dyn Error>> {
    let told = tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(story())?;
    println!("{told}");
    Ok(())
}

/// Answers what became of the session.
async fn story() -> Result<String, Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let (control, store) = ports::control(folder.path())?;
    let tasks = Tasks::new();
    control.start(&tasks).await?;

    let password = control
        .ensure_first_admin("admin", None)
        .await?
        .and_then(|it| it.password)
        .ok_or("somebody was here before")?;
    let terminal = AppFields {
        name: "Terminal".to_owned(),
        launch_type: LaunchType::Container,
        command: vec!["xterm".to_owned()],
        ..AppFields::default()
    };
    control.seed(vec![("terminal".to_owned(), terminal)]).await?;

    let caller = sign_in(&control, password).await?;
    let request = LaunchRequest { app: AppId::new("terminal")?, viewport: None, idle_timeout: None, owner: None };
    let session = control.launch(&caller, request).await?;
    let told = loop {
        let now = control.find_session(&caller, &session.id).await?;
        if now.status != Status::Creating {
            break format!("{} of {} is {}", now.app_name, now.owner_name, now.status);
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    };
    control.stop_session(&caller, &session.id).await?;
    println!(
        "{} session(s) so far",
        control.list_sessions(&caller, None, vec![], &PageRequest::default()).await?.items.len()
    );
    tasks.cancel();
    tasks.ended(Duration::from_secs(5)).await;
    store.close();
    Ok(told)
}

async fn sign_in(control: &Control, password: Secret) -> Result<Caller, Box<dyn Error>> {
    let attempt = SignInAttempt {
        username: "admin".to_owned(),
        password,
        arrival: Arrival {
            client: ClientKind::Browser,
            source_ip: "192.0.2.1".to_owned(),
            user_agent: String::new(),
            device: None,
            request: RequestId::new("example")?,
        },
    };
    let signed_in = control.sign_in(attempt).await?;
    let known = control.authenticate(signed_in.token.reveal()).await?.ok_or("the token is not known")?;
    let tenant = known.principal.tenant.clone();
    Ok(Caller {
        principal: known.principal,
        tenant,
        source_ip: "192.0.2.1".to_owned(),
        request: RequestId::new("example")?,
    })
}
