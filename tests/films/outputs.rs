//! Where films are written, and what becomes of what is there.

#![cfg(unix)]

use std::fs::File;
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt, symlink};
use std::time::{Duration, Instant};

use super::*;

fn open(path: &Path, force: bool, encoder: Encoder) -> Result<Encoding, SinkError> {
    let sink = sink::open(path, force, spec(30, 4), Format::of(path)?, encoder)?;
    Ok(Encoding::start(sink).unwrap())
}

fn complete(mut encoding: Encoding) -> Result<(), SinkError> {
    (0..4).try_for_each(|number| encoding.send(frame(number)))?;
    encoding.finish(&CancelToken::default())
}

/// The word for why something failed, with all its causes.
fn told(error: SinkError) -> String {
    format!("{:#}", anyhow::Error::from(error))
}

#[test]
fn a_replaced_film_keeps_its_rights_and_a_link_to_it_stays() {
    for (name, encoder) in &KINDS[..5] {
        let (_guard, folder) = folder();
        let far = folder.join("far");
        std::fs::create_dir(&far).unwrap();
        let (link, target) = (folder.join(name), far.join(format!("target-{name}")));
        std::fs::write(&target, "old").unwrap();
        std::fs::set_permissions(&target, PermissionsExt::from_mode(0o604)).unwrap();
        symlink(&target, &link).unwrap();
        assert!(open(&link, false, *encoder).is_err());
        complete(open(&link, true, *encoder).unwrap()).unwrap();
        assert!(link.is_symlink(), "{name}");
        assert_eq!(target.metadata().unwrap().mode() & 0o7777, 0o604, "{name}");
        assert_eq!(numbers(&target), [0, 1, 2, 3], "{name}");
        assert_eq!((files(&folder).len(), files(&far).len()), (2, 1), "{name}");
    }
}

#[test]
fn frames_that_are_replaced_keep_their_rights_and_links_stay() {
    let (_guard, folder) = folder();
    let (frames, kept) = (folder.join("frames"), folder.join("kept.png"));
    complete(open(&frames, false, Encoder::InProcess).unwrap()).unwrap();
    let first = frames.join("frame-000000.png");
    std::fs::set_permissions(&first, PermissionsExt::from_mode(0o604)).unwrap();
    std::fs::rename(frames.join("frame-000001.png"), &kept).unwrap();
    symlink(&kept, frames.join("frame-000001.png")).unwrap();
    symlink("nowhere.png", frames.join("frame-000002.png.new")).unwrap();
    std::fs::rename(frames.join("frame-000002.png.new"), frames.join("frame-000002.png")).unwrap();
    complete(open(&frames, true, Encoder::InProcess).unwrap()).unwrap();
    assert_eq!(first.metadata().unwrap().mode() & 0o7777, 0o604);
    assert!(frames.join("frame-000001.png").is_symlink() && frames.join("frame-000002.png").is_symlink());
    assert_eq!(files(&frames).len(), 5, "what the link leads to is made");
}

#[test]
fn no_film_takes_the_place_of_what_is_no_file() {
    for (name, encoder) in &KINDS[..5] {
        for place in ["", ".part"] {
            let (_guard, folder) = folder();
            let (path, fifo) = (folder.join(name), folder.join(format!("{name}{place}")));
            assert!(Command::new("mkfifo").arg(&fifo).status().unwrap().success());
            for force in [false, true] {
                let refused = told(open(&path, force, *encoder).err().unwrap());
                assert!(refused.contains("is a FIFO, which is never replaced"), "{name}: {refused}");
            }
            assert!(fifo.metadata().unwrap().file_type().is_fifo(), "{name}");
        }
    }
}

