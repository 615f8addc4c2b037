//! Tests of the labels over whole pictures: which of them are written, and what they say.

use std::collections::HashMap;
use std::time::Duration;

use bevy::prelude::*;
use bevy_egui::egui;

use super::eye::{Eye, EyeRequest};
use super::film::{frames_of, test_fps};
use crate::app::Overlay;
use crate::core::command::{Command, RunCommand};
use crate::core::experiment::file::Resolution;
use crate::core::experiment::{Change, Experiment, ExperimentFile, builtin};
use crate::core::geometry::labels::MOST_CHIPS;
use crate::core::script::{self, Audience};
use crate::disk::sources;
use crate::scene::Pacing;
use crate::scene::landscape::Landscape;
use crate::scene::tour::{self, Touring};
use crate::ui::labels::{CROWD, Standing, Written};

fn request(experiment: Experiment, size: [u32; 2], pacing: Pacing) -> EyeRequest {
    EyeRequest { experiment, size, overlay: Overlay::Labels, pacing, msaa: Msaa::Off, pixels_per_point: 1 }
}

fn written(eye: &Eye) -> &[Written] {
    &eye.world().resource::<Standing>().written
}

/// A picture of that experiment at the end of training, coarse enough to be computed in a moment.
fn at_the_end(mut file: ExperimentFile) -> Eye {
    file.slice.grid = Resolution([65, 65]);
    file.slice.volume = Resolution([9, 9, 5]);
    let experiment = Experiment::reading(file, &sources()).unwrap();
    let steps = experiment.steps;
    let mut eye = Eye::undrawn_with(request(experiment, [1280, 720], Pacing::Awaited), |_| {});
    eye.ask(Command::Run(RunCommand::Seek(steps)));
    (0..4).for_each(|_| eye.frame());
    eye
}

#[test]
fn no_more_than_three_things_of_one_bowl_are_named_where_training_ends() {
    for name in builtin::names() {
        let eye = at_the_end(builtin::load(name).unwrap().unwrap());
        let spots: Vec<[f32; 2]> = written(&eye).iter().filter_map(|label| label.spot).collect();
        assert!(spots.len() >= 2, "{name}: {:?}", written(&eye));
        let crowd = |spot: [f32; 2]| {
            spots.iter().filter(|at| (at[0] - spot[0]).hypot(at[1] - spot[1]) < CROWD).count()
        };
        let most = spots.iter().map(|spot| crowd(*spot)).max();
        assert!(most <= Some(MOST_CHIPS), "{name}: {most:?} of {:?}", written(&eye));
    }
}

#[test]
fn what_the_surface_hides_is_said_to_be_behind_it() {
    let mut eye = at_the_end(builtin::load(builtin::DEFAULT).unwrap().unwrap());
    // The marker's words are at the start: there is room for others where training ends.
    eye.ask(Command::Run(RunCommand::Seek(0)));
    let mut seen_from = |turn: f64, elevation: f64| {
        eye.ask(Command::Set(Change::Eye((turn, elevation))));
        (0..3).for_each(|_| eye.frame());
        let texts = written(&eye).iter().map(|label| label.text.clone());
        texts.filter(|text| text.ends_with(" · behind the surface")).collect::<Vec<_>>()
    };
    assert_eq!(seen_from(0.0, 85.0), [""; 0]);
    // From just over the floor hills stand before it on some sides.
    let around = |elevation: f64| (0..24).map(move |i| (15.0 * f64::from(i), elevation));
    let views = around(2.0).chain(around(12.0));
    let behind: Vec<String> = views.flat_map(|(turn, elevation)| seen_from(turn, elevation)).collect();
    for name in ["lowest point of this slice", "End"] {
        assert!(behind.iter().any(|text| text.starts_with(name)), "{name}: {behind:?}");
    }
}

/// One that was short of words stays so until the picture is another one.
#[test]
fn the_name_of_an_axis_does_not_come_and_go_in_a_small_film() {
    for name in script::builtin::names() {
        let tour = script::builtin::load(name).unwrap().unwrap();
        let fps = test_fps(&tour, 4);
        let frames = frames_of(&tour, fps);
        let request = request(tour.first_experiment(), [512, 288], Pacing::Filmed);
        let mut eye = Eye::undrawn_with(request, |app| tour::begin(app, tour, Audience::Film, true));
        eye.set_frame_time(Duration::ZERO);
        (0..4).for_each(|_| eye.frame());
        let mut before = names(&eye);
        let mut stood = stood_in(&eye);
        for frame in 1..frames {
            eye.set_frame_time(Duration::from_secs(1) / fps);
            eye.frame();
            let is_cut = eye.world().resource::<Touring>().is_cut();
            eye.set_frame_time(Duration::ZERO);
            while !eye.world().resource::<Landscape>().is_settled() {
                eye.frame();
            }
            // Another chapter may have another room: there, and only if labels began anew, words may be longer.
            let stands = stood_in(&eye);
            let is_cut = is_cut || (stands.0 != stood.0 && stands.1 != stood.1);
            stood = stands;
            let now = names(&eye);
            for (id, text) in now.iter().filter(|_| !is_cut) {
                let was = before.get(id);
                assert!(
                    was.is_none_or(|was| was.len() >= text.len()),
                    "{name}, frame {frame}: {text:?} after {was:?}"
                );
            }
            if is_cut {
                before.clear();
            }
            before.extend(now);
        }
    }
}

/// The chapter, and how often labels began anew.
fn stood_in(eye: &Eye) -> (Option<usize>, usize) {
    let chapter = eye.world().resource::<Touring>().player().map(|player| player.chapter_number());
    (chapter, eye.world().resource::<Standing>().renewals)
}

/// What is written at each axis of each stand.
fn names(eye: &Eye) -> HashMap<egui::Id, String> {
    let symbols = ["α₁", "α₂", "α₃"];
    let names =
        written(eye).iter().filter(|label| symbols.iter().any(|symbol| label.text.starts_with(symbol)));
    names.map(|label| (label.id, label.text.clone())).collect()
}
