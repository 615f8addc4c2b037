//! Everything that can be done with a key or found by its name: one list for keys, help and palette.

use super::act::{DeskAct, TourAct};
#[cfg(feature = "desktop")]
use super::desktop::{Errand, StudioAct};
use super::view::PanelView;
use crate::core::command::{Command, RunCommand, ViewCommand};
use crate::core::experiment::{CameraMode, Change, ChartKind, Labels, Layout, Shape, Theme, builtin};
use crate::core::geometry::heights::HeightScale;
use crate::core::optim::OptimizerConfig;
use crate::core::script::builtin as tours;

/// Something that can be done.
#[derive(Clone, Debug, PartialEq)]
pub struct Action {
    /// What it does, in words.
    pub name: String,
    /// The key that does it; empty where there is none.
    pub key: &'static str,
    /// What is done.
    pub act: Act,
}

/// What an action does.
#[derive(Clone, Debug, PartialEq)]
pub enum Act {
    /// Something of the session.
    Ask(Command),
    /// Let that optimizer join the race.
    Race(OptimizerConfig),
    /// Something of the desk.
    Desk(DeskAct),
}

/// Everything that can be done in a given state of things.
pub fn actions(view: &PanelView) -> Vec<Action> {
    let mut all = [of_training(view), of_slice(view), of_camera(view), of_look(view), of_desk()].concat();
    #[cfg(feature = "desktop")]
    all.extend(of_desktop(view));
    all.extend(of_tours(view));
    all.extend(of_charts(view));
    all.extend(of_lists());
    all
}

fn action(name: impl Into<String>, key: &'static str, act: Act) -> Action {
    Action { name: name.into(), key, act }
}

fn run(command: RunCommand) -> Act {
    Act::Ask(Command::Run(command))
}

fn look(command: ViewCommand) -> Act {
    Act::Ask(Command::View(command))
}

fn set(change: Change) -> Act {
    Act::Ask(Command::Set(change))
}

fn of_training(view: &PanelView) -> Vec<Action> {
    let play = match view.run.is_playing {
        true => action("Pause training", "Space", run(RunCommand::Pause)),
        false => action("Play training", "Space", run(RunCommand::Play)),
    };
    vec![
        play,
        action("Take one step", "Right", run(RunCommand::Step(1))),
        action("Step back", "Left", run(RunCommand::Seek(view.run.step.saturating_sub(1)))),
        action("Restart training", "R", run(RunCommand::Restart)),
        action("Train to convergence", "", run(RunCommand::Converge { tolerance: super::run::TOLERANCE })),
        action("Undo", "Ctrl+Z", Act::Ask(Command::Undo)),
        action("Redo", "Ctrl+Y", Act::Ask(Command::Redo)),
    ]
}

fn of_slice(view: &PanelView) -> Vec<Action> {
    let mut all = Vec::new();
    if view.slice.alpha3_range.is_some() {
        let sweep = Command::Sweep(!view.slice.is_sweeping);
        all.push(action("Let the plane travel, or hold it", "T", Act::Ask(sweep)));
        all.push(action("Surface, cube, both", "V", set(Change::Shape(next_shape(view)))));
    }
    if let Some(choice) = super::chosen::choice_of_training(view) {
        all.push(action(super::chosen::CHOOSE_TRAINING, "", Act::Ask(choice)));
    }
    all
}

fn of_camera(view: &PanelView) -> Vec<Action> {
    let modes = [
        (CameraMode::Orbit, "Camera: orbit", ""),
        (CameraMode::Flight, "Camera: fly", "C"),
        (CameraMode::Map, "Camera: map from above", "M"),
        (CameraMode::Ride, "Camera: ride along", "G"),
        (CameraMode::Path, "Camera: along its path", "P"),
    ];
    let modes = modes.map(|(mode, name, key)| action(name, key, set(Change::Camera(mode))));
    let key = view.camera.pose.map(|pose| action("Add a camera key", "K", look(ViewCommand::AddKey(pose))));
    let frame = action("Frame everything", "F", look(ViewCommand::FrameAll));
    std::iter::once(frame).chain(modes).chain(key).collect()
}

fn of_look(view: &PanelView) -> Vec<Action> {
    let theme = if view.experiment.view.theme == Theme::Dark { Theme::Light } else { Theme::Dark };
    let scale =
        |scale: HeightScale| action(format!("Heights: {}", scale.name()), "", set(Change::Scale(scale)));
    let next = set(Change::Scale(next_scale(view)));
    let others = [
        action("Heights: the next scale", "X", next),
        action("Dark stage or light", "Y", set(Change::Theme(theme))),
        action("Labels: all", "", set(Change::Labels(Labels::All))),
        action("Labels: few", "", set(Change::Labels(Labels::Few))),
        action("Labels: none", "", set(Change::Labels(Labels::None))),
        action("Hide or show the panels", "H", look(ViewCommand::Panels(!view.is_panels_shown))),
    ];
    HeightScale::ALL.iter().copied().map(scale).chain(others).collect()
}

