//! The steps of a plan: those of one app one after the other, apps beside each other.

use std::{collections::HashSet, sync::Arc};

use sortie_core::{
    port::engine::{Done, StepError},
    services::{AppNumber, Cause, Failure, Plan, Progress, Step, Target, snapshot::ImageRecord},
};
use tokio::task::JoinSet;
use tracing::{Instrument, info, info_span, warn};

use super::{Services, secrets};
use crate::Control;

/// Starts a task for each app that has steps and is not at work already.
pub(super) fn set_going(
    control: &Control,
    services: &Arc<Services>,
    target: &Target,
    plan: &Plan,
    busy: &HashSet<Option<AppNumber>>,
    workers: &mut JoinSet<()>,
) {
    let mut apps: Vec<Option<AppNumber>> = plan.steps.iter().map(Step::app).collect();
    apps.sort();
    apps.dedup();
    for app in apps.into_iter().filter(|it| !busy.contains(it)) {
        let steps: Vec<Step> = plan.steps.iter().filter(|it| it.app() == app).cloned().collect();
        services.busy().insert(app);
        let held = Claim { services: Arc::clone(services), app };
        let (control, target) = (control.clone(), target.clone());
        let span = info_span!("services", app = app.map_or(0, AppNumber::get));
        let following = async move {
            let held = held;
            follow(&control, &held.services, &target, &steps).await;
        };
        workers.spawn(following.instrument(span));
    }
}

/// Gives an app back to the loop, whatever happens to its task.
struct Claim {
    services: Arc<Services>,
    app: Option<AppNumber>,
}

impl Drop for Claim {
    fn drop(&mut self) {
        self.services.busy().remove(&self.app);
        self.services.wake.notify_one();
    }
}

async fn follow(control: &Control, services: &Services, target: &Target, steps: &[Step]) {
    let mut progress = Progress::default();
    for step in steps {
        if !progress.allows(step, target) {
            continue;
        }
        let (name, object) = (step.name(), step.object());
        let done = match secrets::with_secrets(services, step).await {
            Ok(step) => services.ports.engine.perform(&step).await,
            Err(error) => Err(error),
        };
        match done {
            Ok(done) => {
                info!(step = name, object, "Step done");
                note(control, services, target, step, done).await;
            }
            Err(StepError::Failed(failure)) => {
                warn!(step = name, object, cause = failure.cause.code(), error = %failure, "Step failed");
                progress.failed(step, target, &failure);
            }
            Err(StepError::Unreachable(error)) => {
                // Nobody's fault and nothing to count: the next pass sees how far it came.
                warn!(step = name, object, error = %error, "Engine did not answer; the rest of the plan is left");
                break;
            }
        }
    }
    let (now, rules) = (control.now(), services.settings.rules);
    let mut inner = services.inner();
    for (key, failure) in progress.failures() {
        if let Some((_, service)) = target.service(key) {
            inner.memory.failed(key, &service.fingerprint(), failure.clone(), now, &rules);
        }
    }
}

/// Keeps the books of images. What cannot be written is not lost: the image stays, and is nobody's to clear away.
async fn note(control: &Control, services: &Services, target: &Target, step: &Step, done: Done) {
    let store = &services.ports.store;
    let written = match (step, done.image) {
        (Step::DownloadImage { image, .. }, Some(found)) => {
            let key = step.serves(target).into_iter().next();
            let record = ImageRecord {
                name: image.clone(),
                key,
                engine_id: found.id,
                size: found.size,
                pulled_at: control.now(),
            };
            store.save_image(&record).await
        }
        (Step::RemoveImage { image }, _) => store.forget_image(image).await,
        _ => Ok(()),
    };
    if let Err(error) = written {
        let failure = Failure::new(Cause::EngineFailed, error.to_string());
        warn!(error = %failure, "Image could not be written down");
    }
}
