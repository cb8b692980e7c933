//! Workloads that are made before anybody asks, so that a launch only has to take one.
//!
//! A warm workload is made under the id that the session will have which takes it: its name, its passwords and its network policy are
//! that session's already. Taking it is one change of a row in the transaction of the launch; afterwards its labels say whose it is.

use crate::{
    app::{App, MAX_WARM_POOL, WorkspaceKind},
    id::{AppId, InstallationId, PlaceId, SessionId, TenantId, UserId},
    spec::Spec,
    time::Timestamp,
    workload::{Labels, Viewport, WorkloadOrder, WorkspaceClaim},
};

/// How many are made at once: the machine has other work.
const MADE_AT_ONCE: usize = 4;
/// Whose a workload is that nobody took yet.
const NOBODY: &str = "warm";

/// How far a warm workload is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum WarmStatus {
    /// It is made, and not ready.
    Making,
    /// It waits to be taken.
    Ready,
    /// A session took it: the workload is the session's as soon as its labels say so.
    Taken,
    /// It is removed.
    Leaving,
}

impl WarmStatus {
    /// Every status.
    pub const ALL: &'static [Self] = &[Self::Making, Self::Ready, Self::Taken, Self::Leaving];

    /// The name, as stored and measured.
    pub fn name(self) -> &'static str {
        match self {
            Self::Making => "making",
            Self::Ready => "ready",
            Self::Taken => "taken",
            Self::Leaving => "leaving",
        }
    }

    /// Reads a name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|it| it.name() == name)
    }
}

/// One warm workload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warm {
    /// The id of the session that will take it.
    pub id: SessionId,
    /// The tenant of its app.
    pub tenant: TenantId,
    /// What it was made from.
    pub spec: Spec,
    /// Where it is.
    pub place: PlaceId,
    /// The installation's incarnation when it was made.
    pub incarnation: i64,
    /// How far it is.
    pub status: WarmStatus,
    /// When it was written down.
    pub created_at: Timestamp,
}

impl Warm {
    /// What the workload carries until it is taken.
    pub fn labels(&self, installation: &InstallationId) -> Labels {
        Labels {
            installation: installation.clone(),
            incarnation: self.incarnation,
            place: self.place.clone(),
            session: self.id.clone(),
            owner: nobody(),
            created_at: self.created_at,
        }
    }

    /// What a runtime makes it from.
    pub fn order(&self, installation: &InstallationId) -> WorkloadOrder {
        WorkloadOrder {
            labels: self.labels(installation),
            spec: self.spec.clone(),
            viewport: Viewport::DEFAULT,
            workspace: WorkspaceClaim::Ephemeral,
            is_warm: true,
        }
    }
}

fn nobody() -> UserId {
    // INVARIANT: the text is a legal id.
    UserId::new(NOBODY).unwrap_or_else(|_| unreachable!("the id of nobody is legal"))
}

/// How many workloads of one app shall wait.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wish {
    /// The app's tenant.
    pub tenant: TenantId,
    /// What a launch would write down now.
    pub spec: Spec,
    /// How many.
    pub size: usize,
}

impl Wish {
    /// The wish of an app whose launches would write down this spec; `None` for apps without a pool, and for those whose files
    /// are a person's.
    pub fn of(app: &App, spec: Spec) -> Option<Self> {
        let size = usize::try_from(app.fields.warm_pool.min(MAX_WARM_POOL)).unwrap_or_default();
        let has_pool = size > 0 && app.is_workload() && spec.workspace != WorkspaceKind::Persistent;
        has_pool.then(|| Self { tenant: app.tenant.clone(), spec, size })
    }
}

