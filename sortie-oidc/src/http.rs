//! The way to a provider: one request on one connection, bounded in size and time. Redirects are not followed.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use http::{HeaderValue, Method, Request, StatusCode, header};
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

use crate::{
    error::OidcError,
    settings::{Settings, SettingsError},
};

/// How long one exchange may take as a whole.
const PATIENCE: Duration = Duration::from_secs(10);
/// The largest answer that is read.
const MOST: usize = 256 * 1024;

/// A client of providers.
#[derive(Clone)]
pub(crate) struct Client {
    tls: Arc<ClientConfig>,
}

/// An answer, read to its end.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) content_type: String,
    pub(crate) body: Bytes,
}

/// A request, before it has a connection.
pub(crate) struct Ask<'a> {
    pub(crate) url: &'a Url,
    pub(crate) authorization: Option<String>,
    /// A form to post; without one it is a GET.
    pub(crate) form: Option<String>,
}

impl Client {
    /// Trusts the system's authorities, and those of the settings.
    pub(crate) fn new(settings: &Settings) -> Result<Self, SettingsError> {
        let unusable = |error: &dyn ToString| SettingsError::Authorities(error.to_string());
        let mut roots = RootCertStore::empty();
        // Single certificates of the system that nobody can read are no reason to trust none of the others.
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        if let Some(path) = &settings.authorities {
            let shown = |error| SettingsError::Authorities(format!("{}: {error}", path.display()));
            for certificate in CertificateDer::pem_file_iter(path).map_err(|it| shown(format!("{it}")))? {
                let certificate = certificate.map_err(|it| shown(format!("{it}")))?;
                roots.add(certificate).map_err(|it| shown(format!("{it}")))?;
            }
        }
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| unusable(&error))?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Self { tls: Arc::new(config) })
    }

    /// Sends a request and reads the whole answer.
    pub(crate) async fn send(&self, ask: Ask<'_>) -> Result<Answer, OidcError> {
        let host = ask.url.host_str().unwrap_or_default().to_owned();
        let exchange = tokio::time::timeout(PATIENCE, self.exchange(ask));
        exchange.await.map_err(|_| OidcError::away(format!("{host} did not answer within {} s", PATIENCE.as_secs())))?
    }

    async fn exchange(&self, ask: Ask<'_>) -> Result<Answer, OidcError> {
        let host = ask.url.host().ok_or_else(|| OidcError::refused("an address without a host"))?;
        let port = ask.url.port_or_known_default().unwrap_or(443);
        let connected = match &host {
            Host::Domain(name) => TcpStream::connect((*name, port)).await,
            Host::Ipv4(ip) => TcpStream::connect((*ip, port)).await,
            Host::Ipv6(ip) => TcpStream::connect((*ip, port)).await,
        };
        let socket = connected.map_err(|error| OidcError::away(format!("{host}:{port}: {error}")))?;
        let request = request(&ask)?;
        if ask.url.scheme() != "https" {
            return over(socket, request).await;
        }
        let name = match host {
            Host::Domain(name) => ServerName::try_from(name.to_owned()).map_err(OidcError::away)?,
            Host::Ipv4(ip) => ServerName::from(std::net::IpAddr::V4(ip)),
            Host::Ipv6(ip) => ServerName::from(std::net::IpAddr::V6(ip)),
        };
        let tls = TlsConnector::from(Arc::clone(&self.tls)).connect(name, socket).await;
        over(tls.map_err(|error| OidcError::away(format!("no safe connection: {error}")))?, request).await
    }
}

fn request(ask: &Ask<'_>) -> Result<Request<Full<Bytes>>, OidcError> {
    let method = if ask.form.is_some() { Method::POST } else { Method::GET };
    let mut request = Request::builder()
        .method(method)
        .uri(&ask.url[Position::BeforePath..Position::AfterQuery])
        .header(header::HOST, &ask.url[Position::BeforeHost..Position::AfterPort])
        .header(header::ACCEPT, "application/json")
        .header(header::USER_AGENT, concat!("sortie/", env!("CARGO_PKG_VERSION")));
    if let Some(authorization) = &ask.authorization {
        let mut value = HeaderValue::try_from(authorization.as_str())
            .map_err(|_| OidcError::refused("a credential that fits into no header"))?;
        value.set_sensitive(true);
        request = request.header(header::AUTHORIZATION, value);
    }
    if ask.form.is_some() {
        request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    }
    let body = Full::new(Bytes::from(ask.form.clone().unwrap_or_default()));
    request.body(body).map_err(|_| OidcError::refused("an address that fits into no request"))
}

async fn over<S>(socket: S, request: Request<Full<Bytes>>) -> Result<Answer, OidcError>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (mut sender, connection) = http1::handshake(TokioIo::new(socket)).await.map_err(OidcError::away)?;
    let exchange = async {
        let response = sender.send_request(request).await.map_err(OidcError::away)?;
        let (parts, body) = response.into_parts();
        let content_type = parts.headers.get(header::CONTENT_TYPE).and_then(|it| it.to_str().ok()).unwrap_or_default();
        let collected = Limited::new(body, MOST).collect().await;
        let body = collected.map_err(|error| OidcError::away(format!("its answer could not be read: {error}")))?;
        Ok(Answer { status: parts.status, content_type: content_type.to_owned(), body: body.to_bytes() })
    };
    tokio::pin!(exchange);
    // The connection makes no progress by itself: both are driven here, and both end here.
    tokio::select! {
        answer = &mut exchange => answer,
        ended = connection => match ended {
            Ok(()) => exchange.await,
            Err(error) => Err(OidcError::away(error)),
        },
    }
}

impl Answer {
    /// The body as text of JSON, after a 200.
    pub(crate) fn json(&self, what: &str) -> Result<&[u8], OidcError> {
        if self.status != StatusCode::OK {
            return Err(OidcError::away(format!("{what} was answered with status {}", self.status.as_u16())));
        }
        let kind = self.content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        if kind == "application/json" || kind.ends_with("+json") {
            Ok(&self.body)
        } else {
            Err(OidcError::refused(format!("{what} was not answered in JSON")))
        }
    }
}