#[test]
fn a_folder_that_is_not_of_frames_is_filled_only_when_that_is_asked_for() {
    let (_guard, folder) = folder();
    std::fs::write(folder.join("notes.txt"), "mine").unwrap();
    std::fs::create_dir(folder.join("inner")).unwrap();
    for place in [folder.clone(), folder.join("."), folder.join("inner/..")] {
        let refused = told(open(&place, false, Encoder::InProcess).err().unwrap());
        assert!(refused.contains("holds") && refused.contains("--force"), "{refused}");
        assert_eq!(files(&folder), ["inner", "notes.txt"]);
    }
    complete(open(&folder, true, Encoder::InProcess).unwrap()).unwrap();
    assert_eq!(files(&folder).len(), 6);
    // Frames, and what somebody else is just writing, are at home there.
    let frames = folder.join("inner");
    film(&frames, &FilmSpec { first: 4, ..spec(30, 2) }, Encoder::InProcess);
    std::fs::write(frames.join(".losscape-Ab12"), "").unwrap();
    std::fs::write(frames.join("frame-000009.png.part"), "").unwrap();
    complete(open(&frames, false, Encoder::InProcess).unwrap()).unwrap();
    for name in ["frame-1.png", "frame-00000x.png", "frame-000001.PNG", "other.png"] {
        std::fs::write(frames.join(name), "").unwrap();
        assert!(open(&frames, false, Encoder::InProcess).is_err(), "{name}");
        std::fs::remove_file(frames.join(name)).unwrap();
    }
}

#[test]
fn the_longest_name_of_a_film_is_no_hindrance() {
    for (kind, encoder) in &KINDS[..5] {
        let (_guard, folder) = folder();
        let name = format!("{}-{kind}", "x".repeat(255 - kind.len() - 1));
        complete(open(&folder.join(&name), false, *encoder).unwrap()).unwrap();
        assert_eq!(files(&folder), *std::slice::from_ref(&name));
        assert_eq!(numbers(&folder.join(name)), [0, 1, 2, 3]);
    }
}

#[test]
fn a_film_that_appears_meanwhile_stays_and_the_new_one_goes_beside_it() {
    for (name, encoder) in &KINDS[..5] {
        let (_guard, folder) = folder();
        let path = folder.join(name);
        let encoding = open(&path, false, *encoder).unwrap();
        std::fs::write(&path, "theirs").unwrap();
        let said = told(complete(encoding).unwrap_err());
        let beside = name.replace('.', "-2.");
        assert!(said.contains("appeared meanwhile") && said.contains(&beside), "{name}: {said}");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "theirs");
        assert_eq!(numbers(&folder.join(&beside)), [0, 1, 2, 3], "{name}");
        assert_eq!(files(&folder).len(), 2, "{name}");
    }
}

/// What somebody does to what there is of a film.
const MISCHIEF: [(&str, fn(&Path)); 3] = [
    ("cut", |part| File::options().write(true).open(part).unwrap().set_len(0).unwrap()),
    ("halved", |part| {
        let file = File::options().write(true).open(part).unwrap();
        file.set_len(file.metadata().unwrap().len() / 2).unwrap();
    }),
    ("removed", |part| std::fs::remove_file(part).unwrap()),
];

/// Waits until the film's part has some bytes, which ffmpeg writes when it likes.
fn fed(encoding: &mut Encoding, part: &Path, least: u64) -> u64 {
    let began = Instant::now();
    let mut sent = 0;
    while std::fs::metadata(part).map_or(0, |file| file.len()) < least {
        assert!(began.elapsed() < Duration::from_secs(120), "{} does not grow", part.display());
        encoding.send(frame(sent)).unwrap();
        sent += 1;
        std::thread::sleep(Duration::from_millis(2));
    }
    sent
}

#[test]
fn a_film_is_not_said_to_be_complete_when_its_part_was_taken_away() {
    for (name, encoder) in &KINDS[..5] {
        for (deed, mischief) in MISCHIEF {
            let (_guard, folder) = folder();
            let (path, part) = (folder.join(name), folder.join(format!("{name}.part")));
            let mut encoding = start(&path, spec(30, 100_000), *encoder).unwrap();
            let sent = fed(&mut encoding, &part, 20_000);
            mischief(&part);
            let ended = (sent..sent + 5).try_for_each(|number| encoding.send(frame(number)));
            let ended = ended.and_then(|()| encoding.finish(&CancelToken::default()));
            let said = told(ended.err().unwrap_or_else(|| panic!("{name} {deed}: done")));
            assert!(said.contains(name) && !path.exists(), "{name} {deed}: {said}");
        }
    }
}

