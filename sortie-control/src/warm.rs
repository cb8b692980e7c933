//! The pool: keeps workloads ready for apps that wish it, and gives them to launches.
//!
//! One loop, under the place's lease. Each pass reads wishes and rows afresh and follows [`plan`]; a row is written before its
//! workload is made and outlives it, so that a crash between any two lines leaves nothing behind that nobody knows.

mod take;

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use sortie_core::{
    app::App,
    id::AppId,
    port::PortError,
    warm::{Step, Warm, WarmStatus, Wish, plan},
    workload::Observed,
};
use tokio::sync::Notify;
use tracing::{info, warn};

use crate::{Control, ControlError};

/// How soon to look again while something is made or removed, where no hint comes first.
const SOON: Duration = Duration::from_secs(1);
/// How long nothing is made for an app whose workload broke, and the longest: doubles with each further one.
const REST: (Duration, Duration) = (Duration::from_secs(10), Duration::from_mins(10));

/// Shared with everybody who may wake the loop.
#[derive(Debug, Default)]
pub struct Pool {
    poke: Notify,
    resting: Mutex<HashMap<AppId, Rest>>,
    counted: Mutex<Vec<(WarmStatus, usize)>>,
}

/// An app whose workloads broke.
#[derive(Debug)]
struct Rest {
    failures: u32,
    /// By the monotonic clock.
    until: Duration,
}

impl Pool {
    /// How many warm workloads there were at the last look, by status; empty where another server tends them.
    pub fn counted(&self) -> Vec<(WarmStatus, usize)> {
        self.counted.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn counted_by_nobody(&self) {
        self.counted.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    fn count(&self, rows: &[Warm]) {
        let of = |status: &WarmStatus| (*status, rows.iter().filter(|it| it.status == *status).count());
        *self.counted.lock().unwrap_or_else(PoisonError::into_inner) = WarmStatus::ALL.iter().map(of).collect();
    }

    /// Look soon.
    pub(crate) fn poke(&self) {
        self.poke.notify_one();
    }

    fn resting(&self) -> MutexGuard<'_, HashMap<AppId, Rest>> {
        self.resting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn rest(&self, app: &AppId, now: Duration) {
        let mut resting = self.resting();
        let rest = resting.entry(app.clone()).or_insert(Rest { failures: 0, until: now });
        let pause = REST.0.saturating_mul(1 << rest.failures.min(10)).min(REST.1);
        *rest = Rest { failures: rest.failures.saturating_add(1), until: now.saturating_add(pause) };
    }
}

/// Keeps the pool as apps wish it.
pub(crate) async fn run(control: Control) {
    loop {
        let pause = if control.reconciler.is_trusted(control.monotonic()) {
            control.keep_warm().await.unwrap_or_else(|error| {
                warn!(error = %error, "Warm workloads could not be tended; trying again");
                control.settings.relist_interval
            })
        } else {
            control.pool.counted_by_nobody();
            SOON
        };
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = control.pool.poke.notified() => {}
        }
    }
}

impl Control {
    /// Every warm workload of this place.
    pub async fn warm_workloads(&self) -> Result<Vec<Warm>, ControlError> {
        Ok(self.ports.warm.list_warm(self.ports.runtime.place()).await?)
    }

    /// One pass; answers when to look again at the latest.
    async fn keep_warm(&self) -> Result<Duration, ControlError> {
        let Some(identity) = self.identity.get() else { return Ok(SOON) };
        let rows = self.ports.warm.list_warm(self.ports.runtime.place()).await?;
        self.pool.count(&rows);
        let wishes = self.wishes().await?;
        let now = self.monotonic();
        let is_resting = |app: &AppId| self.pool.resting().get(app).is_some_and(|it| now < it.until);
        let steps = plan(&wishes, &rows, identity.installation.incarnation, is_resting);
        let mut moves = false;
        for step in steps {
            // What one workload cannot get is no other's trouble; the next pass tries again.
            match self.warm_step(step).await {
                Ok(more) => moves |= more,
                Err(error) => warn!(error = %error, "Step for a warm workload failed; trying again"),
            }
        }
        Ok(if moves { SOON } else { self.settings.relist_interval })
    }

    async fn wishes(&self) -> Result<Vec<Wish>, ControlError> {
        let mut wishes = Vec::new();
        for app in self.ports.warm.warm_apps().await? {
            wishes.extend(self.wish_of(&app).await?);
        }
        Ok(wishes)
    }

    /// What an app wishes; nothing where a launch would be refused.
    async fn wish_of(&self, app: &App) -> Result<Option<Wish>, ControlError> {
        let quotas = self.tenant_quotas(&app.tenant).await?;
        let spec = self.spec_within(app, &quotas).ok().filter(|it| self.refusal_of(it).is_none());
        Ok(spec.and_then(|it| Wish::of(app, it)))
    }

