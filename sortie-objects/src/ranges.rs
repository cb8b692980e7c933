//! Reading an object in parts, each by a request of its own: none takes for ever, and what fails is asked for again.

use std::{
    io::{self, Read},
    sync::Arc,
};

use bytes::{Buf, Bytes};
use object_store::{GetOptions, GetRange};

use crate::{error, objects::Inner};

/// How much one request asks for.
const PART: u64 = 8 << 20;

pub(crate) struct Ranges {
    pub(crate) inner: Arc<Inner>,
    pub(crate) name: String,
    pub(crate) length: u64,
    /// Which version of the object is read; another one is an error.
    pub(crate) tag: Option<String>,
    pub(crate) at: u64,
    pub(crate) buffer: Bytes,
}

impl Ranges {
    fn fetch(&mut self) -> io::Result<()> {
        let end = self.length.min(self.at + PART);
        let options = GetOptions {
            range: Some(GetRange::Bounded(self.at..end)),
            if_match: self.tag.clone(),
            ..GetOptions::default()
        };
        let path = self.inner.path(&self.name);
        let fetched = self.inner.wait(async { self.inner.store.get_opts(&path, options).await?.bytes().await });
        let named = || self.inner.named(&self.name);
        self.buffer = fetched.map_err(|it| io::Error::other(error::shelf("read", &named(), &it)))?;
        if self.buffer.is_empty() {
            return Err(io::Error::other(format!("{} is shorter than it was a moment ago", named())));
        }
        self.at += u64::try_from(self.buffer.len()).unwrap_or(PART);
        Ok(())
    }
}

impl Read for Ranges {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.buffer.is_empty() && self.at < self.length {
            self.fetch()?;
        }
        let count = into.len().min(self.buffer.len());
        let (into, _) = into.split_at_mut(count);
        self.buffer.copy_to_slice(into);
        Ok(count)
    }
}
