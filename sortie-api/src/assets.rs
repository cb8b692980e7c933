//! The web app's files, held in memory: each with its compressed twins, its type and its tag.

use std::{borrow::Cow, collections::HashMap, fmt, sync::OnceLock};

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use sha2::{Digest, Sha256};

use crate::answer::{self, Body};

/// The page for every path that is no file.
const INDEX: &str = "index.html";

struct Asset {
    plain: Bytes,
    gzip: Option<Bytes>,
    brotli: Option<Bytes>,
    /// Made when the file is first asked for: until then nothing of it needs to be in memory.
    tag: OnceLock<String>,
    content_type: &'static str,
    caching: &'static str,
}

/// Files by path, and where pages went that had another address before.
#[derive(Default)]
pub struct Assets {
    files: HashMap<String, Asset>,
    moved: HashMap<String, String>,
}

impl fmt::Debug for Assets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Assets").field(&self.files.len()).finish()
    }
}

impl Assets {
    /// Takes files by their path below the web app's root. `x.gz` and `x.br` beside `x` are its compressed twins.
    pub fn from_files(files: impl IntoIterator<Item = (String, Cow<'static, [u8]>)>) -> Self {
        let mut bytes: HashMap<String, Bytes> = files
            .into_iter()
            .map(|(path, content)| match content {
                Cow::Borrowed(content) => (path, Bytes::from_static(content)),
                Cow::Owned(content) => (path, Bytes::from(content)),
            })
            .collect();
        let plain: Vec<String> = bytes.keys().filter(|it| !is_twin(it, &bytes)).cloned().collect();
        let mut assets = HashMap::new();
        for path in plain {
            let (gzip, brotli) = (bytes.remove(&format!("{path}.gz")), bytes.remove(&format!("{path}.br")));
            let Some(plain) = bytes.remove(&path) else { continue };
            let (content_type, caching) = (content_type(&path), caching(&path));
            assets.insert(path, Asset { plain, gzip, brotli, tag: OnceLock::new(), content_type, caching });
        }
        Self { files: assets, moved: HashMap::new() }
    }

    /// Adds pages that moved: old path and new address.
    #[must_use]
    pub fn with_moved(mut self, moved: impl IntoIterator<Item = (String, String)>) -> Self {
        self.moved.extend(moved);
        self
    }

    /// The answer to GET of a path; `None` when there is neither such a file nor a page for it.
    pub(crate) fn answer(&self, path: &str, headers: &HeaderMap) -> Option<Response<Body>> {
        let moved = self.moved.get(path.strip_suffix('/').unwrap_or(path)).cloned();
        if let Some(address) = moved.or_else(|| self.folder(path)) {
            return Some(answer::with_header(answer::bare(StatusCode::PERMANENT_REDIRECT), header::LOCATION, &address));
        }
        let path = path.trim_start_matches('/');
        let asset = self.find(path).or_else(|| self.page_for(path, headers))?;
        Some(asset.answer(headers))
    }

    /// The address of a folder's page: without its slash, links on that page would lead astray.
    fn folder(&self, path: &str) -> Option<String> {
        let name = path.trim_matches('/');
        let is_folder = self.files.contains_key(&format!("{name}/{INDEX}"));
        (is_folder && !path.ends_with('/')).then(|| format!("/{name}/"))
    }

    fn find(&self, path: &str) -> Option<&Asset> {
        let beside = path.strip_suffix('/').unwrap_or(path);
        self.files
            .get(path)
            .filter(|_| !path.is_empty())
            .or_else(|| self.files.get(&format!("{beside}/{INDEX}")))
            .or_else(|| self.files.get(&format!("{beside}.html")).filter(|_| beside != "index"))
    }

    /// The web app itself finds out what a path means. A missing file is missing, though: no script gets a page.
    fn page_for(&self, path: &str, headers: &HeaderMap) -> Option<&Asset> {
        let accepts = headers.get(header::ACCEPT).and_then(|it| it.to_str().ok()).unwrap_or("*/*");
        let wants_page = path.is_empty() || accepts.contains("text/html");
        let is_file = path.starts_with("assets/") || path.starts_with("docs/");
        if wants_page && !is_file { self.files.get(INDEX) } else { None }
    }
}

impl Asset {
    fn answer(&self, headers: &HeaderMap) -> Response<Body> {
        let (bytes, encoding) = match (accepts(headers, "br"), accepts(headers, "gzip"), &self.brotli, &self.gzip) {
            (true, _, Some(brotli), _) => (brotli, Some("br")),
            (_, true, _, Some(gzip)) => (gzip, Some("gzip")),
            _ => (&self.plain, None),
        };
        let tag = self.tag.get_or_init(|| tag(&self.plain));
        let tag = format!("\"{}{}\"", tag, encoding.map(|it| format!("-{it}")).unwrap_or_default());
        let mut response = if is_known(headers, &tag) {
            answer::bare(StatusCode::NOT_MODIFIED)
        } else {
            answer::typed(StatusCode::OK, self.content_type, answer::full(bytes.clone()))
        };
        let out = response.headers_mut();
        if let (Some(encoding), true) = (encoding, out.contains_key(header::CONTENT_TYPE)) {
            out.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
        }
        out.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        out.insert(header::CACHE_CONTROL, HeaderValue::from_static(self.caching));
        answer::with_header(response, header::ETAG, &tag)
    }
}

/// Whether the client takes an encoding.
pub(crate) fn accepts(headers: &HeaderMap, encoding: &str) -> bool {
    let lines = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|it| it.to_str().ok());
    lines.flat_map(|it| it.split(',')).any(|item| {
        let mut parts = item.split(';').map(str::trim);
        let named = parts.next().is_some_and(|it| it.eq_ignore_ascii_case(encoding));
        let refused = parts.any(|it| it.strip_prefix("q=").and_then(|q| q.parse::<f32>().ok()) == Some(0.0));
        named && !refused
    })
}

/// Whether the client has what this tag names (RFC 9110 §13.1.2).
pub(crate) fn is_known(headers: &HeaderMap, tag: &str) -> bool {
    let lines = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|it| it.to_str().ok());
    lines.flat_map(|it| it.split(',')).map(|it| it.trim().trim_start_matches("W/")).any(|it| it == tag || it == "*")
}

/// A tag for content: the first 64 bits of its SHA-256.
pub(crate) fn tag(content: &[u8]) -> String {
    use std::fmt::Write as _;
    Sha256::digest(content).iter().take(8).fold(String::with_capacity(16), |mut hex, byte| {
        // Writing into a String cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

fn is_twin(path: &str, all: &HashMap<String, Bytes>) -> bool {
    [".gz", ".br"].iter().filter_map(|it| path.strip_suffix(it)).any(|it| all.contains_key(it))
}

fn caching(path: &str) -> &'static str {
    // Names below assets/ hold a hash of their content.
    if path.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" }
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "webp" => "image/webp",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "txt" | "md" => "text/plain; charset=utf-8",
        "wasm" => "application/wasm",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_encoding_that_is_refused_is_not_used() {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static("gzip;q=0, br"));
        assert!(!accepts(&headers, "gzip") && accepts(&headers, "br"));
    }

    #[test]
    fn a_path_cannot_leave_the_files() {
        let files = [("index.html".to_owned(), Cow::Borrowed(&b"x"[..]))];
        let assets = Assets::from_files(files);
        let none = HeaderMap::new();
        assert!(assets.answer("/assets/../../etc/passwd", &none).is_none());
        assert!(assets.answer("/", &none).is_some());
    }
}
