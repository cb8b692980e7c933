//! The farewell: a Close frame that arrives.

use std::future::poll_fn;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _};
use tokio::time::timeout;

use crate::close::CloseReason;
use crate::pending::{Pending, poll_read};
use crate::ws::control::ControlFrame;

use super::Limits;

/// Ends a connection whose upgrade was answered before it could become a stream: sends a Close frame with `reason`, and waits
/// shortly for the viewer to close too. Browsers hide the status of a refused upgrade; this they show.
pub async fn refuse<C: AsyncRead + AsyncWrite + Unpin>(mut client: C, reason: &CloseReason) {
    finish(&mut client, None, &ControlFrame::close(reason), Limits::STANDARD.close).await;
}

/// Finishes the frame under way, sends `close`, shuts down our half and reads until the viewer closes its own, each for at most
/// `wait`. Closing at once, with bytes of the viewer unread, would reset the connection and lose the Close frame.
pub(super) async fn finish<C: AsyncRead + AsyncWrite + Unpin>(
    client: &mut C,
    unfinished: Option<Pending>,
    close: &ControlFrame,
    wait: Duration,
) {
    let send = async {
        if let Some(frame) = unfinished {
            client.write_all(frame.rest()).await?;
        }
        client.write_all(close.bytes()).await?;
        client.flush().await?;
        client.shutdown().await
    };
    // A viewer that is gone, or takes nothing, misses its Close frame: a control frame never goes into another frame.
    if let Ok(Ok(())) = timeout(wait, send).await {
        let drain = async {
            while let Ok((_, 1..)) = poll_fn(|cx| poll_read(cx, client)).await {
                tokio::task::consume_budget().await;
            }
        };
        // The viewer had its time.
        let _ = timeout(wait, drain).await;
    }
}
