//! An experiment as a person writes it: a RON file, every field with a default.

use std::path::{Path, PathBuf};

use ron::extensions::Extensions;
use serde::Serialize;

pub use super::resolution::Resolution;
pub use super::settings::{ExperimentFile, SliceFile};

/// Why a text is no experiment.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{file}:{line}:{column}: {message}")]
pub struct FileError {
    /// The file's name.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// Column, from 1.
    pub column: usize,
    /// What is wrong there.
    pub message: String,
    /// The files that it asks for and that are neither beside it nor below, where that is what is wrong.
    pub outside: Vec<PathBuf>,
}

impl ExperimentFile {
    /// What it is called where it has no title: its model and its data, its surface, or the file that it was read from.
    pub fn name(&self) -> String {
        match (&self.import, self.surface) {
            (Some(path), _) => import_name(path),
            (None, Some(surface)) => surface.name().to_owned(),
            (None, None) => format!("{} on {}", self.model.name(), self.dataset.title()),
        }
    }

    /// Its title, or its name where it has none.
    pub fn heading(&self) -> String {
        if self.title.is_empty() { self.name() } else { self.title.clone() }
    }

    /// Reads RON. `file` is the name that errors give.
    ///
    /// # Errors
    /// If the text is not RON, has a field that does not exist, or a value of another type.
    pub fn parse(text: &str, file: &str) -> Result<Self, FileError> {
        parse_ron(text, file)
    }

    /// Writes RON that [`ExperimentFile::parse`] reads back.
    pub fn to_ron(&self) -> String {
        to_pretty_ron(self, usize::MAX)
    }
}

