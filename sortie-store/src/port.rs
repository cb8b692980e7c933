//! The ports of the domain, on the two databases.

mod access;
mod accounts;
mod catalog;
mod change;
mod coordination;
mod credentials;
mod factors;
mod forward;
mod identities;
mod lanes;
mod records;
mod seals;
mod service_secrets;
mod services;
mod sessions;
mod sharing;
mod sign_ins;
mod tenants;
mod warm;

#[cfg(test)]
pub(crate) use self::{
    records::page as records_page,
    sessions::{session_page, unreleased_sessions},
};
