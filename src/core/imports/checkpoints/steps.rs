//! The steps that checkpoints are of, from their names.

use std::path::Path;

use super::files;

/// Words that a step stands behind, the likeliest first.
const WORDS: [&str; 6] = ["global_step", "step", "iteration", "iter", "epoch", "checkpoint"];

/// How steps are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// By the number behind a word in their names.
    Behind(&'static str),
    /// By the last number of their names, or else of their folders'.
    Last,
}

impl Way {
    /// The way for those files of such names that have a number, as they are seen from the folder they lie in.
    pub fn of<'a>(names: impl Iterator<Item = &'a Path> + Clone) -> Self {
        let numbered = names.filter(|name| Self::Last.step(name).is_some());
        let tells = |word: &&str| {
            numbered.clone().next().is_some() && numbered.clone().all(|name| behind(word, name).is_some())
        };
        WORDS.into_iter().find(tells).map_or(Self::Last, Self::Behind)
    }

    /// The step of a file of that name.
    pub fn step(self, name: &Path) -> Option<u64> {
        match self {
            Self::Behind(word) => behind(word, name),
            Self::Last => parts(name).find_map(|part| numbers(&part).pop()).and_then(|(_, number)| number),
        }
    }

    /// The way in words.
    pub fn told(self) -> String {
        match self {
            Self::Behind(word) => format!("the number behind \"{word}\" in their names"),
            Self::Last => "the last number of their names".to_owned(),
        }
    }
}

/// The parts of a name, innermost first, without the ending.
fn parts(name: &Path) -> impl Iterator<Item = String> {
    let stem = files::kind(name).map(|(_, stem)| stem);
    let folders = name.parent().into_iter().flat_map(Path::components);
    let folders: Vec<String> = folders.map(|part| part.as_os_str().to_string_lossy().into_owned()).collect();
    stem.into_iter().chain(folders.into_iter().rev())
}

/// The numbers in a text and what stands before each; `None` for those past counting.
fn numbers(text: &str) -> Vec<(String, Option<u64>)> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(from) = rest.find(|sign: char| sign.is_ascii_digit()) {
        let digits = &rest[from..];
        let end = digits.find(|sign: char| !sign.is_ascii_digit()).unwrap_or(digits.len());
        found.push((rest[..from].to_ascii_lowercase(), digits[..end].parse().ok()));
        rest = &digits[end..];
    }
    found
}

/// The last number that stands behind that word.
fn behind(word: &str, name: &Path) -> Option<u64> {
    let is_behind = |before: &String| before.trim_end_matches(['=', '_', '-', ' ']).ends_with(word);
    parts(name).find_map(|part| numbers(&part).into_iter().rev().find(|(before, _)| is_behind(before))?.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steps(names: &[&str]) -> (Way, Vec<Option<u64>>) {
        let way = Way::of(names.iter().map(Path::new));
        (way, names.iter().map(|name| way.step(Path::new(name))).collect())
    }

    #[test]
    fn a_word_tells_the_step_or_else_the_last_number() {
        assert_eq!(
            steps(&["epoch=1-step=250.ckpt", "epoch=3-step=1000.ckpt"]),
            (Way::Behind("step"), vec![Some(250), Some(1000)])
        );
        assert_eq!(
            steps(&["epoch_5_resnet18.pt", "Epoch_06_resnet18.pt"]),
            (Way::Behind("epoch"), vec![Some(5), Some(6)])
        );
        assert_eq!(
            steps(&["checkpoint-500/model.safetensors", "checkpoint-1000/model.safetensors"]),
            (Way::Behind("checkpoint"), vec![Some(500), Some(1000)])
        );
        assert_eq!(
            steps(&["net2-007.pth", "net2-8.pth", "b3/x.npz"]),
            (Way::Last, vec![Some(7), Some(8), Some(3)])
        );
        assert_eq!(steps(&["step-1.pt", "final.pt"]), (Way::Behind("step"), vec![Some(1), None]));
        assert_eq!(steps(&["99999999999999999999999.pt", "best.weights.h5"]), (Way::Last, vec![None, None]));
        assert_eq!(steps(&["w.05.weights.h5", "w.10.weights.h5"]).1, [Some(5), Some(10)]);
    }
}
