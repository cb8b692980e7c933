//! The local runtime with real sandboxes and a real X server. Needs what the product needs: bubblewrap,
//! tigervnc-standalone-server, openbox, xterm, x11-apps, x11-utils.

mod app;
mod containers;
mod contract;
mod crash;
mod disk;
mod display;
mod engine;
mod isolation;
mod limits;
mod probe;
mod silence;
mod stage;
mod survival;
mod viewer;
