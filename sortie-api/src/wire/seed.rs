//! The seed file: `{"applications": [...]}` or the bare list, each as `POST /api/apps` takes it.

use serde::Deserialize;
use sortie_core::{
    app::AppFields,
    invalid::{Invalid, Problems},
};

use super::app::AppBody;

/// Why a seed file cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum SeedError {
    /// It is no JSON of this shape.
    #[error(transparent)]
    Json(#[from] serde_json::Error),
    /// It names what nobody knows.
    #[error(transparent)]
    Invalid(#[from] Problems),
}

#[derive(Deserialize)]
#[serde(untagged)]
enum SeedFile {
    Wrapped { applications: Vec<AppBody> },
    Bare(Vec<AppBody>),
}

/// Reads it. Every unknown name in every app is told at once.
pub fn parse(text: &[u8]) -> Result<Vec<(String, AppFields)>, SeedError> {
    let apps = match serde_json::from_slice(text)? {
        SeedFile::Wrapped { applications } => applications,
        SeedFile::Bare(applications) => applications,
    };
    let mut broken = Vec::new();
    let mut read = Vec::new();
    for (index, mut app) in apps.into_iter().enumerate() {
        let id = std::mem::take(&mut app.id);
        match app.into_fields() {
            Ok(fields) => read.push((id, fields)),
            Err(problems) => broken.extend(
                problems
                    .list()
                    .iter()
                    .map(|it| Invalid::new(format!("applications[{index}].{}", it.field), it.rule.clone())),
            ),
        }
    }
    Problems::check(broken)?;
    Ok(read)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_shapes_are_read() {
        let bare = br#"[{"id":"a","name":"A","url":"https://a.example"}]"#;
        let wrapped = br#"{"applications":[{"id":"a","name":"A","url":"https://a.example"}]}"#;
        assert_eq!(parse(bare).unwrap(), parse(wrapped).unwrap());
        assert_eq!(parse(bare).unwrap()[0].0, "a");
    }

    #[test]
    fn an_unknown_name_tells_which_app_it_is_in() {
        let error = parse(br#"[{"id":"a","name":"A"},{"id":"b","name":"B","launch_type":"x"}]"#).unwrap_err();
        assert!(error.to_string().contains("applications[1].launch_type"), "{error}");
    }
}
