//! Flows through the real binary; one file per subject.

#[cfg(test)]
mod adoption;
#[cfg(test)]
mod audit;
#[cfg(test)]
mod audit_forward;
#[cfg(test)]
mod audit_key;
#[cfg(test)]
mod backup;
#[cfg(test)]
mod backup_every;
#[cfg(test)]
mod backup_keys;
#[cfg(test)]
mod backup_objects;
#[cfg(test)]
mod by_hand;
#[cfg(test)]
mod clipboard;
#[cfg(test)]
mod clocks;
#[cfg(test)]
mod commands;
#[cfg(test)]
mod compose;
#[cfg(test)]
mod conformance;
#[cfg(test)]
mod containers;
#[cfg(test)]
mod crash;
#[cfg(test)]
mod database_away;
#[cfg(test)]
mod db_copy;
#[cfg(test)]
mod drain;
#[cfg(test)]
mod endings;
#[cfg(test)]
mod failover;
#[cfg(test)]
mod harness;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod journey;
#[cfg(test)]
mod load;
#[cfg(test)]
mod migration;
#[cfg(test)]
mod refusals;
#[cfg(test)]
mod replicas;
#[cfg(test)]
mod secrets;
#[cfg(test)]
mod services;
#[cfg(test)]
mod sharing;
#[cfg(test)]
mod sso;
#[cfg(test)]
mod warm;