fn of_desk() -> Vec<Action> {
    let desk = |name, key, act| action(name, key, Act::Desk(act));
    vec![
        desk("Lecture mode", "L", DeskAct::Lecture),
        desk("Blank the screen", "B", DeskAct::Blank),
        desk("Freeze training and plane, or let them go on", ".", DeskAct::Freeze),
        desk("Full screen", "F11", DeskAct::Fullscreen),
        desk("Larger text", "Ctrl++", DeskAct::Larger),
        desk("Smaller text", "Ctrl+-", DeskAct::Smaller),
        desk("Keys", "F1", DeskAct::Help),
        desk("Find a command", "Ctrl+K", DeskAct::Palette),
    ]
}

/// What only a desktop has.
#[cfg(feature = "desktop")]
fn of_desktop(view: &PanelView) -> Vec<Action> {
    let record = match view.recording_secs {
        None => "Record what is done and seen",
        Some(_) => "Stop recording",
    };
    let desk = |name, key, act| action(name, key, Act::Desk(act));
    let errand = |name, key, errand| desk(name, key, DeskAct::Errand(errand));
    vec![
        desk(record, "F10", DeskAct::Studio(StudioAct::Record)),
        desk("Save a picture without panels", "F12", DeskAct::Studio(StudioAct::Picture)),
        errand("Save the experiment", "Ctrl+S", Errand::Save),
        errand("Open an experiment or data", "Ctrl+O", Errand::Open),
        errand("Save the picture", "Ctrl+P", Errand::SavePicture),
        errand("Copy the command line of this", "Ctrl+Shift+C", Errand::CopyLine),
    ]
}

fn of_tours(view: &PanelView) -> Vec<Action> {
    let tour = |name: String, key, act| action(name, key, Act::Desk(DeskAct::Tour(act)));
    match &view.tour {
        Some(_) => vec![
            tour("Tour: go on".to_owned(), "PageDown", TourAct::Forward),
            tour("Tour: back".to_owned(), "PageUp", TourAct::Back),
            tour("Tour: leave".to_owned(), "", TourAct::Leave),
            tour("Tour: the presenter's window".to_owned(), "N", TourAct::Lectern),
        ],
        None => {
            let give = |name, language: Option<&'static str>| {
                let told = language.map(|language| format!(" ({language})")).unwrap_or_default();
                tour(format!("Tour: give {name}{told}"), "", TourAct::Begin(name, language))
            };
            let all = |name| std::iter::once(None).chain(tours::languages(name).map(Some));
            tours::names().flat_map(|name| all(name).map(move |language| give(name, language))).collect()
        }
    }
}

/// One for each chart and layout that there is.
fn of_charts(view: &PanelView) -> Vec<Action> {
    let chart = |kind: &ChartKind| {
        let change = super::dock::toggled(&view.experiment.view, *kind);
        action(format!("Chart: {}", kind.name()), "", set(change))
    };
    let layout = |layout: &Layout| {
        let name = format!("Layout: {}", super::layout::title(*layout).to_lowercase());
        action(name, "", set(Change::Layout(*layout)))
    };
    ChartKind::ALL.iter().map(chart).chain(Layout::ALL.iter().map(layout)).collect()
}

/// One for each optimizer and experiment that there is.
fn of_lists() -> Vec<Action> {
    let race =
        |optimizer: OptimizerConfig| action(format!("Race {}", optimizer.name()), "", Act::Race(optimizer));
    let open = |name| {
        let file = builtin::load(name)?.ok()?;
        Some(action(format!("Open {name}"), "", Act::Ask(Command::Load(Box::new(file)))))
    };
    OptimizerConfig::all().into_iter().map(race).chain(builtin::names().filter_map(open)).collect()
}

/// The shape after the present one.
pub fn next_shape(view: &PanelView) -> Shape {
    after(view.experiment.view.shape, Shape::ALL)
}

/// The scale of heights after the present one.
pub fn next_scale(view: &PanelView) -> HeightScale {
    after(view.experiment.view.scale, HeightScale::ALL)
}

/// The one after it, and after the last the first.
fn after<T: Copy + PartialEq>(present: T, all: &[T]) -> T {
    let at = all.iter().position(|one| *one == present).unwrap_or_default();
    all[(at + 1) % all.len()]
}

/// The actions whose names hold every word that was typed, in their order.
pub fn found(actions: Vec<Action>, sought: &str) -> Vec<Action> {
    let words: Vec<String> = sought.split_whitespace().map(str::to_lowercase).collect();
    let holds = |action: &Action| {
        let name = action.name.to_lowercase();
        words.iter().all(|word| name.contains(word))
    };
    actions.into_iter().filter(holds).collect()
}
