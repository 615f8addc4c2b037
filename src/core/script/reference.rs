//! The reference of tours, as a page: every field, every command with an example, every word that a
//! command may hold. `losscape help tours` prints it, and `docs/tours.md` is it.
//!
//! What can be taken from the code is; a test holds the page to the rest: each example is read by the
//! reader of tours, and no command is left out.

use serde::de::{self, DeserializeOwned, Visitor};

use super::number::number_of;
use super::tour::LONGEST_SECS;
use super::{Command, Cue};
use crate::core::data::DatasetConfig;
use crate::core::experiment::file::parse_ron;
use crate::core::experiment::{CameraMode, Shape, Theme, TrailColors, builtin};
use crate::core::geometry::colormap::ColorMap;
use crate::core::geometry::heights::HeightScale;
use crate::core::loss::Loss;
use crate::core::model::{Init, ModelConfig};
use crate::core::optim::{OptimizerConfig, Schedule};
use crate::core::subspace::PlaneConfig;

/// A command as a file has it, and what it does.
type Entry = (&'static str, &'static str);

/// What is computed.
const EXPERIMENT: [Entry; 16] = [
    (
        "experiment(load(dataset: moons(), steps: 500))",
        "Another experiment altogether: the fields of its file.",
    ),
    ("experiment(dataset(circles(points: 300)))", "Another dataset."),
    ("experiment(model(mlp(widths: [8, 8])))", "Another model."),
    ("experiment(seed(7))", "Another seed for all that is random."),
    ("experiment(optimizer(adam(lr: 0.01)))", "Another optimizer."),
    ("experiment(batch(size(32)))", "Another number of examples a step; `full` takes all."),
    ("experiment(steps(3000))", "Another number of steps."),
    ("experiment(held_out(0.2))", "Another share of the data that training never sees."),
    ("experiment(standardize(true))", "Whether each input is brought to mean 0 and deviation 1."),
    ("experiment(init(xavier))", "Another way to draw the start."),
    ("experiment(loss(huber))", "Another loss."),
    ("experiment(schedule(cosine(t_max: 2000)))", "Another course of the learning rate."),
    ("experiment(plane(pca()))", "Another way to choose the plane."),
    (
        "experiment(ranges([(-4, 5), (-4, 5)]))",
        "Other ranges of alpha1, alpha2 and, where given, alpha3; `None`: those that fit the plane.",
    ),
    ("experiment(grid([129, 129]))", "Other numbers of cells of the plane."),
    ("experiment(volume([65, 65, 33]))", "Other numbers of cells of the volume."),
];

/// How training goes on.
const RUN: [Entry; 11] = [
    ("run(play)", "Go on; from the planned end, go on past it."),
    ("run(pause)", "Hold."),
    ("run(step(1))", "Hold, that many steps further."),
    ("run(seek(300))", "Hold at that step, earlier or later."),
    ("run(converge(tolerance: 1e-4))", "Go on until the gradient is shorter than that."),
    ("run(restart)", "Begin again at step 0 and go on."),
    ("run(speed(300))", "Training steps a second, 1 to 100,000."),
    (
        "run(race(optimizer: adam(lr: 0.05), from: same))",
        "Let another run set out beside those that are there; `from: slice([0.5, 1, 0])` at a point of the slice.",
    ),
    (
        "run(tune(run: 1, optimizer: adam(lr: 0.01)))",
        "Let a run of a race descend otherwise, by its number from 0; all set out again, side by side.",
    ),
    ("run(retire(1))", "End a run of a race, by its number from 0; the one that chose the plane stays."),
    ("run(lead(1))", "Let that run of a race choose the plane."),
];

/// Where the slice lies.
const SLICE: [Entry; 3] = [
    ("slice(alpha3(1.5))", "Hold the plane at that alpha3."),
    ("slice(sweep(true))", "Let the plane travel back and forth through the volume; `false` holds it."),
    ("slice(rotate(30))", "Turn the plane by so many degrees towards its third direction."),
];

