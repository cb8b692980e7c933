//! The keys of the audit: how long it is kept, and who collects it.

use std::{path::PathBuf, time::Duration};

use sortie_core::secret::Secret;
use url::Url;

use super::settings::Reader;
use crate::notary::is_seed;

const DAY: Duration = Duration::from_hours(24);

/// What becomes of the audit.
#[derive(Clone, Debug)]
pub(crate) struct Audit {
    /// What all servers of a database sign its seals with; `None` for a key of the data folder.
    pub(crate) key: Option<Secret>,
    /// How long entries are kept; `None` for ever.
    pub(crate) keep: Option<Duration>,
    /// Who gets every entry; `None` for nobody.
    pub(crate) forward: Option<Forward>,
}

/// A collector of the audit.
#[derive(Clone, Debug)]
pub(crate) struct Forward {
    /// Where entries are posted to.
    pub(crate) url: Url,
    /// What we show there.
    pub(crate) token: Option<Secret>,
    /// Certificates of authorities to trust besides the system's, in PEM.
    pub(crate) authorities: Option<PathBuf>,
}

impl Audit {
    /// Reads them.
    pub(super) fn parse(read: &mut Reader<'_>) -> Self {
        let days = u32::try_from(read.number("SORTIE_AUDIT_KEEP_DAYS", 0, 36_500)).unwrap_or(u32::MAX);
        let key = read.secret("SORTIE_AUDIT_KEY");
        if key.as_ref().is_some_and(|it| !is_seed(it.reveal().trim())) {
            // Without the value: it is a secret.
            read.complain("SORTIE_AUDIT_KEY must be 64 hexadecimal digits, such as `openssl rand -hex 32` prints");
        }
        Self { key, keep: Some(DAY.saturating_mul(days)).filter(|it| !it.is_zero()), forward: forward(read) }
    }
}

fn forward(read: &mut Reader<'_>) -> Option<Forward> {
    let token = read.secret("SORTIE_AUDIT_FORWARD_TOKEN");
    let Some(text) = read.text("SORTIE_AUDIT_FORWARD_URL") else {
        if token.is_some() {
            read.complain("SORTIE_AUDIT_FORWARD_URL is required with SORTIE_AUDIT_FORWARD_TOKEN");
        }
        return None;
    };
    let url = match address(text.trim(), token.is_some()) {
        Ok(url) => url,
        // Without the value: what is wrong with it may be that it holds a secret.
        Err(rule) => {
            read.complain(format!("SORTIE_AUDIT_FORWARD_URL {rule}"));
            return None;
        }
    };
    let authorities = read.text("SORTIE_AUDIT_FORWARD_CA_FILE").map(PathBuf::from);
    Some(Forward { url, token, authorities })
}

/// Reads the collector's address; answers the rule that it breaks.
fn address(text: &str, has_token: bool) -> Result<Url, &'static str> {
    let url = Url::parse(text).ok().filter(|it| matches!(it.scheme(), "http" | "https") && it.has_host());
    let url = url.ok_or("must be an https:// or http:// address")?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err("must hold no credential: put a token into SORTIE_AUDIT_FORWARD_TOKEN_FILE");
    }
    if url.fragment().is_some() {
        return Err("must have no fragment");
    }
    if has_token && url.scheme() != "https" && !sortie_http::is_own_machine(&url) {
        return Err("must be an https:// address where a token is sent to it");
    }
    Ok(url)
}

#[cfg(test)]
mod tests {
    use crate::{
        cli::Flags,
        config::{Settings, load},
    };

    fn parse(variables: &[(&str, &str)]) -> Result<Settings, Vec<String>> {
        let variables = variables.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
        Settings::parse(&load(&Flags::default(), variables))
    }

    #[test]
    fn a_token_goes_to_a_collector_only_where_nobody_reads_along() {
        let url = |it: &str| parse(&[("SORTIE_AUDIT_FORWARD_URL", it), ("SORTIE_AUDIT_FORWARD_TOKEN", "hunter2")]);
        assert!(url("https://logs.example.com/sortie?index=audit").unwrap().audit.forward.is_some());
        assert!(url("http://127.0.0.1:9000/").unwrap().audit.forward.is_some());
        let errors = url("http://logs.example.com/").unwrap_err().join("\n");
        assert_eq!(errors, "SORTIE_AUDIT_FORWARD_URL must be an https:// address where a token is sent to it");
        assert!(parse(&[("SORTIE_AUDIT_FORWARD_URL", "http://vector.logging:8080/")]).is_ok());
        let errors = parse(&[("SORTIE_AUDIT_FORWARD_TOKEN", "hunter2")]).unwrap_err().join("\n");
        assert!(errors.contains("SORTIE_AUDIT_FORWARD_URL is required") && !errors.contains("hunter2"), "{errors}");
    }

    #[test]
    fn a_key_of_another_length_is_refused_and_not_repeated() {
        assert!(parse(&[("SORTIE_AUDIT_KEY", &"0aFF".repeat(16))]).unwrap().audit.key.is_some());
        let errors = parse(&[("SORTIE_AUDIT_KEY", "0affhunter2")]).unwrap_err().join("\n");
        assert!(errors.starts_with("SORTIE_AUDIT_KEY must be 64") && !errors.contains("hunter2"), "{errors}");
    }

    #[test]
    fn a_secret_in_the_collectors_address_is_refused_and_not_repeated() {
        for wrong in ["https://me:hunter2@logs.example.com/", "ftp://hunter2/", "hunter2", "https://a.example/#hunter2"]
        {
            let errors = parse(&[("SORTIE_AUDIT_FORWARD_URL", wrong)]).unwrap_err().join("\n");
            assert!(errors.starts_with("SORTIE_AUDIT_FORWARD_URL must") && !errors.contains("hunter2"), "{errors}");
        }
    }
}
