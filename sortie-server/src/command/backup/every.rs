//! `sortie backup --every`: one backup each period, until somebody asks for the end.

use std::time::Duration;

use anyhow::{Context, bail};
use tokio::time::{MissedTickBehavior, interval};

use crate::{lifecycle::Signals, telemetry::say};

/// The shortest period: names of backups have seconds in them.
const LEAST: Duration = Duration::from_secs(1);

/// Reads a period: a number with s, m, h or d behind it.
pub(super) fn period(text: &str) -> Result<Duration, String> {
    let rule = || "must be a whole number with s, m, h or d behind it, such as 30s or 15m".to_owned();
    let (number, unit) = text.split_at_checked(text.len().saturating_sub(1)).ok_or_else(rule)?;
    let seconds = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3_600,
        "d" => 86_400,
        _ => return Err(rule()),
    };
    let is_plain = !number.is_empty() && number.bytes().all(|it| it.is_ascii_digit());
    let number: u32 = number.parse().ok().filter(|_| is_plain).ok_or_else(rule)?;
    let period = Duration::from_secs(u64::from(number) * seconds);
    if period < LEAST { Err("must be at least 1s".to_owned()) } else { Ok(period) }
}

/// Does one round each period, the first at once. A first round that fails is the end: something is set up wrongly. A later one is
/// told, and tried again a period later. Asked to end it finishes the round that runs; asked twice it ends at once, which
/// leaves nothing that could be taken for a backup.
pub(super) fn run(
    period: Duration,
    round: impl Fn() -> anyhow::Result<()> + Clone + Send + 'static,
) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let done = runtime.block_on(rounds(period, round));
    // A round that was given up goes on in a thread of its own, and nobody waits for it.
    runtime.shutdown_background();
    done
}

async fn rounds(
    period: Duration,
    round: impl Fn() -> anyhow::Result<()> + Clone + Send + 'static,
) -> anyhow::Result<()> {
    let mut signals = Signals::hear().context("signals cannot be heard")?;
    let mut due = interval(period);
    // A round that took too long is followed by a whole pause, not by a burst.
    due.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut is_first = true;
    loop {
        tokio::select! {
            _ = due.tick() => {}
            () = signals.asked(1) => break,
        }
        let mut running = tokio::task::spawn_blocking(round.clone());
        let (done, is_last) = tokio::select! {
            done = &mut running => (done, false),
            () = signals.asked(1) => {
                say("Asked to end; this backup is finished first. Ask again to end at once.");
                tokio::select! {
                    done = &mut running => (done, true),
                    () = signals.asked(2) => bail!("ended in the middle of a backup, which is none"),
                }
            }
        };
        match done.context("a backup ended in a panic")? {
            Err(error) if is_first || is_last => return Err(error),
            Err(error) => say(&format!("note: no backup was made; the next is tried in {period:?}: {error:#}")),
            Ok(()) => is_first = false,
        }
        if is_last {
            break;
        }
    }
    say("Ended.");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_has_a_unit() {
        for (text, seconds) in [("1s", 1), ("15m", 900), ("2h", 7_200), ("1d", 86_400)] {
            assert_eq!(period(text), Ok(Duration::from_secs(seconds)));
        }
        for wrong in ["", "s", "15", "0m", "-1m", "+1m", "1.5h", "1w", "1 h", "5µ", "99999999999d"] {
            assert!(period(wrong).is_err(), "{wrong}");
        }
    }
}
