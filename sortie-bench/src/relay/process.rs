//! One relay as a process, so that its processor time and memory can be told from ours.

use std::{io::Write, sync::Arc, time::Duration};

use bytes::Bytes;
use sortie_core::workload::Address;
use sortie_stream::{
    cancel, dial,
    relay::{Counters, Limits, Relay},
    rfb::{Rights, handshake::upstream},
    socket,
};
use tokio::net::{TcpListener, TcpStream};

/// Buffers of the raw relay: its best size, too.
const RAW_BUFFER: usize = 64 * 1024;

/// Serves until it is killed. Connections count as upgraded already.
pub(crate) async fn serve(raw: bool, display: u16) -> anyhow::Result<()> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    writeln!(std::io::stdout(), "{}", listener.local_addr()?.port())?;
    loop {
        let (client, _) = listener.accept().await?;
        tokio::spawn(async move {
            let ended = if raw { copy(client, display).await } else { relay(client, display).await };
            // A viewer that leaves is the usual end.
            drop(ended);
        });
    }
}

async fn copy(mut client: TcpStream, display: u16) -> anyhow::Result<()> {
    client.set_nodelay(true)?;
    let mut upstream = TcpStream::connect(("127.0.0.1", display)).await?;
    upstream.set_nodelay(true)?;
    tokio::io::copy_bidirectional_with_sizes(&mut client, &mut upstream, RAW_BUFFER, RAW_BUFFER).await?;
    Ok(())
}

async fn relay(client: TcpStream, display: u16) -> anyhow::Result<()> {
    socket::prepare_client(&client)?;
    let address = Address::Tcp("127.0.0.1".to_owned(), display);
    let mut upstream = dial::dial(&address, Duration::from_secs(5)).await?;
    upstream::open(&mut upstream, None, Duration::from_secs(5)).await?;
    let (_canceller, cancel) = cancel::pair();
    let relay = Relay {
        client,
        leftover: Bytes::new(),
        upstream,
        rights: Rights::CONTROL,
        limits: Limits::STANDARD,
        counters: Arc::new(Counters::new()),
        cancel,
    };
    Box::pin(relay.run(|_| async { None })).await;
    Ok(())
}
