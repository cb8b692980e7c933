//! Drives one session through its life against a tiny pretended world.
#![expect(clippy::print_stdout, reason = "an example shows what it does")]

use std::time::Duration;

use sortie_core::{
    app::{App, AppFields, LaunchType},
    id::{AppId, PlaceId, SessionId, TenantId, UserId},
    invalid::Problems,
    session::{NewSession, Reason, Session, SessionEvent, Step, Watch, apply, next_step},
    time::Timestamp,
    workload::{Observed, Viewport, WorkspaceClaim},
};

fn main() -> Result<(), Problems> {
    let now = Timestamp::from_micros(0);
    let app = App {
        id: AppId::new_slug("terminal")?,
        tenant: TenantId::default_tenant(),
        category: None,
        version: 1,
        fields: AppFields {
            name: "Terminal".to_owned(),
            launch_type: LaunchType::Container,
            command: vec!["xterm".to_owned()],
            ..AppFields::default()
        },
        created_at: now,
        updated_at: now,
    };
    let mut session = Session::launched(
        NewSession {
            id: SessionId::new("s-1")?,
            tenant: app.tenant.clone(),
            owner: UserId::new("u-1")?,
            owner_name: "ada".to_owned(),
            spec: app.resolve()?,
            place: PlaceId::new("here")?,
            viewport: Viewport::DEFAULT,
            workspace: WorkspaceClaim::Ephemeral,
            idle_timeout: None,
            max_lifetime: None,
            replaces: None,
        },
        now,
    );
    let mut world = Observed::Absent;
    let watch = Watch { ready_timeout: Duration::from_mins(2), ..Watch::default() };
    loop {
        let step = next_step(Some(&session), &world, &watch);
        println!("{:8} + {world:?} -> {step:?}", session.status);
        match step {
            Step::Create => world = Observed::Ready { name: "w-1".to_owned(), address: None },
            Step::Record(event) => record(&mut session, event, now),
            Step::Delete => world = Observed::Absent,
            Step::RecordReleased => session = session.released(now),
            Step::Rest if session.released_at.is_some() => break,
            Step::Rest => record(&mut session, SessionEvent::Stop(Reason::StoppedByUser), now),
            Step::SettleOrphan | Step::Wait(_) => {}
        }
    }
    println!("{} is {} and released", session.app_name, session.status);
    Ok(())
}

fn record(session: &mut Session, event: SessionEvent, now: Timestamp) {
    match apply(session.status, event) {
        Ok(transition) => *session = session.after(&transition, now),
        Err(illegal) => println!("refused: {illegal}"),
    }
}
