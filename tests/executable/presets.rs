//! `losscape record --for`: pictures and films for the place where they are used.

use std::path::Path;

use super::{losscape, refused};

const TOUR: &str =
    "(chapters: [(title: \"Down\", caption: \"It goes down along the valley, slowly at first.\",
    experiment: \"diagonal-model1\", secs: 1, cues: [(when: at(0), command: run(seek(400)))], camera: [
        (secs: 0, pose: (target: (0, 0.1, 0), yaw_deg: 90, pitch_deg: -35, distance: 3.4))])])";

/// The picture of a small tour.
fn recorded(folder: &Path, more: &[&str]) -> image::RgbImage {
    let (tour, path) = (folder.join("tour.ron"), folder.join("picture.png"));
    std::fs::write(&tour, TOUR).unwrap();
    let request = ["record", tour.to_str().unwrap(), "-o", path.to_str().unwrap(), "--force"];
    let output = losscape(&[&request, more].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    image::open(&path).unwrap().to_rgb8()
}

/// Whether a picture's middle is light.
fn is_light(picture: &image::RgbImage) -> bool {
    picture.get_pixel(2, 2).0.iter().all(|number| *number > 200)
}

#[test]
fn a_preset_sets_size_and_theme_and_each_option_sets_one_otherwise() {
    let folder = tempfile::tempdir().unwrap();
    let slides = recorded(folder.path(), &["--for", "slides"]);
    assert_eq!((slides.dimensions(), is_light(&slides)), ((1920, 1080), true));
    let readme = recorded(folder.path(), &["--for", "readme"]);
    assert_eq!((readme.dimensions(), is_light(&readme)), ((960, 540), false));
    let small = recorded(folder.path(), &["--for", "slides", "--size", "320x180", "--theme", "dark"]);
    assert_eq!((small.dimensions(), is_light(&small)), ((320, 180), false));
    // The text is larger, and with the usual one it is the picture of no place.
    let as_usual = recorded(folder.path(), &["--size", "320x180", "--theme", "dark"]);
    assert!(small != as_usual);
    let again = ["--for", "slides", "--size", "320x180", "--theme", "dark", "--text", "1"];
    assert!(recorded(folder.path(), &again) == as_usual);
}

/// The rows in which two pictures differ.
fn rows_of_difference(a: &image::RgbImage, b: &image::RgbImage) -> Vec<u32> {
    let differs = |y: &u32| (0..a.width()).any(|x| a.get_pixel(x, *y) != b.get_pixel(x, *y));
    (0..a.height()).filter(differs).collect()
}

#[test]
fn on_a_tall_picture_the_caption_is_above_the_lowest_fifth_and_the_whole_landscape_is_seen() {
    let folder = tempfile::tempdir().unwrap();
    let tall = ["--for", "shorts", "--size", "270x480"];
    let told = recorded(folder.path(), &tall);
    let silent = recorded(folder.path(), &[&tall[..], &["--no-caption"]].concat());
    let rows = rows_of_difference(&told, &silent);
    let last = rows[rows.len() - 1];
    assert!(last < 480 * 8 / 10 && last > 480 * 6 / 10, "{last}");
    // Below the legend only the stage is seen at the edges: the landscape is neither cut off nor small.
    let stage = *silent.get_pixel(0, 0);
    let columns: Vec<u32> =
        (0..270).filter(|x| (200..380).any(|y| *silent.get_pixel(*x, y) != stage)).collect();
    let (left, right) = (columns[0], columns[columns.len() - 1]);
    assert!(left > 0 && right < 269 && right - left > 150, "{left} to {right}");
}

#[test]
fn what_is_no_place_and_what_does_not_go_together_is_one_line() {
    let refused_of = |more: &[&str], words: &[&str]| {
        refused(&[&["record", "descent", "-o", "x.mp4"], more].concat(), words)
    };
    refused_of(&["--for", "cinema"], &["cinema", "slides, shorts, 4k, readme, paper"]);
    refused_of(&["--text", "9"], &["9", "0.5 to 3"]);
    refused_of(&["--safe-area", "1,2,3"], &["1,2,3", "four numbers"]);
    refused_of(&["--safe-area", "0,0,50,0"], &["four numbers from 0 to 40"]);
    refused_of(&["--for", "shorts", "--panels"], &["--panels", "--safe-area"]);
}
