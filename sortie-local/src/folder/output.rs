//! The last lines of what a program printed, made safe to show.

use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom},
    path::Path,
};

use super::Folder;

/// At most so many lines are shown.
pub(crate) const MAX_LINES: usize = 20;

/// At most so many characters of a line are shown.
const MAX_LINE_CHARS: usize = 300;

/// Enough for all lines that are shown, with room for what is taken out of them.
const MAX_READ_BYTES: u64 = 64 * 1024;

/// The last lines of a bounded output (`output` or `display`), oldest first.
pub(crate) fn last_lines(folder: &Folder, name: &str) -> Vec<String> {
    let mut all = Vec::new();
    for part in 0..3 {
        // A part that is missing, or was moved on while we looked, is not worth a failure.
        all.extend(read_end(&folder.file(&format!("log/{name}.{part}")), MAX_READ_BYTES).unwrap_or_default());
    }
    lines(&all)
}

/// The last `max` bytes of a file.
pub(crate) fn read_end(path: &Path, max: u64) -> io::Result<Vec<u8>> {
    let mut file = File::open(path)?;
    let size = file.metadata()?.len();
    file.seek(SeekFrom::Start(size.saturating_sub(max)))?;
    let mut content = Vec::new();
    file.take(max).read_to_end(&mut content)?;
    Ok(content)
}

/// Keeps the last lines, without terminal sequences, control characters and characters that change direction.
fn lines(content: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(content);
    let mut lines: Vec<String> = text.lines().map(clean).filter(|it| !it.is_empty()).rev().take(MAX_LINES).collect();
    lines.reverse();
    lines
}

fn clean(line: &str) -> String {
    let mut kept = String::new();
    let mut chars = line.chars().peekable();
    while let Some(c) = chars.next() {
        if c == '\u{1b}' {
            skip_sequence(&mut chars);
        } else if c == '\t' {
            kept.push(' ');
        } else if !c.is_control() && !changes_direction(c) {
            kept.push(c);
        }
    }
    kept.trim().chars().take(MAX_LINE_CHARS).collect()
}

/// Skips the rest of a terminal sequence (ECMA-48 §5.4: parameters, then one final byte of `@` to `~`).
fn skip_sequence(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) {
    if chars.next_if_eq(&'[').is_none() {
        chars.next();
        return;
    }
    for c in chars.by_ref() {
        if ('@'..='~').contains(&c) {
            return;
        }
    }
}

/// Unicode's explicit direction marks (UAX #9 §2) and invisible separators could make a line read as another one.
fn changes_direction(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_last_lines_are_kept() {
        let content = (0..50).map(|n| format!("line {n}")).collect::<Vec<_>>().join("\n");
        let kept = lines(content.as_bytes());
        assert_eq!(kept.len(), MAX_LINES);
        assert_eq!((kept[0].as_str(), kept[19].as_str()), ("line 30", "line 49"));
    }

    #[test]
    fn nothing_that_steers_a_terminal_or_a_page_is_kept() {
        let content = b"\x1b[31mred\x1b[0m \x07bell\x1bM \xff\xe2\x80\xaeevil\ttab\r\n";
        assert_eq!(lines(content), ["red bell \u{fffd}evil tab"]);
    }

    #[test]
    fn an_endless_line_is_cut() {
        assert_eq!(lines(&vec![b'x'; 5000])[0].len(), MAX_LINE_CHARS);
    }
}
