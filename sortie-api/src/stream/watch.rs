//! Beside a running relay: whether it may go on, and whether somebody works in it.

use std::{convert::Infallible, time::Duration};

use sortie_control::stream::{StreamGrant, StreamStanding};
use sortie_stream::{
    close::{CloseCode, CloseReason},
    relay::Counters,
};
use tokio::time::{MissedTickBehavior, interval, sleep};

use super::{Viewer, close};

/// How often input is told, and how often is asked anew while nothing moves.
const TICK: Duration = Duration::from_secs(5);
/// How soon is asked again when nobody could say.
const AGAIN: Duration = Duration::from_secs(1);

/// Asks whenever something changed that could matter, and at every tick. Ends the stream when the answer is no, and never
/// comes back by itself.
pub(super) async fn watch(viewer: &Viewer, grant: &StreamGrant, counters: &Counters) -> Infallible {
    let control = &viewer.api.control;
    let mut epochs = control.epochs();
    let mut tick = interval(TICK);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut told = 0;
    let mut trust = control.trust();
    let mut is_unknown = false;
    loop {
        tokio::select! {
            moved = epochs.changed() => if moved.is_err() { std::future::pending::<()>().await },
            _ = tick.tick() => tell_input(viewer, counters, &mut told),
            () = sleep(AGAIN), if is_unknown => {}
        }
        let standing = control.still_granted(&viewer.caller, &viewer.signed_in.token, grant).await;
        is_unknown = standing == StreamStanding::Unknown;
        if !is_unknown {
            trust.renew();
        }
        let reason = close::of_standing(standing).or_else(|| {
            trust
                .is_over()
                .then(|| CloseReason::new(CloseCode::NotReady, "the permission could not be checked for too long"))
        });
        if let Some(reason) = reason {
            viewer.api.streams.close(&viewer.own_key(), &reason);
        }
    }
}

/// Tells that somebody worked since the last look.
pub(super) fn tell_input(viewer: &Viewer, counters: &Counters, told: &mut u64) {
    let seen = counters.n_inputs();
    if seen > *told {
        *told = seen;
        viewer.api.control.input_seen(&viewer.session, &viewer.signed_in);
    }
}

/// Why the session ended, as soon as it is written down. The relay waits only so long for it.
pub(super) async fn ending(viewer: &Viewer) -> Option<CloseReason> {
    let control = &viewer.api.control;
    let mut epochs = control.epochs();
    loop {
        epochs.borrow_and_update();
        if let Some((reason, detail)) = control.ending_of(&viewer.session).await {
            return Some(close::of_ending(reason, detail));
        }
        epochs.changed().await.ok()?;
    }
}
