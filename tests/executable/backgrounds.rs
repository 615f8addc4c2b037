//! `losscape record --background`: what is drawn on nothing and laid over a ground is what is drawn on that ground.

use std::path::Path;

use image::RgbaImage;

use super::{losscape, refused};

/// An experiment that is quickly computed.
const SMALL: &str = "(dataset: xor(points: 60), optimizer: sgd(lr: 5.0), steps: 200,
    slice: (grid: [33, 33], volume: [17, 17, 9]))";

/// A tour with a title, a caption and a trail.
const TOUR: &str =
    "(chapters: [(title: \"Down\", caption: \"From *A* to B.\", experiment: \"small.ron\", secs: 1,
    cues: [(when: at(0), command: run(seek(150)))])])";

fn recorded(folder: &Path, what: &[&str], background: &str) -> image::DynamicImage {
    let path = folder.join("picture.png");
    let more = ["--background", background, "-o", path.to_str().unwrap(), "--force"];
    let output = losscape(&[&["record"], what, &more].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    image::open(&path).unwrap()
}

/// The largest difference of a picture laid over a ground and an opaque one.
fn most_different(free: &RgbaImage, own: &RgbaImage, ground: f64) -> f64 {
    let difference = |(free, own): (&image::Rgba<u8>, &image::Rgba<u8>)| {
        let opacity = f64::from(free.0[3]) / 255.0;
        let over = |i: usize| opacity * f64::from(free.0[i]) + (1.0 - opacity) * ground;
        (0..3).map(|i| (over(i) - f64::from(own.0[i])).abs()).fold(0.0, f64::max)
    };
    free.pixels().zip(own.pixels()).map(difference).fold(0.0, f64::max)
}

#[test]
fn a_picture_without_a_ground_lies_over_black_and_white_as_it_is_drawn_on_them() {
    let folder = tempfile::tempdir().unwrap();
    let written = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let (small, tour) = (written("small.ron", SMALL), written("tour.ron", TOUR));
    for what in [vec![small.as_str()], vec![&tour], vec![&tour, "--theme", "light"]] {
        let what = &[&what[..], &["--size", "320x180"]].concat();
        let free = recorded(folder.path(), what, "none");
        assert!(free.color().has_alpha());
        let free = free.into_rgba8();
        let count = |is: fn(u8) -> bool| free.pixels().filter(|pixel| is(pixel.0[3])).count();
        assert!(
            count(|a| a == 0) > 5_000 && count(|a| a == 255) > 5_000 && count(|a| a > 0 && a < 255) > 500
        );
        for (ground, number) in [("#000000", 0.0), ("#ffffff", 255.0)] {
            let own = recorded(folder.path(), what, ground);
            assert!(!own.color().has_alpha());
            let most = most_different(&free, &own.into_rgba8(), number);
            assert!(most <= 2.0, "{what:?} over {ground}: {most}");
        }
    }
}

#[test]
fn a_film_that_cannot_be_seen_through_says_which_can_and_a_ground_is_a_word_or_a_colour() {
    for film in ["x.mp4", "x.gif"] {
        let needed = ["--background none", ".png", ".apng", ".webm", ".mov", film];
        refused(&["record", "descent", "-o", film, "--background", "none"], &needed);
    }
    refused(
        &["record", "-o", "x.png", "--background", "red"],
        &["red", "stage, none or a colour such as #ffffff"],
    );
    refused(&["record", "-o", "x.png", "--background", "none", "--size", "8000x80"], &["8000x80", "8192"]);
}
