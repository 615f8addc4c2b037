//! A field whose value makes no sense.

use crate::core::num::SettingError;
use crate::core::text::Shown;

/// A field whose value makes no sense.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{field} = {value}: expected {expected}")]
pub struct FieldError {
    /// The field's path in the file.
    pub field: String,
    /// What it was set to.
    pub value: String,
    /// What would do.
    pub expected: String,
}

impl FieldError {
    /// What is wrong with the field, without its name.
    pub fn why(&self) -> String {
        format!("{}: expected {}", self.value, self.expected)
    }

    /// The same as a person says it, to whom the field is none of a file.
    pub fn spoken(&self) -> String {
        format!("{} is {}", self.field, self.why())
    }

    pub(crate) fn new(field: impl Into<String>, value: impl Shown, expected: impl Into<String>) -> Self {
        Self { field: field.into(), value: value.shown(), expected: expected.into() }
    }

    /// The field `of` itself, or where the error has a name, a setting of what it holds.
    pub(super) fn within(of: &str, error: SettingError) -> Self {
        let field = if error.name.is_empty() { of.to_owned() } else { format!("{of}.{}", error.name) };
        Self { field, value: error.value, expected: error.expected }
    }
}
