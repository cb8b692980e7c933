//! The shelf whose files are objects.

use std::{
    fmt,
    io::{self, Read},
    sync::Arc,
};

use bytes::Bytes;
use object_store::{MultipartUpload, ObjectStore, ObjectStoreExt, PutMode, PutOptions, PutPayload, path::Path};
use sortie_core::port::{Already, BoxError, Shelf, ShelfError};
use tokio::{
    runtime::{Builder, Handle, Runtime},
    task::JoinSet,
};

use crate::{Address, error, ranges::Ranges};

/// What is longer goes up in parts, of which each is held in memory.
const PART: u64 = 8 << 20;
/// No store takes more parts than 10,000.
const MOST_PARTS: u64 = 9_000;
/// So many parts at once.
const ABREAST: usize = 3;

/// Objects behind a bucket's prefix.
pub struct Objects(Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) store: Arc<dyn ObjectStore>,
    address: Address,
    waiter: Handle,
    /// Taken only when this is dropped.
    runtime: Option<Runtime>,
}

impl fmt::Debug for Objects {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Objects").field(&self.0.address).finish()
    }
}

impl Inner {
    /// Waits for an answer. The threads that ask are none of the server's own tasks: a shelf blocks.
    pub(crate) fn wait<T>(&self, future: impl Future<Output = T>) -> T {
        self.waiter.block_on(future)
    }

    pub(crate) fn path(&self, name: &str) -> Path {
        let prefix = self.address.prefix.split('/').filter(|it| !it.is_empty());
        prefix.chain([name]).collect()
    }

    pub(crate) fn named(&self, name: &str) -> String {
        format!("{}/{name}", self.address)
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        // An ordinary end would wait, which a task may not do.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl Objects {
    pub(crate) fn new(address: Address, store: Arc<dyn ObjectStore>) -> io::Result<Self> {
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().thread_name("objects").build()?;
        let waiter = runtime.handle().clone();
        Ok(Self(Arc::new(Inner { store, address, waiter, runtime: Some(runtime) })))
    }

    fn put_at_once(&self, name: &str, bytes: Vec<u8>, already: Already) -> Result<(), ShelfError> {
        let mode = match already {
            Already::Refuse => PutMode::Create,
            Already::Replace => PutMode::Overwrite,
        };
        let options = PutOptions { mode, ..PutOptions::default() };
        let path = self.0.path(name);
        let put = self.0.wait(self.0.store.put_opts(&path, PutPayload::from(bytes), options));
        put.map(drop).map_err(|it| self.error("write", name, &it))
    }

    fn put_in_parts(&self, name: &str, bytes: &mut (dyn Read + Send), length: u64) -> Result<(), ShelfError> {
        let path = self.0.path(name);
        let named = self.0.named(name);
        let mut upload = self.0.wait(self.0.store.put_multipart(&path)).map_err(|it| self.error("write", name, &it))?;
        let done = self.0.wait(parts(upload.as_mut(), bytes, length, &named));
        if done.is_err() {
            // What went up already is paid for until it is given up; the store's own rules find what this does not reach.
            let _ = self.0.wait(upload.abort());
        }
        done
    }

    fn error(&self, what: &str, name: &str, error: &object_store::Error) -> ShelfError {
        error::shelf(what, &self.0.named(name), error)
    }
}

async fn parts(
    upload: &mut dyn MultipartUpload,
    bytes: &mut (dyn Read + Send),
    length: u64,
    named: &str,
) -> Result<(), ShelfError> {
    let failed = |it: object_store::Error| error::shelf("write", named, &it);
    let mut running = JoinSet::new();
    let mut rest = length;
    while rest > 0 {
        let size = rest.min(PART.max(length.div_ceil(MOST_PARTS)));
        let part = exactly(bytes, size, named)?;
        rest -= size;
        while running.len() >= ABREAST {
            ended(running.join_next().await, named)?;
        }
        running.spawn(upload.put_part(Bytes::from(part).into()));
    }
    at_its_end(bytes, named)?;
    while !running.is_empty() {
        ended(running.join_next().await, named)?;
    }
    upload.complete().await.map(drop).map_err(failed)
}

fn ended(
    part: Option<Result<Result<(), object_store::Error>, tokio::task::JoinError>>,
    named: &str,
) -> Result<(), ShelfError> {
    match part {
        Some(Ok(done)) => done.map_err(|it| error::shelf("write", named, &it)),
        Some(Err(error)) => Err(ShelfError::failed(format!("cannot write {named}"))(error)),
        None => Ok(()),
    }
}

fn exactly(bytes: &mut (dyn Read + Send), size: u64, named: &str) -> Result<Vec<u8>, ShelfError> {
    let mut part = Vec::with_capacity(usize::try_from(size).unwrap_or(0));
    bytes.take(size).read_to_end(&mut part).map_err(ShelfError::failed(format!("cannot write {named}")))?;
    if u64::try_from(part.len()).is_ok_and(|it| it == size) { Ok(part) } else { Err(unlike(named)) }
}

fn at_its_end(bytes: &mut (dyn Read + Send), named: &str) -> Result<(), ShelfError> {
    let more = bytes.read(&mut [0]).map_err(ShelfError::failed(format!("cannot write {named}")))?;
    if more == 0 { Ok(()) } else { Err(unlike(named)) }
}

fn unlike(named: &str) -> ShelfError {
    let source = BoxError::from("what is to be written has another length than was said");
    ShelfError::Failed { what: format!("cannot write {named}"), source }
}

impl Shelf for Objects {
    fn address(&self) -> String {
        self.0.address.to_string()
    }

    fn names(&self) -> Result<Vec<String>, ShelfError> {
        let prefix = Path::from(self.0.address.prefix.as_str());
        let prefix = (!self.0.address.prefix.is_empty()).then_some(&prefix);
        let listed = self.0.wait(self.0.store.list_with_delimiter(prefix));
        let listed = listed.map_err(|it| error::shelf("list", &self.address(), &it))?;
        Ok(listed.objects.iter().filter_map(|it| it.location.filename().map(str::to_owned)).collect())
    }

    fn open(&self, name: &str) -> Result<(u64, Box<dyn Read + Send>), ShelfError> {
        let path = self.0.path(name);
        let meta = self.0.wait(self.0.store.head(&path)).map_err(|it| self.error("read", name, &it))?;
        let (inner, name) = (Arc::clone(&self.0), name.to_owned());
        let ranges = Ranges { inner, name, length: meta.size, tag: meta.e_tag, at: 0, buffer: Bytes::new() };
        Ok((meta.size, Box::new(ranges)))
    }

    fn put(&self, name: &str, bytes: &mut (dyn Read + Send), length: u64, already: Already) -> Result<(), ShelfError> {
        if length > PART {
            if already == Already::Refuse && self.open(name).is_ok() {
                return Err(ShelfError::Taken(self.0.named(name)));
            }
            return self.put_in_parts(name, bytes, length);
        }
        let named = self.0.named(name);
        let all = exactly(bytes, length, &named)?;
        at_its_end(bytes, &named)?;
        self.put_at_once(name, all, already)
    }

    fn remove(&self, name: &str) -> Result<(), ShelfError> {
        let path = self.0.path(name);
        match self.0.wait(self.0.store.delete(&path)) {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(self.error("remove", name, &error)),
        }
    }
}