/// How it is shown.
const VIEW: [Entry; 22] = [
    ("view(shape(both))", "Surface, cube or both."),
    ("view(camera(ride))", "How the camera moves."),
    ("view(frame_all)", "Bring everything into view."),
    ("view(colors(viridis))", "Colours of the losses."),
    ("view(scale(log))", "How losses become heights."),
    (
        "view(clip(1.2))",
        "Where the clipped scale cuts losses off; `None`: at twice the highest loss of the trajectory.",
    ),
    ("view(theme(light))", "Dark stage or light."),
    ("view(solid(false))", "On a block, or as a sheet."),
    ("view(grid_lines(true))", "Lines of even alpha on the surface."),
    ("view(opacity(0.5))", "How opaque the surface is, 0.1 to 1."),
    ("view(trail(distance))", "What the trail's colour tells."),
    (
        "view(section(axis: alpha1, at: 0.5))",
        "A slice across alpha1 or alpha2 of the cube, there; `None`: none.",
    ),
    ("view(isosurface(0.2))", "An isosurface in the cube, at that loss; `None`: none."),
    ("view(select([0.5, 1, 0]))", "Choose a point of the slice, by its alphas; `None`: none."),
    (
        "view(set_bookmark(slot: 1, pose: (target: (0, 0.2, 0), yaw_deg: 40, pitch_deg: -30, distance: 3)))",
        "Keep a pose under a number, 1 to 9.",
    ),
    ("view(go_to(1))", "Go to the pose kept under a number."),
    ("view(visit(target: (0, 0.2, 0), yaw_deg: 90, pitch_deg: -45, distance: 2.5))", "Go to a pose."),
    (
        "view(add_key(target: (0, 0.2, 0), yaw: 1.6, pitch: -0.6, distance: 3))",
        "Add a pose to the end of the camera's path.",
    ),
    (
        "view(keys([(secs: 0, pose: (target: (0, 0.2, 0), yaw_deg: 0, pitch_deg: -30, distance: 3))]))",
        "Another path of the camera; `[]`: none. A chapter's `camera` is the usual way.",
    ),
    ("view(below_floor(true))", "Whether the camera may fly below the floor."),
    ("view(panels(false))", "Panels shown or hidden."),
    (
        "view(visit(target: (0, 0.2, 0), yaw: 1.6, pitch: -0.6, distance: 3, fov_deg: 40))",
        "The same with the height of the view as an angle; 40 degrees unless given.",
    ),
];

/// What takes back.
const CHANGES: [Entry; 2] =
    [("undo", "Take the last change back."), ("redo", "Make the change again that was taken back last.")];

/// Fields of a tour, a chapter, a cue and a pose.
const FIELDS: [(&str, &[Entry]); 4] = [
    (
        "A tour",
        &[
            ("title", "One line that says what is to be seen."),
            ("chapters", "One after the other; at least one."),
        ],
    ),
    (
        "A chapter",
        &[
            ("title", "What it is called, in large letters; none if empty."),
            ("caption", "What it tells, in a sentence or two; none if empty."),
            (
                "experiment",
                "A built-in experiment, or a `.ron` file beside the tour's. Without one the chapter goes on with what the one before has left.",
            ),
            ("secs", "How long it lasts in a film."),
            ("cues", "What happens in it, in the order of time."),
            ("camera", "Where the camera is when: `(secs: 2, pose: (…))`. Without any it stays as it is."),
        ],
    ),
    (
        "A cue",
        &[
            (
                "when",
                "`at(2)`: at that second of the chapter. `key(2)`: at that second of a film; before an audience the clock holds there until Page Down.",
            ),
            ("command", "One of those below."),
            (
                "ease",
                "`smooth(3)` or `linear(3)`: a number gets there bit by bit in so many seconds. Only with commands marked ~.",
            ),
        ],
    ),
    (
        "A pose",
        &[
            (
                "target",
                "What is looked at. The floor is at 0, the surface's middle at x = z = 0, about 2 wide and 0.75 high.",
            ),
            (
                "yaw_deg",
                "Turn about the vertical in degrees, or `yaw` in radians: 0 looks along −z, positive to the left.",
            ),
            (
                "pitch_deg",
                "Angle above the horizon in degrees, or `pitch` in radians: −90 degrees looks straight down.",
            ),
            ("distance", "From the eye to its target."),
            ("fov_deg", "Height of the view in degrees, or `fov` in radians; 0.7 radians unless given."),
        ],
    ),
];

