//! What containers said.

use bollard::{container::LogOutput, errors::Error, query_parameters::LogsOptionsBuilder};
use futures_util::TryStreamExt;
use sortie_core::{port::engine::LogLine, time::Timestamp};

use super::{DockerEngine, observe::moment, perform};

/// Longer lines are cut.
const LINE: usize = 16 * 1024;

pub(super) async fn last(engine: &DockerEngine, container: &str, limit: u32) -> Result<Vec<LogLine>, Error> {
    let docker = engine.client.get().await?;
    if perform::ours(engine, &docker, container).await?.is_none() {
        return Ok(Vec::new());
    }
    let tail = limit.to_string();
    let options = LogsOptionsBuilder::new().stdout(true).stderr(true).timestamps(true).tail(&tail).build();
    let pieces: Vec<LogOutput> = docker.logs(container, Some(options)).try_collect().await?;
    let mut lines: Vec<LogLine> = pieces.iter().flat_map(lines).collect();
    // The two outputs come one after the other in places; people read by time.
    lines.sort_by_key(|it| it.at);
    let surplus = lines.len().saturating_sub(usize::try_from(limit).unwrap_or(usize::MAX));
    lines.drain(..surplus);
    Ok(lines)
}

fn lines(piece: &LogOutput) -> Vec<LogLine> {
    let (is_error, message) = match piece {
        LogOutput::StdErr { message } => (true, message),
        LogOutput::StdOut { message } | LogOutput::StdIn { message } | LogOutput::Console { message } => {
            (false, message)
        }
    };
    let text = String::from_utf8_lossy(message);
    text.lines().map(|line| parsed(line, is_error)).collect()
}

/// The engine writes the time before each line.
fn parsed(line: &str, is_error: bool) -> LogLine {
    let stamped = line.split_once(' ').and_then(|(time, text)| Some((moment(time)?, text)));
    let (at, text) = stamped.unwrap_or((Timestamp::from_micros(0), line));
    LogLine { at, is_error, text: text.chars().take(LINE).collect() }
}
