//! Films that end early: given up, killed, cut, out of room.

use std::time::{Duration, Instant};

use losscape::disk::hold::take_hold;
use losscape::disk::output::Output;
use losscape::record::sink::join::{JoinError, Part, join as join_parts};
use losscape::record::sink::recover::recover;

use super::*;

#[test]
fn a_film_that_is_given_up_leaves_nothing_or_a_shorter_film() {
    for (name, encoder) in KINDS {
        let (_guard, folder) = folder();
        let path = folder.join(name);
        assert_eq!(abandoned(&path, spec(30, 50), encoder, 12), None);
        assert_eq!(files(&folder), [""; 0], "{name}");
        let keeping = FilmSpec { keeps_partial: true, ..spec(30, 50) };
        assert_eq!(abandoned(&path, keeping.clone(), encoder, 0), None);
        if name != "frames" {
            assert_eq!(files(&folder), [""; 0], "{name}");
        }
        let kept = abandoned(&path, keeping, encoder, 12);
        assert_eq!(kept, Some(Partial { path: path.clone(), frames: 12 }));
        assert_eq!(files(&folder), [name]);
        assert_eq!(numbers(&path), (0..12).collect::<Vec<_>>(), "{name}");
    }
}

#[test]
fn the_film_that_was_there_is_untouched_until_the_new_one_is_complete() {
    for (name, encoder) in &KINDS[..5] {
        let (_guard, folder) = folder();
        let path = folder.join(name);
        std::fs::write(&path, "old").unwrap();
        let format = Format::of(&path).unwrap();
        let open =
            || Encoding::start(sink::open(&path, true, spec(30, 3), format, *encoder).unwrap()).unwrap();
        let mut encoding = open();
        (0..2).for_each(|number| encoding.send(frame(number)).unwrap());
        assert_eq!(std::fs::read(&path).unwrap(), b"old");
        drop(encoding);
        assert_eq!(std::fs::read(&path).unwrap(), b"old");
        assert_eq!(files(&folder), [*name]);
        let mut encoding = open();
        (0..3).for_each(|number| encoding.send(frame(number)).unwrap());
        encoding.finish(&CancelToken::default()).unwrap();
        assert_eq!(numbers(&path), [0, 1, 2], "{name}");
        assert_eq!(files(&folder), [*name]);
    }
}

#[test]
fn frames_that_were_there_survive_a_film_that_is_given_up() {
    let (_guard, folder) = folder();
    let path = folder.join("frames");
    film(&path, &FilmSpec { first: 3, ..spec(30, 2) }, Encoder::InProcess);
    abandoned(&path, spec(30, 3), Encoder::InProcess, 2);
    assert_eq!(files(&path), ["frame-000003.png", "frame-000004.png"]);
    let again = start(&path, spec(30, 4), Encoder::InProcess).err().unwrap().to_string();
    assert!(again.contains("frame-000003.png exists already"), "{again}");
}

