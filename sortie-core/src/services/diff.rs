//! What is different between two documents.

use std::collections::BTreeSet;

use super::document::Node;

/// One place where two documents differ.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// Where, e.g. `apps.1001.services[0].config.image`.
    pub path: String,
    /// What stood there; `None` for nothing.
    pub before: Option<Node>,
    /// What stands there; `None` for nothing.
    pub after: Option<Node>,
}

/// Every place where two documents differ, as deep as it goes, in order.
pub fn diff(before: &Node, after: &Node) -> Vec<Difference> {
    let mut found = Vec::new();
    compare("", Some(before), Some(after), &mut found);
    found
}

fn compare(path: &str, before: Option<&Node>, after: Option<&Node>, found: &mut Vec<Difference>) {
    match (before, after) {
        (Some(Node::Map(old)), Some(Node::Map(new))) => {
            let names: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
            for name in names {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                compare(&path, old.get(name), new.get(name), found);
            }
        }
        (Some(Node::List(old)), Some(Node::List(new))) => {
            for index in 0..old.len().max(new.len()) {
                compare(&format!("{path}[{index}]"), old.get(index), new.get(index), found);
            }
        }
        _ if before == after => {}
        _ => found.push(Difference { path: path.to_owned(), before: before.cloned(), after: after.cloned() }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_differs_is_told_with_its_path() {
        let state = |image: &str, more: &[&str]| {
            let names = more.iter().map(|it| Node::text(*it)).collect();
            Node::map([("app", Node::map([("image", Node::text(image)), ("names", Node::List(names))]))])
        };
        let paths = |a: &Node, b: &Node| diff(a, b).into_iter().map(|it| it.path).collect::<Vec<_>>();
        assert_eq!(paths(&state("a", &["x"]), &state("b", &["x", "y"])), ["app.image", "app.names[1]"]);
        assert_eq!(diff(&state("a", &[]), &state("a", &[])), []);
    }
}