/// What is to be done about the pool.
#[derive(Debug, PartialEq, Eq)]
pub enum Step<'a> {
    /// Write one down and make it.
    Make(&'a Wish),
    /// Make it if it is not there, and see whether it is ready or still is.
    Tend(&'a Warm),
    /// It is not wanted any more: nobody may take it from now on.
    Retire(&'a Warm),
    /// Remove its workload, and then its row.
    Remove(&'a Warm),
    /// Remove its row alone: it is from before a restore, and its workload is not surely ours.
    Forget(&'a Warm),
}

/// Compares what apps wish with what there is. `is_resting` says for which apps nothing new is made now.
pub fn plan<'a>(
    wishes: &'a [Wish],
    rows: &'a [Warm],
    incarnation: i64,
    is_resting: impl Fn(&AppId) -> bool,
) -> Vec<Step<'a>> {
    let mut steps = Vec::new();
    let (current, former): (Vec<&Warm>, Vec<&Warm>) = rows.iter().partition(|it| it.incarnation == incarnation);
    steps.extend(former.into_iter().map(Step::Forget));
    let mut waiting = Vec::new();
    for row in current {
        match row.status {
            WarmStatus::Making | WarmStatus::Ready => waiting.push(row),
            WarmStatus::Leaving => steps.push(Step::Remove(row)),
            // It is the session's to take it over.
            WarmStatus::Taken => {}
        }
    }
    // The newest are kept, and those that are ready before those that are not.
    waiting.sort_by_key(|it| (it.status == WarmStatus::Ready, it.created_at, it.id.clone()));
    let mut places = MADE_AT_ONCE.saturating_sub(waiting.iter().filter(|it| it.status == WarmStatus::Making).count());
    for wish in wishes {
        let is_like = |it: &&Warm| it.tenant == wish.tenant && it.spec.runs_like(&wish.spec);
        let kept: Vec<&Warm> = waiting.iter().rev().copied().filter(is_like).take(wish.size).collect();
        waiting.retain(|it| !kept.iter().any(|kept| kept.id == it.id));
        let missing = if is_resting(&wish.spec.app) { 0 } else { (wish.size - kept.len()).min(places) };
        places -= missing;
        steps.extend(kept.into_iter().map(Step::Tend));
        steps.extend((0..missing).map(|_| Step::Make(wish)));
    }
    steps.extend(waiting.into_iter().map(Step::Retire));
    steps
}

/// The one that a launch of this spec takes: the newest that is ready.
pub fn choose<'a>(rows: &'a [Warm], spec: &Spec, tenant: &TenantId, incarnation: i64) -> Option<&'a Warm> {
    let fits = |it: &&Warm| {
        it.status == WarmStatus::Ready
            && it.incarnation == incarnation
            && it.tenant == *tenant
            && it.spec.runs_like(spec)
    };
    rows.iter().filter(fits).max_by_key(|it| (it.created_at, it.id.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::fixture;

    fn warm(id: &str, status: WarmStatus, seconds: i64) -> Warm {
        Warm {
            id: SessionId::new(id).unwrap(),
            tenant: TenantId::default_tenant(),
            spec: fixture::spec(),
            place: PlaceId::new("p-1").unwrap(),
            incarnation: 1,
            status,
            created_at: Timestamp::from_micros(seconds * 1_000_000),
        }
    }

    fn wish(size: usize) -> Wish {
        Wish { tenant: TenantId::default_tenant(), spec: fixture::spec(), size }
    }

    fn told(wishes: &[Wish], rows: &[Warm]) -> Vec<String> {
        let told = |it: Step<'_>| match it {
            Step::Make(_) => "make".to_owned(),
            Step::Tend(it) => format!("tend {}", it.id),
            Step::Retire(it) => format!("retire {}", it.id),
            Step::Remove(it) => format!("remove {}", it.id),
            Step::Forget(it) => format!("forget {}", it.id),
        };
        plan(wishes, rows, 1, |_| false).into_iter().map(told).collect()
    }

    #[test]
    fn a_pool_is_filled_a_few_at_a_time() {
        assert_eq!(told(&[wish(2)], &[]), ["make", "make"]);
        assert_eq!(told(&[wish(20)], &[]).len(), MADE_AT_ONCE);
        let rows = [warm("a", WarmStatus::Making, 1), warm("b", WarmStatus::Ready, 2)];
        assert_eq!(told(&[wish(3)], &rows), ["tend b", "tend a", "make"]);
        assert!(plan(&[wish(3)], &[], 1, |_| true).is_empty(), "an app whose workloads broke rests");
    }

    #[test]
    fn what_is_too_much_or_of_another_version_goes_and_the_newest_that_is_ready_stays() {
        let mut old = warm("old", WarmStatus::Ready, 9);
        old.spec.command = vec!["xclock".to_owned()];
        let rows =
            [warm("a", WarmStatus::Ready, 1), warm("b", WarmStatus::Ready, 2), warm("c", WarmStatus::Making, 3), old];
        assert_eq!(told(&[wish(1)], &rows), ["tend b", "retire c", "retire a", "retire old"]);
        assert_eq!(told(&[], &rows[..1]), ["retire a"]);
    }

    #[test]
    fn what_a_session_took_is_left_to_it_and_what_leaves_does_not_count() {
        let rows = [warm("a", WarmStatus::Taken, 1), warm("b", WarmStatus::Leaving, 2)];
        assert_eq!(told(&[wish(1)], &rows), ["remove b", "make"]);
    }

    #[test]
    fn what_is_from_before_a_restore_is_forgotten_and_never_taken() {
        let former = Warm { incarnation: 0, ..warm("a", WarmStatus::Ready, 1) };
        assert_eq!(told(&[wish(1)], std::slice::from_ref(&former)), ["forget a", "make"]);
        assert!(choose(&[former], &fixture::spec(), &TenantId::default_tenant(), 1).is_none());
    }

    #[test]
    fn a_launch_takes_the_newest_that_is_ready_and_runs_the_same() {
        let rows = [warm("a", WarmStatus::Ready, 1), warm("b", WarmStatus::Ready, 2), warm("c", WarmStatus::Making, 3)];
        let chosen = |spec: &Spec| choose(&rows, spec, &TenantId::default_tenant(), 1).map(|it| it.id.to_string());
        assert_eq!(chosen(&fixture::spec()).as_deref(), Some("b"));
        let mut policies = fixture::spec();
        policies.clipboard.into_app = false;
        policies.idle_timeout = Some(std::time::Duration::from_mins(1));
        assert_eq!(chosen(&policies).as_deref(), Some("b"), "what the gateway sees to is bound when it is taken");
        let other = Spec { env: vec![("A".to_owned(), "b".to_owned())], ..fixture::spec() };
        assert_eq!(chosen(&other), None);
    }
}
