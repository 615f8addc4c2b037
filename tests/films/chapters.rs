//! Chapters: ffprobe finds those that a film was given, joined ones too.

use losscape::record::sink::Chapter;

use super::join::joined;
use super::*;

/// The chapters that ffprobe lists: where each begins in seconds, and its title.
pub fn listed(path: &Path) -> Vec<(f64, String)> {
    let arguments =
        ["-v", "error", "-of", "csv=p=0", "-show_entries", "chapter=start_time:chapter_tags=title"];
    let shown = String::from_utf8(run("ffprobe", &arguments, path, &[])).unwrap();
    let line = |line: &str| {
        let (start, title) = line.split_once(',').unwrap();
        (start.parse().unwrap(), title.trim_matches('"').to_owned())
    };
    shown.lines().map(line).collect()
}

fn chapter((first, title): (u64, &str)) -> Chapter {
    Chapter::new(first, title)
}

#[test]
fn ffprobe_lists_the_chapters_of_every_kind_of_film_that_has_them() {
    let (_guard, folder) = folder();
    let chapters = [(0, "Down"), (10, "Über = 1; #2"), (25, "End")].map(chapter).to_vec();
    for (name, encoder) in KINDS {
        let path = folder.join(name);
        film(&path, &FilmSpec { chapters: chapters.clone(), ..spec(20, 40) }, encoder);
        if Format::of(&path).unwrap().has_tracks() {
            let expected = [(0.0, "Down"), (0.5, "Über = 1; #2"), (1.25, "End")];
            assert_eq!(listed(&path), expected.map(|(at, title)| (at, title.to_owned())), "{name}");
        }
        assert_eq!(numbers(&path), (0..40).collect::<Vec<_>>(), "{name}");
    }
}

#[test]
fn joined_parts_have_each_chapter_once() {
    let (_guard, folder) = folder();
    let parts = [(vec![(0, "A"), (6, "B")], 10), (vec![(0, "B"), (5, "C")], 10), (vec![(0, "D")], 5)];
    let paths: Vec<PathBuf> = (0..)
        .zip(parts)
        .map(|(i, (chapters, frames))| {
            let path = folder.join(format!("part-{i}.mp4"));
            let chapters = chapters.into_iter().map(chapter).collect();
            film(&path, &FilmSpec { chapters, ..spec(10, frames) }, Encoder::InProcess);
            path
        })
        .collect();
    let path = folder.join("whole.mp4");
    joined(&paths, &path);
    let expected = [(0.0, "A"), (0.6, "B"), (1.5, "C"), (2.0, "D")];
    assert_eq!(listed(&path), expected.map(|(at, title)| (at, title.to_owned())));
}

#[test]
fn a_film_that_ends_early_has_the_chapters_that_begin_in_it() {
    let (_guard, folder) = folder();
    for (name, encoder) in
        [("x.mp4", Encoder::InProcess), ("x.webm", Encoder::Ffmpeg), ("x.mov", Encoder::Ffmpeg)]
    {
        let chapters = [(0, "A"), (3, "B"), (30, "C")].map(chapter).to_vec();
        let spec = FilmSpec { chapters, keeps_partial: true, ..spec(10, 40) };
        assert!(abandoned(&folder.join(name), spec, encoder, 7).is_some());
        let expected = [(0.0, "A"), (0.3, "B")];
        assert_eq!(listed(&folder.join(name)), expected.map(|(at, title)| (at, title.to_owned())), "{name}");
    }
}
