//! A browser as far as single sign-on needs one: it keeps cookies for each host, follows redirects, and sends forms.

use std::collections::BTreeMap;

use http_body_util::{BodyExt, Full};
use hyper::{Method, Request, body::Bytes, header::HeaderMap};
use hyper_util::rt::TokioIo;
use tokio::{net::TcpStream, time::timeout};

use super::{PATIENCE, client::Answer};

/// The longest chain of redirects.
const HOPS: usize = 12;

/// See the module.
#[derive(Default)]
pub(crate) struct Visitor {
    /// By host and name: ports do not part cookies.
    jar: BTreeMap<(String, String), String>,
    /// Every address that was asked for.
    pub(crate) visited: Vec<String>,
}

/// Where a visit ended, and what is there.
pub(crate) struct Arrived {
    pub(crate) url: String,
    pub(crate) answer: Answer,
}

impl Arrived {
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.answer.body).into_owned()
    }
}

/// `http://host:port` and the rest.
fn split(url: &str) -> (&str, &str) {
    let rest = url.strip_prefix("http://").unwrap_or_else(|| panic!("not http: {url}"));
    rest.split_once('/').map_or((rest, ""), |(authority, path)| (authority, path))
}

impl Visitor {
    /// Goes to an address and wherever it leads.
    pub(crate) async fn visit(&mut self, url: &str) -> Arrived {
        self.follow(Method::GET, url.to_owned(), None).await
    }

    /// Sends a form.
    pub(crate) async fn send(&mut self, url: &str, form: &str) -> Arrived {
        self.follow(Method::POST, url.to_owned(), Some(form.to_owned())).await
    }

    /// Goes one step only.
    pub(crate) async fn step(&mut self, method: Method, url: &str, form: Option<String>) -> Answer {
        let (authority, path) = split(url);
        let host = authority.split(':').next().unwrap_or_default().to_owned();
        self.visited.push(url.to_owned());
        let mut request = Request::builder().method(method).uri(format!("/{path}")).header("host", authority);
        let cookies: Vec<_> =
            self.jar.iter().filter(|(key, _)| key.0 == host).map(|(key, value)| format!("{}={value}", key.1)).collect();
        if !cookies.is_empty() {
            request = request.header("cookie", cookies.join("; "));
        }
        if form.is_some() {
            request = request.header("content-type", "application/x-www-form-urlencoded");
        }
        let request = request.body(Full::new(Bytes::from(form.unwrap_or_default()))).unwrap();
        let exchange = async {
            let socket = TcpStream::connect(authority).await.unwrap();
            let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(socket)).await.unwrap();
            tokio::spawn(connection);
            let (head, body) = sender.send_request(request).await.unwrap().into_parts();
            let body = body.collect().await.unwrap().to_bytes();
            Answer { status: head.status.as_u16(), headers: head.headers, body }
        };
        let answer = timeout(PATIENCE, exchange).await.unwrap_or_else(|_| panic!("no answer from {url}"));
        self.keep(&host, &answer.headers);
        answer
    }

    async fn follow(&mut self, mut method: Method, mut url: String, mut form: Option<String>) -> Arrived {
        for _ in 0..HOPS {
            let answer = self.step(method, &url, form.take()).await;
            if !(300..400).contains(&answer.status) {
                return Arrived { url, answer };
            }
            let to = answer.header("location");
            url = if to.starts_with('/') { format!("http://{}{to}", split(&url).0) } else { to.to_owned() };
            method = Method::GET;
        }
        panic!("it leads nowhere: {:?}", self.visited)
    }

    fn keep(&mut self, host: &str, headers: &HeaderMap) {
        for line in headers.get_all("set-cookie") {
            let line = line.to_str().unwrap();
            let (pair, attributes) = line.split_once(';').unwrap_or((line, ""));
            let (name, value) = pair.split_once('=').unwrap();
            let key = (host.to_owned(), name.to_owned());
            let attributes = attributes.to_ascii_lowercase();
            if value.is_empty() || attributes.contains("max-age=0") || attributes.contains("expires=thu, 01 jan 1970") {
                self.jar.remove(&key);
            } else {
                self.jar.insert(key, value.to_owned());
            }
        }
    }

    /// `name=value` of one cookie.
    pub(crate) fn cookie(&self, host: &str, name: &str) -> String {
        let value = self.jar.get(&(host.to_owned(), name.to_owned()));
        format!("{name}={}", value.unwrap_or_else(|| panic!("no cookie {name} in {:?}", self.jar)))
    }

    /// Every value of every cookie.
    pub(crate) fn cookies(&self) -> Vec<String> {
        self.jar.values().cloned().collect()
    }
}