    /// Does one step; answers whether there is more to do soon.
    async fn warm_step(&self, step: Step<'_>) -> Result<bool, PortError> {
        match step {
            Step::Make(wish) => {
                let warm = self.written_down(wish).await?;
                self.tend_warm(&warm).await?;
                Ok(true)
            }
            Step::Tend(warm) => self.tend_warm(warm).await,
            Step::Retire(warm) => {
                info!(session.id = %warm.id, app.id = %warm.spec.app, "Warm workload is not wanted any more");
                self.ports.warm.move_warm(&warm.id, warm.status, WarmStatus::Leaving).await?;
                Ok(true)
            }
            Step::Remove(warm) => self.remove_warm(warm).await,
            Step::Forget(warm) => {
                self.ports.warm.remove_warm(&warm.id).await?;
                Ok(true)
            }
        }
    }

    async fn written_down(&self, wish: &Wish) -> Result<Warm, PortError> {
        let warm = Warm {
            id: self.ids().session(),
            tenant: wish.tenant.clone(),
            spec: wish.spec.clone(),
            place: self.ports.runtime.place().clone(),
            incarnation: self.installation().incarnation,
            status: WarmStatus::Making,
            created_at: self.now(),
        };
        self.ports.warm.insert_warm(&warm).await?;
        info!(session.id = %warm.id, app.id = %warm.spec.app, "Warm workload ordered");
        Ok(warm)
    }

    async fn tend_warm(&self, warm: &Warm) -> Result<bool, PortError> {
        let observed = self.ports.runtime.observe(&warm.id).await?;
        match (warm.status, observed) {
            (WarmStatus::Making, Observed::Absent | Observed::Partial) => {
                match self.ports.runtime.create(&warm.order(&self.installation().id)).await {
                    Ok(()) => {}
                    Err(PortError::Rejected(why)) => self.give_up_warm(warm, &why).await?,
                    Err(PortError::Conflict) => self.give_up_warm(warm, "something else has its name").await?,
                    // It may pass; the row says that it is wanted.
                    Err(error) => {
                        warn!(app.id = %warm.spec.app, error = %error, "Warm workload could not be made; trying again");
                    }
                }
                Ok(true)
            }
            (WarmStatus::Making, Observed::Ready { .. }) => {
                self.ports.warm.move_warm(&warm.id, WarmStatus::Making, WarmStatus::Ready).await?;
                self.pool.resting().remove(&warm.spec.app);
                info!(session.id = %warm.id, app.id = %warm.spec.app, "Warm workload is ready");
                Ok(false)
            }
            (WarmStatus::Making, Observed::Starting { detail, .. }) => {
                if self.now().since(warm.created_at) > self.settings.ready_timeout {
                    self.give_up_warm(warm, &detail).await?;
                }
                Ok(true)
            }
            (WarmStatus::Making, Observed::Broken(why)) => {
                self.give_up_warm(warm, &why.detail).await?;
                Ok(true)
            }
            (WarmStatus::Making, Observed::Ending) => {
                self.give_up_warm(warm, "it was removed").await?;
                Ok(true)
            }
            (WarmStatus::Ready, Observed::Ready { .. }) => Ok(false),
            (WarmStatus::Ready, _) => {
                warn!(session.id = %warm.id, app.id = %warm.spec.app, "Warm workload is not ready any more");
                self.ports.warm.move_warm(&warm.id, WarmStatus::Ready, WarmStatus::Leaving).await?;
                Ok(true)
            }
            (WarmStatus::Taken | WarmStatus::Leaving, _) => Ok(false),
        }
    }

    /// This one will not get ready; the next one is made after a pause.
    async fn give_up_warm(&self, warm: &Warm, why: &str) -> Result<(), PortError> {
        warn!(session.id = %warm.id, app.id = %warm.spec.app, error = why, "Warm workload does not get ready");
        self.pool.rest(&warm.spec.app, self.monotonic());
        self.ports.warm.move_warm(&warm.id, WarmStatus::Making, WarmStatus::Leaving).await?;
        Ok(())
    }

    async fn remove_warm(&self, warm: &Warm) -> Result<bool, PortError> {
        if self.ports.runtime.observe(&warm.id).await? == Observed::Absent {
            self.ports.warm.remove_warm(&warm.id).await?;
            return Ok(false);
        }
        match self.ports.runtime.delete(&warm.labels(&self.installation().id)).await {
            Ok(()) => Ok(true),
            // What stands there is another's: it stays, and nothing of ours is left to remove.
            Err(PortError::Conflict) => {
                self.ports.warm.remove_warm(&warm.id).await?;
                Ok(false)
            }
            Err(error) => Err(error),
        }
    }
}
