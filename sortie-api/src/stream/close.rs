//! What a viewer is told when a stream cannot begin or has to end.

use sortie_control::stream::{StreamRefusal, StreamStanding};
use sortie_core::session::Reason;
use sortie_stream::close::{CloseCode, CloseReason};

/// Why one may not attach.
pub(super) fn of_refusal(refusal: StreamRefusal) -> CloseReason {
    match refusal {
        StreamRefusal::NotFound => CloseCode::NoSuchSession.into(),
        StreamRefusal::Denied => CloseCode::NotAllowed.into(),
        StreamRefusal::NotReady => CloseCode::NotReady.into(),
        StreamRefusal::Ended(_, detail) => CloseReason::new(CloseCode::SessionEnded, detail),
        StreamRefusal::Unavailable(_) => CloseReason::new(CloseCode::NotReady, "the server cannot tell yet; try again"),
    }
}

/// Why a live stream has to end; `None` while it may go on.
pub(super) fn of_standing(standing: StreamStanding) -> Option<CloseReason> {
    match standing {
        StreamStanding::Good | StreamStanding::Unknown => None,
        StreamStanding::SignedOut => Some(CloseCode::SignedOut.into()),
        StreamStanding::Denied => Some(CloseCode::NotAllowed.into()),
        StreamStanding::Cut => Some(CloseCode::Cut.into()),
        StreamStanding::OutOfTime => {
            Some(CloseReason::new(CloseCode::NotAllowed, "the time for which you were let in is over"))
        }
        StreamStanding::RightsChanged => Some(CloseCode::RightsChanged.into()),
        StreamStanding::Ended { reason, detail } => Some(of_ending(reason, detail)),
    }
}

/// How a session's end is told to those who look at it.
pub(super) fn of_ending(reason: Reason, detail: String) -> CloseReason {
    let code = match reason {
        Reason::DisplayFailed => CloseCode::WorkloadError,
        Reason::Evicted | Reason::NodeLost | Reason::OutOfMemory | Reason::PlaceLost | Reason::WorkloadLost => {
            CloseCode::WorkloadEnded
        }
        Reason::Adopted
        | Reason::AppExited
        | Reason::Cancelled
        | Reason::IdleTimeout
        | Reason::ImageNeedsRoot
        | Reason::ImagePullFailed
        | Reason::LifetimeExceeded
        | Reason::PolicyFailed
        | Reason::PullSecretMissing
        | Reason::QuotaExceeded
        | Reason::Replaced
        | Reason::RightMissing
        | Reason::RuntimeUnavailable
        | Reason::ScreenSilent
        | Reason::StartRefused
        | Reason::StartTimeout
        | Reason::StoppedByAdmin
        | Reason::StoppedByUser
        | Reason::Unschedulable
        | Reason::VolumePending
        | Reason::WorkspaceFull => CloseCode::Ended,
    };
    CloseReason::new(code, detail)
}
