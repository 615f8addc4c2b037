//! `losscape join`, run as a user runs it.

use std::process::Output;

use super::*;

pub fn join(arguments: &[&Path]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_losscape")).arg("join").args(arguments).output().unwrap()
}

/// Joins the parts; what was said.
pub fn joined(parts: &[PathBuf], film: &Path) -> String {
    let mut arguments: Vec<&Path> = parts.iter().map(PathBuf::as_path).collect();
    arguments.extend([Path::new("-o"), film]);
    let output = join(&arguments);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Sums of the decoded pictures.
fn sums(path: &Path) -> Vec<String> {
    let shown = run("ffmpeg", &["-v", "error", "-i"], path, &["-f", "framemd5", "-"]);
    let lines = String::from_utf8(shown).unwrap();
    let lines = lines.lines().filter(|line| !line.starts_with('#'));
    lines.map(|line| line.rsplit(',').next().unwrap().trim().to_owned()).collect()
}

/// Films of these lengths, one after another.
fn parts(folder: &Path, encoder: Encoder, lengths: &[u64]) -> Vec<PathBuf> {
    let mut first = 0;
    let part = |(index, &frames): (usize, &u64)| {
        let path = folder.join(format!("part-{index}.mp4"));
        film(&path, &FilmSpec { first, ..spec(10, frames) }, encoder);
        first += frames;
        path
    };
    lengths.iter().enumerate().map(part).collect()
}

#[test]
fn parts_become_the_film_picture_for_picture() {
    for encoder in [Encoder::InProcess, Encoder::Ffmpeg] {
        let (_guard, folder) = folder();
        // One of a single frame, and some that follow a key frame at once.
        let parts = parts(&folder, encoder, &[25, 1, 1, 21, 7]);
        let whole = folder.join("whole.mp4");
        joined(&parts, &whole);
        assert_eq!(numbers(&whole), (0..55).collect::<Vec<_>>(), "{encoder:?}");
        assert_eq!(sums(&whole), parts.iter().flat_map(|part| sums(part)).collect::<Vec<_>>(), "{encoder:?}");
        assert_eq!(probed(&whole, &["r_frame_rate", "nb_frames", "duration"]), ["10/1", "55", "5.500000"]);
        // A joined film is a part as well, and joined again the same.
        let again = folder.join("again.mp4");
        joined(std::slice::from_ref(&whole), &again);
        assert!(std::fs::read(&again).unwrap() == std::fs::read(&whole).unwrap());
    }
}

#[test]
fn packets_that_were_left_are_a_part_like_another() {
    let (_guard, folder) = folder();
    let mut parts = parts(&folder, Encoder::InProcess, &[5]);
    let left = folder.join("left.mp4");
    let mut encoding = start(&left, spec(10, 9), Encoder::InProcess).unwrap();
    (5..9).for_each(|number| encoding.send(frame(number)).unwrap());
    let kept = folder.join("kept.part");
    while !std::fs::copy(folder.join("left.mp4.part"), &kept)
        .is_ok_and(|_| losscape::record::sink::join::Part::read(&kept).is_ok_and(|part| part.frames() == 4))
    {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    drop(encoding);
    parts.push(kept);
    let whole = folder.join("whole.mp4");
    joined(&parts, &whole);
    assert_eq!(numbers(&whole), (0..9).collect::<Vec<_>>());
}

/// Expects exit code 2 and one line with each of the words, and no film.
fn refused(arguments: &[&Path], film: &Path, words: &[&str]) {
    let output = join(&[arguments, &[Path::new("-o"), film]].concat());
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert_eq!(said.lines().count(), 1, "{said}");
    for word in words {
        assert!(said.contains(word), "{word:?} is missing in {said:?}");
    }
    assert!(!film.exists());
}

#[test]
fn parts_of_different_films_are_named_with_what_differs() {
    let (_guard, folder) = folder();
    let part = |name: &str, spec: &FilmSpec, encoder| {
        let path = folder.join(name);
        film(&path, spec, encoder);
        path
    };
    let first = part("first.mp4", &spec(30, 2), Encoder::InProcess);
    let rate = part("rate.mp4", &spec(25, 2), Encoder::InProcess);
    let encoder = part("encoder.mp4", &spec(30, 2), Encoder::Ffmpeg);
    let whole = folder.join("whole.mp4");
    refused(&[&first, &rate], &whole, &["rate.mp4 has 25 frames a second", "first.mp4 has 30"]);
    refused(&[&first, &encoder], &whole, &["encoder.mp4 has encoder settings", "first.mp4"]);
    let size = folder.join("size.mp4");
    let mut encoding = start(&size, FilmSpec { size: [64, 32], ..spec(30, 1) }, Encoder::InProcess).unwrap();
    encoding.send(RgbaImage::new(64, 32)).unwrap();
    encoding.finish(&CancelToken::default()).unwrap();
    refused(&[&first, &size], &whole, &["size.mp4 has 64x32 pixels", "first.mp4 has 256x96"]);
}

#[test]
fn what_is_no_part_is_named_with_the_reason() {
    let (_guard, folder) = folder();
    let whole = folder.join("whole.mp4");
    for (name, word) in
        [("x.gif", "palette"), ("x.apng", "one go"), ("x.webm", ".mp4"), ("frames", "one folder")]
    {
        let path = folder.join(name);
        film(&path, &spec(30, 2), Encoder::InProcess);
        refused(&[&path], &whole, &[name, "needs no join", word]);
    }
    let junk = folder.join("junk.mp4");
    for bytes in [&b""[..], b"junk", b"\0\0\0\x20ftypisom", &[0, 0, 0, 1, 6, 5, 3, 1]] {
        std::fs::write(&junk, bytes).unwrap();
        refused(&[&junk], &whole, &["junk.mp4", "losscape record"]);
    }
    refused(&[&folder.join("absent.mp4")], &whole, &["cannot read", "absent.mp4"]);
    refused(&[&junk], &folder.join("x.avi"), &["x.avi", ".mp4"]);
    refused(&[&junk], &folder.join("x2.gif"), &["junk.mp4", "losscape record"]);
    refused(&[&junk], &folder.join("x2.apng"), &["junk.mp4", "losscape record"]);
    refused(&[&junk], &folder.join("x2.webm"), &["junk.mp4", "losscape record"]);
    refused(&[&junk], &folder.join("x2"), &["junk.mp4", "whole as they are"]);
    refused(&[&junk, &junk], &folder.join("x2.gif"), &["only the parts of an .mp4"]);
}

#[test]
fn a_damaged_part_is_refused_and_never_a_crash() {
    let (_guard, folder) = folder();
    let path = folder.join("part.mp4");
    film(&path, &spec(30, 4), Encoder::InProcess);
    let bytes = std::fs::read(&path).unwrap();
    let damaged = folder.join("damaged.mp4");
    let read = |bytes: &[u8]| {
        std::fs::write(&damaged, bytes).unwrap();
        losscape::record::sink::join::Part::read(&damaged)
    };
    for length in (0..bytes.len()).step_by(97) {
        assert!(read(&bytes[..length]).is_err(), "cut at {length}");
    }
    // Any byte of the table changed: refused or read, but never the end of the program.
    let table = bytes.windows(4).position(|window| window == b"mdat").unwrap();
    for place in 0..table {
        for value in [0, 1, 0x7f, 0xff] {
            let mut changed = bytes.clone();
            changed[place] = value;
            drop(read(&changed));
        }
    }
}

#[test]
fn a_film_that_is_there_is_kept_unless_force_is_given() {
    let (_guard, folder) = folder();
    let parts = parts(&folder, Encoder::InProcess, &[2, 3]);
    let there = folder.join("there.mp4");
    std::fs::write(&there, "old").unwrap();
    let arguments = [&parts[0], &parts[1], Path::new("-o"), &there];
    let output = join(&arguments);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(std::fs::read(&there).unwrap(), b"old");
    assert!(join(&[&arguments[..], &[Path::new("--force")]].concat()).status.success());
    assert_eq!(numbers(&there), [0, 1, 2, 3, 4]);
    // A part may even be replaced by what it is part of.
    let onto = [&parts[0], &parts[1], Path::new("-o"), &parts[0], Path::new("--force")];
    assert!(join(&onto).status.success());
    assert_eq!(numbers(&parts[0]), [0, 1, 2, 3, 4]);
}
