//! What is wrong with an input: always the field and the rule.

use std::fmt;

/// One broken rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invalid {
    /// The field as its author wrote it, e.g. `egress_policy.rules[0].cidr`.
    pub field: String,
    /// The rule, completing "the field …", e.g. `must be a CIDR such as 10.0.0.0/8`.
    pub rule: String,
}

impl Invalid {
    /// Names the field and the rule that it breaks.
    pub fn new(field: impl Into<String>, rule: impl Into<String>) -> Self {
        Self { field: field.into(), rule: rule.into() }
    }
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.field, self.rule)
    }
}

impl std::error::Error for Invalid {}

/// Everything that is wrong with an input, at once. Never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problems(Vec<Invalid>);

impl Problems {
    /// `Ok` when nothing is wrong.
    pub fn check(found: Vec<Invalid>) -> Result<(), Self> {
        if found.is_empty() { Ok(()) } else { Err(Self(found)) }
    }

    /// The broken rules, in the order in which they were found.
    pub fn list(&self) -> &[Invalid] {
        &self.0
    }
}

impl From<Invalid> for Problems {
    fn from(invalid: Invalid) -> Self {
        Self(vec![invalid])
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("; ")?;
            }
            problem.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for Problems {}
