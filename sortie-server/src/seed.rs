//! The seed file: the catalog's first apps as JSON, in the shape that `POST /api/apps` takes.

use std::path::Path;

use anyhow::{Context, bail};
use sortie_control::{Control, ControlError};
use tracing::info;

/// Fills an empty catalog from a file. Every broken rule of every app is named at once.
pub(crate) async fn sow(control: &Control, path: &Path) -> anyhow::Result<()> {
    let shown = path.display();
    let text = tokio::fs::read(path).await.with_context(|| format!("cannot read the seed file {shown}"))?;
    let apps = sortie_api::wire::seed::parse(&text).with_context(|| format!("{shown} is not a seed file"))?;
    let count = apps.len();
    match control.seed(apps).await {
        Ok(true) => info!(apps = count, file = %shown, "Catalog seeded"),
        Ok(false) => {}
        Err(ControlError::Invalid(problems)) => {
            let lines: Vec<_> = problems.list().iter().map(ToString::to_string).collect();
            bail!("the seed file {shown} breaks rules:\n  {}", lines.join("\n  "));
        }
        Err(error) => return Err(error).context("the catalog could not be seeded"),
    }
    Ok(())
}
