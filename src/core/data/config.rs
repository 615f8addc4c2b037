//! Which dataset an experiment asks for, as written in its file.

use serde::{Deserialize, Serialize};

use super::dataset::{Dataset, DatasetError};
use super::synthetic;
use crate::core::num::Stream;

/// A dataset by name, with its settings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum DatasetConfig {
    /// Points on the unit square, 1 above the diagonal.
    Diagonal {
        /// How many points.
        #[serde(default = "default_points")]
        points: usize,
    },
    /// Points on the unit square, 1 where exactly one coordinate exceeds 0.5.
    Xor {
        /// How many points.
        #[serde(default = "default_points")]
        points: usize,
    },
}

fn default_points() -> usize {
    500
}

impl Default for DatasetConfig {
    fn default() -> Self {
        Self::Xor { points: default_points() }
    }
}

impl DatasetConfig {
    /// Every kind with its default settings, in the order a menu shows them.
    pub fn all() -> Vec<Self> {
        vec![Self::Xor { points: default_points() }, Self::Diagonal { points: default_points() }]
    }

    /// The name that files and flags use.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Diagonal { .. } => "diagonal",
            Self::Xor { .. } => "xor",
        }
    }

    /// The kind of that name, with its default settings.
    pub fn by_name(name: &str) -> Option<Self> {
        Self::all().into_iter().find(|config| config.name() == name)
    }

    /// How many points are asked for.
    pub fn points(&self) -> usize {
        match self {
            Self::Diagonal { points } | Self::Xor { points } => *points,
        }
    }

    /// Sets how many points are asked for.
    pub fn set_points(&mut self, count: usize) {
        match self {
            Self::Diagonal { points } | Self::Xor { points } => *points = count,
        }
    }

    /// Features an example of it has.
    pub fn inputs(&self) -> usize {
        2
    }

    /// Draws the dataset out of the stream `data` of the seed.
    ///
    /// # Errors
    /// If no point is asked for.
    pub fn generate(&self, seed: u64) -> Result<Dataset, DatasetError> {
        let mut stream = Stream::new(seed, "data");
        match self {
            Self::Diagonal { points } => synthetic::diagonal(*points, &mut stream),
            Self::Xor { points } => synthetic::xor(*points, &mut stream),
        }
    }
}
