//! Pictures against kept ones, and against what they mean: that a colour is the loss's, a line is where
//! its loss is, and the marker is where training is.
//!
//! The kept pictures are small and were drawn by Mesa's software renderer. After a change that is meant
//! to be seen, `LOSSCAPE_KEEP_PICTURES=1` replaces them by what is drawn now; look at each before it is
//! committed.

use std::path::PathBuf;

use bevy::color::ColorToPacked;
use bevy::prelude::*;
use image::{Rgb, RgbImage};
use losscape::app::Overlay;
use losscape::core::command::{Command, RunCommand};
use losscape::core::experiment::{CameraMode, Experiment, ExperimentFile, Shape, builtin, file::Resolution};
use losscape::core::geometry::colormap::ColorMap;
use losscape::core::geometry::heights::HeightScale;
use losscape::core::geometry::isolines::Isolines;
use losscape::record::eye::{Eye, EyeRequest};
use losscape::record::{Background, Page, PictureRequest, picture};
use losscape::scene::Pacing;
use losscape::scene::camera::{SceneCamera, seen};
use losscape::scene::frame::{Placement, Stand};
use losscape::scene::landscape::{Evaluators, Landscape};
use losscape::scene::marker;
use losscape::scene::relief::Relief;
use losscape::scene::slice::Shown;
use losscape::scene::theme::Palette;
use losscape::scene::training::Training;

/// Differences of a channel that nobody sees, and the share of pixels that may differ by more.
const UNSEEN: u8 = 8;
const MOST_DIFFERENT: f64 = 0.005;

#[test]
fn pictures_are_as_they_were() {
    let views: [(&str, &[&str]); 5] = [
        ("surface", &[]),
        ("cube", &["view.shape=cube", "view.section1=0.5", "view.isosurface=0.3"]),
        ("map", &["view.camera=map"]),
        ("log", &["view.scale=log", "view.trail=loss"]),
        ("light", &["view.theme=light", "view.colors=batlow", "view.has_grid_lines=true"]),
    ];
    let folder = tempfile::tempdir().unwrap();
    let mut changed = Vec::new();
    for (name, settings) in views {
        let drawn = drawn(folder.path(), settings);
        let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("tests/data/pictures/{name}.png"));
        if std::env::var_os("LOSSCAPE_KEEP_PICTURES").is_some() {
            drawn.save(&path).unwrap();
        }
        let kept = image::open(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display())).to_rgb8();
        assert_eq!(kept.dimensions(), drawn.dimensions(), "{name}");
        let differs = |(a, b): &(&Rgb<u8>, &Rgb<u8>)| (0..3).any(|i| a[i].abs_diff(b[i]) > UNSEEN);
        let share = kept.pixels().zip(drawn.pixels()).filter(differs).count() as f64 / (320.0 * 180.0);
        println!("{name}: {:.3} % of the pixels differ", 100.0 * share);
        if share > MOST_DIFFERENT {
            let seen = std::env::temp_dir().join(format!("losscape-{name}.png"));
            drawn.save(&seen).unwrap();
            changed.push(format!("{name}: {:.2} % differ, see {}", 100.0 * share, seen.display()));
        }
    }
    assert!(changed.is_empty(), "{changed:?}");
}

fn drawn(folder: &std::path::Path, settings: &[&str]) -> RgbImage {
    let path = folder.join("picture.png");
    let mut all = vec!["record", "--points", "60", "--steps", "200", "--size", "320x180", "--force"];
    all.extend(["-o", path.to_str().unwrap()]);
    all.extend(settings.iter().flat_map(|setting| ["--set", setting]));
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_losscape")).args(all).output().unwrap();
    assert!(output.status.success(), "{settings:?}: {}", String::from_utf8_lossy(&output.stderr));
    image::open(&path).unwrap().to_rgb8()
}

/// A picture of the default experiment, and an eye without one that says where on it everything is.
fn seen_and_known(change: impl FnOnce(&mut ExperimentFile)) -> (RgbImage, Eye) {
    seen_and_known_of(builtin::DEFAULT, change)
}

