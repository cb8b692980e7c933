//! Time and new ids.

use std::time::Duration;

use crate::{
    id::{
        AccessRequestId, CategoryId, EventId, RequestId, SessionId, ShareId, SignInId, StreamId, TenantId, UserId,
        ViewerId, WorkspaceId,
    },
    time::Timestamp,
};

/// Tells the time.
pub trait Clock: Send + Sync {
    /// The wall clock, UTC.
    fn now(&self) -> Timestamp;

    /// A clock that never goes back: the time since an arbitrary fixed point. For timeouts.
    fn monotonic(&self) -> Duration;
}

/// Makes new ids: UUID version 7 (RFC 9562 §5.7), so that indexes stay warm.
pub trait IdSource: Send + Sync {
    /// A fresh id as text.
    fn next(&self) -> String;

    /// A fresh session id.
    fn session(&self) -> SessionId {
        made(SessionId::new(self.next()))
    }

    /// A fresh user id.
    fn user(&self) -> UserId {
        made(UserId::new(self.next()))
    }

    /// A fresh sign-in id.
    fn sign_in(&self) -> SignInId {
        made(SignInId::new(self.next()))
    }

    /// A fresh request id.
    fn request(&self) -> RequestId {
        made(RequestId::new(self.next()))
    }

    /// A fresh event id.
    fn event(&self) -> EventId {
        made(EventId::new(self.next()))
    }

    /// A fresh share id.
    fn share(&self) -> ShareId {
        made(ShareId::new(self.next()))
    }

    /// A fresh stream id.
    fn stream(&self) -> StreamId {
        made(StreamId::new(self.next()))
    }

    /// A fresh viewer id.
    fn viewer(&self) -> ViewerId {
        made(ViewerId::new(self.next()))
    }

    /// A fresh category id.
    fn category(&self) -> CategoryId {
        made(CategoryId::new(self.next()))
    }

    /// A fresh id of a request for access.
    fn access_request(&self) -> AccessRequestId {
        made(AccessRequestId::new(self.next()))
    }

    /// A fresh tenant id.
    fn tenant(&self) -> TenantId {
        made(TenantId::new(self.next()))
    }

    /// A fresh workspace id.
    fn workspace(&self) -> WorkspaceId {
        made(WorkspaceId::new(self.next()))
    }
}

fn made<T>(id: Result<T, crate::invalid::Invalid>) -> T {
    // INVARIANT: an id source answers with printable ASCII of bounded length.
    match id {
        Ok(id) => id,
        Err(invalid) => unreachable!("an id source made an illegal id: {invalid}"),
    }
}
