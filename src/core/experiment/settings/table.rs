//! The table of settings: a row each. Whoever adds one adds it here, and a control where it needs one of its own.
//!
//! What stands in a row is told in `macros.rs`.

use std::ops::RangeInclusive;
use std::path::PathBuf;

use serde::de::DeserializeSeed;
use serde::{Deserialize, Deserializer, Serialize};

use super::checks::{self, MAX_STEPS, within};
use super::macros::{or, path_of, place, settings};
use super::{ChosenFor, Row, Topic, Touches, Transition};
use crate::core::data::{BatchSize, DatasetConfig};
use crate::core::experiment::assignment::Assignment;
use crate::core::experiment::chart::{ChartKind, Layout, MapGround, ParameterLayer};
use crate::core::experiment::field::FieldError;
use crate::core::experiment::look::{CameraMode, CompareBy, Labels, Shape, Theme, TrailColors};
use crate::core::experiment::resolution::Resolution;
use crate::core::geometry::colormap::ColorMap;
use crate::core::geometry::heights::HeightScale;
use crate::core::loss::Loss;
use crate::core::model::{Init, ModelConfig};
use crate::core::objective::{Quantity, Surface};
use crate::core::optim::{OptimizerConfig, Schedule};
use crate::core::subspace::{PlaneConfig, Third};
use crate::core::train::Leg;

