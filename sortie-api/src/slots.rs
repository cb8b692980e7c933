//! Counting what is in use, per key and in all, and giving it back by itself.

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::sync::watch;

/// Places to occupy.
#[derive(Clone, Debug)]
pub(crate) struct Slots<K: Eq + Hash + Clone + Send + 'static> {
    held: Arc<Mutex<HashMap<K, usize>>>,
    total: watch::Sender<usize>,
    most: usize,
}

/// One place, given back when dropped.
#[derive(Debug)]
pub(crate) struct Slot<K: Eq + Hash + Clone + Send + 'static> {
    slots: Slots<K>,
    key: K,
}

impl<K: Eq + Hash + Clone + Send + 'static> Slots<K> {
    /// At most `most` per key.
    pub(crate) fn new(most: usize) -> Self {
        Self { held: Arc::default(), total: watch::Sender::new(0), most }
    }

    /// Takes a place; `None` when the key has all it may have.
    pub(crate) fn take(&self, key: K) -> Option<Slot<K>> {
        self.take_at_most(key, self.most)
    }

    /// Takes a place, whatever the key has.
    pub(crate) fn take_uncounted(&self, key: K) -> Option<Slot<K>> {
        self.take_at_most(key, usize::MAX)
    }

    fn take_at_most(&self, key: K, most: usize) -> Option<Slot<K>> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let count = held.entry(key.clone()).or_default();
        if *count >= most {
            return None;
        }
        *count += 1;
        drop(held);
        self.total.send_modify(|it| *it += 1);
        Some(Slot { slots: self.clone(), key })
    }

    /// How many places are taken.
    pub(crate) fn total(&self) -> usize {
        *self.total.borrow()
    }

    /// Waits until no place is taken.
    pub(crate) async fn empty(&self) {
        // The sender lives in `self`, so this cannot fail.
        let _ = self.total.subscribe().wait_for(|it| *it == 0).await;
    }
}

impl<K: Eq + Hash + Clone + Send + 'static> Drop for Slot<K> {
    fn drop(&mut self) {
        let mut held = self.slots.held.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = held.get_mut(&self.key) {
            *count -= 1;
            if *count == 0 {
                held.remove(&self.key);
            }
        }
        drop(held);
        self.slots.total.send_modify(|it| *it -= 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_gets_its_share_and_gives_it_back() {
        let slots = Slots::new(1);
        let first = slots.take("a");
        assert!(first.is_some() && slots.take("a").is_none() && slots.take("b").is_some());
        drop(first);
        assert!(slots.take("a").is_some());
        assert_eq!(slots.total(), 0);
    }
}
