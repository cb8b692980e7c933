//! Where backups lie, opened: the folder or the objects that a setting or an argument names.

use std::path::Path;

use anyhow::{Context, anyhow};
use sortie_store::backup::{self, Destination, Found, backup_of};

use crate::config::{Settings, backup::Place};

/// The destination that the settings name.
pub(crate) fn of(settings: &Settings) -> anyhow::Result<Destination> {
    open(settings, &settings.backup.place)
}

/// The destination that an argument names, or the settings.
pub(crate) fn named(settings: &Settings, argument: Option<&str>) -> anyhow::Result<Destination> {
    open(settings, &place(settings, argument)?)
}

/// The backup that an argument means: one of its files, their common name, or the newest one of a folder or prefix.
pub(crate) fn find(settings: &Settings, argument: Option<&str>) -> anyhow::Result<Found> {
    let address = match place(settings, argument)? {
        Place::Folder(path) => return Ok(backup::find(&path)?),
        Place::Objects(address) => address,
    };
    let of_one = address.split_last().and_then(|(rest, last)| Some((rest, backup_of(&last)?.to_owned())));
    let (address, name) = of_one.map_or((address, None), |(rest, name)| (rest, Some(name)));
    let shelf = open(settings, &Place::Objects(address))?.shelf();
    Ok(backup::find_on(&shelf, name.as_deref())?)
}

fn place(settings: &Settings, argument: Option<&str>) -> anyhow::Result<Place> {
    let Some(text) = argument else { return Ok(settings.backup.place.clone()) };
    // Without the text: what is wrong with it may be that it holds a secret.
    Place::parse(text).map_err(|rule| anyhow!("the address of the backup {rule}"))
}

fn open(settings: &Settings, place: &Place) -> anyhow::Result<Destination> {
    Ok(match place {
        Place::Folder(path) => Destination::Folder(path.clone()),
        Place::Objects(address) => Destination::Shelf(sortie_objects::open(address, &settings.backup.stores.0)?),
    })
}

/// The folder for scratch: the one that was named, or a private one of the system's that goes when it is dropped.
pub(crate) fn scratch(named: Option<&Path>) -> anyhow::Result<(std::path::PathBuf, tempfile::TempDir)> {
    let own = tempfile::tempdir().context("a scratch folder")?;
    Ok((named.map_or_else(|| own.path().to_owned(), Path::to_owned), own))
}