settings! {
    /// What is computed, and how it is first shown. Not checked yet: see
    /// [`Experiment`](crate::core::experiment::Experiment).
    ExperimentFile [] {
        /// One line that says what is to be seen.
        title: String => Title, Name, Experiment "title(\"Two lows\")";

        /// A slice or a run that was computed elsewhere, shown instead of one that is computed here: data, model and
        /// training then play no part.
        import: Option<PathBuf> => Import, Problem, Experiment "import(None)";

        /// Patterns of names (* and ?) of tensors that are no parameters, in a folder of checkpoints that is shown.
        without: Vec<String> => Without, Problem, Experiment "without([])";

        /// Seed of all that is random: points, start, batches. The same seed gives the same run.
        seed: u64 => Seed, Problem, Experiment "seed(7)";

        /// A function of two numbers to descend instead of a network's loss; dataset, model and loss then play
        /// no part.
        surface: Option<Surface> => Surface, Problem, Experiment "surface(rosenbrock)";

        /// The points it learns from.
        dataset: DatasetConfig => Dataset, Problem, Experiment "dataset(circles(points: 300))",
            by DatasetConfig::check;

        /// Share of the data that training never sees, 0 to below 1.
        held_out: f64 => HeldOut, Problem, Experiment "held_out(0.2)", by checks::share;

        /// Whether each input is brought to mean 0 and deviation 1, by the rows that are trained on.
        standardize: bool => Standardize, Problem, Experiment "standardize(true)";

        /// The network that is trained.
        model: ModelConfig => Model, Problem, Experiment "model(mlp(widths: [8, 8]))";

        /// How the start of training is drawn.
        init: Init => Init, Problem, Experiment "init(xavier)";

        /// A .npy file with a number for each parameter to start at instead, or a run (.npz) whose end that is.
        from: Option<PathBuf> => From, Problem, Experiment "from(None)";

        /// What is minimised.
        loss: Loss => Loss, Problem, Experiment "loss(huber)";

        /// The rule that turns a gradient into a step, with PyTorch's names and defaults.
        optimizer: OptimizerConfig => Optimizer, Training, Experiment "optimizer(adam(lr: 0.01))",
            by OptimizerConfig::check;

        /// How the learning rate changes over the run.
        schedule: Schedule => Schedule, Training, Experiment "schedule(cosine(t_max: 2000))",
            by Schedule::check;

        /// How many examples a step sees: all of them (full) is gradient descent, fewer is stochastic.
        batch: BatchSize => Batch, Training, Experiment "batch(size(32))";

        /// Where it goes instead of being trained, a thousandth of each leg in a step: straight to points, or on curves that a
        /// control point bends. Points are .npy files or runs (.npz).
        walk: Vec<Leg> => Walk, Training, Experiment
            "walk([straight(to: \"built-in:copy-2.npy\")])", by checks::legs;

        /// How long training is planned to go on.
        steps: u64 = 2000 => Steps, Length, Experiment "steps(3000)", in 1..=MAX_STEPS;

        /// Settings in the words of `--set`, in which the experiment differs that is shown beside this one: its training,
        /// slice and surface follow from them. Without any, none is shown.
        compare: Vec<Assignment> => Compare, Comparison, Experiment "compare([\"batch=size(32)\"])";

        + /// The slice of parameter space.
        slice: SliceFile;
        + /// How it is first shown.
        view: ViewFile;
    }

    /// Which slice of parameter space is evaluated.
    SliceFile [slice] {
        /// How the plane is laid through parameter space: by the trajectory's principal components, through start and
        /// end, or otherwise.
        plane: PlaneConfig => Plane, Slice, Experiment "plane(angle(degrees: 30))", ~Eased;

        /// What the third direction follows: what the kind of plane has it follow, or the way from the slice's second low
        /// point to where training on from it arrives, at alpha3 = 1.
        third: Third => Third, Slice, Experiment "third(trained_on)", for Task;

        /// What the surface shows: the loss that training minimises, or another number of each point. What only a
        /// loss is told by (verdicts, plateaus) is told of the loss.
        quantity: Quantity => Quantity, Slice, Experiment "quantity(accuracy)", for Task;

        /// Degrees by which the plane's second direction is turned towards its third.
        rotate: f64 => Rotate, Slice, Slice "rotate(30)", for Plane, ~Eased, in -360.0..=360.0 => "degrees";

        /// Factor by which hidden units of relu grow where the plane is laid, while what leads out of them shrinks: the same
        /// function in other coordinates. Filter-normalised directions grow along and show the same; others do not.
        rescale: f64 = 1.0 => Rescale, Slice, Slice "rescale(4)", for Task, ~Eased, in 0.01..=100.0;

        /// From–to of alpha1, alpha2 and, where given, alpha3. Without it: for the chord plane the post's ranges,
        /// else what holds the trajectory with room around it.
        range: Option<Vec<(f64, f64)>> => Ranges, Slice, Experiment "ranges([(-4, 5), (-4, 5)])",
            by checks::ranges;

        /// Cells of the plane along each axis.
        grid: Resolution<2> => Grid, Slice, Experiment "grid([129, 129])", by checks::plane_cells;

        /// Cells of the volume along each axis: the plane is blended from it while it moves.
        volume: Resolution<3> => Volume, Slice, Experiment "volume([65, 65, 33])", by checks::volume_cells;
    }

    /// How an experiment is shown.
    ViewFile [view] {
        /// Colours of the losses.
        colors: ColorMap => Colors, Look, View "colors(viridis)";

        /// How losses become heights and colours.
        scale: HeightScale => Scale, Look, View "scale(log)";

        /// Losses above this are cut off on the clipped scale; without it, those above twice the highest loss of
        /// training.
        clip: Option<f64> => Clip, Look, View "clip(1.2)", for Loss, ~Dragged, by checks::clip;

        /// Dark stage, or light for a bright projector.
        theme: Theme => Theme, Look, View "theme(light)";

        /// Surface, cube, or both side by side.
        shape: Shape => Shape, Look, View "shape(both)";

        /// How the camera moves.
        camera: CameraMode => Camera, Passage, View "camera(ride)";

        /// Whether the surface is the top of a solid block, or floats as a sheet.
        is_solid: bool = true => Solid, Look, View "solid(false)";

        /// Lines of even alpha on the surface.
        has_grid_lines: bool => GridLines, Look, View "grid_lines(true)";

        /// How opaque the surface is, 0.1 to 1.
        opacity: f64 = 1.0 => Opacity, Look, View "opacity(0.5)", ~Eased, in 0.1..=1.0;

        /// Radius about the runs' paths within which the surface is lit, as a share of its longer side: what lies
        /// beyond, no run has seen. Without it, all of it is lit.
        fog: Option<f64> => Fog, Look, View "fog(0.08)", ~Eased, by checks::fog;

        /// What the colour of the trail tells.
        trail: TrailColors => Trail, Look, View "trail(distance)";

        /// What is written over the landscape: all that has room, few things (axes, legends and at most three names on the
        /// surface), or none at all. What the pointer is on is told beside.
        labels: Labels => Labels, Look, View "labels(none)";

        /// Where a slice across alpha1 cuts the cube, blended from the volume.
        section1: Option<f64> => Section1, Look, View "section(axis: alpha1, at: 0.5)",
            for Plane, ~Eased, by checks::some_finite;

        /// Where a slice across alpha2 cuts the cube, blended from the volume.
        section2: Option<f64> => Section2, Look, View "section(axis: alpha2, at: 0.5)",
            for Plane, ~Eased, by checks::some_finite;

        /// The loss, or other quantity, whose surface stands in the cube.
        isosurface: Option<f64> => Isosurface, Look, View "isosurface(0.2)", for Loss, ~Eased,
            by checks::some_finite;

        /// Where the plane stands along its third direction.
        alpha3: f64 => Alpha3, Look, Slice "alpha3(1.5)", for Plane, ~Eased, by checks::finite;

        /// Training steps a second, 1 to 100,000.
        steps_per_second: f64 = 200.0 => Speed, Passage, Run "speed(300)", ~Eased, in 1.0..=1e5;

        /// From where it is looked at first: turn about the vertical and angle below the horizon, in degrees. At a
        /// turn of 0 alpha1 runs to the right and alpha2 away from the eye.
        eye: (f64, f64) = (35.0, 30.0) => Eye, Look, View "eye(35, 30)", for Task, by checks::eye;

        /// The charts that are open, in their order.
        charts: Vec<ChartKind> => Charts, Look, View "charts([map, curves])", by checks::each_once;

        /// Where charts stand in a lecture, a picture and a film: nowhere (landscape), the first two beside it (beside),
        /// the first two in its place (charts), or the first one alone (chart).
        layout: Layout => Layout, Look, View "layout(beside)";

        /// Share of the width that charts beside the landscape take.
        chart_share: f64 = 0.45 => ChartShare, Look, View "chart_share(0.5)", ~Eased, in 0.2..=0.8;

        /// Whether losses in charts are on a logarithmic scale.
        has_log_charts: bool = true => LogCharts, Look, View "log_charts(false)";

        /// What the example is predicted as whose loss a chart shows.
        predicted: f64 = 0.6 => Predicted, Look, View "predicted(0.99)", ~Eased, in -100.0..=100.0;

        /// What is true of the example whose loss a chart shows.
        desired: f64 = 1.0 => Desired, Look, View "desired(0)", ~Eased, in -100.0..=100.0;

        /// Where a dot is on the straight line from the start of training to its end, 0 to 1 and beyond: charts look at
        /// the model there.
        dot: Option<f64> => Dot, Look, View "dot(0.5)", ~Eased, by checks::dot;

        /// From one isoline to the next; without it, a round number that suits the heights.
        levels: Option<f64> => Levels, Look, View "levels(0.05)", for Loss, by checks::clip;

        /// What two trainings beside each other go by: the same step, or as many examples seen (epoch).
        compare_by: CompareBy => CompareBy, Look, View "compare_by(epoch)";

        /// How far the first of two landscapes beside each other has become the second, 0 to 1: its plane and the weight on
        /// its skip connections lie so far on the way, and every point is evaluated there. Only the ends were trained.
        between: Option<f64> => Between, Look, View "between(0.5)", ~Eased, by checks::some_share;

        /// Whether two landscapes beside each other have their heights and colours on one scale. Two that show no
        /// common quantity have each its own.
        has_shared_scale: bool = true => SharedScale, Look, View "shared_scale(false)";

        /// What lies under the path on the contour map: colours, bands between isolines, or a dot for each model of a
        /// grid.
        map: MapGround => Map, Look, View "map(dots)";

        /// What the chart of parameters shows, the lowest first: grid, path, steps, directions.
        parameters: Vec<ParameterLayer> = vec![ParameterLayer::Path] => Parameters, Look, View
            "parameters([grid, steps])", by checks::each_once;
    }
}