/// The last part of a path.
fn import_name(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

/// Writes plain data as RON that [`parse_ron`] reads back. What lies deeper than `lines_to` is written on
/// one line.
pub fn to_pretty_ron(data: &impl Serialize, lines_to: usize) -> String {
    let pretty = ron::ser::PrettyConfig::new().extensions(EXTENSIONS).depth_limit(lines_to);
    ron::ser::to_string_pretty(data, pretty)
        .unwrap_or_else(|error| unreachable!("plain data is RON: {error}"))
}

/// `clip: 2.0` instead of `clip: Some(2.0)`, and `sgd(lr: 5.0)` instead of `sgd((lr: 5.0))`.
const EXTENSIONS: Extensions = Extensions::IMPLICIT_SOME.union(Extensions::UNWRAP_VARIANT_NEWTYPES);

/// Brackets within one another as the reader counts them, some twice: a tour that loads an experiment has a
/// dozen. At each it looks ahead to the end, comments and all.
const MOST_NESTED: usize = 32;

/// Reads any of our RON files, with the place of an error.
///
/// # Errors
/// If the text is not RON or does not fit the type.
pub fn parse_ron<T: serde::de::DeserializeOwned>(text: &str, file: &str) -> Result<T, FileError> {
    let options =
        ron::Options::default().with_default_extension(EXTENSIONS).with_recursion_limit(MOST_NESTED);
    // Some editors begin a text with a mark that says how it is encoded.
    options.from_str(text.trim_start_matches('\u{feff}')).map_err(|error| FileError {
        file: file.to_owned(),
        line: error.span.start.line,
        column: error.span.start.col,
        message: match error.code {
            ron::Error::ExceededRecursionLimit => {
                "too many brackets within one another; expected about a dozen at most".to_owned()
            }
            // As after the comma of 0,5.
            ron::Error::SuggestRawIdentifier(name)
                if name.starts_with(|sign: char| sign.is_ascii_digit()) =>
            {
                format!("{name}: expected the name of a field (decimals follow a point, as in 0.5)")
            }
            why => why.to_string(),
        },
        outside: Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::data::{BatchSize, DatasetConfig};
    use crate::core::loss::Loss;
    use crate::core::model::{Init, ModelConfig};
    use crate::core::objective::Surface;
    use crate::core::optim::{OptimizerConfig, Schedule};
    use crate::core::subspace::{PlaneConfig, Third};

    fn refused(text: &str) -> String {
        ExperimentFile::parse(text, "x.ron").unwrap_err().to_string()
    }

    #[test]
    fn an_empty_experiment_has_every_default() {
        assert_eq!(ExperimentFile::parse("()", "x.ron").unwrap(), ExperimentFile::default());
        assert_eq!(ExperimentFile::parse("\u{feff}()", "x.ron").unwrap(), ExperimentFile::default());
    }

    #[test]
    fn what_is_written_is_read_back() {
        let mut file = ExperimentFile { seed: 7, ..Default::default() };
        file.slice.range = Some(vec![(-4.0, 5.0), (-4.0, 5.0)]);
        file.view.clip = Some(1.5);
        file.batch = BatchSize::Size(32);
        assert_eq!(ExperimentFile::parse(&file.to_ron(), "x.ron").unwrap(), file);
    }

    #[test]
    fn every_kind_of_everything_is_read_back_from_ron_and_json() {
        let mut files = vec![ExperimentFile::default()];
        let mut with = |change: &dyn Fn(&mut ExperimentFile)| {
            let mut file = ExperimentFile::default();
            change(&mut file);
            files.push(file);
        };
        for dataset in DatasetConfig::all().into_iter().chain([DatasetConfig::table("a \"b\".csv")]) {
            with(&|file| file.dataset = dataset.clone());
        }
        ModelConfig::all().iter().for_each(|model| with(&|file| file.model = model.clone()));
        OptimizerConfig::all().iter().for_each(|kind| with(&|file| file.optimizer = kind.clone()));
        Schedule::all().iter().for_each(|schedule| with(&|file| file.schedule = *schedule));
        Init::ALL.iter().for_each(|init| with(&|file| file.init = *init));
        Loss::ALL.iter().for_each(|loss| with(&|file| file.loss = *loss));
        Surface::ALL.iter().for_each(|surface| with(&|file| file.surface = Some(*surface)));
        PlaneConfig::all().iter().for_each(|plane| with(&|file| file.slice.plane = plane.clone()));
        Third::ALL.iter().for_each(|third| with(&|file| file.slice.third = *third));
        for file in files {
            assert_eq!(ExperimentFile::parse(&file.to_ron(), "x.ron").unwrap(), file);
            let json = serde_json::to_string(&file).unwrap();
            assert_eq!(serde_json::from_str::<ExperimentFile>(&json).unwrap(), file);
        }
    }

    #[test]
    fn settings_are_written_in_one_pair_of_brackets() {
        let text = "(optimizer: nesterov(lr: 0.5), schedule: warm_up(total_iters: 9), loss: huber, init: he,
            dataset: csv(path: \"p.csv\", target: numbers, target_column: 3, leave_out: [\"id\", 2]), model: mlp(widths: [4], activation: gelu))";
        let file = ExperimentFile::parse(text, "x.ron").unwrap();
        assert_eq!((file.optimizer.name(), file.optimizer.lr()), ("nesterov", 0.5));
        assert_eq!((file.schedule.name(), file.dataset.name(), file.model.name()), ("warm_up", "csv", "mlp"));
    }

    #[test]
    fn brackets_within_one_another_have_a_limit() {
        let nested = |depth: usize| {
            let text = format!("{}/*{}*/{}", "[".repeat(depth), "/**/".repeat(1000), "]".repeat(depth));
            parse_ron::<serde::de::IgnoredAny>(&text, "x.ron").map(|_| ()).map_err(|error| error.to_string())
        };
        assert_eq!(nested(MOST_NESTED / 2 - 1), Ok(()));
        let error = nested(10 * MOST_NESTED).unwrap_err();
        assert!(error.contains("too many brackets within one another"), "{error}");
        // At each of them the reader looks through all the comments inside.
        let text = format!("{}{}", "(".repeat(100_000), "/*/".repeat(100_000));
        assert!(ExperimentFile::parse(&text, "x.ron").is_err());
    }

    #[test]
    fn mistakes_are_named_with_their_place() {
        let unknown = refused("(\n  seed: 1,\n  sede: 2,\n)");
        assert!(unknown.starts_with("x.ron:3:"), "{unknown}");
        assert!(unknown.contains("sede") && unknown.contains("seed"), "{unknown}");
        let wrong_type = refused("(\n  steps: \"many\",\n)");
        assert!(wrong_type.starts_with("x.ron:2:"), "{wrong_type}");
        let no_model = refused("(model: model4)");
        assert!(no_model.contains("model4") && no_model.contains("model3"), "{no_model}");
        let inner = refused("(optimizer: sgd(rate: 1.0))");
        assert!(inner.contains("rate") && inner.contains("lr"), "{inner}");
        assert!(refused("\u{feff}(\n  sede: 2)").starts_with("x.ron:2:"));
        let counts = refused("(slice: (volume: [65, 65]))");
        assert!(counts.contains("a list of 2 counts; expected 3"), "{counts}");
        assert!(refused("(seed: 1").starts_with("x.ron:1:"));
        let comma = refused("(optimizer: sgd(lr: 0,5))");
        assert_eq!(comma, "x.ron:1:23: 5: expected the name of a field (decimals follow a point, as in 0.5)");
    }
}
