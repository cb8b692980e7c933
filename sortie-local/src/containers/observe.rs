//! What the engine shows of a session.

use bollard::{
    Docker,
    models::{ContainerInspectResponse, ContainerStateStatusEnum},
    query_parameters::LogsOptionsBuilder,
};
use futures_util::TryStreamExt;
use sortie_core::{
    session::Reason,
    workload::{Breakage, Observed},
};

/// Lines of an app's output that are kept when it ends.
const LAST_LINES: &str = "20";

/// How far one container has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stand {
    /// There is none.
    Absent,
    /// It was made and never started.
    Made,
    /// Its program runs, or the engine is busy with it.
    Running,
    /// Its program ended.
    Over {
        /// Its exit code.
        code: i64,
        /// The kernel killed it for its memory.
        out_of_memory: bool,
    },
}

/// What a container's state means for us.
pub(super) fn stand(found: Option<&ContainerInspectResponse>) -> Stand {
    let Some(found) = found else { return Stand::Absent };
    let state = found.state.clone().unwrap_or_default();
    match state.status.unwrap_or(ContainerStateStatusEnum::EMPTY) {
        ContainerStateStatusEnum::EMPTY | ContainerStateStatusEnum::CREATED => Stand::Made,
        ContainerStateStatusEnum::RUNNING
        | ContainerStateStatusEnum::PAUSED
        | ContainerStateStatusEnum::RESTARTING
        | ContainerStateStatusEnum::STOPPING => Stand::Running,
        ContainerStateStatusEnum::REMOVING | ContainerStateStatusEnum::EXITED | ContainerStateStatusEnum::DEAD => {
            Stand::Over {
                code: state.exit_code.unwrap_or_default(),
                out_of_memory: state.oom_killed.unwrap_or_default(),
            }
        }
    }
}

/// What both containers together look like. `is_shown`: the app's screen answers.
pub(super) fn judge(name: &str, screen: Stand, app: Stand, is_shown: bool) -> Observed {
    match (screen, app) {
        (_, Stand::Over { out_of_memory: true, .. }) => {
            broken(Reason::OutOfMemory, "The app used all the memory it may.".to_owned())
        }
        (_, Stand::Over { code, .. }) => broken(Reason::AppExited, format!("The app {}.", how(code))),
        (Stand::Over { code, .. }, _) => broken(Reason::DisplayFailed, format!("The display {}.", how(code))),
        (Stand::Absent, Stand::Running) => broken(Reason::DisplayFailed, "The display is gone.".to_owned()),
        (Stand::Running, Stand::Running) if is_shown => Observed::Ready { name: name.to_owned(), address: None },
        (Stand::Running | Stand::Made, Stand::Running) => {
            Observed::Starting { detail: "waiting for its screen".to_owned(), cause: Some(Reason::ScreenSilent) }
        }
        (Stand::Absent | Stand::Made | Stand::Running, Stand::Absent | Stand::Made) => Observed::Partial,
    }
}

/// 128 and the signal's number: killed by SIGKILL.
fn how(code: i64) -> String {
    if code == 137 { "was killed".to_owned() } else { format!("ended with exit code {code}") }
}

/// A session that will not work again.
pub(super) fn broken(reason: Reason, detail: String) -> Observed {
    Observed::Broken(Breakage { reason, detail, output: Vec::new() })
}

/// The last lines that the app wrote; none where they cannot be had.
pub(super) async fn output(docker: &Docker, name: &str) -> Vec<String> {
    let options = LogsOptionsBuilder::new().stdout(true).stderr(true).tail(LAST_LINES).build();
    let pieces: Vec<_> = docker.logs(name, Some(options)).try_collect().await.unwrap_or_default();
    let bytes: Vec<u8> = pieces.into_iter().flat_map(bollard::container::LogOutput::into_bytes).collect();
    let shown = |line: &str| line.chars().filter(|it| !it.is_control() || *it == '\t').take(400).collect();
    String::from_utf8_lossy(&bytes).lines().map(shown).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reason(screen: Stand, app: Stand) -> Option<Reason> {
        let Observed::Broken(breakage) = judge("x", screen, app, true) else { return None };
        Some(breakage.reason)
    }

    const OVER: Stand = Stand::Over { code: 1, out_of_memory: false };

    #[test]
    fn a_session_whose_making_was_cut_off_is_partial() {
        for screen in [Stand::Absent, Stand::Made, Stand::Running] {
            for app in [Stand::Absent, Stand::Made] {
                assert_eq!(judge("x", screen, app, false), Observed::Partial);
            }
        }
    }

    #[test]
    fn it_is_ready_when_both_run_and_the_screen_answers() {
        assert!(matches!(judge("x", Stand::Running, Stand::Running, true), Observed::Ready { .. }));
        assert!(matches!(judge("x", Stand::Running, Stand::Running, false), Observed::Starting { .. }));
    }

    #[test]
    fn each_end_has_its_reason() {
        assert_eq!(reason(Stand::Running, OVER), Some(Reason::AppExited));
        assert_eq!(reason(OVER, Stand::Running), Some(Reason::DisplayFailed));
        assert_eq!(reason(OVER, Stand::Made), Some(Reason::DisplayFailed));
        assert_eq!(reason(Stand::Absent, Stand::Running), Some(Reason::DisplayFailed));
        let eaten = Stand::Over { code: 137, out_of_memory: true };
        assert_eq!(reason(Stand::Running, eaten), Some(Reason::OutOfMemory));
    }
}
