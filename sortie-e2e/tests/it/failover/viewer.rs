//! A person's tab with a screen: dials again as the web app does.

use std::time::Duration;

use tokio::sync::mpsc;

use super::super::harness::{
    client::Client,
    screen::{Gone, Screen},
    trial::Dice,
};

/// What the server says when it ends in order (RFC 6455's registry).
const RESTARTING: u16 = 1012;
/// The pauses of `web/src/features/viewer/reconnect.ts` and `close-codes.ts`, in milliseconds.
const FIRST: u64 = 1_000;
const LONGEST: u64 = 15_000;
/// A pause is longer by chance, by up to a quarter of it.
const JITTER: u64 = 4;

/// What a viewer sees.
#[derive(Debug)]
pub(super) enum Happened {
    /// The whole picture, on a new connection.
    Shown,
    /// The connection ended, or did not come about.
    Gone(Gone),
}

/// One tab.
pub(super) struct View {
    /// Whose.
    pub(super) number: usize,
    /// With which sign-in, and where.
    pub(super) client: Client,
    /// At what.
    pub(super) session: String,
}

impl View {
    /// Looks on until it is aborted, and tells what happens.
    pub(super) async fn keep(self, tell: mpsc::UnboundedSender<(usize, Happened)>, mut dice: Dice) {
        let mut attempt = 0;
        loop {
            let gone = match self.look().await {
                Ok(mut screen) => {
                    attempt = 0;
                    let _ = tell.send((self.number, Happened::Shown));
                    screen.gone().await
                }
                Err(gone) => gone,
            };
            attempt += 1;
            let pause = pause(&gone, attempt, &mut dice);
            let _ = tell.send((self.number, Happened::Gone(gone)));
            tokio::time::sleep(pause).await;
        }
    }

    async fn look(&self) -> Result<Screen, Gone> {
        let mut screen = Screen::open(&self.client, &self.session).await?;
        screen.frame().await?;
        Ok(screen)
    }
}

/// How long the web app waits before it dials again. To a browser a refused upgrade is a lost connection.
fn pause(gone: &Gone, attempt: u32, dice: &mut Dice) -> Duration {
    if matches!(gone, Gone::Closed(RESTARTING, _)) && attempt <= 1 {
        return Duration::ZERO;
    }
    let base = (FIRST << (attempt - 1).min(8)).min(LONGEST);
    Duration::from_millis(base) + dice.moment(base / JITTER)
}
