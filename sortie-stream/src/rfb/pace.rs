//! How many messages of each kind a viewer may send per second. What comes faster is not dropped: it waits, and so does the
//! viewer, because nothing more is read meanwhile. The time is an argument.

use std::time::Duration;

use tokio::time::Instant;

/// What is counted together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Keys, the pointer, the clipboard.
    Input,
    /// Requests for what changed on the screen.
    Update,
    /// Requests for another size of the screen.
    Resize,
    /// Everything else: pixel format, encodings, fences, continuous updates.
    Other,
}

impl Kind {
    /// Of a message that begins with this byte.
    pub const fn of(first: u8) -> Self {
        match first {
            4 | 5 | 6 | 255 => Self::Input,
            3 => Self::Update,
            251 => Self::Resize,
            _ => Self::Other,
        }
    }

    /// How many per second, and at once after a pause.
    pub const fn per_second(self) -> u32 {
        match self {
            Self::Input | Self::Other => 500,
            Self::Update => 120,
            Self::Resize => 2,
        }
    }
}

/// One viewer's account of all kinds.
#[derive(Clone, Debug, Default)]
pub struct Pace([Account; 4]);

impl Pace {
    /// Takes one message of this kind; or says when it may be taken, and then nothing was counted.
    pub fn take(&mut self, kind: Kind, now: Instant) -> Result<(), Instant> {
        let [input, update, resize, other] = &mut self.0;
        let account = match kind {
            Kind::Input => input,
            Kind::Update => update,
            Kind::Resize => resize,
            Kind::Other => other,
        };
        account.take(kind.per_second(), now)
    }
}

/// When everything taken so far would have been sent at exactly the permitted rate; `None` before the first. It runs ahead of
/// the clock by at most one second: that is the burst.
#[derive(Clone, Debug, Default)]
struct Account(Option<Instant>);

impl Account {
    fn take(&mut self, per_second: u32, now: Instant) -> Result<(), Instant> {
        let each = Duration::from_secs(1) / per_second;
        let paid = self.0.map_or(now, |it| it.max(now)) + each;
        let may_go_at = paid.checked_sub(Duration::from_secs(1)).unwrap_or(now);
        if may_go_at > now {
            return Err(may_go_at);
        }
        self.0 = Some(paid);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KINDS: [Kind; 4] = [Kind::Input, Kind::Update, Kind::Resize, Kind::Other];

    /// How many go through in so much time, by one who always waits exactly as long as told.
    fn taken_within(kind: Kind, time: Duration) -> u32 {
        let begin = Instant::now();
        let (mut pace, mut now, mut n_taken) = (Pace::default(), begin, 0);
        while now < begin + time {
            match pace.take(kind, now) {
                Ok(()) => n_taken += 1,
                Err(until) => {
                    assert!(until > now, "a wait that is over would spin");
                    now = until;
                }
            }
        }
        n_taken
    }

    #[test]
    fn a_second_s_worth_goes_at_once_and_then_so_many_per_second() {
        for kind in KINDS {
            let n = kind.per_second();
            assert_eq!(taken_within(kind, Duration::from_nanos(1)), n, "{kind:?}");
            let in_ten_seconds = taken_within(kind, Duration::from_secs(10));
            assert!((11 * n - 1..=11 * n).contains(&in_ten_seconds), "{kind:?}: {in_ten_seconds}");
        }
    }

    #[test]
    fn one_kind_does_not_use_up_another() {
        let (mut pace, now) = (Pace::default(), Instant::now());
        while pace.take(Kind::Resize, now).is_ok() {}
        assert!(KINDS.into_iter().filter(|it| *it != Kind::Resize).all(|it| pace.take(it, now).is_ok()));
    }

    #[test]
    fn a_pause_gives_back_no_more_than_a_second_s_worth() {
        let (mut pace, begin) = (Pace::default(), Instant::now());
        pace.take(Kind::Update, begin).unwrap();
        let later = begin + Duration::from_hours(1);
        let n_taken = (0..1000).filter(|_| pace.take(Kind::Update, later).is_ok()).count();
        assert_eq!(n_taken, 120);
    }
}