fn seen_and_known_of(name: &str, change: impl FnOnce(&mut ExperimentFile)) -> (RgbImage, Eye) {
    let experiment = builtin::load(name).unwrap().unwrap();
    let experiment = Experiment::new(experiment).unwrap().with(change).unwrap();
    let size = [960, 540];
    let steps = experiment.steps;
    let request = PictureRequest {
        experiment: experiment.clone(),
        size,
        at_step: None,
        background: Background::Stage,
        page: Page::default(),
        evaluators: Evaluators::default(),
    };
    let picture = picture(&request).unwrap().image.into_rgb8();
    let (overlay, pacing) = (Overlay::Labels, Pacing::Awaited);
    let mut eye = Eye::undrawn_with(
        EyeRequest { experiment, size, overlay, pacing, msaa: Msaa::Sample4, pixels_per_point: 1 },
        |_| {},
    );
    eye.ask(Command::Run(RunCommand::Seek(steps)));
    (0..4).for_each(|_| eye.frame());
    (picture, eye)
}

/// The pixel of a world position.
fn pixel_of(eye: &Eye) -> impl Fn([f64; 3]) -> Option<[u32; 2]> {
    let world = eye.world();
    let mut query = world.try_query_filtered::<(&Camera, &GlobalTransform), With<SceneCamera>>().unwrap();
    let (camera, transform) = query.single(world).unwrap();
    let (camera, transform) = (camera.clone(), *transform);
    move |at| seen(&camera, &transform, at).map(|at| [at.x as u32, at.y as u32])
}

fn luma(color: [u8; 3]) -> f64 {
    let linear = color.map(|c| (f64::from(c) / 255.0).powf(2.2));
    0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
}

/// On the cube's slice nothing is lit: there the colours are numbers.
#[test]
fn a_colour_is_the_loss_and_a_line_lies_where_its_loss_is() {
    let (picture, eye) = seen_and_known(|file| {
        (file.view.shape, file.view.camera) = (Shape::Cube, CameraMode::Map);
    });
    let world = eye.world();
    let known = world.resource::<Landscape>().current().unwrap();
    let placed = world.resource::<Placement>().get(Stand::Cube).unwrap();
    let relief = Relief::new(known, world.resource::<Shown>(), placed);
    let heights = placed.frame.heights;
    let (lines, axes) = (Isolines::of(&heights.to, None), known.plan.plane_spec.axes());
    let pixel = pixel_of(&eye);
    // Of points between two lines, the colour; of points on one, how dark they are against the map.
    let (mut right, mut between, mut dark, mut on_line) = (0, 0, 0, 0);
    for (i, j) in (20..380).flat_map(|i| (4..76).map(move |j| (i, j))) {
        let at = |share: f64, axis: usize| axes[axis].low + share * (axes[axis].high - axes[axis].low);
        let alpha = [at(f64::from(i) / 400.0, 0), at(f64::from(j) / 80.0, 1)];
        let next = [at(f64::from(i + 1) / 400.0, 0), alpha[1]];
        let up = [alpha[0], alpha[1] + next[0] - alpha[0]];
        let losses = [alpha, next, up].map(|at| relief.loss(at).unwrap());
        let [loss, after, _] = losses;
        if heights.to.cuts_off(loss) || heights.to.cuts_off(after) {
            continue;
        }
        let [here, there, above] = losses.map(|loss| lines.index(loss));
        let expected = ColorMap::default().at(heights.fraction(loss));
        let [x, y] = relief.point(alpha).and_then(&pixel).unwrap();
        let drawn = picture.get_pixel(x, y).0;
        // A step is about a pixel. Where lines crowd they fade.
        let change = (there - here).abs() + (above - here).abs();
        if (here.rem_euclid(1.0) - 0.5).abs() < 0.15 && change < 0.1 {
            between += 1;
            right += u32::from((0..3).all(|k| drawn[k].abs_diff(expected[k]) <= 6));
        } else if here.floor() != there.floor() && (0.02..0.15).contains(&change) && luma(expected) > 0.05 {
            on_line += 1;
            let middle = |k: [f64; 2]| relief.point(k).and_then(&pixel).unwrap();
            let ([x0, _], [x1, _]) = (middle(alpha), middle(next));
            let darkest =
                (x0 - 1..=x1 + 1).map(|x| luma(picture.get_pixel(x, y).0)).fold(f64::INFINITY, f64::min);
            dark += u32::from(darkest < 0.9 * luma(expected));
        }
    }
    println!("{right} of {between} colours are right, {dark} of {on_line} lines are where they belong");
    // Trail, marker, text and the edge of the cube cover the others.
    assert!(between > 1000 && f64::from(right) > 0.9 * f64::from(between), "{right} of {between}");
    assert!(on_line > 100 && f64::from(dark) > 0.9 * f64::from(on_line), "{dark} of {on_line}");
}

