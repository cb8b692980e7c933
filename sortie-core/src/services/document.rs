//! A tree of plain values: how a state is written down, whatever the notation around it. Doors and stores turn their JSON into
//! this and back; names and rules of the fields stand here in core, once.

use std::{collections::BTreeMap, fmt::Write};

/// One value of a document.
#[derive(Clone, Debug, PartialEq, Default)]
pub enum Node {
    /// Nothing.
    #[default]
    Null,
    /// Yes or no.
    Bool(bool),
    /// A whole number.
    Whole(i64),
    /// Any other number.
    Real(f64),
    /// A text.
    Text(String),
    /// Values in order.
    List(Vec<Node>),
    /// Values by name.
    Map(BTreeMap<String, Node>),
}

impl Node {
    /// A text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// A number that a document can hold exactly; greater ones become the greatest.
    pub fn number(number: u64) -> Self {
        Self::Whole(i64::try_from(number).unwrap_or(i64::MAX))
    }

    /// Texts in order.
    pub fn texts<'a>(texts: impl IntoIterator<Item = &'a String>) -> Self {
        Self::List(texts.into_iter().map(|it| Self::text(it.as_str())).collect())
    }

    /// Values by name.
    pub fn map<'a>(entries: impl IntoIterator<Item = (&'a str, Self)>) -> Self {
        Self::Map(entries.into_iter().map(|(name, node)| (name.to_owned(), node)).collect())
    }

    /// What stands under this name, if this is a map that holds it.
    pub fn get(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Map(map) => map.get(name),
            Self::Null | Self::Bool(_) | Self::Whole(_) | Self::Real(_) | Self::Text(_) | Self::List(_) => None,
        }
    }

    /// Writes it so that equal documents give equal texts, in every version of Sortie: fingerprints depend on it.
    pub fn canonical(&self) -> String {
        let mut text = String::new();
        self.append(&mut text);
        text
    }

    fn append(&self, out: &mut String) {
        match self {
            Self::Null => out.push('n'),
            Self::Bool(yes) => out.push(if *yes { 't' } else { 'f' }),
            // Writing to a String cannot fail.
            Self::Whole(number) => drop(write!(out, "i{number};")),
            Self::Real(number) => drop(write!(out, "r{:016x};", number.to_bits())),
            Self::Text(text) => append_text(out, text),
            Self::List(items) => {
                out.push('[');
                for it in items {
                    it.append(out);
                }
                out.push(']');
            }
            Self::Map(map) => {
                out.push('{');
                for (name, node) in map {
                    append_text(out, name);
                    node.append(out);
                }
                out.push('}');
            }
        }
    }
}

fn append_text(out: &mut String, text: &str) {
    // With its length in front no text can look like the end of another one.
    let _ = write!(out, "s{}:{text}", text.len());
}

/// A short name for a text that changes whenever the text does (FNV-1a, 64 bits): it tells versions of one configuration
/// apart and guards nothing.
pub fn fingerprint(text: &str) -> String {
    let hash = text
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3));
    format!("{hash:016x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_that_differ_are_written_differently() {
        let one = Node::map([("a", Node::text("b")), ("c", Node::List(vec![Node::Whole(1), Node::Whole(2)]))]);
        let other = Node::map([("a", Node::text("b")), ("c", Node::List(vec![Node::Whole(12)]))]);
        assert_ne!(one.canonical(), other.canonical());
        assert_eq!(one.canonical(), "{s1:as1:bs1:c[i1;i2;]}");
    }

    #[test]
    fn fingerprints_are_those_of_the_published_function() {
        assert_eq!(fingerprint(""), "cbf29ce484222325");
        assert_eq!(fingerprint("a"), "af63dc4c8601ec8c");
    }
}
