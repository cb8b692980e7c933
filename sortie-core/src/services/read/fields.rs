//! The fields of one object: read with their paths, the wrong ones told.

use std::{collections::BTreeMap, time::Duration};

use crate::{
    invalid::{Invalid, Problems},
    services::document::Node,
};

/// Collects what is wrong.
#[derive(Default)]
pub(super) struct Door {
    found: Vec<Invalid>,
}

impl Door {
    pub(super) fn refuse(&mut self, field: impl Into<String>, rule: impl Into<String>) {
        self.found.push(Invalid::new(field, rule));
    }

    pub(super) fn finish<T>(self, read: T) -> Result<T, Problems> {
        Problems::check(self.found).map(|()| read)
    }

    pub(super) fn into_problems(self) -> Problems {
        match Problems::check(self.found) {
            Err(problems) => problems,
            Ok(()) => Problems::from(Invalid::new("state", "must be readable")),
        }
    }
}

/// One object and where it stands.
pub(super) struct Fields<'a> {
    map: Option<&'a BTreeMap<String, Node>>,
    path: String,
}

impl<'a> Fields<'a> {
    /// The object's fields; one that is not known, or a value that is no object, is told.
    pub(super) fn of(door: &mut Door, node: &'a Node, path: &str, known: &[&str]) -> Self {
        let fields = match node {
            Node::Map(map) => Self { map: Some(map), path: path.to_owned() },
            Node::Null | Node::Bool(_) | Node::Whole(_) | Node::Real(_) | Node::Text(_) | Node::List(_) => {
                door.refuse(if path.is_empty() { "body" } else { path }, "must be an object");
                Self { map: None, path: path.to_owned() }
            }
        };
        for name in fields.map.into_iter().flat_map(BTreeMap::keys).filter(|it| !known.contains(&it.as_str())) {
            door.refuse(fields.path(name), format!("is not known here; known are {}", known.join(", ")));
        }
        fields
    }

    pub(super) fn path(&self, name: &str) -> String {
        if self.path.is_empty() { name.to_owned() } else { format!("{}.{name}", self.path) }
    }

    pub(super) fn item(&self, name: &str, index: usize) -> String {
        format!("{}[{index}]", self.path(name))
    }

    /// A field that is there and not null.
    pub(super) fn raw(&self, name: &str) -> Option<&'a Node> {
        self.map?.get(name).filter(|it| **it != Node::Null)
    }

    pub(super) fn text(&self, door: &mut Door, name: &str) -> Option<String> {
        match self.raw(name)? {
            Node::Text(text) if text.chars().any(|it| it == '\0') => {
                door.refuse(self.path(name), "must not contain a NUL character");
                None
            }
            Node::Text(text) => Some(text.clone()),
            Node::Null | Node::Bool(_) | Node::Whole(_) | Node::Real(_) | Node::List(_) | Node::Map(_) => {
                door.refuse(self.path(name), "must be a text");
                None
            }
        }
    }

    pub(super) fn flag(&self, door: &mut Door, name: &str) -> bool {
        match self.raw(name) {
            Some(Node::Bool(yes)) => *yes,
            None => false,
            Some(_) => {
                door.refuse(self.path(name), "must be true or false");
                false
            }
        }
    }

    /// A list; nothing is an empty one.
    pub(super) fn list(&self, door: &mut Door, name: &str) -> &'a [Node] {
        match self.raw(name) {
            Some(Node::List(items)) => items,
            None => &[],
            Some(_) => {
                door.refuse(self.path(name), "must be a list");
                &[]
            }
        }
    }

    pub(super) fn texts(&self, door: &mut Door, name: &str) -> Vec<String> {
        let mut texts = Vec::new();
        for (index, node) in self.list(door, name).iter().enumerate() {
            match node {
                Node::Text(text) if !text.contains('\0') => texts.push(text.clone()),
                Node::Null
                | Node::Bool(_)
                | Node::Whole(_)
                | Node::Real(_)
                | Node::Text(_)
                | Node::List(_)
                | Node::Map(_) => door.refuse(self.item(name, index), "must be a text without NUL characters"),
            }
        }
        texts
    }

    /// Texts by name; numbers and truth values are taken as they are written.
    pub(super) fn pairs(&self, door: &mut Door, name: &str) -> BTreeMap<String, String> {
        match self.raw(name) {
            Some(Node::Map(map)) => Self::texts_of(door, map, &self.path(name)),
            None => BTreeMap::new(),
            Some(_) => {
                door.refuse(self.path(name), "must be an object of texts");
                BTreeMap::new()
            }
        }
    }

    /// The texts of a map that stands at this path.
    pub(super) fn texts_of(door: &mut Door, map: &BTreeMap<String, Node>, path: &str) -> BTreeMap<String, String> {
        let mut pairs = BTreeMap::new();
        for (key, node) in map {
            let value = match node {
                Node::Text(text) if !text.contains('\0') => Some(text.clone()),
                Node::Whole(number) => Some(number.to_string()),
                Node::Bool(yes) => Some(yes.to_string()),
                Node::Null | Node::Real(_) | Node::Text(_) | Node::List(_) | Node::Map(_) => None,
            };
            match value {
                Some(value) => drop(pairs.insert(key.clone(), value)),
                None => door.refuse(format!("{path}.{key}"), "must be a text without NUL characters"),
            }
        }
        pairs
    }

    pub(super) fn whole(&self, door: &mut Door, name: &str, from: u64, to: u64) -> Option<u64> {
        let number = super::whole(self.raw(name)?).filter(|it| (from..=to).contains(it));
        if number.is_none() {
            door.refuse(self.path(name), format!("must be a whole number from {from} to {to}"));
        }
        number
    }

    /// A time from nothing to a day: `500ms`, `10s`, `2m`, or seconds as a number.
    pub(super) fn duration(&self, door: &mut Door, name: &str) -> Option<Duration> {
        let node = self.raw(name)?;
        let read = match node {
            Node::Whole(seconds) => u64::try_from(*seconds).ok().map(Duration::from_secs),
            Node::Text(text) => parse_duration(text),
            Node::Null | Node::Bool(_) | Node::Real(_) | Node::List(_) | Node::Map(_) => None,
        };
        let read = read.filter(|it| *it <= Duration::from_hours(24));
        if read.is_none() {
            door.refuse(self.path(name), "must be a time such as \"500ms\", \"10s\" or \"2m\", at most a day");
        }
        read
    }

    /// One of a closed set of names.
    pub(super) fn choice<T: Copy>(&self, door: &mut Door, name: &str, all: &[(&str, T)]) -> Option<T> {
        let text = self.text(door, name)?;
        let found = all.iter().find(|(it, _)| *it == text).map(|(_, value)| *value);
        if found.is_none() {
            let names: Vec<&str> = all.iter().map(|(it, _)| *it).collect();
            door.refuse(self.path(name), format!("must be one of {}", names.join(", ")));
        }
        found
    }
}

fn parse_duration(text: &str) -> Option<Duration> {
    let end = text.find(|it: char| !it.is_ascii_digit())?;
    let (number, unit) = text.split_at_checked(end)?;
    let number: u64 = number.parse().ok()?;
    match unit {
        "ms" => Some(Duration::from_millis(number)),
        "s" => Some(Duration::from_secs(number)),
        "m" => number.checked_mul(60).map(Duration::from_secs),
        "h" => number.checked_mul(3_600).map(Duration::from_secs),
        _ => None,
    }
}
