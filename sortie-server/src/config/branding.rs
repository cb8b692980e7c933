//! The branding file: JSON with the keys of the older systems; it wins over variables.

use std::{fs, io::ErrorKind};

use anyhow::{Context, bail};
use serde::Deserialize;

use super::Settings;

/// What a branding file may say. Unknown keys are ignored: older files hold more.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct BrandingFile {
    logo_url: Option<String>,
    primary_color: Option<String>,
    secondary_color: Option<String>,
    tenant_name: Option<String>,
}

/// How the installation looks.
#[derive(Clone, Debug)]
pub(crate) struct Branding {
    pub(crate) logo_url: String,
    pub(crate) primary_color: String,
    pub(crate) secondary_color: String,
    pub(crate) tenant_name: String,
}

/// Reads the branding file over the variables. A file that was not named may be absent.
pub(crate) fn load(settings: &Settings) -> anyhow::Result<Branding> {
    let path = &settings.branding_file;
    let file: BrandingFile = match fs::read_to_string(path) {
        Ok(text) => {
            serde_json::from_str(&text).with_context(|| format!("{} is not a branding file", path.display()))?
        }
        Err(error) if error.kind() == ErrorKind::NotFound && !settings.branding_named => BrandingFile::default(),
        Err(error) => return Err(error).with_context(|| format!("cannot read the branding file {}", path.display())),
    };
    let pick = |said: Option<String>, other: &String| said.filter(|it| !it.is_empty()).unwrap_or_else(|| other.clone());
    let branding = Branding {
        logo_url: pick(file.logo_url, &settings.logo_url),
        primary_color: pick(file.primary_color, &settings.primary_color),
        secondary_color: pick(file.secondary_color, &settings.secondary_color),
        tenant_name: pick(file.tenant_name, &settings.tenant_name),
    };
    for (key, color) in [("primary_color", &branding.primary_color), ("secondary_color", &branding.secondary_color)] {
        let hex = color.strip_prefix('#').unwrap_or_default();
        if hex.len() != 6 || !hex.chars().all(|it| it.is_ascii_hexdigit()) {
            bail!("{}: {key} must be a colour such as #1F2A3C", path.display());
        }
    }
    let logo = &branding.logo_url;
    if !(logo.is_empty() || logo.starts_with("https://") || (logo.starts_with('/') && !logo.starts_with("//"))) {
        bail!("{}: logo_url must be an https address or a path on this server", path.display());
    }
    Ok(branding)
}
