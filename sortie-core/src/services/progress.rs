//! How far a plan got: what failed holds up its own service and its app's clearing away, and nothing else.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    failure::Failure,
    step::Step,
    target::{AppNumber, Key, Target},
};

/// How far a plan got.
#[derive(Clone, Debug, Default)]
pub struct Progress {
    failed: BTreeMap<Key, Failure>,
    incomplete: BTreeSet<AppNumber>,
}

impl Progress {
    /// Whether a step may still be done.
    pub fn allows(&self, step: &Step, target: &Target) -> bool {
        if matches!(step, Step::RemoveNetwork { .. } | Step::RemoveVolume { .. }) {
            return step.app().is_none_or(|it| !self.incomplete.contains(&it));
        }
        let serves = step.serves(target);
        serves.is_empty() || !serves.iter().all(|it| self.failed.contains_key(it))
    }

    /// A step failed.
    pub fn failed(&mut self, step: &Step, target: &Target, failure: &Failure) {
        self.incomplete.extend(step.app());
        for key in step.serves(target) {
            self.failed.entry(key).or_insert_with(|| failure.clone());
        }
    }

    /// The services that did not get as far as planned, and why.
    pub fn failures(&self) -> impl Iterator<Item = (Key, &Failure)> {
        self.failed.iter().map(|(key, failure)| (*key, failure))
    }
}
