//! The domain of Sortie: types, rules and ports.
//!
//! **Owns** the typed ids, the catalog's apps and their rules, the session state machine, [`session::next_step`], the access
//! policy [`policy::may`], quota arithmetic, the plan that leads from a target of services to what an engine shows
//! ([`services::plan`](mod@services::plan)), and the ports (traits) that the other rooms implement.
//!
//! **May not know** tokio, serde, tracing, the clock, or any other crate of ours. Nothing in here waits, logs, reads the time
//! or touches the world: time and randomness are arguments.

pub mod access;
pub mod app;
pub mod audit;
pub mod category;
pub mod credential;
pub mod csv;
pub mod event;
pub mod id;
pub mod invalid;
pub mod local_path;
pub mod policy;
pub mod port;
pub mod preferences;
pub mod quota;
pub mod retention;
pub mod secret;
pub mod services;
pub mod session;
pub mod sharing;
pub mod sign_in;
pub mod spec;
pub mod sso;
pub mod tenant;
pub mod throttle;
pub mod time;
pub mod token_scope;
pub mod user;
pub mod warm;
pub mod workload;