#[test]
fn frames_are_not_said_to_be_complete_when_some_were_taken_away() {
    let mischief: [(&str, fn(&Path)); 3] = [
        ("the folder", |folder| std::fs::remove_dir_all(folder).unwrap()),
        ("a frame", |folder| std::fs::remove_file(folder.join("frame-000001.png")).unwrap()),
        ("its content", |folder| std::fs::write(folder.join("frame-000001.png"), "").unwrap()),
    ];
    for (deed, mischief) in mischief {
        for later in [0, 2] {
            let (_guard, folder) = folder();
            let path = folder.join("frames");
            let mut encoding = start(&path, spec(30, 4 + later), Encoder::InProcess).unwrap();
            (0..4).for_each(|number| encoding.send(frame(number)).unwrap());
            let began = Instant::now();
            while files(&path).len() < 4 || files(&path).iter().any(|name| name.starts_with('.')) {
                assert!(began.elapsed() < Duration::from_secs(60));
            }
            mischief(&path);
            let ended = (4..4 + later).try_for_each(|number| encoding.send(frame(number)));
            let ended = ended.and_then(|()| encoding.finish(&CancelToken::default()));
            let said = told(ended.err().unwrap_or_else(|| panic!("{deed} {later}: done")));
            assert!(said.contains("frames"), "{deed}: {said}");
        }
    }
}

#[test]
fn what_is_left_without_a_frame_in_it_stands_in_nobodys_way() {
    for (name, encoder) in &KINDS[..5] {
        let (_guard, folder) = folder();
        std::fs::write(folder.join(format!("{name}.part")), "").unwrap();
        complete(open(&folder.join(name), false, *encoder).unwrap()).unwrap();
        assert_eq!(files(&folder), [*name]);
    }
}

#[test]
fn what_somebody_else_has_left_under_that_name_stays() {
    for (name, encoder) in &KINDS[..5] {
        let (_guard, folder) = folder();
        let part = folder.join(format!("{name}.part"));
        std::fs::write(&part, [7; 10_000]).unwrap();
        let error = open(&folder.join(name), false, *encoder).map(|_| ()).unwrap_err();
        assert!(error.to_string().contains(".part"), "{error}");
        assert_eq!(std::fs::read(&part).unwrap().len(), 10_000, "{name}");
    }
}

#[test]
fn what_is_left_of_a_webm_is_taken_for_nothing_else() {
    let (_guard, folder) = folder();
    film(&folder.join("other.webm"), &spec(30, 4), Encoder::InProcess);
    let part = folder.join("film.webm.part");
    // A list of films, which would name any other.
    std::fs::write(&part, "ffconcat version 1.0\nfile other.webm\n").unwrap();
    let output = join::join(&[&part, Path::new("-o"), &folder.join("film.webm")]);
    assert_eq!(output.status.code(), Some(2), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(files(&folder), ["film.webm.part", "other.webm"]);
}

#[test]
fn where_no_film_can_be_begun_for_want_of_room_it_is_the_disk_that_failed() {
    let (_guard, folder) = folder();
    for name in ["film.mp4", "film.gif", "film.apng", "frames/"] {
        let mut command = Command::new("sh");
        command.args(["-c", "ulimit -f 0; exec \"$@\"", "sh", env!("CARGO_BIN_EXE_losscape"), "record"]);
        command.args(["xor-model3", "--steps", "3", "--size", "64x64", "--to", "3f", "-o", name]);
        let output = command.current_dir(&folder).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{name}: {said}");
        assert!(said.contains("too large") && said.lines().count() == 1, "{name}: {said}");
        assert_eq!(files(&folder), [""; 0], "{name}");
    }
}