/// Between the points of a coarse grid a line runs where its loss is, and not along the grid's triangles.
#[test]
fn a_line_is_smooth_between_the_points_of_the_grid() {
    // Lines that follow the triangles are as near in 0.53 and 0.69 of the places.
    for (scale, least) in [(HeightScale::Linear, 0.92), (HeightScale::Log, 0.75)] {
        let (picture, eye) = seen_and_known_of("himmelblau", |file| {
            file.slice.grid = Resolution([17, 17]);
            (file.view.scale, file.view.camera) = (scale, CameraMode::Map);
        });
        let offsets =
            offsets_of_lines(&picture, &eye, |[x, y]| (x * x + y - 11.0).powi(2) + (x + y * y - 7.0).powi(2));
        let near = offsets.iter().filter(|offset| **offset <= 1).count() as f64 / offsets.len() as f64;
        println!("{scale:?}: {near:.3} of {} places on lines are right within a pixel", offsets.len());
        assert!(offsets.len() > 500 && near > least, "{scale:?}: {near} of {}", offsets.len());
    }
}

/// How many pixels in its row the one that differs most is away from where a line is by the loss itself.
fn offsets_of_lines(picture: &RgbImage, eye: &Eye, loss: impl Fn([f64; 2]) -> f64) -> Vec<u32> {
    let world = eye.world();
    let known = world.resource::<Landscape>().current().unwrap();
    let placed = world.resource::<Placement>().get(Stand::Surface).unwrap();
    let relief = Relief::new(known, world.resource::<Shown>(), placed);
    let (lines, axes) = (Isolines::of(&placed.frame.heights.to, None), known.plan.plane_spec.axes());
    let pixel = pixel_of(eye);
    let at = |share: f64, axis: usize| axes[axis].low + share * (axes[axis].high - axes[axis].low);
    let index = |alpha: [f64; 2]| lines.index(loss(alpha));
    let mut offsets = Vec::new();
    for (i, j) in (30..570).flat_map(|i| (10..190).map(move |j| (i, j))) {
        let alpha = [at(f64::from(i) / 600.0, 0), at(f64::from(j) / 200.0, 1)];
        let step = at(1.0 / 600.0, 0) - axes[0].low;
        let [here, there, above] =
            [[0.0, 0.0], [step, 0.0], [0.0, step]].map(|[a, b]| index([alpha[0] + a, alpha[1] + b]));
        let (across, along) = ((there - here).abs(), (above - here).abs());
        if here.floor() == there.floor() || across > 0.08 || along > across {
            continue;
        }
        let share = (here.max(there).floor() - here) / (there - here);
        let Some([x, y]) = relief.point([alpha[0] + share * step, alpha[1]]).and_then(&pixel) else {
            continue;
        };
        let drawn = |shift: u32| luma(picture.get_pixel(x + shift - 5, y).0);
        let between = 0.5 * (drawn(0) + drawn(10));
        let off = |a: &u32, b: &u32| (drawn(*a) - between).abs().total_cmp(&(drawn(*b) - between).abs());
        offsets.push((0..=10).max_by(off).unwrap_or(5).abs_diff(5));
    }
    offsets
}

#[test]
fn the_marker_has_its_colour_where_training_is() {
    for &scale in HeightScale::ALL {
        let (picture, eye) = seen_and_known(|file| {
            file.view.scale = scale;
            (file.slice.grid, file.slice.volume) = (Resolution([65, 65]), Resolution([9, 9, 5]));
        });
        let world = eye.world();
        let known = world.resource::<Landscape>().current().unwrap();
        let placed = world.resource::<Placement>().get(Stand::Surface).unwrap();
        let training = world.resource::<Training>();
        let (place, at) = marker::place(training.leader().unwrap(), known, &placed).unwrap();
        assert_eq!(place.step, 2000);
        assert_eq!(place.value, known.plan.trajectory.last().unwrap().loss, "the true loss");
        let [x, y] = pixel_of(&eye)(placed.world(at)).unwrap();
        let drawn = picture.get_pixel(x, y).0;
        let [r, g, b] = marker::color(world.resource::<Palette>(), 0).to_srgba().to_u8_array_no_alpha();
        let off = [r, g, b].iter().zip(drawn).map(|(a, b)| a.abs_diff(b)).max().unwrap();
        assert!(off < 40, "{scale:?}: {drawn:?} at ({x}, {y}) instead of {:?}", [r, g, b]);
    }
}
