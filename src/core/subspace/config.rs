//! Which plane an experiment asks for.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use strum::IntoStaticStr;

use super::fit::{FitError, Fitted, SlicePlane};
use super::input::FitInput;
use super::pca::About;
use super::place::Place;
use super::random::{Biases, Drawn, Lengths};
use super::rescale::Rescale;
use super::{angle, axes, chord, hessian, pca, points, random};
use crate::core::num::eigen::NotFinite;
use crate::core::num::setting::ensure;
use crate::core::num::work::finish;
use crate::core::num::{ParamLayout, SettingError, Stream};
use crate::core::objective::NoObjective;
use crate::core::objective::hessian::TopEigenpairs;

/// A way to choose the plane, with its settings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, IntoStaticStr)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[strum(serialize_all = "snake_case")]
pub enum PlaneConfig {
    /// Through start and end of training.
    Chord,
    /// The principal components of the trajectory.
    Pca {
        /// The point they are taken about.
        #[serde(default)]
        about: About,
    },
    /// Along the line through two points, and at random across it.
    Line {
        /// The point at alpha1 = 0.
        #[serde(default = "start")]
        from: Place,
        /// The point at alpha1 = 1.
        #[serde(default = "end")]
        to: Place,
    },
    /// Random directions, each neuron's row as long as the row of theta unless told otherwise.
    Random {
        /// The point they are taken about.
        #[serde(default = "end")]
        at: Place,
        /// What they do with the biases.
        #[serde(default)]
        biases: Biases,
        /// Whether their rows are made orthogonal before they are given their length.
        #[serde(default = "yes")]
        orthogonal: bool,
        /// How long they are.
        #[serde(default)]
        lengths: Lengths,
    },
    /// Where the loss bends most: the top eigenvectors of its Hessian.
    Hessian {
        /// The point where it is taken.
        #[serde(default = "end")]
        at: Place,
    },
    /// Along single parameters; the other parameters as at the end of training.
    Axes {
        /// Their names, one to three; without any, the first of the model.
        #[serde(default)]
        parameters: Vec<String>,
    },
    /// Through three points.
    Points {
        /// The point at (0, 0).
        a: Place,
        /// The point at (1, 0).
        b: Place,
        /// The point at (0, 1).
        c: Place,
    },
    /// The chord plane with its second direction turned towards the first.
    Angle {
        /// Degrees between the two, 2 to 90.
        #[serde(default = "twenty")]
        degrees: f64,
    },
}

fn start() -> Place {
    Place::Start
}

fn end() -> Place {
    Place::End
}

fn yes() -> bool {
    true
}

fn twenty() -> f64 {
    20.0
}

impl Default for PlaneConfig {
    fn default() -> Self {
        Self::Pca { about: About::default() }
    }
}

/// How a plane comes to lie when the run is a random walk.
pub(super) enum OnWalk {
    /// It is fitted to the walk.
    Fitted(Fitted),
    /// Its directions know nothing of the walk.
    Fixed,
    /// It goes through points that have no counterpart there.
    Unknown,
}

impl PlaneConfig {
    /// Every kind that can do without settings, with its default settings, in the order a menu shows
    /// them: all but [`PlaneConfig::Points`].
    pub fn all() -> Vec<Self> {
        vec![
            Self::Chord,
            Self::Pca { about: About::default() },
            Self::Line { from: start(), to: end() },
            Self::random(end()),
            Self::Hessian { at: end() },
            Self::Axes { parameters: Vec::new() },
            Self::Angle { degrees: twenty() },
        ]
    }

    /// Random directions about a point, drawn in the usual way.
    pub(super) fn random(at: Place) -> Self {
        Self::Random { at, biases: Biases::default(), orthogonal: yes(), lengths: Lengths::default() }
    }

