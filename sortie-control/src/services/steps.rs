//! The steps of a plan: those of one app one after the other, apps beside each other.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use sortie_core::{
    port::engine::{Done, StepError},
    services::{AppNumber, Cause, Failure, Plan, Progress, Step, Target, snapshot::ImageRecord},
};
use tracing::{info, warn};

use super::{Services, secrets};
use crate::{Control, controller::Role};

/// What one app is to go through.
pub(super) struct Planned {
    target: Arc<Target>,
    steps: Vec<Step>,
}

/// Lays out the steps of each app that is not at work already, and wakes its worker.
pub(super) fn lay_out(services: &Services, target: &Target, plan: &Plan, busy: &HashSet<Option<AppNumber>>) {
    let target = Arc::new(target.clone());
    let mut apps: HashMap<Option<AppNumber>, Vec<Step>> = HashMap::new();
    for step in plan.steps.iter().filter(|it| !busy.contains(&it.app())) {
        apps.entry(step.app()).or_default().push(step.clone());
    }
    for (app, steps) in apps {
        services.planned().insert(app, Planned { target: Arc::clone(&target), steps });
        services.desk.wake(app);
    }
}

/// Does an app's steps, as far as they can be done.
pub(super) async fn follow(control: &Control, services: &Services, planned: &Planned) {
    let Planned { target, steps } = planned;
    let mut progress = Progress::default();
    for step in steps {
        if !progress.allows(step, target) {
            continue;
        }
        if services.desk.role(control.monotonic()) == Role::Standby {
            warn!(step = step.name(), object = step.object(), "Lease is lost; the rest of the plan is left");
            break;
        }
        let (name, object) = (step.name(), step.object());
        let done = match secrets::with_secrets(services, step).await {
            Ok(step) => services.ports.engine.perform(&step).await,
            Err(error) => Err(error),
        };
        match done {
            Ok(done) => {
                info!(step = name, object, "Step done");
                if let Step::StartContainer { existing: Some(container), .. } = step {
                    services.inner().memory.begun(container);
                }
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
