//! `sortie access`: who may do what, by the policy's own answer.

use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use sortie_control::access::explain::Question;
use sortie_core::{
    id::{AppId, CategoryId, SessionId, TenantId},
    policy::{Action, Outcome},
};

use super::by_hand::{command_line, with_control};
use crate::{cli::Flags, telemetry::say};

/// What to ask.
#[derive(Debug, Subcommand)]
pub(crate) enum Access {
    /// Say whether somebody may do something, and which rule decides.
    Explain(Explain),
}

/// One question.
#[derive(Debug, Args)]
pub(crate) struct Explain {
    /// The sign-in name.
    #[arg(long)]
    user: String,
    /// What is asked for, e.g. `launch_app`.
    #[arg(long)]
    action: String,
    #[command(flatten)]
    object: Object,
}

/// With what: exactly one.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct Object {
    /// An app's id.
    #[arg(long)]
    app: Option<String>,
    /// A session's id.
    #[arg(long)]
    session: Option<String>,
    /// A category's id.
    #[arg(long)]
    category: Option<String>,
    /// A tenant's id.
    #[arg(long)]
    tenant: Option<String>,
}

impl Object {
    fn question(self) -> anyhow::Result<Question> {
        Ok(match self {
            Self { app: Some(id), .. } => Question::App(AppId::new(id)?),
            Self { session: Some(id), .. } => Question::Session(SessionId::new(id)?),
            Self { category: Some(id), .. } => Question::Category(CategoryId::new(id)?),
            Self { tenant: Some(id), .. } => Question::Tenant(TenantId::new(id)?),
            Self { app: None, session: None, category: None, tenant: None } => {
                bail!("name one of --app, --session, --category, --tenant")
            }
        })
    }
}

/// Asks. The server of the same SQLite file must be stopped; a running one answers at `/api/access/explain`.
pub(crate) fn run(flags: &Flags, what: Access) -> anyhow::Result<()> {
    let Access::Explain(Explain { user, action, object }) = what;
    let names = || Action::ALL.iter().map(|it| it.name()).collect::<Vec<_>>().join(", ");
    let action = Action::parse(&action).with_context(|| format!("--action must be one of {}", names()))?;
    let question = object.question()?;
    with_control(flags, async |control| {
        let answer = control.explain_by_hand(command_line(), action, &question, &user).await?;
        let decision = match answer.outcome {
            Outcome::Granted => "granted",
            Outcome::Denied => "denied",
            Outcome::Hidden => "hidden",
        };
        let (kind, id) = question.names();
        say(&format!("{} {} {kind} {id}: {decision}  ({})", answer.username, action.name(), answer.rule));
        say(answer.because);
        Ok(())
    })
}
