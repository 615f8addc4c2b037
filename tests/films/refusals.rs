//! What is refused before the first frame, in one line that says what was expected.

use super::*;

#[track_caller]
fn refused(path: &Path, spec: FilmSpec, encoder: Encoder, words: &[&str]) {
    let said = start(path, spec, encoder).err().expect("refused").to_string();
    for word in words {
        assert!(said.contains(word), "{word:?} is missing in {said:?}");
    }
    assert_eq!(said.lines().count(), 1, "{said}");
}

#[test]
fn no_film_is_begun_that_cannot_be_finished() {
    let (_guard, folder) = folder();
    let sized = |width, height| FilmSpec { size: [width, height], ..spec(30, 5) };
    for (name, encoder) in KINDS {
        let path = folder.join(name);
        refused(&path, spec(0, 5), encoder, &["0 frames a second", "1 to 240"]);
        refused(&path, spec(241, 5), encoder, &["241", "1 to 240"]);
        refused(&path, spec(30, 0), encoder, &["at least one frame"]);
        refused(&path, sized(100_000, 100_000), encoder, &["100000x100000", "16384"]);
        refused(&path, sized(0, 64), encoder, &["0x64"]);
    }
    for (name, encoder) in &KINDS[..3] {
        refused(&folder.join(name), sized(101, 64), *encoder, &["101x64", "even"]);
    }
    refused(&folder.join("x.mp4"), sized(4096, 2160), Encoder::InProcess, &["3840x2160", "--encoder ffmpeg"]);
    refused(&folder.join("x.gif"), spec(60, 5), Encoder::InProcess, &["60 frames a second", "50", ".gif"]);
    assert_eq!(files(&folder), [""; 0]);
}

#[test]
fn places_that_are_none_are_named() {
    let (_guard, folder) = folder();
    refused(&folder.join("x.avi"), spec(30, 5), Encoder::InProcess, &["x.avi", ".mp4", ".gif"]);
    let there = folder.join("there.txt");
    std::fs::write(&there, "mine").unwrap();
    for (name, encoder) in &KINDS[..5] {
        refused(&folder.join("nowhere").join(name), spec(30, 5), *encoder, &["there is no folder"]);
        let path = folder.join(name);
        std::fs::write(&path, "mine").unwrap();
        refused(&path, spec(30, 5), *encoder, &["exists already", "--force"]);
        assert_eq!(std::fs::read(&path).unwrap(), b"mine");
    }
    std::fs::write(folder.join("noext"), "mine").unwrap();
    refused(&folder.join("noext"), spec(30, 5), Encoder::InProcess, &["noext", "is a file"]);
}

#[test]
fn a_name_tells_the_format() {
    let (_guard, folder) = folder();
    let of = |name: &str| Format::of(&folder.join(name)).unwrap();
    assert_eq!(
        ["a.mp4", "a.MP4", "a.webm", "a.gif", "a.apng"].map(of),
        [Format::Mp4, Format::Mp4, Format::Webm, Format::Gif, Format::Apng]
    );
    std::fs::create_dir(folder.join("v1.mp4")).unwrap();
    assert_eq!(["a", "a.frames/", "v1.mp4"].map(of), [Format::Frames; 3]);
}
