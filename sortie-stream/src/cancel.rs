//! Ending a stream from outside: the first reason given is the one that counts.

use tokio::sync::watch;

use crate::close::CloseReason;

/// Makes a pair: whoever holds a [`Canceller`] can end what waits on the [`Cancel`].
pub fn pair() -> (Canceller, Cancel) {
    let (sender, receiver) = watch::channel(None);
    (Canceller(sender), Cancel(receiver))
}

/// Ends a stream. Clones end the same stream; dropping all of them does not.
#[derive(Clone, Debug)]
pub struct Canceller(watch::Sender<Option<CloseReason>>);

impl Canceller {
    /// Ends the stream with `reason`. Answers whether this was the first call: later reasons are ignored.
    pub fn cancel(&self, reason: CloseReason) -> bool {
        self.0.send_if_modified(|current| {
            let is_first = current.is_none();
            if is_first {
                *current = Some(reason);
            }
            is_first
        })
    }
}

/// What a stream waits on.
#[derive(Clone, Debug)]
pub struct Cancel(watch::Receiver<Option<CloseReason>>);

impl Cancel {
    /// The reason, as soon as one was given. Safe to drop and to call again.
    pub async fn cancelled(&mut self) -> CloseReason {
        let given = self.0.wait_for(Option::is_some).await.map(|reason| reason.clone());
        match given {
            Ok(Some(reason)) => reason,
            // Nobody is left who could end the stream, so this wait never ends either.
            Ok(None) | Err(_) => std::future::pending().await,
        }
    }
}
