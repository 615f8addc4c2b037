//! The program's own words in another language: what the audience of a lecture reads beside its captions.
//!
//! A phrase may have gaps, written `{}`, in which anything stands: `step {}`. What stands there is told as well. A text
//! of several sentences, lines or parts with a dot between is told one by one. What no phrase says stays as it is:
//! numbers, names of settings, what a person wrote.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Deserialize;

/// Phrases, each with the same in another language.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(from = "BTreeMap<String, String>")]
pub struct Phrases {
    whole: BTreeMap<String, String>,
    /// Those with gaps, the ones that say most first.
    gapped: Vec<Gapped>,
}

/// A phrase with gaps.
#[derive(Clone, Debug, PartialEq)]
struct Gapped {
    /// What stands before, between and after its gaps.
    parts: Vec<String>,
    told: String,
}

/// What stands for anything.
const GAP: &str = "{}";
/// What stands between sentences and lines, each told by itself.
const BETWEEN_SENTENCES: [&str; 3] = ["\n", " · ", ". "];
/// What stands between parts of one.
const WITHIN_SENTENCES: [&str; 2] = ["; ", "  "];

impl From<BTreeMap<String, String>> for Phrases {
    fn from(mut all: BTreeMap<String, String>) -> Self {
        let gapped = all.extract_if(.., |own, _| own.contains(GAP));
        let mut gapped: Vec<Gapped> = gapped
            .map(|(own, told)| Gapped { parts: own.split(GAP).map(str::to_owned).collect(), told })
            .collect();
        gapped.sort_by_key(|phrase| std::cmp::Reverse(phrase.said()));
        Self { whole: all, gapped }
    }
}

impl Gapped {
    /// Letters that it says itself.
    fn said(&self) -> usize {
        self.parts.iter().map(String::len).sum()
    }

    /// What stands in its gaps, if a text is one of its kind.
    fn gaps<'a>(&self, text: &'a str) -> Option<Vec<&'a str>> {
        let (first, rest) = self.parts.split_first()?;
        let (last, between) = rest.split_last()?;
        let mut left = text.strip_prefix(&**first)?.strip_suffix(&**last)?;
        let mut gaps = Vec::new();
        for part in between {
            let (gap, after) = left.split_once(&**part)?;
            gaps.push(gap);
            left = after;
        }
        gaps.push(left);
        gaps.iter().all(|gap| !gap.is_empty()).then_some(gaps)
    }
}

/// Nothing in another language.
pub static NONE: Phrases = Phrases { whole: BTreeMap::new(), gapped: Vec::new() };

impl Phrases {
    /// Whether there are none: everything is told in the program's own words.
    pub fn is_empty(&self) -> bool {
        self.whole.is_empty() && self.gapped.is_empty()
    }

    /// A text in the other language, as far as there are words for it.
    pub fn tell<'a>(&self, text: &'a str) -> Cow<'a, str> {
        if self.is_empty() {
            return Cow::Borrowed(text);
        }
        self.told(text).map_or(Cow::Borrowed(text), Cow::Owned)
    }

    fn told(&self, text: &str) -> Option<String> {
        let as_phrase =
            || self.gapped.iter().find_map(|phrase| Some(self.filled(phrase, phrase.gaps(text)?)));
        self.whole.get(text).cloned().or_else(as_phrase).or_else(|| self.told_in_parts(text))
    }

    /// A phrase with what stands in its gaps, in the order in which it has them: `{1}` is the second.
    fn filled(&self, phrase: &Gapped, gaps: Vec<&str>) -> String {
        let told: Vec<Cow<str>> = gaps.into_iter().map(|gap| self.tell(gap)).collect();
        let mut filled = phrase.told.clone();
        for gap in &told {
            filled = filled.replacen(GAP, gap, 1);
        }
        for (i, gap) in told.iter().enumerate() {
            filled = filled.replace(&format!("{{{i}}}"), gap);
        }
        filled
    }

    fn told_in_parts(&self, text: &str) -> Option<String> {
        let split = |breaks: &[&str]| {
            let ((first, rest), sign) =
                breaks.iter().find_map(|sign| Some((text.split_once(sign)?, *sign)))?;
            Some(format!("{}{sign}{}", self.tell(first), self.tell(rest)))
        };
        let as_sentence = || Some(format!("{}.", self.tell(text.strip_suffix('.')?)));
        // A phrase may be a whole sentence, with halves of it.
        if let Some(told) =
            split(&BETWEEN_SENTENCES).or_else(as_sentence).or_else(|| split(&WITHIN_SENTENCES))
        {
            return Some(told);
        }
        // Words before a number.
        let (words, number) = text.rsplit_once(' ')?;
        let is_number = !number.is_empty() && !number.contains(char::is_alphabetic);
        is_number.then(|| format!("{} {number}", self.tell(words)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn phrases() -> Phrases {
        let all = [
            ("loss", "Verlust"),
            ("loss, {}", "Verlust, {}"),
            ("held-out loss", "Verlust auf Ungesehenem"),
            ("Predicted {} where {} is true: it {}", "Vorhergesagt {0}, wo {1} stimmt: {2}"),
            ("counts as right", "gilt als richtig"),
            ("A half; another", "Eine Hälfte, noch eine"),
            ("At {}, {} are wrong", "{1} sind falsch, bei {0}"),
        ];
        all.map(|(own, told)| (own.to_owned(), told.to_owned()))
            .into_iter()
            .collect::<BTreeMap<_, _>>()
            .into()
    }

    #[test]
    fn phrases_numbers_and_parts_are_told_and_the_rest_stays() {
        for (own, told) in [
            ("loss", "Verlust"),
            ("loss 0.127", "Verlust 0.127"),
            ("held-out loss –", "Verlust auf Ungesehenem –"),
            ("loss, sgd 0.1", "Verlust, sgd 0.1"),
            ("model.skip=false", "model.skip=false"),
            ("a · loss\nloss 2", "a · Verlust\nVerlust 2"),
            (
                "Predicted 0.6 where 1 is true: it counts as right. loss",
                "Vorhergesagt 0.6, wo 1 stimmt: gilt als richtig. Verlust",
            ),
            ("A half; another.", "Eine Hälfte, noch eine."),
            ("At step 3, 25 % are wrong", "25 % sind falsch, bei step 3"),
        ] {
            assert_eq!(phrases().tell(own), told);
        }
    }

    #[test]
    fn without_phrases_every_text_is_its_own() {
        assert_eq!(Phrases::default().tell("loss 3"), "loss 3");
    }
}
