//! Single sign-on: which provider, and what its word is worth. Nothing is set up without an issuer.

use std::{net::SocketAddr, path::PathBuf};

use sortie_control::account::sso::SsoRules;
use sortie_core::{
    invalid::Invalid,
    secret::Secret,
    sso::{CategoryMap, Domains, RoleMap},
};
use sortie_oidc::Algorithm;

use super::settings::Reader;

/// Where a provider sends browsers back to, below our own address.
const CALLBACK: &str = "/api/auth/oidc/callback";

/// Everything about single sign-on.
#[derive(Clone, Debug)]
pub(crate) struct Sso {
    /// On the button.
    pub(crate) name: String,
    /// What the provider's word is worth.
    pub(crate) rules: SsoRules,
    issuer: String,
    client_id: String,
    client_secret: Option<Secret>,
    redirect_url: Option<String>,
    scopes: Vec<String>,
    groups_claim: String,
    algorithms: Vec<Algorithm>,
    authorities: Option<PathBuf>,
}

impl Sso {
    /// Parses the keys; `None` without an issuer.
    pub(super) fn parse(read: &mut Reader<'_>) -> Option<Self> {
        let issuer = read.text("SORTIE_OIDC_ISSUER")?;
        let client_id = read.text("SORTIE_OIDC_CLIENT_ID").unwrap_or_default();
        if client_id.is_empty() {
            read.complain("SORTIE_OIDC_CLIENT_ID is required with SORTIE_OIDC_ISSUER");
        }
        let rules = SsoRules {
            roles: mapping(read, "SORTIE_OIDC_ROLE_MAP", RoleMap::parse),
            categories: mapping(read, "SORTIE_OIDC_CATEGORY_MAP", CategoryMap::parse),
            domains: mapping(read, "SORTIE_OIDC_ALLOWED_DOMAINS", Domains::parse),
            allow_sign_up: read.flag("SORTIE_OIDC_ALLOW_SIGN_UP"),
        };
        let algorithms = read.parse(
            "SORTIE_OIDC_ALGORITHMS",
            "must be names such as RS256, PS256, ES256, ES384, EdDSA",
            Vec::new(),
            |text| text.split(',').map(|it| it.trim().parse().ok()).collect(),
        );
        Some(Self {
            name: read.text("SORTIE_OIDC_NAME").unwrap_or_default(),
            rules,
            issuer,
            client_id,
            client_secret: read.secret("SORTIE_OIDC_CLIENT_SECRET"),
            redirect_url: read.text("SORTIE_OIDC_REDIRECT_URL"),
            scopes: read.list("SORTIE_OIDC_SCOPES"),
            groups_claim: read.text("SORTIE_OIDC_GROUPS_CLAIM").unwrap_or_default(),
            algorithms,
            authorities: read.text("SORTIE_OIDC_CA_FILE").map(PathBuf::from),
        })
    }

    /// Where browsers come back to: as set, else below the first public address, else on the machine itself.
    pub(crate) fn redirect_url(&self, public_urls: &[String], address: SocketAddr, is_tls: bool) -> String {
        self.redirect_url.clone().unwrap_or_else(|| {
            let base = public_urls.first().map(|it| it.trim_end_matches('/').to_owned());
            let scheme = if is_tls { "https" } else { "http" };
            base.unwrap_or_else(|| format!("{scheme}://localhost:{}", address.port())) + CALLBACK
        })
    }

    /// What the adapter needs.
    pub(crate) fn provider(&self, redirect_url: String, allow_http: bool) -> sortie_oidc::Settings {
        sortie_oidc::Settings {
            issuer: self.issuer.clone(),
            client_id: self.client_id.clone(),
            client_secret: self.client_secret.clone(),
            redirect_url,
            scopes: self.scopes.clone(),
            groups_claim: self.groups_claim.clone(),
            algorithms: self.algorithms.clone(),
            allow_http,
            authorities: self.authorities.clone(),
        }
    }
}

/// A mapping in a text of its own, whose rule it names itself.
fn mapping<T: Default + Clone>(read: &mut Reader<'_>, name: &str, parse: fn(&str) -> Result<T, Invalid>) -> T {
    let rule = match read.text(name).map(|it| parse(&it)) {
        Some(Err(invalid)) => invalid.rule,
        Some(Ok(_)) | None => String::new(),
    };
    read.parse(name, &rule, T::default(), |text| parse(text).ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        cli::Flags,
        config::{load, settings::Settings},
    };

    fn parse(variables: &[(&str, &str)]) -> Result<Settings, Vec<String>> {
        let variables = variables.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
        Settings::parse(&load(&Flags::default(), variables))
    }

    #[test]
    fn without_an_issuer_there_is_no_single_sign_on_and_no_group_means_anything_by_itself() {
        assert!(parse(&[("SORTIE_OIDC_CLIENT_ID", "sortie")]).unwrap().sso.is_none());
        let set = [("SORTIE_OIDC_ISSUER", "https://idp.example"), ("SORTIE_OIDC_CLIENT_ID", "sortie")];
        let sso = parse(&set).unwrap().sso.unwrap();
        assert!(sso.rules.roles.is_empty() && sso.rules.categories.is_empty() && sso.rules.allow_sign_up);
    }

    #[test]
    fn everything_wrong_is_named_with_its_key() {
        let errors = parse(&[
            ("SORTIE_OIDC_ISSUER", "https://idp.example"),
            ("SORTIE_OIDC_ROLE_MAP", "ops=root"),
            ("SORTIE_OIDC_CATEGORY_MAP", "ops=Tools"),
            ("SORTIE_OIDC_ALLOWED_DOMAINS", "*.corp.com"),
            ("SORTIE_OIDC_ALGORITHMS", "HS256"),
        ])
        .unwrap_err();
        assert_eq!(errors.len(), 5, "{errors:#?}");
        assert!(errors.iter().any(|it| it.starts_with("SORTIE_OIDC_ROLE_MAP must be pairs")), "{errors:#?}");
    }

    #[test]
    fn browsers_come_back_to_the_address_that_they_know() {
        let address: SocketAddr = "127.0.0.1:8123".parse().unwrap();
        let mut set = vec![("SORTIE_OIDC_ISSUER", "https://idp.example"), ("SORTIE_OIDC_CLIENT_ID", "sortie")];
        let back = |set: &[(&str, &str)]| {
            let settings = parse(set).unwrap();
            settings.sso.as_ref().unwrap().redirect_url(&settings.public_urls, address, false)
        };
        assert_eq!(back(&set), "http://localhost:8123/api/auth/oidc/callback");
        set.push(("SORTIE_PUBLIC_URL", "https://a.example/, https://b.example"));
        assert_eq!(back(&set), "https://a.example/api/auth/oidc/callback");
        set.push(("SORTIE_OIDC_REDIRECT_URL", "https://b.example/api/auth/oidc/callback"));
        assert_eq!(back(&set), "https://b.example/api/auth/oidc/callback");
    }
}
