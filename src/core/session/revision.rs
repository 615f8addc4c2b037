//! Questions with a number: how a derivation knows that it must run, and that an answer is still wanted.

/// The number of a question. A later question has a higher one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Revision(pub u64);

/// The input of a derivation, and its number. A derivation runs when its input differs from the last; an answer
/// that carries another revision than [`Derivation::revision`] is dropped.
#[derive(Clone, Debug)]
pub struct Derivation<Input> {
    input: Option<Input>,
    revision: Revision,
}

impl<Input> Default for Derivation<Input> {
    fn default() -> Self {
        Self { input: None, revision: Revision::default() }
    }
}

impl<Input: PartialEq> Derivation<Input> {
    /// Asks a question. `Some` with its new number if it differs from the one before.
    pub fn ask(&mut self, input: Input) -> Option<Revision> {
        if self.input.as_ref() == Some(&input) {
            return None;
        }
        self.input = Some(input);
        self.revision.0 += 1;
        Some(self.revision)
    }

    /// The present question.
    pub fn asked(&self) -> Option<&Input> {
        self.input.as_ref()
    }

    /// The number of the present question.
    pub fn revision(&self) -> Revision {
        self.revision
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_change_is_a_question() {
        let mut derivation = Derivation::default();
        assert_eq!(derivation.ask(1), Some(Revision(1)));
        assert_eq!(derivation.ask(1), None);
        assert_eq!(derivation.ask(2), Some(Revision(2)));
        assert_eq!(derivation.ask(1), Some(Revision(3)));
        assert_eq!(derivation.revision(), Revision(3));
    }
}
