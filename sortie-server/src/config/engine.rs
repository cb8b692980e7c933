//! The container engine: one for the machine's services and for apps as containers.

use std::path::PathBuf;

use sortie_local::EngineAddress;

use super::{kubernetes::RuntimeKind, settings::Reader};

/// Where it listens.
pub(super) fn parse(read: &mut Reader<'_>, runtime: RuntimeKind) -> EngineAddress {
    let certificates = read.text("SORTIE_ENGINE_CERTS").map(PathBuf::from);
    let fallback = EngineAddress::Unix(PathBuf::from("/var/run/docker.sock"));
    let rule = "must be unix:// and an absolute path, or tcp:// and host:port with SORTIE_ENGINE_CERTS";
    let engine = read.parse("SORTIE_ENGINE", rule, fallback, |text| {
        if let Some(path) = text.strip_prefix("unix://") {
            return path.starts_with('/').then(|| EngineAddress::Unix(PathBuf::from(path)));
        }
        let address = text.strip_prefix("tcp://").filter(|it| it.contains(':'))?.to_owned();
        certificates.clone().map(|certificates| EngineAddress::Tls { address, certificates })
    });
    if runtime == RuntimeKind::Docker && !matches!(engine, EngineAddress::Unix(_)) {
        read.complain("SORTIE_ENGINE must be unix:// with SORTIE_RUNTIME=docker: screens are sockets of this machine");
    }
    engine
}
