//! What the target's column means: classes, by their labels in a stable order, or values.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::MAX_CLASSES;
use super::error::shown;
use crate::core::text::Measured;

/// What the targets of a file mean.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TargetKind {
    /// Classes where they are words, count from 0, or are whole numbers of a few kinds; else values. What
    /// was found is told.
    #[default]
    Auto,
    /// Classes, each label one: numbers by their size, then words by their letters.
    Classes,
    /// Real numbers, whole or not.
    #[serde(alias = "numbers")]
    Values,
}

/// Kinds of whole numbers that are still taken for classes where they do not count from 0.
const FEW: usize = 20;

/// A cell of the target's column.
#[derive(Clone, Copy, Debug, PartialEq)]
enum TargetCell {
    Number(f64),
    /// The index of a word.
    Word(usize),
}

/// The target's column, row by row.
#[derive(Debug, Default)]
pub(super) struct Targets {
    labels: Vec<TargetCell>,
    words: Vec<String>,
    known: HashMap<String, usize>,
}

/// Why a row's target is none.
#[derive(Debug, PartialEq)]
pub(super) enum Refusal {
    /// Another kind of label than the first row has, or none that makes a class; what was expected.
    Row(usize, &'static str),
    /// All are equal to this.
    One(String),
    /// More classes than a file may have.
    Many,
}

/// What the column was found to mean.
#[derive(Debug, PartialEq)]
pub(super) struct Meaning {
    /// A number for each row: of a class its index.
    pub(super) y: Vec<f64>,
    /// How many classes there are; 0 for values.
    pub(super) classes: usize,
    /// The label of each class by its index, where these are not the same.
    pub(super) labels: Vec<String>,
    /// What it means and why, for people.
    pub(super) told: String,
}

impl Targets {
    pub(super) fn push_number(&mut self, number: f64) {
        // 0 and −0 are one label.
        self.labels.push(TargetCell::Number(number + 0.0));
    }

    /// Whether there was room for another word.
    pub(super) fn push_word(&mut self, word: &str) -> bool {
        let index = match self.known.get(word) {
            Some(index) => *index,
            None => {
                self.known.insert(word.to_owned(), self.words.len());
                self.words.push(word.to_owned());
                self.words.len() - 1
            }
        };
        self.labels.push(TargetCell::Word(index));
        self.words.len() <= MAX_CLASSES
    }

    pub(super) fn meaning(&self, asked: TargetKind) -> Result<Meaning, Refusal> {
        let mut numbers: Vec<f64> = self.numbers().collect();
        numbers.sort_unstable_by(f64::total_cmp);
        numbers.dedup();
        if numbers.len() + self.words.len() == 1 {
            return Err(Refusal::One(self.label(&self.labels[0])));
        }
        match (asked, self.words.is_empty()) {
            (TargetKind::Classes, _) => {
                self.refuse(
                    |label| matches!(label, TargetCell::Number(number) if number.fract() != 0.0),
                    "a whole number or a word",
                )?;
                self.classes(&numbers, "as asked")
            }
            (TargetKind::Values, _) => {
                self.refuse(
                    |label| matches!(label, TargetCell::Word(_)),
                    "a finite number, since values are asked for",
                )?;
                Ok(self.values(&numbers, "as asked"))
            }
            (TargetKind::Auto, true) => self.guess(&numbers),
            (TargetKind::Auto, false) => {
                self.refuse_mixture()?;
                self.classes(&numbers, "they are words")
            }
        }
    }

    fn numbers(&self) -> impl Iterator<Item = f64> {
        self.labels.iter().filter_map(|label| match label {
            TargetCell::Number(number) => Some(*number),
            TargetCell::Word(_) => None,
        })
    }

    /// The first row that will not do.
    fn refuse(&self, is_wrong: impl Fn(&TargetCell) -> bool, expected: &'static str) -> Result<(), Refusal> {
        match self.labels.iter().position(is_wrong) {
            Some(row) => Err(Refusal::Row(row, expected)),
            None => Ok(()),
        }
    }

