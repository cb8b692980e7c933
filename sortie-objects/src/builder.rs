//! The client of a store: TLS by rustls with ring, credentials by the provider's usual variables.

use std::{fmt, sync::Arc, time::Duration};

use object_store::{
    BackoffConfig, ClientOptions, ObjectStore, RetryConfig, aws::AmazonS3Builder, azure::MicrosoftAzureBuilder,
    gcp::GoogleCloudStorageBuilder,
};

use crate::{Address, Objects, address::Kind};

/// One request, which moves one part at most.
const REQUEST: Duration = Duration::from_mins(5);
const CONNECT: Duration = Duration::from_secs(10);
/// How often and how long a request is tried again.
const RETRIES: usize = 4;
const RETRYING: Duration = Duration::from_mins(1);

/// Why a store cannot be asked. Names variables, never their values.
#[derive(Debug)]
pub enum OpenError {
    /// A variable is missing or has a form that the store's client does not take.
    Variables(Address),
    /// The endpoint would carry everything in the clear, and nobody said that this is all right.
    Plain(&'static str, &'static str),
    /// The machine does not allow it.
    Machine(std::io::Error),
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Variables(address) => {
                write!(
                    f,
                    "{address} cannot be used: one of the variables {} is missing or malformed",
                    family(address.kind)
                )
            }
            Self::Plain(endpoint, allow) => {
                write!(f, "{endpoint} is plain HTTP; where that is all right say so with {allow}=true")
            }
            Self::Machine(error) => write!(f, "object stores cannot be asked: {error}"),
        }
    }
}

impl std::error::Error for OpenError {}

fn family(kind: Kind) -> &'static str {
    match kind {
        Kind::S3 => "AWS_…",
        Kind::Google => "GOOGLE_…",
        Kind::Azure => "AZURE_…",
    }
}

/// The shelf at an address, with those of the variables that the store's own tools know, too. Asks nobody yet.
pub fn open(address: &Address, variables: &[(String, String)]) -> Result<Arc<Objects>, OpenError> {
    // The process may have chosen one already, and then it is this one.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let store = client(address, variables)?;
    Ok(Arc::new(Objects::new(address.clone(), store).map_err(OpenError::Machine)?))
}

fn client(address: &Address, variables: &[(String, String)]) -> Result<Arc<dyn ObjectStore>, OpenError> {
    let wrong = |_| OpenError::Variables(address.clone());
    let options = ClientOptions::new().with_timeout(REQUEST).with_connect_timeout(CONNECT);
    let retry = RetryConfig { backoff: BackoffConfig::default(), max_retries: RETRIES, retry_timeout: RETRYING };
    let url = format!("{}://{}", address.kind.scheme(), address.bucket);
    Ok(match address.kind {
        Kind::S3 => {
            refuse_plain(variables, &["AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_ENDPOINT"], "AWS_ALLOW_HTTP")?;
            let builder = AmazonS3Builder::new().with_client_options(options).with_retry(retry);
            let builder = known(variables, "AWS_", builder, AmazonS3Builder::with_config);
            Arc::new(builder.with_url(url).build().map_err(wrong)?)
        }
        Kind::Google => {
            let builder = GoogleCloudStorageBuilder::new().with_client_options(options).with_retry(retry);
            let builder = known(variables, "GOOGLE_", builder, GoogleCloudStorageBuilder::with_config);
            Arc::new(builder.with_url(url).build().map_err(wrong)?)
        }
        Kind::Azure => {
            refuse_plain(variables, &["AZURE_STORAGE_ENDPOINT", "AZURE_ENDPOINT"], "AZURE_ALLOW_HTTP")?;
            let builder = MicrosoftAzureBuilder::new().with_client_options(options).with_retry(retry);
            let builder = known(variables, "AZURE_", builder, MicrosoftAzureBuilder::with_config);
            Arc::new(builder.with_url(url).build().map_err(wrong)?)
        }
    })
}

/// Hands the builder every variable of its family that it knows; an empty one is none.
fn known<B, K: std::str::FromStr>(
    variables: &[(String, String)],
    family: &str,
    builder: B,
    put: impl Fn(B, K, String) -> B,
) -> B {
    let of_family = variables.iter().filter(|(name, value)| name.starts_with(family) && !value.is_empty());
    of_family.fold(builder, |builder, (name, value)| match name.to_ascii_lowercase().parse() {
        Ok(key) => put(builder, key, value.clone()),
        Err(_) => builder,
    })
}

fn refuse_plain(
    variables: &[(String, String)],
    endpoints: &[&'static str],
    allow: &'static str,
) -> Result<(), OpenError> {
    let value = |name: &str| variables.iter().find(|(it, _)| it == name).map(|(_, value)| value.as_str());
    let plain = endpoints.iter().find(|it| value(it).is_some_and(|value| value.starts_with("http://")));
    match plain {
        Some(endpoint) if value(allow) != Some("true") => Err(OpenError::Plain(endpoint, allow)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opened(address: &str, variables: &[(&str, &str)]) -> Result<Arc<Objects>, OpenError> {
        let variables: Vec<_> =
            variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        open(&Address::parse(address).unwrap(), &variables)
    }

    #[test]
    fn every_kind_of_store_opens_by_its_own_variables_and_shows_no_secret() {
        let secret = "bm90LWEtc2VjcmV0LWF0LWFsbA==";
        for (address, variables) in [
            ("s3://b/p", vec![("AWS_ACCESS_KEY_ID", "id"), ("AWS_SECRET_ACCESS_KEY", secret), ("AWS_REGION", "eu-1")]),
            ("gs://b/p", vec![("GOOGLE_SKIP_SIGNATURE", "true")]),
            ("az://b/p", vec![("AZURE_STORAGE_ACCOUNT_NAME", "acc"), ("AZURE_STORAGE_ACCOUNT_KEY", secret)]),
        ] {
            let shown = format!("{:?}", opened(address, &variables).unwrap());
            assert!(!shown.contains(secret), "{shown}");
        }
        let missing = opened("az://b/p", &[("AZURE_STORAGE_ACCOUNT_KEY", secret)]).unwrap_err().to_string();
        assert!(missing.contains("az://b/p") && missing.contains("AZURE_") && !missing.contains(secret), "{missing}");
    }

    #[test]
    fn plain_http_is_only_used_when_somebody_says_so() {
        let endpoint = ("AWS_ENDPOINT_URL", "http://store:9000");
        let refused = opened("s3://b", &[endpoint]).unwrap_err().to_string();
        assert!(refused.contains("AWS_ALLOW_HTTP=true"), "{refused}");
        assert!(opened("s3://b", &[endpoint, ("AWS_ALLOW_HTTP", "true")]).is_ok());
    }
}
