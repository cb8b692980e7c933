//! From what somebody typed to what is run: SQL statements, and commands that begin with a dot. Pure.

/// One thing to run.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    /// One statement.
    Sql(&'a str),
    /// A dot, a name, and arguments without their quotes.
    Command(Vec<String>),
}

/// Every piece, in order; white space and lone comments are none.
pub(super) fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut found = Vec::new();
    let mut rest = text;
    loop {
        rest = rest.trim_start();
        if rest.is_empty() {
            return found;
        }
        if rest.starts_with('.') {
            let (line, after) = rest.split_once('\n').unwrap_or((rest, ""));
            found.push(Piece::Command(words(line.trim_end().trim_end_matches(';'))));
            rest = after;
        } else {
            let (statement, after) = rest.split_at(statement_end(rest));
            if says_something(statement) {
                found.push(Piece::Sql(statement.trim_end()));
            }
            rest = after;
        }
    }
}

/// What a scan over SQL is in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Within {
    Plain,
    /// Up to this character; written twice it stands for itself, which looks like an end and a begin.
    Quotes(char),
    Line,
    Block,
}

/// Goes over SQL and answers each character that is neither quoted nor in a comment, with where it stands.
fn plain(sql: &str) -> impl Iterator<Item = (usize, char)> {
    let mut within = Within::Plain;
    let mut before = ' ';
    sql.char_indices().filter(move |&(at, it)| {
        let next = sql.as_bytes().get(at + 1).copied();
        let was = within;
        within = match was {
            Within::Plain => match it {
                '\'' | '"' | '`' => Within::Quotes(it),
                '[' => Within::Quotes(']'),
                '-' if next == Some(b'-') => Within::Line,
                '/' if next == Some(b'*') => Within::Block,
                _ => Within::Plain,
            },
            Within::Quotes(end) if it == end => Within::Plain,
            Within::Line if it == '\n' => Within::Plain,
            Within::Block if before == '*' && it == '/' => Within::Plain,
            same @ (Within::Quotes(_) | Within::Line | Within::Block) => same,
        };
        // The star of "/*" does not end it.
        before = if was == Within::Plain { ' ' } else { it };
        was == Within::Plain && within == Within::Plain
    })
}

/// Where the first statement is over: behind its semicolon, or at the end. A trigger's statements are inside of it.
fn statement_end(sql: &str) -> usize {
    let mut word = String::new();
    let mut words: Vec<String> = Vec::new();
    for (at, it) in plain(sql) {
        if it.is_alphanumeric() || it == '_' {
            word.push(it.to_ascii_uppercase());
            continue;
        }
        if !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        if it == ';' && (!is_trigger(&words) || words.last().is_some_and(|it| it == "END")) {
            return at + 1;
        }
    }
    sql.len()
}

fn is_trigger(words: &[String]) -> bool {
    let mut words = words.iter().map(String::as_str);
    words.next() == Some("CREATE") && words.find(|it| !["TEMP", "TEMPORARY"].contains(it)) == Some("TRIGGER")
}

fn says_something(statement: &str) -> bool {
    plain(statement).any(|(_, it)| !it.is_whitespace() && it != ';') || statement.contains(['\'', '"', '`', '['])
}

/// The words of a command; quotes hold one together.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut rest = line.trim_start();
    while let Some(first) = rest.chars().next() {
        let quoted = first == '\'' || first == '"';
        let (word, after) = if quoted {
            rest.get(1..).unwrap_or_default().split_once(first).unwrap_or((rest, ""))
        } else {
            rest.split_once(char::is_whitespace).unwrap_or((rest, ""))
        };
        words.push(word.to_owned());
        rest = after.trim_start();
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sql(text: &str) -> Vec<&str> {
        let only = |it| match it {
            Piece::Sql(sql) => sql,
            Piece::Command(words) => panic!("{words:?} is a command"),
        };
        pieces(text).into_iter().map(only).collect()
    }

    #[test]
    fn a_semicolon_ends_a_statement_only_outside_of_quotes_and_comments() {
        let text = "SELECT ';', \";\", [a;b], `;` -- one; two\n /* ; */ ; SELECT 'it''s;' ;; -- over\n";
        let found = sql(text);
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found[0].starts_with("SELECT ';'") && found[0].ends_with("*/ ;"), "{found:?}");
        assert_eq!(found[1], "SELECT 'it''s;' ;");
    }

    #[test]
    fn a_trigger_is_one_statement() {
        let trigger = "CREATE TEMP TRIGGER t AFTER INSERT ON a BEGIN DELETE FROM b; SELECT 1; END;";
        assert_eq!(sql(&format!("{trigger} SELECT 2;")), [trigger, "SELECT 2;"]);
        assert_eq!(sql("CREATE TABLE trigger_log (a); SELECT 1").len(), 2);
    }

    #[test]
    fn the_last_statement_needs_no_semicolon() {
        assert_eq!(sql(" SELECT 1 "), ["SELECT 1"]);
        assert_eq!(sql(" -- nothing\n ; "), <[&str; 0]>::default());
    }

    #[test]
    fn a_command_ends_with_its_line_and_quotes_hold_its_words_together() {
        let command = |words: &[&str]| Piece::Command(words.iter().map(|it| (*it).to_owned()).collect());
        assert_eq!(
            pieces(".backup '/a folder/b.db'\nSELECT 1;\n.backup main \"c.db\";"),
            [command(&[".backup", "/a folder/b.db"]), Piece::Sql("SELECT 1;"), command(&[".backup", "main", "c.db"])]
        );
    }
}
