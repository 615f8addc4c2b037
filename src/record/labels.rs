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
use crate::core::experiment::{Change, Experiment, ExperimentFile, Labels, builtin};
use crate::core::geometry::labels::MOST_CHIPS;
use crate::core::script::{self, Audience};
use crate::disk::sources;
use crate::scene::Pacing;
use crate::scene::camera::{SceneCamera, seen};
use crate::scene::frame::Placement;
use crate::scene::landscape::Landscape;
use crate::scene::marker;
use crate::scene::tour::{self, Touring};
use crate::scene::training::Training;
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
fn of_few_labels_three_at_most_name_something_on_the_surface_and_none_are_none() {
    for name in [builtin::DEFAULT, "himmelblau", "li-both"] {
        let of = |labels: Labels| {
            let mut file = builtin::load(name).unwrap().unwrap();
            file.view.labels = labels;
            let eye = at_the_end(file);
            let named = written(&eye).iter().filter(|label| label.spot.is_some()).count();
            (named, written(&eye).len())
        };
        let (few, all, none) = (of(Labels::Few), of(Labels::All), of(Labels::None));
        let sides = if name == "li-both" { 2 } else { 1 };
        assert!((2..=MOST_CHIPS * sides).contains(&few.0) && few.1 > few.0, "{name}: {few:?}");
        assert!(all.0 > few.0, "{name}: isolines are named too: {all:?} {few:?}");
        assert_eq!(none, (0, 0), "{name}");
    }
}

/// Over a whole film: what is most looked at is never covered, and what is named stays on its side of the thing.
#[test]
fn no_label_stands_on_the_marker_or_the_trail_and_few_change_their_side() {
    let tour = script::builtin::load("descent").unwrap().unwrap();
    let frames = frames_of(&tour, 5);
    let request = request(tour.first_experiment(), [1280, 720], Pacing::Filmed);
    let mut eye = Eye::undrawn_with(request, |app| tour::begin(app, tour, Audience::Film, true));
    let (mut looked_at, mut stood, mut moved) = (0, HashMap::new(), 0);
    for _ in 1..frames {
        eye.set_frame_time(Duration::from_millis(200));
        eye.frame();
        eye.set_frame_time(Duration::ZERO);
        while !eye.world().resource::<Landscape>().is_settled() {
            eye.frame();
        }
        let Some(marker) = marker_on_screen(&eye) else { continue };
        let over = written(&eye).iter().find(|label| {
            let [low, high] = [label.bounds.min, label.bounds.max];
            (0..2).all(|i| (low[i]..high[i]).contains(&marker[i]))
        });
        assert!(over.is_none(), "{over:?} over {marker:?}");
        looked_at += 1;
        for label in written(&eye).iter().filter(|label| label.spot.is_some()) {
            let (spot, middle) = (label.spot.unwrap(), label.bounds.middle());
            let side = [0, 1].map(|i| middle[i] > spot[i] + 1.0);
            moved += u32::from(stood.insert(label.id, side).is_some_and(|before| before != side));
        }
    }
    assert!(looked_at > frames / 2 && !stood.is_empty(), "{looked_at} of {frames}");
    assert!(u64::from(moved) < frames / 4, "{moved} moves in {frames} frames");
}

/// Where the marker is, in points of a picture that has as many points as pixels.
fn marker_on_screen(eye: &Eye) -> Option<[f32; 2]> {
    let world = eye.world();
    let known = world.resource::<Landscape>().current()?;
    let placed = world.resource::<Placement>().first()?;
    let (_, at) = marker::place(world.resource::<Training>().leader()?, known, &placed)?;
    let mut query = world.try_query_filtered::<(&Camera, &GlobalTransform), With<SceneCamera>>()?;
    let (camera, transform) = query.single(world).ok()?;
    seen(camera, transform, placed.world(at)).map(Into::into)
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
