//! Surfaces in time for ParaView: a collection, and beside it a folder of numbered `.vts`.
//!
//! Time is alpha3, the place of the plane in the volume, or the step of training. At a step the plane is the one through
//! where training is then, and the trail ends there. All stand in one picture: heights are those of the window's,
//! fitted to all of the planes, in the unit of the alphas.

use std::io::{self, Write};

use super::vts::{self, TrailPoint};
use crate::core::experiment::Experiment;
use crate::core::experiment::pipeline::Plan;
use crate::core::geometry::heights::HeightRange;
use crate::core::grid::LossGrid;
use crate::core::grid::losses::finite_range;
use crate::core::objective::Quantity;

/// Surfaces in time.
#[derive(Clone, Debug)]
pub struct Series {
    /// The planes that there are, each with its alpha3.
    planes: Vec<(f64, LossGrid)>,
    /// What is shown when: the time and the number of its plane, in the order of time.
    times: Vec<(f64, usize)>,
    trail: Vec<TrailPoint>,
    /// Whether the trail grows with the time, which is then the step.
    is_growing: bool,
    heights: HeightRange,
    quantity: Quantity,
}

/// What a file of a series holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The plane of that number.
    Surface(usize),
    /// The first so many points of the trail.
    Trail(usize),
}

impl Part {
    /// The name of its file, within the folder.
    pub fn name(self) -> String {
        match self {
            Self::Surface(number) => format!("surface-{number:04}.vts"),
            Self::Trail(points) => format!("trail-{points:06}.vts"),
        }
    }

    /// Whether a file of that name may be one of a series.
    pub fn is_name(name: &str) -> bool {
        let number = name
            .strip_suffix(".vts")
            .and_then(|name| name.strip_prefix("surface-").or_else(|| name.strip_prefix("trail-")));
        number.is_some_and(|number| number.len() >= 4 && number.bytes().all(|digit| digit.is_ascii_digit()))
    }
}

impl Series {
    /// Planes at their alpha3, which is the time.
    pub fn in_alpha3(experiment: &Experiment, plan: &Plan, planes: Vec<(f64, LossGrid)>) -> Self {
        let times = planes.iter().map(|(alpha3, _)| *alpha3).zip(0..).collect();
        Self::new(experiment, plan, (planes, times), false)
    }

    /// Planes in the order in which training goes through them; `times` are steps, each with the number of its plane.
    pub fn in_steps(
        experiment: &Experiment,
        plan: &Plan,
        planes: Vec<(f64, LossGrid)>,
        times: Vec<(u64, usize)>,
    ) -> Self {
        let times = times.into_iter().map(|(step, plane)| (step as f64, plane)).collect();
        Self::new(experiment, plan, (planes, times), true)
    }

    fn new(
        experiment: &Experiment,
        plan: &Plan,
        (planes, times): (Vec<(f64, LossGrid)>, Vec<(f64, usize)>),
        is_growing: bool,
    ) -> Self {
        let ranges = planes.iter().filter_map(|(_, grid)| finite_range(&grid.loss));
        let values: Vec<f64> = ranges.flat_map(|(low, high)| [low, high]).collect();
        let heights = experiment.view.heights(plan.quantity, &values, &plan.along);
        Self { planes, times, trail: trail(plan), is_growing, heights, quantity: plan.quantity }
    }

    /// The files of the folder.
    pub fn parts(&self) -> Vec<Part> {
        let surfaces = (0..self.planes.len()).map(Part::Surface);
        let mut trails: Vec<Part> = self.times.iter().filter_map(|(time, _)| self.trail_at(*time)).collect();
        trails.dedup();
        surfaces.chain(trails).collect()
    }

    /// The trail as it is at a time; `None` where it has no two points.
    fn trail_at(&self, time: f64) -> Option<Part> {
        let is_there = |point: &TrailPoint| !self.is_growing || point.step as f64 <= time;
        let points = self.trail.partition_point(is_there);
        (points > 1).then_some(Part::Trail(points))
    }

    /// Bytes of its files, a little more or less.
    pub fn bytes(&self) -> usize {
        self.planes.iter().map(|(_, grid)| grid.loss.len() * vts::BYTES_OF_POINT).sum()
    }

    /// Writes a file of the folder.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn write_part(&self, part: Part, file: impl Write) -> io::Result<()> {
        let mut file = io::BufWriter::new(file);
        match part {
            Part::Surface(number) => {
                vts::write_grid(&mut file, &self.planes[number].1, self.heights, self.quantity)
            }
            Part::Trail(points) => {
                let spec = &self.planes[0].1.spec;
                vts::write_trail(&mut file, &self.trail[..points], spec, self.heights, self.quantity)
            }
        }?;
        // A buffer that is dropped keeps silent about a full disk.
        file.flush()
    }

    /// Writes the collection; `folder` is the name of the folder beside it.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn write_collection(&self, folder: &str, mut file: impl Write) -> io::Result<()> {
        let folder = escaped(folder);
        writeln!(file, "<?xml version=\"1.0\"?>")?;
        writeln!(
            file,
            "<!-- time is {} -->",
            if self.is_growing { "the step of training" } else { "alpha3" }
        )?;
        writeln!(
            file,
            "<VTKFile type=\"Collection\" version=\"1.0\" byte_order=\"LittleEndian\">\n  <Collection>"
        )?;
        for (time, plane) in &self.times {
            let parts = [Some(Part::Surface(*plane)), self.trail_at(*time)];
            for (part, number) in parts.into_iter().flatten().zip(0..) {
                let name = part.name();
                writeln!(
                    file,
                    "    <DataSet timestep=\"{time}\" part=\"{number}\" file=\"{folder}/{name}\"/>"
                )?;
            }
        }
        file.write_all(b"  </Collection>\n</VTKFile>\n")
    }
}

/// The points of training, as far as they have a place.
fn trail(plan: &Plan) -> Vec<TrailPoint> {
    let subspace = &plan.plane.subspace;
    let points = plan.sound.checkpoints().iter().filter_map(|point| {
        let loss = plan.value_at(point).filter(|loss| loss.is_finite())?;
        let projected = subspace.project(&point.theta).alpha;
        let alpha = std::array::from_fn(|i| projected.get(i).copied().unwrap_or(0.0));
        Some(TrailPoint { alpha, loss, step: point.step })
    });
    points.collect()
}

/// A text within an attribute of XML.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}
