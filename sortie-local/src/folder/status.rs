//! What bubblewrap writes about a sandbox (`--json-status-fd`): one JSON document a line.

use std::path::Path;

use serde::Deserialize;

use super::output;

/// What is known about one sandbox.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Status {
    /// The pid of its init on the host, once it was made.
    pub(crate) init: Option<i32>,
    /// What its main process ended with.
    pub(crate) exit_code: Option<i32>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Line {
    child_pid: Option<i32>,
    exit_code: Option<i32>,
}

/// Reads a status file. A missing one, and a line that is not complete yet, say nothing.
pub(crate) fn read(path: &Path) -> Status {
    parse(&output::read_end(path, 16 * 1024).unwrap_or_default())
}

fn parse(content: &[u8]) -> Status {
    let mut status = Status::default();
    for line in content.split(|b| *b == b'\n') {
        let Ok(line) = serde_json::from_slice::<Line>(line) else { continue };
        status.init = line.child_pid.or(status.init);
        status.exit_code = line.exit_code.or(status.exit_code);
    }
    status
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_knows_the_init_and_the_exit_code() {
        let running = br#"{ "child-pid": 13984, "ipc-namespace": 4026532178 }
"#;
        assert_eq!(parse(running), Status { init: Some(13984), exit_code: None });
        let over = [&running[..], b"{ \"exit-code\": 3 }\n"].concat();
        assert_eq!(parse(&over), Status { init: Some(13984), exit_code: Some(3) });
    }

    #[test]
    fn an_incomplete_line_says_nothing() {
        assert_eq!(parse(b"{ \"child-pid\": 139"), Status::default());
        assert_eq!(parse(b""), Status::default());
    }
}
