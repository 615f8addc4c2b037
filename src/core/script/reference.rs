//! The reference of tours, as a page: every field, every command with an example, every word that a
//! command may hold. `losscape help tours` prints it, and `docs/tours.md` is it.
//!
//! What can be taken from the code is; a test holds the page to the rest: each example is read by the
//! reader of tours, and no command is left out.

use super::Cue;
use super::chapters::LONGEST_SECS;
use crate::core::command::Command;
use crate::core::command::number::number_of;
use crate::core::data::DatasetConfig;
use crate::core::experiment::file::parse_ron;
use crate::core::experiment::settings::Topic;
use crate::core::experiment::{
    CameraMode, ChartKind, Labels, Layout, MapGround, ParameterLayer, Setting, Shape, Theme, TrailColors,
    builtin,
};
use crate::core::geometry::colormap::ColorMap;
use crate::core::geometry::heights::HeightScale;
use crate::core::loss::Loss;
use crate::core::model::{Init, ModelConfig};
use crate::core::objective::Quantity;
use crate::core::optim::{OptimizerConfig, Schedule};
use crate::core::subspace::{PlaneConfig, Third};
use crate::core::text::names_of;

/// A command as a file has it, and what it does.
type Entry = (&'static str, &'static str);

/// What is computed, beside the settings.
const EXPERIMENT: [Entry; 1] =
    [("load(dataset: moons(), steps: 500)", "Another experiment altogether: the fields of its file.")];

/// How training goes on.
const RUN: [Entry; 10] = [
    ("play", "Go on; from the planned end, go on past it."),
    ("pause", "Hold."),
    ("step(1)", "Hold, that many steps further."),
    ("seek(300)", "Hold at that step, earlier or later."),
    ("converge(tolerance: 1e-4)", "Go on until the gradient is shorter than that."),
    ("restart", "Begin again at step 0 and go on."),
    (
        "race(optimizer: adam(lr: 0.05), from: same)",
        "Let another run set out beside those that are there, with another `optimizer`, `schedule`, `batch` or `walk`; `from: slice([0.5, 1, 0])` at a point of the slice.",
    ),
    (
        "tune(run: 1, optimizer: adam(lr: 0.01), batch: size(8))",
        "Let a run of a race be trained otherwise, by its number from 0; all set out again, side by side.",
    ),
    ("retire(1)", "End a run of a race, by its number from 0; the one that chose the plane stays."),
    ("lead(1)", "Let that run of a race choose the plane."),
];

/// Where the slice lies.
const SLICE: [Entry; 1] =
    [("sweep(true)", "Let the plane travel back and forth through the volume; `false` holds it.")];

/// How it is shown.
const VIEW: [Entry; 11] = [
    ("frame_all", "Bring everything into view."),
    ("select([0.5, 1, 0])", "Choose a point of the slice, by its alphas; `None`: none."),
    ("select_beside([0.5, 1, 0])", "The same of the landscape beside it."),
    (
        "set_bookmark(slot: 1, pose: (target: (0, 0.2, 0), yaw_deg: 40, pitch_deg: -30, distance: 3))",
        "Keep a pose under a number, 1 to 9.",
    ),
    ("go_to(1)", "Go to the pose kept under a number."),
    ("visit(target: (0, 0.2, 0), yaw_deg: 90, pitch_deg: -45, distance: 2.5)", "Go to a pose."),
    (
        "add_key(target: (0, 0.2, 0), yaw: 1.6, pitch: -0.6, distance: 3)",
        "Add a pose to the end of the camera's path.",
    ),
    (
        "keys([(secs: 0, pose: (target: (0, 0.2, 0), yaw_deg: 0, pitch_deg: -30, distance: 3))])",
        "Another path of the camera; `[]`: none. A chapter's `camera` is the usual way.",
    ),
    ("below_floor(true)", "Whether the camera may fly below the floor."),
    ("panels(false)", "Panels shown or hidden."),
    (
        "visit(target: (0, 0.2, 0), yaw: 1.6, pitch: -0.6, distance: 3, fov_deg: 40)",
        "The same with the height of the view as an angle; 40 degrees unless given.",
    ),
];

