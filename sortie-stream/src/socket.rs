//! The options of TCP sockets: the only place that knows that a stream may be one.

use std::io;

use socket2::SockRef;
use tokio::net::TcpStream;

/// How much may wait unsent in the kernel for a viewer, in bytes. More would only be frames that are stale when they arrive.
pub const CLIENT_UNSENT: u32 = 128 * 1024;

/// The receive buffer towards a workload, in bytes. Workloads are near, so this bounds memory, not throughput.
pub const UPSTREAM_RECEIVE: u32 = 128 * 1024;

/// Prepares a viewer's socket: every write goes out at once, and little waits unsent.
pub fn prepare_client(socket: &TcpStream) -> io::Result<()> {
    socket.set_nodelay(true)?;
    SockRef::from(socket).set_tcp_notsent_lowat(CLIENT_UNSENT)
}
