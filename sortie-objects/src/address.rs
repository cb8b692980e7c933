//! Where objects are: a scheme, a bucket, and what their names begin with.

use std::fmt;

use url::Url;

/// Which kind of store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// S3 of Amazon, or what speaks like it.
    S3,
    /// Google Cloud Storage.
    Google,
    /// Azure Blob Storage; a bucket is a container there.
    Azure,
}

impl Kind {
    pub(crate) fn scheme(self) -> &'static str {
        match self {
            Self::S3 => "s3",
            Self::Google => "gs",
            Self::Azure => "az",
        }
    }
}

/// `s3://bucket/prefix`, and the same with `gs` or `az`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    pub(crate) kind: Kind,
    pub(crate) bucket: String,
    /// Without slashes at its ends; may be empty.
    pub(crate) prefix: String,
}

/// Which rule an address breaks. Never says the address: what is wrong with it may be that it holds a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AddressError {
    /// It begins with something else.
    Scheme,
    /// It has a user, a password, a port, a query or a fragment.
    Parts,
    /// It names no bucket.
    Bucket,
    /// Its prefix has empty parts, dots, or signs that are not plain.
    Prefix,
}

impl fmt::Display for AddressError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Scheme => "must begin with s3://, gs:// or az://",
            Self::Parts => {
                "must have nothing but a bucket and a prefix: credentials and endpoints go into the store's own variables"
            }
            Self::Bucket => "must name a bucket after the scheme",
            Self::Prefix => "must have a prefix of letters, digits and - _ . = between single slashes",
        })
    }
}

impl std::error::Error for AddressError {}

impl Address {
    /// Reads one.
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        let url = Url::parse(text).map_err(|_| AddressError::Scheme)?;
        let kind = match url.scheme() {
            "s3" => Kind::S3,
            "gs" => Kind::Google,
            "az" => Kind::Azure,
            _ => return Err(AddressError::Scheme),
        };
        let is_bare = url.username().is_empty() && url.password().is_none() && url.port().is_none();
        if !is_bare || url.query().is_some() || url.fragment().is_some() {
            return Err(AddressError::Parts);
        }
        let bucket = url.host_str().filter(|it| !it.is_empty()).ok_or(AddressError::Bucket)?.to_owned();
        // Of the text, for the parser tidies dots away.
        let rest = text.split_once("://").map_or("", |(_, rest)| rest);
        let prefix = rest.split_once('/').map_or("", |(_, prefix)| prefix);
        let prefix = prefix.strip_suffix('/').unwrap_or(prefix).to_owned();
        if !prefix.is_empty() && !prefix.split('/').all(is_plain) {
            return Err(AddressError::Prefix);
        }
        Ok(Self { kind, bucket, prefix })
    }

    /// The address without the last part of its prefix, and that part.
    pub fn split_last(&self) -> Option<(Self, String)> {
        let (prefix, last) = self.prefix.rsplit_once('/').unwrap_or(("", &self.prefix));
        (!last.is_empty()).then(|| (Self { prefix: prefix.to_owned(), ..self.clone() }, last.to_owned()))
    }
}

fn is_plain(part: &str) -> bool {
    let is_sign = |it: char| it.is_ascii_alphanumeric() || "-_.=".contains(it);
    !part.is_empty() && part != "." && part != ".." && part.chars().all(is_sign)
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", self.kind.scheme(), self.bucket)?;
        if self.prefix.is_empty() { Ok(()) } else { write!(f, "/{}", self.prefix) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_a_scheme_a_bucket_and_a_prefix() {
        for (text, tidy) in [
            ("s3://backups", "s3://backups"),
            ("s3://backups/", "s3://backups"),
            ("gs://backups/sortie/eu-1/", "gs://backups/sortie/eu-1"),
            ("az://backups/sortie", "az://backups/sortie"),
        ] {
            assert_eq!(Address::parse(text).map(|it| it.to_string()).as_deref(), Ok(tidy));
        }
        let (rest, last) = Address::parse("s3://backups/a/b").unwrap().split_last().unwrap();
        assert_eq!((rest.to_string().as_str(), last.as_str()), ("s3://backups/a", "b"));
        assert_eq!(Address::parse("s3://backups").unwrap().split_last(), None);
    }

    #[test]
    fn whatever_could_hold_a_secret_or_lead_elsewhere_is_refused_by_its_rule() {
        for (text, rule) in [
            ("/var/backups", AddressError::Scheme),
            ("https://bucket.example/x", AddressError::Scheme),
            ("s3://", AddressError::Bucket),
            ("s3://KEY:SECRET@backups/x", AddressError::Parts),
            ("az://backups/x?sig=SECRET", AddressError::Parts),
            ("s3://backups:9000/x", AddressError::Parts),
            ("s3://backups/a//b", AddressError::Prefix),
            ("s3://backups/../b", AddressError::Prefix),
            ("s3://backups/a b", AddressError::Prefix),
        ] {
            assert_eq!(Address::parse(text), Err(rule), "{text}");
            assert!(!rule.to_string().contains("SECRET"));
        }
    }
}
