//! The byte path of Sortie: what lies between a browser and a workload's screen.
//!
//! **Owns** the WebSocket framing of the server side ([`ws`]), the close codes ([`close`]), the RFB handshakes and the filter of
//! what a viewer sends ([`rfb`]), the connection to the workload ([`dial`]), the relay between the two ([`relay`]), and the list
//! of live streams ([`registry`]).
//!
//! **May not know** users, roles, SQL, routes or pods. Rights arrive as three booleans, reasons as close codes, and whoever calls
//! decides what they mean. The parsers do no input or output: they work on byte slices and hold a bounded number of bytes, so
//! that tests and fuzzers drive them without sockets.

pub mod buffer;
pub mod cancel;
pub mod close;
pub mod dial;
mod pending;
pub mod registry;
pub mod relay;
pub mod rfb;
pub mod socket;
pub mod ws;
