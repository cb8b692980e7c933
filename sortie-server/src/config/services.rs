//! How the machine's services are run.

use super::{
    Layered,
    in_force::{self, InForce},
    settings::Reader,
};

/// How the machine's services are run.
#[derive(Clone, Debug)]
pub(crate) struct Services {
    /// Whether they run on the engine; else they are simulated.
    pub(crate) real: bool,
    /// Whether nobody is asked who they are.
    pub(crate) open: bool,
    /// Whether nothing is done before somebody asks to apply.
    pub(crate) manual: bool,
    /// All that is in force, for the history.
    pub(crate) in_force: Vec<InForce>,
}

/// `None` where this server looks after no services.
pub(super) fn parse(read: &mut Reader<'_>, layered: &Layered) -> Option<Services> {
    let (wanted, open) = (read.flag("SORTIE_SERVICES"), read.flag("SORTIE_SUPERVISOR_OPEN"));
    let is_real = read.flag("USE_REAL_DOCKER");
    let manual = read.flag("SORTIE_SERVICES_MANUAL");
    (wanted || open || is_real).then(|| Services { real: is_real, open, manual, in_force: in_force::all(layered) })
}