    /// The name that files and flags use.
    pub fn name(&self) -> &'static str {
        self.into()
    }

    /// The kind of that name, with its default settings.
    pub fn by_name(name: &str) -> Option<Self> {
        Self::all().into_iter().find(|config| config.name() == name)
    }

    /// Refuses settings that make no sense for any run of a model with that layout.
    ///
    /// # Errors
    /// If an angle is out of range, a parameter unknown or named twice, or the model too large.
    pub fn check(&self, layout: &ParamLayout) -> Result<(), SettingError> {
        self.check_span(layout)?;
        match self {
            Self::Angle { degrees } => {
                ensure((2.0..=90.0).contains(degrees), "degrees", degrees, "2 to 90 degrees")
            }
            Self::Axes { parameters } => check_parameters(parameters, layout),
            Self::Hessian { .. } => {
                let expected = format!(
                    "a model of at most {} parameters, not {}; random or pca serve larger ones",
                    hessian::MOST_PARAMETERS,
                    layout.dim()
                );
                ensure(layout.dim() <= hessian::MOST_PARAMETERS, "kind", "hessian", &expected)
            }
            Self::Chord
            | Self::Pca { .. }
            | Self::Line { .. }
            | Self::Random { .. }
            | Self::Points { .. } => Ok(()),
        }
    }

    /// Refuses what needs the model's parameters where only coordinates of the run are there.
    fn check_span(&self, layout: &ParamLayout) -> Result<(), SettingError> {
        let expected = format!(
            "a plane of the run's own points (pca, chord, line, angle, points): of its {} parameters only coordinates in the \
             space through its checkpoints are held",
            layout.parameters()
        );
        let is_of_the_run =
            !matches!(self, Self::Axes { .. } | Self::Random { .. }) && self.files().is_empty();
        ensure(!layout.is_span() || is_of_the_run, "kind", self.name(), &expected)
    }

    /// The same kind of plane without what names parameters or points of one model alone.
    pub fn without_names(&self) -> Self {
        let names_parameters = matches!(self, Self::Axes { parameters } if !parameters.is_empty());
        match names_parameters || !self.files().is_empty() {
            true => Self::by_name(self.name()).unwrap_or_default(),
            false => self.clone(),
        }
    }

    /// Whether its directions follow from the loss, and not from the run alone.
    pub fn needs_objective(&self) -> bool {
        matches!(self, Self::Hessian { .. })
    }

    /// The points that it goes through.
    fn places(&self) -> Vec<&Place> {
        match self {
            Self::Line { from, to } => vec![from, to],
            Self::Points { a, b, c } => vec![a, b, c],
            Self::Random { at, .. } | Self::Hessian { at } => vec![at],
            Self::Chord | Self::Pca { .. } | Self::Axes { .. } | Self::Angle { .. } => vec![],
        }
    }

    /// The files that hold points of the plane.
    pub fn files(&self) -> Vec<PathBuf> {
        self.places().into_iter().filter_map(Place::file).cloned().collect()
    }

    /// The steps of the run that it goes through.
    pub fn steps(&self) -> Vec<u64> {
        let step = |place: &Place| if let Place::Step(step) = place { Some(*step) } else { None };
        self.places().into_iter().filter_map(step).collect()
    }

    /// The same, to be changed.
    pub fn files_mut(&mut self) -> Vec<&mut PathBuf> {
        let places = match self {
            Self::Line { from, to } => vec![from, to],
            Self::Points { a, b, c } => vec![a, b, c],
            Self::Random { at, .. } | Self::Hessian { at } => vec![at],
            Self::Chord | Self::Pca { .. } | Self::Axes { .. } | Self::Angle { .. } => vec![],
        };
        places.into_iter().filter_map(Place::file_mut).collect()
    }

    /// The long part of a fit, which can be done before it: how the loss bends at the plane's point. `None` where the
    /// plane rests on no such thing, or cannot be fitted.
    pub fn bending(&self, input: &FitInput) -> Option<TopEigenpairs> {
        let Self::Hessian { at } = self else { return None };
        let theta = at.theta(input).ok()?;
        let theta = input.rescale.as_ref().map_or_else(|| theta.clone(), |rescale| rescale.there(&theta));
        Some(hessian::bending(input.problem.objective()?, theta))
    }

    /// Fits the plane to the finite checkpoints of a run. Directions that it leaves open come out of
    /// the stream `plane` of the seed.
    ///
    /// # Errors
    /// If the run did not move, or the plane's points are not there or do not span a plane.
    pub fn fit(&self, input: &FitInput) -> Result<SlicePlane, FitError> {
        match &input.rescale {
            Some(rescale) => self.fit_there(input, rescale),
            None => self.fit_here(input),
        }
    }

    /// The plane laid in other coordinates, as it lies in the run's own.
    fn fit_there(&self, input: &FitInput, rescale: &Rescale) -> Result<SlicePlane, FitError> {
        let trajectory = input.trajectory.mapped(|theta| rescale.there(theta));
        let files = input.files.iter().map(|(path, theta)| (path.clone(), rescale.there(theta))).collect();
        let steps = input.steps.iter().map(|(step, theta)| (*step, rescale.there(theta))).collect();
        let way_on = input.way_on.map(|way| rescale.there(way));
        let plane = self.fit_here(&FitInput {
            trajectory: &trajectory,
            files: &files,
            steps: &steps,
            way_on: way_on.as_deref(),
            rescale: None,
            ..*input
        })?;
        Ok(plane.brought_back(rescale)?)
    }

    /// The same in the coordinates that the input is in.
    fn fit_here(&self, input: &FitInput) -> Result<SlicePlane, FitError> {
        let thetas = input.trajectory.finite_thetas();
        if thetas.is_empty() {
            return Err(FitError::NotMoved { checkpoints: 0 });
        }
        let mut stream = Stream::new(input.seed, "plane");
        let layout = input.problem.layout();
        let fitted = match self {
            Self::Chord => chord::fit(&thetas)?,
            Self::Pca { about } => pca::fit(&thetas, *about)?,
            Self::Angle { degrees } => angle::fit(&thetas, *degrees, &mut stream)?,
            Self::Line { from, to } => {
                points::fit(from.theta(input)?, &[(&to.theta(input)?, line_name(from, to))])?
            }
            Self::Points { a, b, c } => {
                let (to_b, to_c) = (line_name(a, b), line_name(a, c));
                points::fit(a.theta(input)?, &[(&b.theta(input)?, to_b), (&c.theta(input)?, to_c)])?
            }
            Self::Random { at, biases, orthogonal, lengths } => {
                let drawn = Drawn { biases: *biases, orthogonal: *orthogonal, lengths: *lengths };
                random::fit(at.theta(input)?, layout, &drawn, &mut stream)
            }
            Self::Hessian { at } => {
                let objective = input.problem.objective().ok_or(NoObjective)?;
                let theta = at.theta(input)?;
                let found = || finish(hessian::bending(objective, theta.clone())).unwrap_or(Err(NotFinite));
                let pairs = input.bending.cloned().unwrap_or_else(found);
                hessian::fit(theta, at, pairs)?
            }
            Self::Axes { parameters } => {
                axes::fit(Place::End.theta(input)?, &axes::indices(parameters, layout), layout)
            }
        };
        fitted.finish(&thetas, input.way_on, input.rotate, &mut stream)
    }

    /// The same plane fitted to a random walk that stands for a run with checkpoints at these steps.
    pub(super) fn on_walk(&self, thetas: &[&[f64]], steps: &[u64], stream: &mut Stream) -> OnWalk {
        // A checkpoint of the run lies as far along the walk.
        let at = |place: &Place| match place {
            Place::Start => Some(thetas[0]),
            Place::End => thetas.last().copied(),
            Place::Step(step) => {
                let share = place_among(steps, *step) / (steps.len().max(2) - 1) as f64;
                Some(thetas[(share.min(1.0) * (thetas.len() - 1) as f64).round() as usize])
            }
            Place::File(_) => None,
        };
        let through = |a: &Place, others: &[&Place]| {
            let others: Option<Vec<_>> = others.iter().map(|p| Some((at(p)?, String::new()))).collect();
            points::fit(at(a)?.to_vec(), &others?).ok()
        };
        let fitted = match self {
            Self::Chord => chord::fit(thetas).ok(),
            Self::Pca { about } => pca::fit(thetas, *about).ok(),
            Self::Angle { degrees } => angle::fit(thetas, *degrees, stream).ok(),
            Self::Line { from, to } => through(from, &[to]),
            Self::Points { a, b, c } => through(a, &[b, c]),
            Self::Random { .. } | Self::Hessian { .. } | Self::Axes { .. } => return OnWalk::Fixed,
        };
        fitted.map_or(OnWalk::Unknown, OnWalk::Fitted)
    }
}

/// The place of a step among those of checkpoints, from 0; a fraction between two of them.
fn place_among(steps: &[u64], step: u64) -> f64 {
    let after = steps.partition_point(|kept| *kept < step);
    match (after.checked_sub(1), steps.get(after)) {
        (Some(before), Some(next)) => {
            let (from, to) = (steps[before], *next);
            before as f64 + (step - from) as f64 / (to - from) as f64
        }
        _ => after as f64,
    }
}

fn line_name(from: &Place, to: &Place) -> String {
    format!("{from} to {to}")
}

fn check_parameters(names: &[String], layout: &ParamLayout) -> Result<(), SettingError> {
    ensure(names.len() <= super::fit::DIRECTIONS, "parameters", format!("{names:?}"), "one to three names")?;
    for (i, name) in names.iter().enumerate() {
        let blocks: Vec<String> =
            layout.blocks().iter().map(|block| format!("{} {:?}", block.name, block.shape)).collect();
        let expected = format!("an entry of {}, such as fc1.weight[0,1]", blocks.join(", "));
        ensure(layout.entry_index(name).is_some(), "parameters", name, &expected)?;
        ensure(!names[..i].contains(name), "parameters", name, "each parameter once")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
