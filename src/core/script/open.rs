//! What a `.ron` file holds: an experiment, or a tour.

use std::path::Path;

use super::tour::{Tour, is_tour};
use crate::core::experiment::ExperimentFile;
use crate::core::experiment::paths::{ReadError, read_ron};
use crate::core::io::folder::{Access, Folder};

/// What was in a file.
#[derive(Clone, Debug, PartialEq)]
pub enum Script {
    /// An experiment, not checked yet.
    Experiment(Box<ExperimentFile>),
    /// A tour.
    Tour(Box<Tour>),
}

impl Script {
    /// Reads a file; what it names is then seen from where the program runs.
    ///
    /// # Errors
    /// If it cannot be read, is neither, or asks for files beyond its reach.
    pub fn read(path: &Path, access: &Access) -> Result<Self, ReadError> {
        let (text, name) = (read_ron(&*access.sources, path)?, path.display().to_string());
        let folder = Folder::of(path, access);
        Ok(match is_tour(&text) {
            true => Self::Tour(Box::new(Tour::parse(&text, &name, &folder)?)),
            false => Self::Experiment(Box::new(ExperimentFile::parse_in(&text, &name, &folder)?)),
        })
    }
}
