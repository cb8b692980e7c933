//! How far a command is, on one line of a terminal; nothing where nobody watches.

use std::{
    io::{IsTerminal, Write},
    time::{Duration, Instant},
};

use sortie_store::backup::Progress;

/// How many signs the bar is wide.
const WIDTH: u64 = 30;
/// How often the line is drawn.
const OFTEN: Duration = Duration::from_millis(100);

/// The line.
#[derive(Debug, Default)]
pub(crate) struct Bar {
    drawn: Option<(Instant, &'static str)>,
}

impl Bar {
    /// Draws it, unless it was drawn just now.
    pub(crate) fn show(&mut self, it: Progress) {
        let is_fresh = self.drawn.is_some_and(|(at, step)| at.elapsed() < OFTEN && step == it.step);
        if is_fresh && it.done < it.total || !std::io::stderr().is_terminal() {
            return;
        }
        self.drawn = Some((Instant::now(), it.step));
        write(&line(it));
    }

    /// Clears it.
    pub(crate) fn end(self) {
        if self.drawn.is_some() {
            write("\r\u{1b}[K");
        }
    }
}

fn line(it: Progress) -> String {
    let done = it.done.min(it.total);
    let full = if it.total == 0 {
        WIDTH
    } else {
        u64::try_from(u128::from(done) * u128::from(WIDTH) / u128::from(it.total)).unwrap_or(WIDTH)
    };
    let bar: String = (0..WIDTH).map(|place| if place < full { '=' } else { ' ' }).collect();
    let mebibytes = |bytes: u64| bytes / (1 << 20);
    format!("\r\u{1b}[K{:12} [{bar}] {} of {} MiB", it.step, mebibytes(done), mebibytes(it.total))
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
        let line = line(Progress { step: "copying", done: 5 << 20, total: 10 << 20 });
        assert!(line.ends_with("copying      [===============               ] 5 of 10 MiB"), "{line:?}");
        assert!(
            super::line(Progress { step: "copying", done: 0, total: 0 }).contains("[==============================]")
        );
    }
}
