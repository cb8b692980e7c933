//! Sessions: what people do with them.

pub(crate) mod cache;
pub mod launch;
pub mod query;
pub mod restart;
pub mod stop;