    /// Words among numbers are more often slips and gaps than classes, and so are numbers among words.
    fn refuse_mixture(&self) -> Result<(), Refusal> {
        let is_word = |label: &TargetCell| matches!(label, TargetCell::Word(_));
        match is_word(&self.labels[0]) {
            true => {
                self.refuse(|label| !is_word(label), "a word as before it; target: classes takes both")?
            }
            false => self.refuse(is_word, "a finite number as before it; target: classes takes both")?,
        }
        let is_gap = |label: &TargetCell| matches!(label, TargetCell::Word(word) if stands_for_nothing(&self.words[*word]));
        self.refuse(is_gap, "a class, not what stands for a missing one; target: classes takes it as one")
    }

    /// Whole numbers are classes or values; the reason goes with the guess.
    fn guess(&self, kinds: &[f64]) -> Result<Meaning, Refusal> {
        let (count, rows) = (kinds.len(), self.labels.len());
        let counts = kinds.iter().enumerate().all(|(index, kind)| *kind == index as f64);
        if kinds.iter().any(|kind| kind.fract() != 0.0) {
            Ok(self.values(kinds, "they are not all whole numbers"))
        } else if counts && count <= MAX_CLASSES {
            self.classes(kinds, "they count from 0; target: values takes them as values")
        } else if count <= FEW && 2 * count <= rows {
            let why = format!("they are whole numbers of {count} kinds; target: values takes them as values");
            self.classes(kinds, &why)
        } else {
            let why = format!(
                "they are whole numbers of {count} kinds in {rows} rows; target: classes takes them as classes"
            );
            Ok(self.values(kinds, &why))
        }
    }

    fn classes(&self, numbers: &[f64], why: &str) -> Result<Meaning, Refusal> {
        let mut words: Vec<usize> = (0..self.words.len()).collect();
        words.sort_unstable_by_key(|word| &self.words[*word]);
        if numbers.len() + words.len() > MAX_CLASSES {
            return Err(Refusal::Many);
        }
        let order: Vec<TargetCell> = numbers
            .iter()
            .copied()
            .map(TargetCell::Number)
            .chain(words.iter().copied().map(TargetCell::Word))
            .collect();
        let mut rank = vec![0; words.len()];
        words.iter().enumerate().for_each(|(at, word)| rank[*word] = numbers.len() + at);
        let index = |label: &TargetCell| match label {
            TargetCell::Number(number) => numbers.partition_point(|known| known < number),
            TargetCell::Word(word) => rank[*word],
        };
        let y = self.labels.iter().map(|label| index(label) as f64).collect();
        let labels: Vec<String> = order.iter().map(|label| self.label(label)).collect();
        let (classes, own) = (labels.len(), |(index, label): (usize, &String)| *label == index.to_string());
        if labels.iter().enumerate().all(own) {
            let told = format!("0 to {} (classes, {why})", classes - 1);
            return Ok(Meaning { y, classes, labels: Vec::new(), told });
        }
        let named = |(index, label): (usize, &String)| format!("{} = {index}", shown(label));
        let list: Vec<String> = labels.iter().enumerate().map(named).collect();
        Ok(Meaning { y, classes, told: format!("{} (classes, {why})", list.join(", ")), labels })
    }

    fn values(&self, kinds: &[f64], why: &str) -> Meaning {
        let (low, high) = (kinds[0], kinds[kinds.len() - 1]);
        let told = format!("{} to {} (values, {why})", Measured(low), Measured(high));
        Meaning { y: self.numbers().collect(), classes: 0, labels: Vec::new(), told }
    }

