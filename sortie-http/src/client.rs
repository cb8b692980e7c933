//! The client: one request on one connection. Redirects are not followed.

use std::{net::IpAddr, path::Path, sync::Arc, time::Duration};

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Request, StatusCode, header};
use http_body_util::{BodyExt, Full, Limited};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use rustls::{
    ClientConfig, RootCertStore,
    crypto::ring,
    pki_types::{CertificateDer, ServerName, pem::PemObject},
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
};
use tokio_rustls::TlsConnector;
use url::{Host, Position, Url};

use crate::{AuthoritiesError, ExchangeError};

/// How long one exchange may take as a whole, where nothing else is said.
const PATIENCE: Duration = Duration::from_secs(10);
/// The largest answer that is read.
const MOST: usize = 256 * 1024;

/// Asks others. Cheap to clone.
#[derive(Clone)]
pub struct Client {
    tls: Arc<ClientConfig>,
    patience: Duration,
}

/// An answer, read to its end.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Its status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its content.
    pub body: Bytes,
}

/// A request, before it has a connection.
pub struct Ask<'a> {
    /// Where to.
    pub url: &'a Url,
    /// The whole value of the header `Authorization`.
    pub authorization: Option<String>,
    /// What to post, with its media type; without it, it is a GET.
    pub post: Option<(&'static str, Bytes)>,
}

impl<'a> Ask<'a> {
    /// A question without a credential.
    pub fn get(url: &'a Url) -> Self {
        Self { url, authorization: None, post: None }
    }
}

impl Client {
    /// Trusts the system's authorities, and those in a file (PEM).
    pub fn new(authorities: Option<&Path>) -> Result<Self, AuthoritiesError> {
        let mut roots = RootCertStore::empty();
        // Single certificates of the system that nobody can read are no reason to trust none of the others.
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        if let Some(path) = authorities {
            let shown = |error: &dyn ToString| AuthoritiesError(format!("{}: {}", path.display(), error.to_string()));
            for certificate in CertificateDer::pem_file_iter(path).map_err(|error| shown(&error))? {
                let certificate = certificate.map_err(|error| shown(&error))?;
                roots.add(certificate).map_err(|error| shown(&error))?;
            }
        }
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| AuthoritiesError(error.to_string()))?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Self { tls: Arc::new(config), patience: PATIENCE })
    }

    /// The same with another bound on an exchange.
    #[must_use]
    pub fn with_patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// Sends a request and reads the whole answer.
    pub async fn send(&self, ask: Ask<'_>) -> Result<Answer, ExchangeError> {
        let host = ask.url.host_str().unwrap_or_default().to_owned();
        let exchange = tokio::time::timeout(self.patience, self.exchange(ask));
        let late = |_| ExchangeError::Away(format!("{host} did not answer within {} s", self.patience.as_secs()));
        exchange.await.map_err(late)?
    }

    async fn exchange(&self, ask: Ask<'_>) -> Result<Answer, ExchangeError> {
        let host = ask.url.host().ok_or(ExchangeError::Unfit("an address without a host"))?;
        let port = ask.url.port_or_known_default().unwrap_or(443);
        let connected = match &host {
            Host::Domain(name) => TcpStream::connect((*name, port)).await,
            Host::Ipv4(ip) => TcpStream::connect((*ip, port)).await,
            Host::Ipv6(ip) => TcpStream::connect((*ip, port)).await,
        };
        let socket = connected.map_err(|error| ExchangeError::Away(format!("{host}:{port}: {error}")))?;
        let request = request(&ask)?;
        if ask.url.scheme() != "https" {
            return over(socket, request).await;
        }
        let name = match host {
            Host::Domain(name) => ServerName::try_from(name.to_owned()).map_err(ExchangeError::away)?,
            Host::Ipv4(ip) => ServerName::from(IpAddr::V4(ip)),
            Host::Ipv6(ip) => ServerName::from(IpAddr::V6(ip)),
        };
        let tls = TlsConnector::from(Arc::clone(&self.tls)).connect(name, socket).await;
        over(tls.map_err(|error| ExchangeError::Away(format!("no safe connection: {error}")))?, request).await
    }
}

/// Whether an address is one of the machine itself: what goes there passes nobody else.
pub fn is_own_machine(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}

fn request(ask: &Ask<'_>) -> Result<Request<Full<Bytes>>, ExchangeError> {
    let method = if ask.post.is_some() { Method::POST } else { Method::GET };
    let mut request = Request::builder()
        .method(method)
        .uri(&ask.url[Position::BeforePath..Position::AfterQuery])
        .header(header::HOST, &ask.url[Position::BeforeHost..Position::AfterPort])
        .header(header::ACCEPT, "application/json")
        .header(header::USER_AGENT, concat!("sortie/", env!("CARGO_PKG_VERSION")));
    if let Some(authorization) = &ask.authorization {
        let mut value = HeaderValue::try_from(authorization.as_str())
            .map_err(|_| ExchangeError::Unfit("a credential that fits into no header"))?;
        value.set_sensitive(true);
        request = request.header(header::AUTHORIZATION, value);
    }
    let (media_type, body) = ask.post.clone().unwrap_or_default();
    if ask.post.is_some() {
        request = request.header(header::CONTENT_TYPE, media_type);
    }
    request.body(Full::new(body)).map_err(|_| ExchangeError::Unfit("an address that fits into no request"))
}

async fn over<S>(socket: S, request: Request<Full<Bytes>>) -> Result<Answer, ExchangeError>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (mut sender, connection) = http1::handshake(TokioIo::new(socket)).await.map_err(ExchangeError::away)?;
    let exchange = async {
        let response = sender.send_request(request).await.map_err(ExchangeError::away)?;
        let (parts, body) = response.into_parts();
        let collected = Limited::new(body, MOST).collect().await;
        let unread = |error| ExchangeError::Away(format!("its answer could not be read: {error}"));
        let body = collected.map_err(unread)?.to_bytes();
        Ok(Answer { status: parts.status, headers: parts.headers, body })
    };
    tokio::pin!(exchange);
    // The connection makes no progress by itself: both are driven here, and both end here.
    tokio::select! {
        answer = &mut exchange => answer,
        ended = connection => match ended {
            Ok(()) => exchange.await,
            Err(error) => Err(ExchangeError::away(error)),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_machine_itself_is_the_own_one() {
        for (text, is_own) in [
            ("http://localhost:1", true),
            ("http://a.localhost/", true),
            ("http://127.8.0.1/", true),
            ("http://[::1]/", true),
            ("http://localhost.example.org/", false),
            ("http://10.0.0.1/", false),
            ("https://example.org/", false),
        ] {
            assert_eq!(is_own_machine(&text.parse().unwrap()), is_own, "{text}");
        }
    }

    #[tokio::test]
    async fn whoever_never_answers_is_away_after_the_bound() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap()).parse().unwrap();
        let client = Client::new(None).unwrap().with_patience(Duration::from_millis(50));
        let told = client.send(Ask::get(&url)).await.unwrap_err();
        assert_eq!(told, ExchangeError::Away("127.0.0.1 did not answer within 0 s".to_owned()));
    }
}