/// Waits until the file has some bytes.
fn wait_for(path: &Path, least: u64) {
    let began = Instant::now();
    while std::fs::metadata(path).map_or(0, |file| file.len()) < least {
        assert!(began.elapsed() < Duration::from_secs(60), "{} does not grow", path.display());
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn what_a_kill_leaves_becomes_a_film() {
    for (name, _) in &KINDS[..5] {
        let (_guard, folder) = folder();
        let path = folder.join(name);
        let part = folder.join(format!("{name}.part"));
        let mut child = child::command(&path).spawn().unwrap();
        wait_for(&part, 60_000);
        child.kill().unwrap();
        child.wait().unwrap();
        settle(&part);
        assert_eq!(files(&folder), [format!("{name}.part")]);
        // A new film does not drop it unasked.
        assert!(matches!(start(&path, spec(30, 3), Encoder::InProcess), Err(SinkError::Left { .. })));
        let said = join::joined(std::slice::from_ref(&part), &path);
        let numbers = numbers(&path);
        assert!(numbers.len() > 5, "{name}: {numbers:?}");
        assert_eq!(numbers, (0..numbers.len() as u64).collect::<Vec<_>>(), "{name}");
        assert_eq!(said, format!("{}: {} frames\n", path.display(), numbers.len()));
    }
}

/// Waits until nobody writes on what is left of a film: an ffmpeg whose input has ended still writes what
/// it has, and holds the file so long.
pub fn settle(path: &Path) {
    let (file, began) = (std::fs::File::open(path).unwrap(), Instant::now());
    while !take_hold(&file) {
        assert!(began.elapsed() < Duration::from_secs(60), "{} is held", path.display());
    }
}

#[test]
fn what_is_left_of_a_film_without_packets_is_whole_up_to_a_frame_wherever_it_was_cut() {
    // Of an apng's last frame it is not known whether it is whole.
    for (name, format, whole) in [("film.gif", Format::Gif, 5), ("film.apng", Format::Apng, 4)] {
        let (_guard, folder) = folder();
        let (path, part) = (folder.join(name), folder.join(format!("{name}.part")));
        let left = folder.join(format!("left-{name}.part"));
        let recovered = |bytes: &[u8]| {
            std::fs::write(&left, bytes).unwrap();
            let output = Output::new(&path, true).unwrap();
            recover(std::slice::from_ref(&left), format, &output, &CancelToken::default())
        };
        let mut encoding = start(&folder.join(name), spec(10, 9), Encoder::InProcess).unwrap();
        (0..5).for_each(|number| encoding.send(frame(number)).unwrap());
        let began = Instant::now();
        let bytes = loop {
            let bytes = std::fs::read(&part).unwrap();
            if recovered(&bytes).is_ok_and(|frames| frames == whole) {
                break bytes;
            }
            assert!(began.elapsed() < Duration::from_secs(60), "{name} does not grow");
        };
        drop(encoding);
        let mut film = (0, Vec::new());
        for length in (0..=bytes.len()).step_by(bytes.len() / 20).chain([bytes.len()]) {
            match recovered(&bytes[..length]) {
                Ok(frames) if frames == film.0 => {
                    assert!(std::fs::read(&path).unwrap() == film.1, "{name} cut at {length}");
                }
                Ok(frames) => {
                    assert!(frames > film.0, "more of the part is no less of the film");
                    assert_eq!(numbers(&path), (0..frames).collect::<Vec<_>>(), "{name} cut at {length}");
                    film = (frames, std::fs::read(&path).unwrap());
                }
                Err(JoinError::NotAPart { .. }) => assert_eq!(film.0, 0, "{name} cut at {length}"),
                Err(error) => panic!("{name} cut at {length}: {error}"),
            }
        }
        assert_eq!(film.0, whole, "{name}");
    }
}

#[test]
fn two_recordings_into_one_film_do_not_disturb_one_another() {
    for (name, encoder) in &KINDS[..5] {
        let (_guard, folder) = folder();
        let path = folder.join(name);
        let mut encoding = start(&path, spec(30, 3), *encoder).unwrap();
        encoding.send(frame(0)).unwrap();
        let format = Format::of(&path).unwrap();
        for force in [false, true] {
            let second = sink::open(&path, force, spec(30, 3), format, *encoder).err().unwrap();
            assert!(second.to_string().contains("being written by another recording"), "{second}");
        }
        (1..3).for_each(|number| encoding.send(frame(number)).unwrap());
        encoding.finish(&CancelToken::default()).unwrap();
        assert_eq!(numbers(&path), [0, 1, 2], "{name}");
    }
}

#[test]
fn a_gif_can_be_given_up_while_its_colours_are_chosen_and_its_frames_be_kept() {
    for keeps_partial in [false, true] {
        let (_guard, folder) = folder();
        let path = folder.join("film.gif");
        std::fs::write(&path, "old").unwrap();
        let spec = FilmSpec { keeps_partial, ..spec(30, 4) };
        let sink = sink::open(&path, true, spec, Format::Gif, Encoder::InProcess).unwrap();
        let mut encoding = Encoding::start(sink).unwrap();
        (0..4).for_each(|number| encoding.send(frame(number)).unwrap());
        let cancel = CancelToken::default();
        cancel.cancel();
        let ended = encoding.finish(&cancel).unwrap_err();
        assert_eq!(std::fs::read(&path).unwrap(), b"old");
        let left = files(&folder);
        match ended {
            SinkError::Interrupted { kept, frames: 4, .. } if keeps_partial => {
                join::joined(&[kept], &folder.join("whole.gif"));
                assert_eq!(numbers(&folder.join("whole.gif")), [0, 1, 2, 3]);
            }
            ended => assert!(!keeps_partial && left == ["film.gif"], "{ended}: {left:?}"),
        }
    }
}

#[test]
fn frames_that_somebody_else_has_made_meanwhile_are_not_replaced_unasked() {
    let (_guard, folder) = folder();
    let path = folder.join("frames");
    let mut encoding = start(&path, spec(30, 4), Encoder::InProcess).unwrap();
    encoding.send(frame(0)).unwrap();
    std::fs::write(path.join("frame-000002.png"), "theirs").unwrap();
    let failed = (1..4).find_map(|number| encoding.send(frame(number)).err());
    let failed = failed.or_else(|| encoding.finish(&CancelToken::default()).err()).unwrap();
    assert!(failed.to_string().contains("frame-000002.png exists already"), "{failed}");
    assert_eq!(std::fs::read(path.join("frame-000002.png")).unwrap(), b"theirs");
}

#[cfg(unix)]
#[test]
fn what_ffmpeg_leaves_when_it_fails_at_the_end_is_kept() {
    use std::os::unix::fs::PermissionsExt;
    for name in ["film-f.mp4", "film.webm"] {
        let (_guard, folder) = folder();
        let path = folder.join(name);
        // An ffmpeg that does its work and then fails, as on a disk that fills up with the last bytes.
        let bin = folder.join("bin");
        std::fs::create_dir(&bin).unwrap();
        let search = std::env::var("PATH").unwrap();
        let script = format!(
            "#!/bin/sh\nPATH='{search}'\ncase \"$*\" in *-encoders*|*'-c copy'*) exec ffmpeg \"$@\";; esac\n\
             ffmpeg \"$@\"; exit 3\n"
        );
        std::fs::write(bin.join("ffmpeg"), script).unwrap();
        std::fs::set_permissions(bin.join("ffmpeg"), PermissionsExt::from_mode(0o755)).unwrap();
        let mut child = child::finishing(&path);
        let output = child.env("PATH", format!("{}:{search}", bin.display())).output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        std::fs::remove_dir_all(&bin).unwrap();
        let kept = match &files(&folder)[..] {
            [one] => folder.join(one),
            several => panic!("{several:?}: {said}"),
        };
        assert!(said.contains("the film ended early") && said.contains(kept.to_str().unwrap()), "{said}");
        if kept != path {
            join::joined(&[kept], &path);
        }
        // Of the last frame's packet it is not known whether it is whole.
        let numbers = numbers(&path);
        assert!(numbers.len() >= 19 && numbers == (0..numbers.len() as u64).collect::<Vec<_>>());
    }
}

#[test]
fn older_frames_of_a_folder_are_replaced_when_all_new_ones_are_there() {
    let (_guard, folder) = folder();
    let path = folder.join("frames");
    film(&path, &FilmSpec { first: 2, ..spec(30, 2) }, Encoder::InProcess);
    let old = std::fs::read(path.join("frame-000002.png")).unwrap();
    // Frames of another film: numbers 100 and on, in the places of 0 and on.
    let other = |keeps_partial| {
        let spec = FilmSpec { keeps_partial, ..spec(30, 4) };
        let sink = sink::open(&path, true, spec, Format::Frames, Encoder::InProcess).unwrap();
        let mut encoding = Encoding::start(sink).unwrap();
        (100..104).for_each(|number| encoding.send(frame(number)).unwrap());
        encoding
    };
    drop(other(false));
    assert_eq!(files(&path), ["frame-000002.png", "frame-000003.png"]);
    assert_eq!(std::fs::read(path.join("frame-000002.png")).unwrap(), old);
    assert!(other(true).abandon().unwrap().is_some());
    assert_eq!(numbers(&path), [100, 101, 102, 103]);
    film_into(&path);
    assert_eq!(numbers(&path), [0, 1, 2, 3]);
    assert_eq!(files(&path).len(), 4);
}

/// The first four frames, in the places of others.
fn film_into(path: &Path) {
    let sink = sink::open(path, true, spec(30, 4), Format::Frames, Encoder::InProcess).unwrap();
    let mut encoding = Encoding::start(sink).unwrap();
    (0..4).for_each(|number| encoding.send(frame(number)).unwrap());
    encoding.finish(&CancelToken::default()).unwrap();
}

#[test]
fn packets_that_were_cut_at_any_byte_make_a_film_of_all_that_is_whole() {
    let (_guard, folder) = folder();
    let film_path = folder.join("film.mp4");
    let mut encoding = start(&film_path, spec(2, 7), Encoder::InProcess).unwrap();
    (0..7).for_each(|number| encoding.send(frame(number)).unwrap());
    let part = folder.join("film.mp4.part");
    let delimiter = [0, 0, 0, 1, 9, 0xf0];
    // All have been written when the last delimiter is there.
    let bytes = loop {
        let bytes = std::fs::read(&part).unwrap();
        if bytes.windows(6).filter(|window| *window == delimiter).count() == 8 {
            break bytes;
        }
        std::thread::sleep(Duration::from_millis(5));
    };
    drop(encoding);
    let cut = folder.join("cut.mp4.part");
    // A unit is whole once what follows it has begun, up to its first byte of content.
    let ends: Vec<usize> = (0..bytes.len()).filter(|&at| bytes[at..].starts_with(&delimiter)).collect();
    let mut looked_at = 0;
    for length in 0..=bytes.len() {
        std::fs::write(&cut, &bytes[..length]).unwrap();
        let whole = ends.iter().skip(1).filter(|&&end| end + 6 <= length).count();
        match Part::read(&cut) {
            Ok(part) => assert_eq!(part.frames(), whole as u64, "cut at {length} of {}", bytes.len()),
            Err(JoinError::NotAPart { .. }) => assert_eq!(whole, 0, "cut at {length}"),
            Err(error) => panic!("cut at {length}: {error}"),
        }
        if ends.iter().skip(1).any(|end| length == end + 5 || length == end + 6 || length == end + 40)
            && whole > 0
        {
            let made = folder.join("made.mp4");
            let output = Output::new(&made, true).unwrap();
            join_parts(&[Part::read(&cut).unwrap()], &output, &CancelToken::default()).unwrap();
            assert_eq!(numbers(&made), (0..whole as u64).collect::<Vec<_>>(), "cut at {length}");
            looked_at += 1;
        }
    }
    assert!(looked_at >= 14, "{looked_at}");
}

/// Runs the film where no file may be larger than 64 KiB: writing fails as on a full disk.
#[cfg(unix)]
fn without_room(path: &Path, keep: bool) -> String {
    let child = child::command(path);
    let mut command = Command::new("sh");
    // Without the signal, which would end the process, the write is refused.
    command.args(["-c", "trap '' XFSZ; ulimit -f 128; exec \"$@\"", "sh"]).arg(child.get_program());
    command.args(child.get_args()).envs(child.get_envs().filter_map(|(name, value)| Some((name, value?))));
    if keep {
        command.env("KEEP", "yes");
    }
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    said.lines().find_map(|line| line.strip_prefix("ENDED ")).unwrap_or_else(|| panic!("{said}")).to_owned()
}

#[cfg(unix)]
#[test]
fn out_of_room_there_is_one_line_and_nothing_half_written() {
    for (name, _) in &KINDS[..5] {
        let (_guard, folder) = folder();
        let path = folder.join(name);
        let said = without_room(&path, false);
        assert!(said.contains(*name) && said.starts_with("cannot write"), "{said}");
        assert_eq!(files(&folder), [""; 0], "{name}");
    }
}

#[cfg(unix)]
#[test]
fn out_of_room_the_frames_so_far_can_be_kept() {
    for (name, _) in &KINDS[..5] {
        let (_guard, folder) = folder();
        let path = folder.join(name);
        let said = without_room(&path, true);
        let kept = match &files(&folder)[..] {
            [one] => folder.join(one),
            several => panic!("{several:?}"),
        };
        assert!(said.contains("the film ended early; its first") && said.contains("cannot write"), "{said}");
        assert!(said.contains(kept.to_str().unwrap()), "{said} {}", kept.display());
        // Where the film itself found no room, what there is of it stays.
        let whole = folder.join(format!("whole-{name}"));
        let joined = join::joined(&[kept], &whole);
        let claimed = said.split("its first ").nth(1).and_then(|rest| rest.split(' ').next()).unwrap();
        assert!(joined.contains(&format!(": {claimed} frames")), "{said} {joined}");
        let numbers = numbers(&whole);
        assert!(numbers.len() > 3, "{name}: {numbers:?}");
        assert_eq!(numbers, (0..numbers.len() as u64).collect::<Vec<_>>(), "{name}");
    }
}
