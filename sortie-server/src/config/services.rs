//! How the machine's services are run.

use std::path::PathBuf;

use sortie_local::EngineAddress;

use super::settings::Reader;

/// How the machine's services are run.
#[derive(Clone, Debug)]
pub(crate) struct Services {
    /// A real engine; `None` for the simulation.
    pub(crate) engine: Option<EngineAddress>,
    /// Whether nobody is asked who they are.
    pub(crate) open: bool,
    /// Whether nothing is done before somebody asks to apply.
    pub(crate) manual: bool,
}

/// `None` where this server looks after no services.
pub(super) fn parse(read: &mut Reader<'_>) -> Option<Services> {
    let (wanted, open) = (read.flag("SORTIE_SERVICES"), read.flag("SORTIE_SUPERVISOR_OPEN"));
    let is_real = read.flag("USE_REAL_DOCKER");
    let certificates = read.text("SORTIE_SERVICES_ENGINE_CERTS").map(PathBuf::from);
    let fallback = EngineAddress::Unix(PathBuf::from("/var/run/docker.sock"));
    let rule = "must be unix:// and an absolute path, or tcp:// and host:port with SORTIE_SERVICES_ENGINE_CERTS";
    let engine = read.parse("SORTIE_SERVICES_ENGINE", rule, fallback, |text| {
        if let Some(path) = text.strip_prefix("unix://") {
            return path.starts_with('/').then(|| EngineAddress::Unix(PathBuf::from(path)));
        }
        let address = text.strip_prefix("tcp://").filter(|it| it.contains(':'))?.to_owned();
        certificates.clone().map(|certificates| EngineAddress::Tls { address, certificates })
    });
    let manual = read.flag("SORTIE_SERVICES_MANUAL");
    (wanted || open || is_real).then(|| Services { engine: is_real.then_some(engine), open, manual })
}
