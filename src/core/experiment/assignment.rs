//! `path=value`: a field of an experiment and what it is to be, in the words of a command line.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A field, and the value that it gets, as it was written: `model.widths=[8,8]`. Whether there is such a field, and
/// such a value, is known once it is [assigned](super::assign::assign).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Assignment {
    /// The field's path in a file.
    pub path: String,
    /// The value.
    pub text: String,
}

/// A text that assigns nothing: it has no `=`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}: expected path=value, such as model.widths=[8,8]")]
pub struct NoAssignment(pub String);

impl Assignment {
    /// Reads `path=value`.
    ///
    /// # Errors
    /// If there is no `=`.
    pub fn parse(written: &str) -> Result<Self, NoAssignment> {
        let (path, text) = written.split_once('=').ok_or_else(|| NoAssignment(written.to_owned()))?;
        Ok(Self { path: path.trim().to_owned(), text: text.trim().to_owned() })
    }
}

impl TryFrom<String> for Assignment {
    type Error = NoAssignment;

    fn try_from(written: String) -> Result<Self, NoAssignment> {
        Self::parse(&written)
    }
}

impl From<Assignment> for String {
    fn from(assignment: Assignment) -> Self {
        assignment.to_string()
    }
}

/// As it is written.
impl fmt::Display for Assignment {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{}={}", self.path, self.text)
    }
}
