//! Rows that have no place today, and what an administrator can do about each.

use crate::adopt::row::{Homeless, OldRow};

/// A model for apps.
pub(super) fn template(row: &OldRow) -> Homeless {
    let key = row.filled("template_id").unwrap_or(row.text("id"));
    Homeless::new(key, "template_id", "there are no templates; make an app of it where you need it")
}

/// An image with settings, which no app referred to.
pub(super) fn spec(row: &OldRow) -> Homeless {
    let why = format!("no app refers to it; make one with its image {:?} where you need it", row.text("image"));
    Homeless::new(row.text("id"), "image", why)
}

/// What was recorded, in files of the old server.
pub(super) fn recording(row: &OldRow) -> Homeless {
    let places = [("storage_path", ""), ("video_path", ""), ("filename", ", in the old server's folder of recordings")];
    let found = places.iter().find_map(|(column, whence)| Some((row.filled(column)?, whence)));
    let why = match found {
        Some((file, whence)) => format!("it cannot be played here; its file stays where it is: {file:?}{whence}"),
        None => "it has no file".to_owned(),
    };
    Homeless::new(row.text("id"), "storage_path", why)
}
