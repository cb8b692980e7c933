//! Writers that add apps until they are told to stop, and remember which of them the store acknowledged.

use std::{
    collections::HashSet,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use anyhow::Result;
use sortie_core::{audit::AuditAction, port::CatalogStore};
use sortie_store::Store;
use sortie_testkit::contract::sample::{app, change};
use tokio::{
    task::{JoinSet, yield_now},
    time::timeout,
};

const COUNT: usize = 4;
const SOON: Duration = Duration::from_secs(20);

pub(crate) struct Writers {
    acknowledged: Arc<Mutex<Vec<String>>>,
    goes_on: Arc<AtomicBool>,
    tasks: JoinSet<Result<()>>,
}

impl Writers {
    pub(crate) fn start(store: &Arc<Store>) -> Self {
        let (acknowledged, goes_on) = (Arc::new(Mutex::new(Vec::new())), Arc::new(AtomicBool::new(true)));
        let mut tasks = JoinSet::new();
        for writer in 0..COUNT {
            let (store, acknowledged, goes_on) = (Arc::clone(store), Arc::clone(&acknowledged), Arc::clone(&goes_on));
            tasks.spawn(async move {
                for number in 0.. {
                    if !goes_on.load(Ordering::Relaxed) {
                        break;
                    }
                    let id = format!("app-{writer}-{number}");
                    store.insert_app(&app(&id)?, change(AuditAction::CreateApp, 0)).await?;
                    acknowledged.lock().unwrap().push(id);
                }
                Ok(())
            });
        }
        Self { acknowledged, goes_on, tasks }
    }

    /// The apps that are surely stored by now.
    pub(crate) fn acknowledged(&self) -> Vec<String> {
        self.acknowledged.lock().unwrap().clone()
    }

    /// Which of these apps are not among the lines of an answer.
    pub(crate) fn lost(before: &[String], stored: &str) -> Vec<String> {
        let stored: HashSet<_> = stored.lines().collect();
        before.iter().filter(|it| !stored.contains(it.as_str())).cloned().collect()
    }

    /// Waits until more apps are stored than these.
    pub(crate) async fn go_on_after(&self, before: &[String]) -> Result<()> {
        let more = async {
            while self.acknowledged.lock().unwrap().len() <= before.len() {
                yield_now().await;
            }
        };
        Ok(timeout(SOON, more).await?)
    }

    /// Ends them; none of them may have failed.
    pub(crate) async fn stop(mut self) -> Result<()> {
        self.goes_on.store(false, Ordering::Relaxed);
        while let Some(done) = self.tasks.join_next().await {
            done??;
        }
        Ok(())
    }
}
