//! Names and labels of the containers of sessions.

use std::collections::HashMap;

use sortie_core::{
    id::{InstallationId, PlaceId, SessionId, UserId},
    time::Timestamp,
    workload::Labels,
};

use crate::names;

const PLACE: &str = "io.sortie.place";
/// The session, on both of its containers.
pub(super) const SESSION: &str = "io.sortie.session";
const INSTALLATION: &str = "io.sortie.session.installation";
const INCARNATION: &str = "io.sortie.session.incarnation";
const OWNER: &str = "io.sortie.session.owner";
const CREATED_AT: &str = "io.sortie.session.created-at";

/// The container of the app.
pub(super) fn app(session: &SessionId) -> String {
    format!("sortie-app-{}", part(session))
}

/// The container of the screen.
pub(super) fn screen(session: &SessionId) -> String {
    format!("sortie-screen-{}", part(session))
}

/// Engines know no tilde; that no plain id begins with a hyphen keeps hashes apart from ids all the same.
fn part(session: &SessionId) -> String {
    names::folder(session.as_str()).replace('~', "-")
}

/// Everything about whose a container is.
pub(super) fn written(labels: &Labels) -> HashMap<String, String> {
    let pairs = [
        (PLACE, labels.place.to_string()),
        (SESSION, labels.session.to_string()),
        (INSTALLATION, labels.installation.to_string()),
        (INCARNATION, labels.incarnation.to_string()),
        (OWNER, labels.owner.to_string()),
        (CREATED_AT, labels.created_at.as_micros().to_string()),
    ];
    pairs.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}

/// What a container says of itself; `None` where it does not say all of it.
pub(super) fn read(labels: &HashMap<String, String>) -> Option<Labels> {
    let text = |key: &str| labels.get(key).cloned();
    Some(Labels {
        installation: InstallationId::new(text(INSTALLATION)?).ok()?,
        incarnation: text(INCARNATION)?.parse().ok()?,
        place: PlaceId::new(text(PLACE)?).ok()?,
        session: SessionId::new(text(SESSION)?).ok()?,
        owner: UserId::new(text(OWNER)?).ok()?,
        created_at: Timestamp::from_micros(text(CREATED_AT)?.parse().ok()?),
    })
}

/// The engine's filter for what stands in a place.
pub(super) fn filter(place: &PlaceId) -> HashMap<String, Vec<String>> {
    HashMap::from([("label".to_owned(), vec![format!("{PLACE}={place}")])])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_container_says_whose_it_is_and_half_a_word_is_none() {
        let labels = Labels {
            installation: InstallationId::new("here").unwrap(),
            incarnation: 3,
            place: PlaceId::new("engine-1").unwrap(),
            session: SessionId::new("Session 1/of 2").unwrap(),
            owner: UserId::new("alice").unwrap(),
            created_at: Timestamp::from_micros(7),
        };
        let mut said = written(&labels);
        assert_eq!(read(&said), Some(labels.clone()));
        assert!(app(&labels.session).chars().all(|it| it.is_ascii_alphanumeric() || it == '-'));
        said.remove(OWNER);
        assert_eq!(read(&said), None);
    }
}
