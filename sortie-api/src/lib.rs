//! The HTTP face of Sortie, on bare hyper.
//!
//! **Owns** routes, handlers, the shapes on the wire, credentials (passwords, tokens, cookies), the checks at the door (Host,
//! Origin, rates, sizes), the event stream, the upgrade to a screen's stream, `OpenAPI`, metrics and the web app's files.
//!
//! **May not know** SQL, processes, pods, or the environment. It decides nothing about the domain: each handler reads a request,
//! calls one use case of `sortie-control`, and shapes the answer.

mod answer;
pub mod api;
pub mod assets;
pub mod auth;
mod body;
mod catalog;
pub mod codes;
mod context;
mod dispatch;
mod entry;
pub mod error;
mod guard;
mod handlers;
mod metrics;
pub mod openapi;
mod rates;
pub mod route;
pub mod server;
pub mod settings;
mod slots;
mod stream;
mod text;
pub mod tls;
pub mod wire;

pub use answer::Body;
pub use api::Api;
pub use assets::Assets;
pub use error::ApiError;
pub use guard::{Peer, Site, SiteError};
pub use settings::{Branding, Rates, Settings, SsoFace};
pub use tls::Tls;
pub use wire::services::from_json as document;
