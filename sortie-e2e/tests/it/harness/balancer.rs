//! What stands before several servers: connections go to one after the other, whoever comes, and past those that do not answer.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    task::{JoinHandle, JoinSet},
};

/// A running balancer. Dropping it cuts every connection.
pub(crate) struct Balancer {
    /// Where people come to.
    pub(crate) address: SocketAddr,
    servers: Arc<Servers>,
    task: JoinHandle<()>,
}

#[derive(Default)]
struct Servers {
    known: Mutex<Vec<SocketAddr>>,
    next: AtomicUsize,
    open: Mutex<BTreeMap<SocketAddr, usize>>,
}

impl Balancer {
    /// Listens, and knows no server yet.
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let servers = Arc::<Servers>::default();
        let task = tokio::spawn(serve(listener, Arc::clone(&servers)));
        Self { address, servers, task }
    }

    /// Sends people there, too.
    pub(crate) fn add(&self, server: SocketAddr) {
        self.servers.known.lock().unwrap_or_else(PoisonError::into_inner).push(server);
    }

    /// How many connections lead to a server now.
    pub(crate) fn open_at(&self, server: SocketAddr) -> usize {
        let open = self.servers.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.get(&server).copied().unwrap_or_default()
    }
}

impl Drop for Balancer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(listener: TcpListener, servers: Arc<Servers>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                connections.spawn(carry(accepted.unwrap().0, Arc::clone(&servers)));
            }
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn carry(mut near: TcpStream, servers: Arc<Servers>) {
    let Some((server, mut far)) = servers.reach().await else { return };
    servers.count(server, |it| it + 1);
    let _ = near.set_nodelay(true);
    let _ = far.set_nodelay(true);
    // Either end may be cut at any time: that is what the tests are about.
    let _ = copy_bidirectional(&mut near, &mut far).await;
    servers.count(server, |it| it - 1);
}

impl Servers {
    /// The next server that answers.
    async fn reach(&self) -> Option<(SocketAddr, TcpStream)> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let first = self.next.fetch_add(1, Ordering::Relaxed);
        for index in 0..known.len() {
            let server = known[(first + index) % known.len()];
            if let Ok(stream) = TcpStream::connect(server).await {
                return Some((server, stream));
            }
        }
        None
    }

    fn count(&self, server: SocketAddr, change: impl FnOnce(usize) -> usize) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let count = open.entry(server).or_default();
        *count = change(*count);
    }
}
