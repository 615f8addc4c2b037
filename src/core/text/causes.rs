//! An error with what caused it.

use std::error::Error;

/// The error and its causes, with colons between. A cause whose words were already said is left out: errors
/// of others name their cause in their own text as well.
pub fn with_causes(error: &(dyn Error + 'static)) -> String {
    let mut said = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let words = error.to_string();
        if !said.contains(&words) {
            said = format!("{said}: {words}");
        }
        cause = error.source();
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    enum Failure {
        #[error("cannot write x.npz")]
        Apart(#[source] std::io::Error),
        #[error("it cannot be read ({0})")]
        Within(#[source] std::io::Error),
        #[error("x.npz")]
        Deep(#[source] Box<Failure>),
    }

    #[test]
    fn each_cause_is_said_once() {
        let full = || std::io::Error::other("no space left");
        assert_eq!(with_causes(&Failure::Apart(full())), "cannot write x.npz: no space left");
        assert_eq!(with_causes(&Failure::Within(full())), "it cannot be read (no space left)");
        let deep = Failure::Deep(Box::new(Failure::Within(full())));
        assert_eq!(with_causes(&deep), "x.npz: it cannot be read (no space left)");
    }
}
