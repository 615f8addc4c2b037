//! What a film holds and says of itself.

use super::*;

#[test]
fn every_format_holds_every_frame_once_and_in_order() {
    let (_guard, folder) = folder();
    for (name, encoder) in KINDS {
        let path = folder.join(name);
        film(&path, &FilmSpec { first: 300, ..spec(20, 75) }, encoder);
        assert_eq!(numbers(&path), (300..375).collect::<Vec<_>>(), "{name}");
    }
    assert_eq!(
        files(&folder),
        ["film-f.mp4", "film.apng", "film.gif", "film.mov", "film.mp4", "film.webm", "frames"]
    );
    assert_eq!(files(&folder.join("frames"))[74], "frame-000374.png");
}

#[test]
fn an_mp4_says_what_was_asked_for_at_any_whole_rate() {
    let (_guard, folder) = folder();
    for encoder in [Encoder::InProcess, Encoder::Ffmpeg] {
        for fps in [1, 7, 24, 30, 60, 144, 240] {
            let path = folder.join(format!("{encoder:?}-{fps}.mp4"));
            film(&path, &spec(fps, 11), encoder);
            let kind = ["codec_name", "codec_tag_string", "width", "height", "pix_fmt", "has_b_frames"];
            let time = ["r_frame_rate", "avg_frame_rate", "nb_frames", "duration"];
            let told = probed(&path, &[&kind[..], &time].concat());
            assert_eq!(told[..6], ["h264", "avc1", "256", "96", "yuv420p", "0"]);
            let rate = format!("{fps}/1");
            let seconds = format!("{:.6}", 11.0 / f64::from(fps));
            assert_eq!(told[6..], [&rate, &rate, "11", &seconds], "{encoder:?}");
        }
    }
}

#[test]
fn an_mp4_begins_with_its_table_and_has_a_key_frame_every_two_seconds() {
    let (_guard, folder) = folder();
    for encoder in [Encoder::InProcess, Encoder::Ffmpeg] {
        let path = folder.join(format!("{encoder:?}.mp4"));
        film(&path, &spec(10, 50), encoder);
        let bytes = std::fs::read(&path).unwrap();
        let place = |name: &[u8]| bytes.windows(4).position(|window| window == name).unwrap();
        assert!(place(b"ftyp") < place(b"moov") && place(b"moov") < place(b"mdat"));
        let keys = ["-v", "error", "-of", "csv=p=0", "-show_entries", "packet=pts_time,dts_time,flags"];
        let shown = String::from_utf8(run("ffprobe", &keys, &path, &[])).unwrap();
        let packets: Vec<Vec<&str>> = shown.lines().map(|line| line.split(',').collect()).collect();
        assert_eq!(packets.len(), 50);
        let is_key = |packet: &&Vec<&str>| packet[2].starts_with('K');
        let times: Vec<f64> =
            packets.iter().filter(is_key).map(|packet| packet[0].parse().unwrap()).collect();
        assert!(times[0] == 0.0 && times.contains(&2.0) && times.contains(&4.0), "{encoder:?}: {times:?}");
        assert!(packets.iter().all(|packet| packet[0] == packet[1]), "shown in the order of decoding");
    }
}

#[test]
fn the_same_frames_make_the_same_file() {
    let (_guard, folder) = folder();
    for (name, encoder) in KINDS.into_iter().filter(|(name, _)| !name.contains("frames")) {
        // The name of the muxer's unique number in a webm is drawn by chance.
        if name.ends_with(".webm") {
            continue;
        }
        let [first, second] = ["1", "2"].map(|number| {
            let path = folder.join(format!("{number}{name}"));
            film(&path, &spec(25, 12), encoder);
            std::fs::read(path).unwrap()
        });
        assert!(first == second, "{name}");
    }
}

#[test]
fn a_gif_has_one_palette_loops_for_ever_and_lasts_as_long_as_the_film() {
    let (_guard, folder) = folder();
    for fps in [7, 30, 50] {
        let path = folder.join(format!("{fps}.gif"));
        film(&path, &spec(fps, u64::from(fps)), Encoder::InProcess);
        let mut decoder = gif::DecodeOptions::new().read_info(std::fs::File::open(&path).unwrap()).unwrap();
        assert_eq!(decoder.global_palette().unwrap().len(), 3 * 256);
        let mut hundredths = 0;
        while let Some(frame) = decoder.read_next_frame().unwrap() {
            assert!(frame.palette.is_none() && frame.delay >= 2);
            hundredths += frame.delay;
        }
        assert_eq!(hundredths, 100, "{fps}");
        assert_eq!(decoder.repeat(), gif::Repeat::Infinite);
    }
}

#[test]
fn what_does_not_change_costs_next_to_nothing_and_stays_as_it_is() {
    let (_guard, folder) = folder();
    for name in ["film.gif", "film.apng", "film.mp4"] {
        let path = folder.join(name);
        let mut encoding = start(&path, spec(30, 60), Encoder::InProcess).unwrap();
        (0..60).for_each(|_| encoding.send(frame(77)).unwrap());
        encoding.finish(&CancelToken::default()).unwrap();
        let pictures = decoded(&path, SIZE);
        assert_eq!(pictures.len(), 60);
        if !name.ends_with("mp4") {
            assert!(pictures.iter().all(|picture| *picture == pictures[0]), "{name}");
        }
        let one = folder.join(format!("one-{name}"));
        film(&one, &FilmSpec { first: 77, ..spec(30, 1) }, Encoder::InProcess);
        let length = |path: &Path| std::fs::metadata(path).unwrap().len();
        assert!(length(&path) < length(&one) + 59 * 120, "{name}: {} for {}", length(&path), length(&one));
    }
}