/// What takes back, or changes nothing that anybody decided.
const CHANGES: [Entry; 3] = [
    ("follow", "Read again what was computed elsewhere: it may have grown since."),
    ("undo", "Take the last change back."),
    ("redo", "Make the change again that was taken back last."),
];

/// Fields of a file of words, and of the words of a chapter.
const WORD_FIELDS: [Entry; 7] = [
    ("tour", "The tour that they belong to: the name of its file without `.ron`, or a built-in one."),
    ("title", "The tour's title."),
    ("chapters", "The words of all its chapters, in their order."),
    ("phrases", "Words of the program, each with the same in this language: `{\"loss\": \"Verlust\"}`."),
    (
        "title",
        "Of a chapter: what it is called. Here and in the caption there are words where the tour has some.",
    ),
    ("caption", "Of a chapter: what it tells."),
    ("notes", "Of a chapter: what the presenter may say. Without them the tour's own stay."),
];

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
                "notes",
                "What the presenter may say, in paragraphs with an empty line between: neither the audience nor a film sees it.",
            ),
            (
                "experiment",
                "A built-in experiment, or a `.ron` file beside the tour's. Without one the chapter goes on with what the one before has left.",
            ),
            (
                "voice",
                "The voice that tells it: `file(\"one.wav\")`, a sound beside the tour's file or below that the film has as well, or `secs(4.5)`, the length of one that is heard elsewhere.",
            ),
            ("secs", "How long it lasts in a film; without it as long as its voice."),
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

/// A tour's words in another language, as a file has them.
pub const WORDS: &str = r#"(tour: "two-lows", title: "Zwei Tiefs", chapters: [(
    title: "Es sieht aus wie ein Minimum", caption: "Es ist nur in diesem Schnitt tief.",
    notes: "Fragen: Wie viele Richtungen gibt es?",
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
         line and column\nbefore anything is shown. \
         What may be absent, such as a section or the chosen point, is taken away by `None`.\n"
    );
    page += &languages();
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

/// How a tour is told in another language.
fn languages() -> String {
    let rows: Vec<_> = WORD_FIELDS.iter().map(|(field, does)| (format!("`{field}`"), *does)).collect();
    let fields = table("Another language", "field", &rows);
    format!(
        "{fields}\nA file `NAME.LANG.ron` beside `NAME.ron`, such as `two-lows.de.ron`, has a tour's words in another \
         language and nothing\nelse. `--lang de` tells the tour in them, in a window and in a film; the file itself may \
         be opened as well. Built-in\ntours are told in those languages that `losscape list` names.\n\n\
         The program's own words (titles, axes, legends and notes of charts, labels in the picture, the readout of a \
         lecture)\nare told in German and Spanish as well, in other languages in those that `phrases` has. A phrase may \
         have gaps:\n`\"step {{}}\": \"Schritt {{}}\"`; what stands there is told too. Numbers, names of parameters and \
         of settings stay as they are,\nand so do the panels and the presenter's window, which the audience of a lecture \
         does not see.\n\n```ron\n{WORDS}\n```\n"
    )
}

