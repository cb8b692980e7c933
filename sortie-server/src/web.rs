//! The built web app, embedded into the binary.

use std::borrow::Cow;

use rust_embed::RustEmbed;

/// Every file of `web/dist`, with the compressed twins beside them.
#[derive(RustEmbed)]
#[folder = "../web/dist"]
struct WebApp;

/// The files by path. A build without the web app has none: then only the API answers.
pub(crate) fn files() -> impl Iterator<Item = (String, Cow<'static, [u8]>)> {
    WebApp::iter().filter_map(|path| WebApp::get(&path).map(|file| (path.into_owned(), file.data)))
}

/// Pages of the older systems' documents, and where their subject stands now.
pub(crate) fn moved() -> impl Iterator<Item = (String, String)> {
    let lines = include_str!("../../docs/moved.txt").lines();
    lines.filter_map(|it| it.split_once(' ')).map(|(from, to)| (from.to_owned(), to.to_owned()))
}