    fn label(&self, label: &TargetCell) -> String {
        match label {
            TargetCell::Number(number) => Measured(*number).to_string(),
            TargetCell::Word(word) => self.words[*word].clone(),
        }
    }
}

/// Words that programs write where there is nothing.
fn stands_for_nothing(word: &str) -> bool {
    ["na", "n/a", "null", "?", "-"].contains(&word.to_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn targets(labels: &str) -> Targets {
        let mut targets = Targets::default();
        for label in labels.split(' ') {
            match label.parse() {
                Ok(number) => targets.push_number(number),
                Err(_) => assert!(targets.push_word(label)),
            }
        }
        targets
    }

    fn meaning(labels: &str, asked: TargetKind) -> Meaning {
        targets(labels).meaning(asked).unwrap()
    }

    #[test]
    fn labels_are_classes_in_an_order_that_does_not_hang_on_the_rows() {
        let cases = [
            ("no yes yes", vec!["no", "yes"], vec![0.0, 1.0, 1.0]),
            ("yes yes no", vec!["no", "yes"], vec![1.0, 1.0, 0.0]),
            ("True False True", vec!["False", "True"], vec![1.0, 0.0, 1.0]),
            ("1 2 2 1", vec!["1", "2"], vec![0.0, 1.0, 1.0, 0.0]),
            ("1 -1 -1 1", vec!["-1", "1"], vec![1.0, 0.0, 0.0, 1.0]),
            ("7 3 5 5 3 7", vec!["3", "5", "7"], vec![2.0, 0.0, 1.0, 1.0, 0.0, 2.0]),
            ("2 0 1", vec![], vec![2.0, 0.0, 1.0]),
            ("-0 0 1", vec![], vec![0.0, 0.0, 1.0]),
        ];
        for (text, labels, y) in cases {
            let found = meaning(text, TargetKind::Auto);
            assert_eq!(
                (found.labels, found.y),
                (labels.into_iter().map(String::from).collect(), y),
                "{text}"
            );
        }
        let mixed = meaning("b 10 a 9", TargetKind::Classes);
        assert_eq!((mixed.labels.join(" "), mixed.y), ("9 10 a b".into(), vec![3.0, 1.0, 2.0, 0.0]));
        assert_eq!(meaning("0.5 1", TargetKind::Auto).y, [0.5, 1.0]);
        assert_eq!(
            meaning("0 1 1", TargetKind::Values),
            Meaning {
                y: vec![0.0, 1.0, 1.0],
                classes: 0,
                labels: vec![],
                told: "0 to 1 (values, as asked)".into()
            }
        );
    }

    #[test]
    fn the_guess_is_told_with_its_reason() {
        let told = |text: &str| meaning(text, TargetKind::Auto).told;
        assert_eq!(told("no yes"), "no = 0, yes = 1 (classes, they are words)");
        assert_eq!(
            told("1 2 2 1"),
            "1 = 0, 2 = 1 (classes, they are whole numbers of 2 kinds; target: values takes them as values)"
        );
        assert_eq!(told("0 1"), "0 to 1 (classes, they count from 0; target: values takes them as values)");
        assert_eq!(
            told("1 4 9"),
            "1 to 9 (values, they are whole numbers of 3 kinds in 3 rows; target: classes takes them as classes)"
        );
        assert_eq!(told("-2 0.5"), "-2 to 0.5 (values, they are not all whole numbers)");
    }

    #[test]
    fn what_fits_no_meaning_is_refused_with_its_row() {
        let refused = |text: &str, asked| targets(text).meaning(asked).unwrap_err();
        let row = |refusal| match refusal {
            Refusal::Row(row, _) => row,
            other => panic!("{other:?}"),
        };
        assert_eq!(row(refused("1 2 one", TargetKind::Auto)), 2);
        assert_eq!(row(refused("a b 3 c", TargetKind::Auto)), 2);
        assert_eq!(row(refused("yes no NA", TargetKind::Auto)), 2);
        assert_eq!(row(refused("1 1.5", TargetKind::Classes)), 1);
        assert_eq!(row(refused("1 a", TargetKind::Values)), 1);
        assert_eq!(refused("3 3", TargetKind::Auto), Refusal::One("3".into()));
        assert_eq!(refused("a a", TargetKind::Classes), Refusal::One("a".into()));
        let many: Vec<String> = (0..101).map(|i| i.to_string()).collect();
        assert_eq!(refused(&many.join(" "), TargetKind::Classes), Refusal::Many);
        assert_eq!(meaning(&many.join(" "), TargetKind::Auto).classes, 0, "too many to be classes");
    }
}
