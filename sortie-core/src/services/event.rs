//! What is told of services to those who listen.

use super::{target::Key, verdict::Verdict};

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ServicesEventKind {
    /// Another target was set.
    TargetSet,
    /// Services stand otherwise than before.
    Changed,
}

impl ServicesEventKind {
    /// Every kind.
    pub const ALL: [Self; 2] = [Self::TargetSet, Self::Changed];

    /// The name, as sent.
    pub fn name(self) -> &'static str {
        match self {
            Self::TargetSet => "services.target_set",
            Self::Changed => "services.changed",
        }
    }

    /// Reads a name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.name() == name)
    }
}

/// One service that stands otherwise than before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceChange {
    /// Which.
    pub key: Key,
    /// What its container does now.
    pub status: String,
    /// How it stands now, by name; `gone` when nothing of it is left.
    pub standing: String,
    /// What stands in its way, by name.
    pub cause: Option<String>,
}

/// How a service stands that is neither wanted nor there.
const GONE: &str = "gone";

impl From<&Verdict> for ServiceChange {
    fn from(verdict: &Verdict) -> Self {
        Self {
            key: verdict.key,
            status: verdict.status.to_owned(),
            standing: verdict.standing.name().to_owned(),
            cause: verdict.standing.failure().map(|it| it.cause.code().to_owned()),
        }
    }
}

/// The services that stand otherwise than before, by their numbers.
pub fn changes(before: &[Verdict], after: &[Verdict]) -> Vec<ServiceChange> {
    let is_as_before = |now: &Verdict| {
        let mut known = before.iter().filter(|it| it.key == now.key);
        known.any(|it| it.container == now.container && ServiceChange::from(it) == ServiceChange::from(now))
    };
    let mut changes: Vec<ServiceChange> = after.iter().filter(|it| !is_as_before(it)).map(Into::into).collect();
    let gone = before.iter().filter(|it| !after.iter().any(|now| now.key == it.key));
    changes.extend(gone.map(|it| ServiceChange {
        key: it.key,
        status: "stopped".to_owned(),
        standing: GONE.to_owned(),
        cause: None,
    }));
    changes.sort_by_key(|it| it.key);
    changes
}

#[cfg(test)]
mod tests {
    use super::{
        super::{
            target::{AppNumber, ServiceNumber},
            verdict::Standing,
        },
        *,
    };

    fn verdict(service: u64, standing: Standing) -> Verdict {
        let (app, service) = (AppNumber::new(1).unwrap(), ServiceNumber::new(service).unwrap());
        Verdict {
            key: Key { app, service },
            app_name: String::new(),
            service_name: String::new(),
            image: String::new(),
            container: None,
            status: "running",
            standing,
        }
    }

    #[test]
    fn only_what_stands_otherwise_is_told_and_what_left_too() {
        let before = [verdict(1, Standing::Pending), verdict(2, Standing::Applied), verdict(3, Standing::Leaving)];
        let after = [verdict(1, Standing::Applied), verdict(2, Standing::Applied)];
        let told = changes(&before, &after);
        let names: Vec<_> = told.iter().map(|it| (it.key.service.get(), it.standing.as_str())).collect();
        assert_eq!(names, [(1, "applied"), (3, "gone")]);
        assert_eq!(changes(&after, &after), []);
    }
}
