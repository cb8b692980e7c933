//! Tokens that were checked lately: good while the access epoch has not moved.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use sortie_core::{access::Grants, secret::TokenHash, sign_in::SignIn, user::User};

/// More tokens than this are not remembered: the map starts over.
const MOST: usize = 50_000;

/// What a token stands for.
pub(super) type Known = (SignIn, User, Arc<Grants>);

#[derive(Debug, Default)]
struct Entries {
    epoch: i64,
    by_hash: HashMap<TokenHash, Known>,
}

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct TokenCache(Mutex<Entries>);

impl TokenCache {
    pub(super) fn get(&self, hash: &TokenHash, epoch: i64) -> Option<Known> {
        let entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        (entries.epoch == epoch).then(|| entries.by_hash.get(hash).cloned()).flatten()
    }

    pub(super) fn put(&self, hash: &TokenHash, found: &Known, epoch: i64) {
        let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if entries.epoch < epoch || entries.by_hash.len() >= MOST {
            entries.epoch = entries.epoch.max(epoch);
            entries.by_hash.clear();
        }
        if entries.epoch == epoch {
            entries.by_hash.insert(hash.clone(), found.clone());
        }
    }
}
