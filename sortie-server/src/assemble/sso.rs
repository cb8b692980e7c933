//! The service that signs people in.

use std::{net::SocketAddr, sync::Arc};

use anyhow::Context;
use sortie_api::SsoFace;
use sortie_control::Control;
use sortie_core::port::IdentityProvider;
use sortie_oidc::OidcProvider;

use crate::config::Settings;

/// The adapter and what people see of it, where single sign-on is set up. Nobody is asked yet: nothing waits for it.
pub(super) struct SignOn {
    pub(super) provider: Option<Arc<dyn IdentityProvider>>,
    pub(super) face: Option<SsoFace>,
}

/// Puts it together for a server that listens there.
pub(super) fn sign_on(settings: &Settings, address: SocketAddr) -> anyhow::Result<SignOn> {
    let Some(sso) = &settings.sso else { return Ok(SignOn { provider: None, face: None }) };
    let redirect_url = sso.redirect_url(&settings.public_urls, address, settings.tls.is_some());
    let provider = OidcProvider::new(sso.provider(redirect_url.clone(), settings.allow_http))
        .context("single sign-on cannot be set up (SORTIE_OIDC_…)")?;
    let face = SsoFace { name: sso.name.clone(), redirect_url };
    Ok(SignOn { provider: Some(Arc::new(provider)), face: Some(face) })
}

/// Asks the provider once in the background, so that the log says early what is wrong with it.
pub(super) async fn ask(control: Control) {
    control.probe_provider().await;
    std::future::pending::<()>().await;
}
