//! How far a command is, on one line of a terminal; nothing where nobody watches.

use std::{
    io::{IsTerminal, Write},
    time::{Duration, Instant},
};

use sortie_store::{backup::Progress, copy};

/// How many signs the bar is wide.
const WIDTH: u64 = 30;
/// How often the line is drawn.
const OFTEN: Duration = Duration::from_millis(100);

/// The line.
#[derive(Debug, Default)]
pub(crate) struct Bar {
    drawn: Option<(Instant, String)>,
}

impl Bar {
    /// Draws it, unless it was drawn just now.
    pub(crate) fn show(&mut self, it: Progress) {
        let mebibytes = |bytes: u64| bytes / (1 << 20);
        self.draw(
            it.step,
            it.done,
            it.total,
            &format!("{} of {} MiB", mebibytes(it.done.min(it.total)), mebibytes(it.total)),
        );
    }

    /// The same for a table's rows.
    pub(crate) fn show_rows(&mut self, it: &copy::Progress) {
        let word = if it.is_verified { "rows, the same" } else { "rows" };
        self.draw(&it.table, count(it.rows), count(it.of), &format!("{} of {} {word}", it.rows, it.of));
    }

    fn draw(&mut self, step: &str, done: u64, total: u64, words: &str) {
        let is_fresh = self.drawn.as_ref().is_some_and(|(at, drawn)| at.elapsed() < OFTEN && drawn == step);
        if is_fresh && done < total || !std::io::stderr().is_terminal() {
            return;
        }
        self.drawn = Some((Instant::now(), step.to_owned()));
        write(&line(step, done, total, words));
    }

    /// Clears it.
    pub(crate) fn end(self) {
        if self.drawn.is_some() {
            write("\r\u{1b}[K");
        }
    }
}

fn count(rows: usize) -> u64 {
    u64::try_from(rows).unwrap_or(u64::MAX)
}

fn line(step: &str, done: u64, total: u64, words: &str) -> String {
    let full = if total == 0 {
        WIDTH
    } else {
        u64::try_from(u128::from(done.min(total)) * u128::from(WIDTH) / u128::from(total)).unwrap_or(WIDTH)
    };
    let bar: String = (0..WIDTH).map(|place| if place < full { '=' } else { ' ' }).collect();
    format!("\r\u{1b}[K{step:12} [{bar}] {words}")
}

fn write(text: &str) {
    let mut out = std::io::stderr().lock();
    // A bar that cannot be drawn stops nothing.
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bar_is_as_full_as_the_work_is_done() {
        let half = line("copying", 5, 10, "5 of 10 MiB");
        assert!(half.ends_with("copying      [===============               ] 5 of 10 MiB"), "{half:?}");
        assert!(line("users", 0, 0, "").contains("[==============================]"));
    }
}
