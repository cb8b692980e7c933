//! The catalog as bytes: made once per change and class of viewers, not once per request.

use std::{
    collections::{BTreeSet, HashMap},
    io::Write,
    sync::{Arc, Mutex as StdMutex, PoisonError},
    time::{Duration, Instant},
};

use bytes::Bytes;
use flate2::{Compression, write::GzEncoder};
use http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use sortie_control::{Control, ControlError};
use sortie_core::{
    access::{Membership, request::RequestStatus},
    id::{AccessRequestId, AppId, CategoryId, TenantId},
    policy::Caller,
    port::PageRequest,
    token_scope::TokenScope,
};
use tokio::sync::Mutex;
use tracing::warn;

use crate::{
    answer::{self, Body},
    assets::{accepts, is_known, tag},
    error::ApiError,
    wire::app::{AppOut, PublicApp},
};

/// How long a rendering is used though no app has changed: what the server can run changes without one.
const RUNTIME_NEWS: Duration = Duration::from_secs(5);

/// How many renderings are kept.
const MOST_CLASSES: usize = 200;

/// Viewers who see the same. Whoever adds a rule of visibility to the policy adds what it depends on here.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Class {
    Stranger,
    SignedIn(Viewer),
}

/// Everything of a person that the rules about apps look at.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Viewer {
    tenant: TenantId,
    home: TenantId,
    roles: Vec<&'static str>,
    scopes: Option<Vec<TokenScope>>,
    memberships: Vec<Membership>,
    administers: BTreeSet<CategoryId>,
    approved: BTreeSet<CategoryId>,
    requests: Vec<(AppId, AccessRequestId, RequestStatus)>,
}

impl Viewer {
    fn new(caller: &Caller) -> Self {
        let principal = &caller.principal;
        let mut roles: Vec<&'static str> = principal.roles.iter().map(|it| it.name()).collect();
        roles.sort_unstable();
        roles.dedup();
        let grants = &principal.grants;
        Self {
            tenant: caller.tenant.clone(),
            home: principal.tenant.clone(),
            roles,
            scopes: principal.scopes.clone(),
            memberships: grants.memberships.clone(),
            administers: grants.administers.clone(),
            approved: grants.approved.clone(),
            requests: grants.requests.iter().map(|(app, (id, status))| (app.clone(), id.clone(), *status)).collect(),
        }
    }
}

/// The catalog as one class sees it.
pub(crate) struct Rendered {
    epoch: Option<i64>,
    made: Instant,
    plain: Bytes,
    gzip: Option<Bytes>,
    tag: String,
    icons: HashMap<AppId, String>,
}

type Cell = Arc<Mutex<Option<Arc<Rendered>>>>;

/// All renderings.
#[derive(Default)]
pub(crate) struct Catalog(StdMutex<HashMap<Class, Cell>>);

impl Catalog {
    /// As strangers see it; the last known one while the database is away.
    pub(crate) async fn for_strangers(&self, control: &Control) -> Result<Arc<Rendered>, ApiError> {
        let cell = self.cell(Class::Stranger);
        let mut kept = cell.lock().await;
        let epoch = control.fresh_epochs().map(|it| it.apps);
        if let Some(rendered) = kept.as_ref().filter(|it| epoch.is_none() || it.epoch == epoch) {
            return Ok(Arc::clone(rendered));
        }
        match (control.anonymous_apps().await, kept.as_ref()) {
            (Ok(apps), _) => {
                let out: Vec<PublicApp> = apps.iter().map(PublicApp::from).collect();
                let rendered = Arc::new(Rendered::new(epoch, &out, HashMap::new())?);
                *kept = Some(Arc::clone(&rendered));
                Ok(rendered)
            }
            (Err(ControlError::Unavailable { source, .. }), Some(last)) => {
                warn!(error = %source, "Catalog cannot be read; strangers get the last known one");
                Ok(Arc::clone(last))
            }
            (Err(error), _) => Err(error.into()),
        }
    }

    /// As somebody sees it who is signed in.
    pub(crate) async fn for_caller(&self, control: &Control, caller: &Caller) -> Result<Arc<Rendered>, ApiError> {
        let cell = self.cell(Class::SignedIn(Viewer::new(caller)));
        let mut kept = cell.lock().await;
        let epoch = control.fresh_epochs().map(|it| it.apps);
        let current = |it: &&Arc<Rendered>| epoch.is_some() && it.epoch == epoch && it.made.elapsed() < RUNTIME_NEWS;
        if let Some(rendered) = kept.as_ref().filter(current) {
            return Ok(Arc::clone(rendered));
        }
        let views = control.list_apps(caller, &PageRequest::default()).await?.items;
        let icons = views.iter().map(|it| (it.app.id.clone(), it.app.fields.icon.clone())).collect();
        let out: Vec<AppOut> = views.iter().map(AppOut::new).collect();
        let rendered = Arc::new(Rendered::new(epoch, &out, icons)?);
        *kept = Some(Arc::clone(&rendered));
        Ok(rendered)
    }

    fn cell(&self, class: Class) -> Cell {
        let mut cells = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Rights that nobody holds any more leave renderings behind; what is still asked for is made again.
        if cells.len() >= MOST_CLASSES && !cells.contains_key(&class) {
            cells.retain(|it, _| *it == Class::Stranger);
        }
        Arc::clone(cells.entry(class).or_default())
    }
}

impl Rendered {
    fn new<T: serde::Serialize>(
        epoch: Option<i64>,
        apps: &[T],
        icons: HashMap<AppId, String>,
    ) -> Result<Self, ApiError> {
        let plain = serde_json::to_vec(apps).map_err(ApiError::internal)?;
        let gzip = if plain.len() < 1024 { None } else { Some(gzip(&plain).map_err(ApiError::internal)?.into()) };
        Ok(Self { epoch, made: Instant::now(), tag: tag(&plain), gzip, plain: plain.into(), icons })
    }

    /// The icon of an app, empty when it has none or is not seen.
    pub(crate) fn icon(&self, app: &AppId) -> &str {
        self.icons.get(app).map_or("", String::as_str)
    }

    /// The whole list, or 304 when the client has it.
    pub(crate) fn answer(&self, headers: &HeaderMap) -> Response<Body> {
        let packed = self.gzip.as_ref().filter(|_| accepts(headers, "gzip"));
        let tag = format!("\"{}{}\"", self.tag, if packed.is_some() { "-gzip" } else { "" });
        let mut response = if is_known(headers, &tag) {
            answer::bare(StatusCode::NOT_MODIFIED)
        } else {
            let bytes = packed.unwrap_or(&self.plain).clone();
            let mut response = answer::typed(StatusCode::OK, "application/json", answer::full(bytes));
            if packed.is_some() {
                response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
            }
            response
        };
        let out = response.headers_mut();
        out.insert(header::VARY, HeaderValue::from_static("accept-encoding, authorization, cookie"));
        // Kept by the browser alone, and asked about each time.
        out.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
        answer::with_header(response, header::ETAG, &tag)
    }
}

fn gzip(plain: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(plain)?;
    encoder.finish()
}