/// Each topic's commands: what it is about, their examples as a cue has them, and what they do.
fn topics() -> [(&'static str, Vec<(String, &'static str)>); 5] {
    let of = |topic: Topic, name: &str, others: &[Entry]| {
        let rows = Setting::ALL.iter().map(|setting| setting.row()).filter(|row| row.topic == topic);
        let settings = rows.map(|row| (row.example, row.doc));
        let all = others.iter().copied().chain(settings);
        all.map(|(example, does)| (format!("{name}({example})"), does)).collect()
    };
    [
        ("What is computed", of(Topic::Experiment, "experiment", &EXPERIMENT)),
        ("How training goes on", of(Topic::Run, "run", &RUN)),
        ("Where the slice lies", of(Topic::Slice, "slice", &SLICE)),
        ("How it is shown", of(Topic::View, "view", &VIEW)),
        ("Changes", CHANGES.map(|(example, does)| (example.to_owned(), does)).to_vec()),
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
fn words() -> [(&'static str, Vec<&'static str>); 20] {
    [
        ("experiments", builtin::names().collect()),
        ("datasets", names_of::<DatasetConfig>()),
        ("models", names_of::<ModelConfig>()),
        ("starts", names_of::<Init>()),
        ("losses", names_of::<Loss>()),
        ("optimizers", names_of::<OptimizerConfig>()),
        ("schedules", names_of::<Schedule>()),
        ("quantities of a surface", names_of::<Quantity>()),
        ("planes", names_of::<PlaneConfig>()),
        ("third directions", names_of::<Third>()),
        ("shapes", names_of::<Shape>()),
        ("cameras", names_of::<CameraMode>()),
        ("colours", names_of::<ColorMap>()),
        ("scales and themes", [names_of::<HeightScale>(), names_of::<Theme>()].concat()),
        ("labels", names_of::<Labels>()),
        ("what a trail's colour tells", names_of::<TrailColors>()),
        ("charts", names_of::<ChartKind>()),
        ("layouts", names_of::<Layout>()),
        ("under the map's path", names_of::<MapGround>()),
        ("in the chart of parameters", names_of::<ParameterLayer>()),
    ]
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::core::command::words_of;
    use crate::core::geometry::camera::Pose;
    use crate::core::io::folder::Folder;
    use crate::core::script::words::{ChapterWords, WordsFile};
    use crate::core::script::{ChapterFile, Tour, TourFile};

    #[test]
    fn the_page_is_the_one_in_the_docs() {
        let kept = include_str!("../../../docs/tours.md");
        assert!(page() == kept, "docs/tours.md is old: losscape help tours > docs/tours.md");
    }

    #[test]
    fn every_example_is_read_and_makes_sense_in_a_tour() {
        let tour = Tour::parse(EXAMPLE, "example", &Folder::default()).unwrap();
        tour.in_words(WORDS, "example", "two-lows").unwrap();
        for (what, entries) in topics() {
            for (example, _) in &entries {
                read(example).unwrap_or_else(|why| panic!("{what}: {example}: {why}"));
                // A race of two, and a pose under a number.
                let before = "(when: at(0), command: run(race(optimizer: sgd(), from: same))),
                    (when: at(0), command: view(set_bookmark(slot: 1, pose: (target: (0, 0, 0), yaw: 0, pitch: 0,
                    distance: 1)))), (when: at(0), command: view(add_key(target: (0, 0, 0), yaw: 0, pitch: 0,
                    distance: 1))),";
                // What lies between needs two landscapes, and other coordinates need units of relu.
                let needed = match example.split('(').nth(1) {
                    Some("between" | "select_beside") => {
                        "(when: at(0), command: experiment(compare([\"batch=size(8)\"]))),"
                    }
                    Some("rescale") => "(when: at(0), command: experiment(model(mlp(activation: relu)))),",
                    _ => "",
                };
                let tour = format!(
                    "(chapters: [(experiment: \"xor-model3\", secs: 1, cues: [{before} {needed} (when: at(0.5), command: {example})])])"
                );
                Tour::parse(&tour, "example", &Folder::default())
                    .unwrap_or_else(|why| panic!("{example}: {why}"));
            }
        }
    }

    #[test]
    fn no_command_is_left_out() {
        let told: BTreeSet<String> =
            topics().into_iter().flat_map(|(_, entries)| entries.into_iter().map(|entry| entry.0)).collect();
        let of = |group: &str, names: &[&str]| {
            for name in names {
                let beginning = format!("{group}({name}");
                let is_told = told.iter().filter_map(|example| example.strip_prefix(&beginning[..]));
                assert!(
                    is_told.into_iter().any(|rest| rest.starts_with(['(', ')'])),
                    "{group}({name}) is not told"
                );
            }
        };
        of("experiment", words_of(Topic::Experiment));
        of("run", words_of(Topic::Run));
        of("slice", words_of(Topic::Slice));
        of("view", words_of(Topic::View));
        assert_eq!(names_of::<Command>(), ["experiment", "run", "slice", "view", "follow", "undo", "redo"]);
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
        let words = [names_of::<WordsFile>(), names_of::<ChapterWords>()].concat();
        assert_eq!(WORD_FIELDS.map(|(field, _)| field).to_vec(), words);
    }
}
