//! Moves the bytes of one stream between a viewer and its workload, until one side or a third party ends it.
//!
//! One future, two directions that do not wait for each other. Backpressure is the missing read: what was read is written
//! before more is read. While a direction waits it holds no buffer. The relay asks nobody anything on the way: no database, no
//! audit, no recorder.

mod closing;
mod counters;
mod down;
mod limits;
mod liveness;
mod up;

use std::future::poll_fn;
use std::io;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::{Instant, timeout};

pub use closing::refuse;
pub use counters::Counters;
pub use limits::Limits;

use crate::cancel::Cancel;
use crate::close::{CloseCode, CloseReason};
use crate::rfb::Rights;
use crate::ws::control::{ControlFrame, PeerClose};

use self::down::Down;
use self::liveness::{Due, Liveness};
use self::up::Up;

/// One stream, ready to run.
#[derive(Debug)]
pub struct Relay<C, U> {
    /// The viewer's connection, after the answer to its upgrade was sent.
    pub client: C,
    /// What the viewer sent together with its request for the upgrade.
    pub leftover: Bytes,
    /// The workload's connection, after [`crate::rfb::handshake::upstream::open`].
    pub upstream: U,
    /// What the viewer may do. It holds as long as the stream: a change of rights ends the stream, and the viewer dials again.
    pub rights: Rights,
    /// How long and how much.
    pub limits: Limits,
    /// Where bytes and input are counted; several viewers of one session may share one.
    pub counters: Arc<Counters>,
    /// Ends the stream from outside.
    pub cancel: Cancel,
}

/// How the workload's connection ended.
#[derive(Debug)]
pub enum UpstreamEnd {
    /// The workload closed it.
    Closed,
    /// It failed.
    Failed(io::Error),
}

/// Which side ended a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The viewer left, was lost, or broke a rule.
    Client,
    /// The workload ended, failed, or takes nothing any more.
    Upstream,
    /// It was cancelled.
    Us,
}

/// How a stream went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// What the viewer was told, as far as it still listened.
    pub reason: CloseReason,
    /// Who ended it.
    pub side: Side,
    /// Bytes forwarded to the workload.
    pub bytes_up: u64,
    /// Bytes of the workload that were sent to the viewer, without framing.
    pub bytes_down: u64,
    /// From the start of [`Relay::run`] to the end of the connection.
    pub duration: Duration,
}

/// What stopped the relay.
#[derive(Debug)]
enum End {
    ViewerClosed(PeerClose),
    ViewerLost,
    /// The viewer broke a rule, or is too slow.
    ViewerRefused(CloseReason),
    Upstream(UpstreamEnd),
    /// The workload takes nothing any more.
    UpstreamStuck,
    Cancelled(CloseReason),
}

impl<C, U> Relay<C, U>
where
    C: AsyncRead + AsyncWrite + Unpin,
    U: AsyncRead + AsyncWrite + Unpin,
{
    /// Runs the stream to its end and says how it went. `why` is asked when the workload's connection ended, for at most
    /// [`Limits::ask`]: whoever runs the workload may know the reason. With `None` the viewer hears 1001 or 1011.
    ///
    /// The future owns both connections: dropping it cuts them without a Close frame.
    pub async fn run<W, F>(self, why: W) -> Summary
    where
        W: FnOnce(UpstreamEnd) -> F,
        F: Future<Output = Option<CloseReason>>,
    {
        let begun = Instant::now();
        let Self { client, leftover, upstream, rights, limits, counters, mut cancel } = self;
        let mut both = Core {
            client,
            upstream,
            up: Up::new(leftover, rights, limits.clipboard, Arc::clone(&counters)),
            down: Down::new(counters),
            liveness: Liveness::new(limits, begun),
            timer: Box::pin(tokio::time::sleep_until(begun + limits.handshake)),
            turn: limits.turn,
        };
        let end = tokio::select! {
            biased;
            reason = cancel.cancelled() => End::Cancelled(reason),
            end = poll_fn(|cx| both.poll(cx)) => end,
        };
        let Core { mut client, upstream, up, down, .. } = both;
        // The workload hears at once that nobody looks any more.
        drop(upstream);
        let (bytes_up, bytes_down) = (up.n_bytes(), down.n_bytes());
        let mut echo = None;
        let (reason, side) = match end {
            End::ViewerClosed(close) => {
                echo = Some(ControlFrame::close_echo(&close));
                (CloseReason::new(CloseCode::Ended, "the viewer left"), Side::Client)
            }
            End::ViewerLost => (CloseReason::new(CloseCode::Ended, "the viewer was lost"), Side::Client),
            End::ViewerRefused(reason) => (reason, Side::Client),
            End::UpstreamStuck => {
                (CloseReason::new(CloseCode::WorkloadError, "the workload takes no input"), Side::Upstream)
            }
            End::Cancelled(reason) => (reason, Side::Us),
            End::Upstream(end) => {
                let code = match end {
                    UpstreamEnd::Closed => CloseCode::WorkloadEnded,
                    UpstreamEnd::Failed(_) => CloseCode::WorkloadError,
                };
                tokio::select! {
                    biased;
                    reason = cancel.cancelled() => (reason, Side::Us),
                    known = timeout(limits.ask, why(end)) => {
                        (known.ok().flatten().unwrap_or_else(|| code.into()), Side::Upstream)
                    }
                }
            }
        };
        let close = echo.unwrap_or_else(|| ControlFrame::close(&reason));
        closing::finish(&mut client, down.into_unfinished(), &close, limits.close).await;
        Summary { reason, side, bytes_up, bytes_down, duration: begun.elapsed() }
    }
}

/// Both directions and their clock.
struct Core<C, U> {
    client: C,
    upstream: U,
    up: Up,
    down: Down,
    liveness: Liveness,
    /// Armed for the earliest moment that anything can be due. Activity moves those moments on; the timer follows when it fires.
    timer: std::pin::Pin<Box<tokio::time::Sleep>>,
    /// How many bytes a direction moves before other tasks get their turn.
    turn: usize,
}

impl<C, U> Core<C, U>
where
    C: AsyncRead + AsyncWrite + Unpin,
    U: AsyncRead + AsyncWrite + Unpin,
{
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<End> {
        loop {
            // Up goes first: what it owes to the viewer (pongs, answers of the handshake) leaves with the same turn.
            let up = self.up.poll(cx, &mut self.client, &mut self.upstream, &mut self.liveness, self.turn);
            if let Poll::Ready(end) = up {
                return Poll::Ready(end);
            }
            let down =
                self.down.poll(cx, &mut self.client, &mut self.upstream, &mut self.up, &mut self.liveness, self.turn);
            if let Poll::Ready(end) = down {
                return Poll::Ready(end);
            }
            let next = self.next();
            if next < self.timer.deadline() {
                self.timer.as_mut().reset(next);
            }
            if self.timer.as_mut().poll(cx).is_pending() {
                return Poll::Pending;
            }
            match self.liveness.check(Instant::now()) {
                Due::Nothing => {}
                Due::Ping => self.down.ping(),
                Due::End(end) => return Poll::Ready(end),
            }
            let next = self.next();
            self.timer.as_mut().reset(next);
        }
    }

    /// The earliest moment at which there could be something to do by itself.
    fn next(&self) -> Instant {
        let liveness = self.liveness.next();
        self.up.resumes_at().map_or(liveness, |it| it.min(liveness))
    }
}
