//! Who may do what: people, requests for access, and explanations.

pub mod explain;
pub mod people;
pub mod request;
