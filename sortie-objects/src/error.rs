//! What a store answers, in words that hold no secret.

use object_store::Error;
use sortie_core::port::ShelfError;

/// The codes by which S3 and Azure refuse who asks.
const REFUSALS: [&str; 9] = [
    "AccessDenied",
    "AuthenticationFailed",
    "AuthorizationFailure",
    "AuthorizationPermissionMismatch",
    "ExpiredToken",
    "InvalidAccessKeyId",
    "InvalidToken",
    "RequestTimeTooSkewed",
    "SignatureDoesNotMatch",
];
const NO_BUCKET: [&str; 2] = ["NoSuchBucket", "ContainerNotFound"];

/// The longest text of a store that is passed on.
const LONGEST: usize = 300;

/// The error of one name, or of the whole shelf.
pub(crate) fn shelf(what: &str, name: &str, error: &Error) -> ShelfError {
    if matches!(error, Error::NotFound { .. }) && !says_no_bucket(error) {
        return ShelfError::Missing(name.to_owned());
    }
    if matches!(error, Error::AlreadyExists { .. } | Error::Precondition { .. }) {
        return ShelfError::Taken(name.to_owned());
    }
    ShelfError::Failed { what: format!("cannot {what} {name}"), source: said(error).into() }
}

/// What is wrong, by the store's own code where it gave one. Its whole answer is not passed on: it repeats what was signed.
fn said(error: &Error) -> String {
    let whole = chain(error);
    let code = code(&whole);
    let because = |rule: &str| code.map_or_else(|| rule.to_owned(), |code| format!("{rule} ({code})"));
    // Not every request's error has a kind of its own: of a list it is the code alone that says.
    if matches!(error, Error::PermissionDenied { .. } | Error::Unauthenticated { .. })
        || code.is_some_and(|it| REFUSALS.contains(&it))
    {
        return because("the store refuses the credentials, or what they may do");
    }
    if says_no_bucket(error) {
        return because("there is no such bucket");
    }
    code.map_or_else(|| plain(&whole), |code| format!("the store says {code}"))
}

fn says_no_bucket(error: &Error) -> bool {
    code(&chain(error)).is_some_and(|it| NO_BUCKET.contains(&it))
}

/// The code in the XML that S3 and Azure answer with.
fn code(text: &str) -> Option<&str> {
    let (code, _) = text.split_once("<Code>")?.1.split_once("</Code>")?;
    (code.len() <= 64 && code.chars().all(|it| it.is_ascii_alphanumeric())).then_some(code)
}

/// Everything that is told about it. Not to be passed on as it is: there are addresses with signatures in their queries.
fn chain(error: &Error) -> String {
    let mut text = error.to_string();
    let mut next = std::error::Error::source(error);
    while let Some(it) = next {
        text = format!("{text}: {it}");
        next = it.source();
    }
    text
}

/// One short line, and no query of any address: there signatures stand.
fn plain(text: &str) -> String {
    let words = text.split_whitespace().map(|word| word.split_once('?').map_or(word, |(before, _)| before));
    let line = words.collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", line.get(..end).unwrap_or_default()),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn generic(text: &str) -> Error {
        Error::Generic { store: "S3", source: text.to_owned().into() }
    }

    #[test]
    fn a_store_s_answer_is_told_by_its_code_and_without_what_was_signed() {
        let body = "<Error><Code>SignatureDoesNotMatch</Code><StringToSign>SECRET</StringToSign></Error>";
        let refused = Error::PermissionDenied { path: "a".to_owned(), source: body.into() };
        let text = shelf("write", "s3://b/a", &refused).to_string();
        assert_eq!(
            text,
            "cannot write s3://b/a: the store refuses the credentials, or what they may do (SignatureDoesNotMatch)"
        );
        let text =
            shelf("read", "az://b/a", &generic("error sending request for url (https://x/y?sig=SECRET)")).to_string();
        assert!(!text.contains("SECRET") && text.contains("https://x/y"), "{text}");
    }

    #[test]
    fn a_missing_object_is_missing_and_a_missing_bucket_is_an_error() {
        let not_found = |body: &str| Error::NotFound { path: "a".to_owned(), source: body.to_owned().into() };
        assert!(matches!(shelf("read", "a", &not_found("<Code>NoSuchKey</Code>")), ShelfError::Missing(_)));
        let text = shelf("read", "a", &not_found("<Code>NoSuchBucket</Code>")).to_string();
        assert_eq!(text, "cannot read a: there is no such bucket (NoSuchBucket)");
    }
}