/// A whole tour, as a page begins with one.
pub const EXAMPLE: &str = r#"(title: "Two lows", chapters: [(
    title: "It looks like a minimum", caption: "It is low in this slice only.",
    experiment: "xor-model3", secs: 8,
    cues: [
        (when: at(0), command: run(seek(2000))),
        (when: key(3), command: slice(alpha3(1.5)), ease: smooth(3)),
    ],
    camera: [
        (secs: 0, pose: (target: (0, 0.1, 0), yaw_deg: 90, pitch_deg: -35, distance: 3.4)),
        (secs: 8, pose: (target: (0, 0.1, 0), yaw_deg: 60, pitch_deg: -40, distance: 3)),
    ],
)])"#;

/// The page, in Markdown.
pub fn page() -> String {
    let mut page = format!(
        "# Tours\n\nA tour is a RON file of chapters, for an audience (`losscape view TOUR`) and for a film \
         (`losscape record TOUR -o FILM`).\n`losscape help tours` prints this page.\n\n```ron\n{EXAMPLE}\n```\n"
    );
    for (of, fields) in FIELDS {
        let rows: Vec<_> = fields.iter().map(|(field, does)| (format!("`{field}`"), *does)).collect();
        page += &table(of, "field", &rows);
    }
    page += &format!(
        "\nTimes are in seconds of the chapter, which lasts at most {LONGEST_SECS}. A mistake is told with its file, \
         line and column\nbefore anything is shown.\n"
    );
    for (what, entries) in topics() {
        let rows: Vec<_> = entries.iter().map(|(example, does)| (marked(example), *does)).collect();
        page += &table(what, "command", &rows);
    }
    page += "\n## Words\n\n";
    for (what, words) in words() {
        page += &format!(
            "- {what}: {}\n",
            words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
        );
    }
    page
}

fn topics() -> [(&'static str, &'static [Entry]); 5] {
    [
        ("What is computed", &EXPERIMENT),
        ("How training goes on", &RUN),
        ("Where the slice lies", &SLICE),
        ("How it is shown", &VIEW),
        ("Changes", &CHANGES),
    ]
}

fn table(heading: &str, first: &str, rows: &[(String, &str)]) -> String {
    let rows: String = rows.iter().map(|(left, right)| format!("| {left} | {right} |\n")).collect();
    format!("\n## {heading}\n\n| {first} | |\n|---|---|\n{rows}")
}

/// An example, with a mark if its number may be reached bit by bit.
fn marked(example: &str) -> String {
    let is_eased = read(example).is_ok_and(|command| number_of(&command).is_some());
    format!("`{example}`{}", if is_eased { " ~" } else { "" })
}

/// Reads a command as a cue has it.
fn read(example: &str) -> Result<Command, String> {
    let cue = format!("(when: at(0), command: {example})");
    parse_ron::<Cue>(&cue, "example").map(|cue| cue.command).map_err(|error| error.to_string())
}

/// The words that commands may hold, and what they name.
fn words() -> [(&'static str, Vec<&'static str>); 13] {
    [
        ("experiments", builtin::names().collect()),
        ("datasets", names_of::<DatasetConfig>()),
        ("models", names_of::<ModelConfig>()),
        ("starts", names_of::<Init>()),
        ("losses", names_of::<Loss>()),
        ("optimizers", names_of::<OptimizerConfig>()),
        ("schedules", names_of::<Schedule>()),
        ("planes", names_of::<PlaneConfig>()),
        ("shapes", names_of::<Shape>()),
        ("cameras", names_of::<CameraMode>()),
        ("colours", names_of::<ColorMap>()),
        ("scales and themes", [names_of::<HeightScale>(), names_of::<Theme>()].concat()),
        ("what a trail's colour tells", names_of::<TrailColors>()),
    ]
}

