//! Points of parameter space by name: the ends of a run, one of its steps, or a file.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::input::FitInput;

/// A point of parameter space, as a file or a flag names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// Where training starts.
    Start,
    /// The last finite point of training.
    End,
    /// The point of training after that many steps.
    Step(u64),
    /// A vector of `dim` numbers in a `.npy` file, or the end of the run in a `.npz`.
    File(PathBuf),
}

/// Why a place has no point.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum PlaceError {
    /// The run has no such step, or did not keep it.
    #[error("step {step} was not kept; expected a step up to {last} that is a multiple of {stride}")]
    Step {
        /// The step asked for.
        step: u64,
        /// The run's last step.
        last: u64,
        /// Steps between two that were kept.
        stride: u64,
    },
    /// The run ended before it.
    #[error("step {step} was not reached: the run ended at step {last}")]
    Beyond {
        /// The step asked for.
        step: u64,
        /// The run's last step.
        last: u64,
    },
    /// The run diverged there.
    #[error("the run is not finite at {place}; expected a point before it diverged")]
    NotFinite {
        /// The place asked for.
        place: String,
    },
    /// Nobody has read the file.
    #[error("the point {0} was not read")]
    Unread(String),
    /// The text names no place.
    #[error("{0:?}: expected start, end, step:N, a .npy file or a run (.npz)")]
    Unknown(String),
}

impl Place {
    /// The theta there, `[dim]`.
    ///
    /// # Errors
    /// If the run did not keep that step, is not finite there, or the file is not among those read.
    pub fn theta(&self, input: &FitInput) -> Result<Vec<f64>, PlaceError> {
        let not_finite = || PlaceError::NotFinite { place: self.to_string() };
        let finite = || input.trajectory.finite_thetas().into_iter();
        match self {
            Self::Start => finite().next().map(<[f64]>::to_vec).ok_or_else(not_finite),
            Self::End => finite().next_back().map(<[f64]>::to_vec).ok_or_else(not_finite),
            Self::Step(step) => {
                let points = input.trajectory.checkpoints();
                let kept = points.iter().find(|point| point.step == *step).map(|point| &point.theta[..]);
                let between = || input.steps.get(step).map(Vec::as_slice);
                let theta = kept.or_else(between).ok_or_else(|| PlaceError::Step {
                    step: *step,
                    last: points.last().map_or(0, |last| last.step),
                    stride: input.trajectory.stride(),
                })?;
                match theta.iter().all(|v| v.is_finite()) {
                    true => Ok(theta.to_vec()),
                    false => Err(not_finite()),
                }
            }
            Self::File(path) => {
                let known = input.files.get(path).cloned();
                known.ok_or_else(|| PlaceError::Unread(path.display().to_string()))
            }
        }
    }

    /// The file that must be read for it, if any.
    pub fn file(&self) -> Option<&PathBuf> {
        match self {
            Self::File(path) => Some(path),
            Self::Start | Self::End | Self::Step(_) => None,
        }
    }

    /// The same, to be changed.
    pub fn file_mut(&mut self) -> Option<&mut PathBuf> {
        match self {
            Self::File(path) => Some(path),
            Self::Start | Self::End | Self::Step(_) => None,
        }
    }
}

/// As flags write it: `start`, `end`, `step:N` or the path of a `.npy` file or of a run's `.npz`.
impl FromStr for Place {
    type Err = PlaceError;

    fn from_str(text: &str) -> Result<Self, PlaceError> {
        let unknown = || PlaceError::Unknown(text.to_owned());
        match text {
            "start" => Ok(Self::Start),
            "end" => Ok(Self::End),
            _ if text.starts_with("step:") => text[5..].parse().map(Self::Step).map_err(|_| unknown()),
            _ if [".npy", ".npz"].iter().any(|ending| text.to_lowercase().ends_with(ending)) => {
                Ok(Self::File(text.into()))
            }
            _ => Err(unknown()),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Start => write!(f, "start"),
            Self::End => write!(f, "end"),
            Self::Step(step) => write!(f, "step:{step}"),
            Self::File(path) => write!(f, "{}", path.display()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back() {
        for text in ["start", "end", "step:120", "there/a.npy", "runs/small.npz"] {
            assert_eq!(text.parse::<Place>().unwrap().to_string(), text);
        }
        for text in ["", "middle", "step:", "step:-1", "a.csv"] {
            assert_eq!(text.parse::<Place>(), Err(PlaceError::Unknown(text.to_owned())));
        }
    }
}
