//! A display that speaks just enough RFB to be looked at: 3.8, security None, one screen, and it tells what it was sent.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{UnixListener, UnixStream},
    task::JoinHandle,
};

/// A display on a Unix socket.
#[derive(Debug)]
pub(crate) struct Display {
    accepting: JoinHandle<()>,
    received: Arc<AtomicUsize>,
}

impl Display {
    pub(crate) fn listen(path: &Path) -> Self {
        let listener = UnixListener::bind(path).unwrap();
        let received = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&received);
        let accepting = tokio::spawn(async move {
            let mut viewers = tokio::task::JoinSet::new();
            while let Ok((socket, _)) = listener.accept().await {
                viewers.spawn(speak(socket, Arc::clone(&counted)));
            }
        });
        Self { accepting, received }
    }

    /// Bytes that viewers sent after their handshake.
    pub(crate) fn received(&self) -> usize {
        self.received.load(Ordering::SeqCst)
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn speak(mut socket: UnixStream, received: Arc<AtomicUsize>) -> std::io::Result<()> {
    socket.write_all(b"RFB 003.008\n").await?;
    let mut version = [0; 12];
    socket.read_exact(&mut version).await?;
    socket.write_all(&[1, 1]).await?;
    let mut choice = [0; 1];
    socket.read_exact(&mut choice).await?;
    socket.write_all(&[0; 4]).await?;
    socket.read_exact(&mut choice).await?;
    // ServerInit: 64 × 48, a pixel format, and the name "toy".
    let mut init = vec![0, 64, 0, 48, 32, 24, 0, 1, 0, 255, 0, 255, 0, 255, 16, 8, 0, 0, 0, 0, 0, 0, 0, 3];
    init.extend_from_slice(b"toy");
    socket.write_all(&init).await?;
    let mut buffer = [0; 4096];
    loop {
        let count = socket.read(&mut buffer).await?;
        if count == 0 {
            return Ok(());
        }
        received.fetch_add(count, Ordering::SeqCst);
    }
}