/// The names by which files know the variants of an enum, or the fields of a struct.
fn names_of<T: DeserializeOwned>() -> Vec<&'static str> {
    /// Asked to read something, it only notes what would be read.
    struct Names<'a>(&'a mut Vec<&'static str>);

    impl<'de> de::Deserializer<'de> for Names<'_> {
        type Error = de::value::Error;

        fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Self::Error> {
            Err(de::Error::custom("nothing is read"))
        }

        fn deserialize_enum<V: Visitor<'de>>(
            self,
            _: &'static str,
            variants: &'static [&'static str],
            visitor: V,
        ) -> Result<V::Value, Self::Error> {
            self.0.extend(variants);
            self.deserialize_any(visitor)
        }

        fn deserialize_struct<V: Visitor<'de>>(
            self,
            _: &'static str,
            fields: &'static [&'static str],
            visitor: V,
        ) -> Result<V::Value, Self::Error> {
            self.0.extend(fields);
            self.deserialize_any(visitor)
        }

        serde::forward_to_deserialize_any! {
            bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 char str string bytes byte_buf option unit unit_struct
            newtype_struct seq tuple tuple_struct map identifier ignored_any
        }
    }

    let mut names = Vec::new();
    // It never succeeds: nothing is there to be read.
    let _ = T::deserialize(Names(&mut names));
    names
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::core::geometry::camera::Pose;
    use crate::core::io::folder::Folder;
    use crate::core::script::{
        ChapterFile, ExperimentCommand, RunCommand, SliceCommand, Tour, TourFile, ViewCommand,
    };

    #[test]
    fn the_page_is_the_one_in_the_docs() {
        let kept = include_str!("../../../docs/tours.md");
        assert!(page() == kept, "docs/tours.md is old: losscape help tours > docs/tours.md");
    }

    #[test]
    fn every_example_is_read_and_makes_sense_in_a_tour() {
        Tour::parse(EXAMPLE, "example", &Folder::default()).unwrap();
        for (what, entries) in topics() {
            for (example, _) in entries {
                read(example).unwrap_or_else(|why| panic!("{what}: {example}: {why}"));
                // A race of two, and a pose under a number.
                let before = "(when: at(0), command: run(race(optimizer: sgd(), from: same))),
                    (when: at(0), command: view(set_bookmark(slot: 1, pose: (target: (0, 0, 0), yaw: 0, pitch: 0,
                    distance: 1)))), (when: at(0), command: view(add_key(target: (0, 0, 0), yaw: 0, pitch: 0,
                    distance: 1))),";
                let tour = format!(
                    "(chapters: [(experiment: \"xor-model3\", secs: 1, cues: [{before} (when: at(0.5), command: {example})])])"
                );
                Tour::parse(&tour, "example", &Folder::default())
                    .unwrap_or_else(|why| panic!("{example}: {why}"));
            }
        }
    }

    #[test]
    fn no_command_is_left_out() {
        let told: BTreeSet<&str> =
            topics().iter().flat_map(|(_, entries)| entries.iter().map(|entry| entry.0)).collect();
        let of = |group: &str, names: Vec<&str>| {
            for name in names {
                let beginning = format!("{group}({name}");
                let is_told = told.iter().filter_map(|example| example.strip_prefix(&beginning[..]));
                assert!(
                    is_told.into_iter().any(|rest| rest.starts_with(['(', ')'])),
                    "{group}({name}) is not told"
                );
            }
        };
        of("experiment", names_of::<ExperimentCommand>());
        of("run", names_of::<RunCommand>());
        of("slice", names_of::<SliceCommand>());
        of("view", names_of::<ViewCommand>());
        assert_eq!(names_of::<Command>(), ["experiment", "run", "slice", "view", "undo", "redo"]);
    }

    #[test]
    fn no_field_is_left_out() {
        let fields =
            [names_of::<TourFile>(), names_of::<ChapterFile>(), names_of::<Cue>(), names_of::<Pose>()];
        for ((of, told), fields) in FIELDS.iter().zip(fields) {
            for field in fields {
                let is_told =
                    told.iter().any(|(name, does)| *name == field || does.contains(&format!("`{field}`")));
                assert!(is_told, "{of} has a field {field}");
            }
        }
    }
}
