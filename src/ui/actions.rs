//! Everything that can be done with a key or found by its name: one list for keys, help and palette.

use super::act::{DeskAct, TourAct};
use super::charts::ChartKind;
#[cfg(feature = "desktop")]
use super::desktop::{Errand, StudioAct};
use super::view::PanelView;
use crate::core::command::{Command, RunCommand, ViewCommand};
use crate::core::experiment::{CameraMode, Change, Theme, builtin};
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
    let mut all = Vec::new();
    let mut add = |name: &str, key, act| all.push(Action { name: name.to_owned(), key, act });
    let run = |command| Act::Ask(Command::Run(command));
    let look = |command| Act::Ask(Command::View(command));
    let set = |change| Act::Ask(Command::Set(change));
    let desk = Act::Desk;
    match view.run.is_playing {
        true => add("Pause training", "Space", run(RunCommand::Pause)),
        false => add("Play training", "Space", run(RunCommand::Play)),
    }
    add("Take one step", "Right", run(RunCommand::Step(1)));
    add("Step back", "Left", run(RunCommand::Seek(view.run.step.saturating_sub(1))));
    add("Restart training", "R", run(RunCommand::Restart));
    add("Train to convergence", "", run(RunCommand::Converge { tolerance: super::run::TOLERANCE }));
    add("Undo", "Ctrl+Z", Act::Ask(Command::Undo));
    add("Redo", "Ctrl+Y", Act::Ask(Command::Redo));
    if view.slice.alpha3_range.is_some() {
        let sweep = Command::Sweep(!view.slice.is_sweeping);
        add("Let the plane travel, or hold it", "T", Act::Ask(sweep));
        add("Surface, cube, both", "V", set(Change::Shape(super::keys::next_shape(view))));
    }
    if let Some(choice) = super::chosen::choice_of_training(view) {
        add(super::chosen::CHOOSE_TRAINING, "", Act::Ask(choice));
    }
    add("Frame everything", "F", look(ViewCommand::FrameAll));
    for (mode, name, key) in [
        (CameraMode::Orbit, "Camera: orbit", ""),
        (CameraMode::Flight, "Camera: fly", "C"),
        (CameraMode::Map, "Camera: map from above", "M"),
        (CameraMode::Ride, "Camera: ride along", "G"),
        (CameraMode::Path, "Camera: along its path", "P"),
    ] {
        add(name, key, set(Change::Camera(mode)));
    }
    if let Some(pose) = view.camera.pose {
        add("Add a camera key", "K", look(ViewCommand::AddKey(pose)));
    }
    for scale in HeightScale::ALL {
        add(&format!("Heights: {}", scale.name()), "", set(Change::Scale(scale)));
    }
    add("Heights: the next scale", "X", set(Change::Scale(super::keys::next_scale(view))));
    let theme = if view.experiment.view.theme == Theme::Dark { Theme::Light } else { Theme::Dark };
    add("Dark stage or light", "Y", set(Change::Theme(theme)));
    add("Hide or show the panels", "H", look(ViewCommand::Panels(!view.is_panels_shown)));
    add("Lecture mode", "L", desk(DeskAct::Lecture));
    add("Blank the screen", "B", desk(DeskAct::Blank));
    add("Freeze training and plane, or let them go on", ".", desk(DeskAct::Freeze));
    #[cfg(feature = "desktop")]
    {
        let record =
            if view.recording_secs.is_none() { "Record what is done and seen" } else { "Stop recording" };
        add(record, "F10", desk(DeskAct::Studio(StudioAct::Record)));
        add("Save a picture without panels", "F12", desk(DeskAct::Studio(StudioAct::Picture)));
    }
    add("Full screen", "F11", desk(DeskAct::Fullscreen));
    add("Larger text", "Ctrl++", desk(DeskAct::Larger));
    add("Smaller text", "Ctrl+-", desk(DeskAct::Smaller));
    add("Keys", "F1", desk(DeskAct::Help));
    add("Find a command", "Ctrl+K", desk(DeskAct::Palette));
    #[cfg(feature = "desktop")]
    for (name, key, errand) in [
        ("Save the experiment", "Ctrl+S", Errand::Save),
        ("Open an experiment or data", "Ctrl+O", Errand::Open),
        ("Save the picture", "Ctrl+P", Errand::SavePicture),
        ("Copy the command line of this", "Ctrl+Shift+C", Errand::CopyLine),
    ] {
        add(name, key, desk(DeskAct::Errand(errand)));
    }
    match &view.tour {
        Some(_) => {
            add("Tour: go on", "PageDown", desk(DeskAct::Tour(TourAct::Forward)));
            add("Tour: back", "PageUp", desk(DeskAct::Tour(TourAct::Back)));
            add("Tour: leave", "", desk(DeskAct::Tour(TourAct::Leave)));
        }
        None => {
            for name in tours::names() {
                add(&format!("Tour: give {name}"), "", desk(DeskAct::Tour(TourAct::Begin(name))));
            }
        }
    }
    for kind in ChartKind::ALL {
        add(&format!("Chart: {}", kind.name()), "", desk(DeskAct::Chart(kind)));
    }
    for optimizer in OptimizerConfig::all() {
        add(&format!("Race {}", optimizer.name()), "", Act::Race(optimizer));
    }
    for name in builtin::names() {
        if let Some(Ok(file)) = builtin::load(name) {
            let load = Command::Load(Box::new(file));
            add(&format!("Open {name}"), "", Act::Ask(load));
        }
    }
    all
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
