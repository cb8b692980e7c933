//! What nobody needs any more: old events, ended sign-ins and ended shares.

use std::time::Duration;

use tracing::{debug, warn};

use crate::{Control, ControlError, account::sso};

/// How often.
const INTERVAL: Duration = Duration::from_mins(10);
/// How long ended sign-ins are kept, so that a stolen refresh token is still recognised.
const SIGN_INS_KEPT: Duration = Duration::from_hours(7 * 24);

/// How long ended shares are kept, so that who comes late hears the same as who comes with a wrong link.
const SHARES_KEPT: Duration = Duration::from_hours(24);

/// Prunes at an interval.
pub(crate) async fn run(control: Control) {
    loop {
        if let Err(error) = prune(&control).await {
            warn!(error = %error, "Housekeeping failed; the next round tries again");
        }
        tokio::time::sleep(INTERVAL).await;
    }
}

async fn prune(control: &Control) -> Result<(), ControlError> {
    let now = control.now();
    let events = control.ports.coordination.prune_events(now.minus(control.settings.event_retention)).await?;
    let sign_ins = control.ports.accounts.prune_sign_ins(now.minus(SIGN_INS_KEPT)).await?;
    let credentials = control.ports.accounts.prune_credentials(now).await?;
    let sharing = control.ports.sharing.prune_sharing(now.minus(SHARES_KEPT)).await?;
    let sso = control.ports.identities.prune_sso(now.minus(sso::KEPT)).await?;
    debug!(events, sign_ins, credentials, sharing, sso, "Housekeeping done");
    Ok(())
}
