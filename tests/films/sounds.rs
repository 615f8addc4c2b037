//! Sounds: ffmpeg decodes them from the film at their times.

use losscape::record::sink::Sound;

use super::*;

/// A loud tone of so many seconds at 8000 samples a second.
pub fn tone(path: &Path, secs: f64) {
    let samples = (8000.0 * secs) as u32;
    let mut wav = b"RIFF".to_vec();
    wav.extend((36 + 2 * samples).to_le_bytes());
    wav.extend(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
    wav.extend([8000_u32, 16_000].iter().flat_map(|number| number.to_le_bytes()));
    wav.extend([2, 0, 16, 0]);
    wav.extend(b"data");
    wav.extend((2 * samples).to_le_bytes());
    let tone = |i: u32| (20_000.0 * (0.35 * f64::from(i)).sin()) as i16;
    wav.extend((0..samples).flat_map(|i| tone(i).to_le_bytes()));
    std::fs::write(path, wav).unwrap();
}

/// The loudest sample of each tenth of a second of a film, 0 to 1.
fn loudness(path: &Path) -> Vec<f64> {
    let after = ["-map", "0:a", "-ac", "1", "-ar", "8000", "-f", "s16le", "-"];
    let bytes = run("ffmpeg", &["-v", "error", "-i"], path, &after);
    let samples: Vec<f64> = bytes
        .as_chunks::<2>()
        .0
        .iter()
        .map(|&bytes| f64::from(i16::from_le_bytes(bytes)).abs() / 32768.0)
        .collect();
    samples.chunks(800).map(|part| part.iter().fold(0.0, |most: f64, sample| most.max(*sample))).collect()
}

#[test]
fn sounds_are_heard_at_their_times_in_every_kind_of_film_that_has_them() {
    let (_guard, folder) = folder();
    let file = folder.join("a:b.wav");
    tone(&file, 0.5);
    let sound = |at, skipped| Sound { file: file.clone(), at, skipped };
    for (name, encoder) in KINDS {
        let path = folder.join(name);
        if !Format::of(&path).unwrap().has_tracks() {
            continue;
        }
        let sounds = vec![sound(0.4, 0.0), sound(1.5, 0.3)];
        film(&path, &FilmSpec { sounds, ..spec(20, 40) }, encoder);
        let heard = loudness(&path);
        // Encoders need a little time before and after.
        let loud = [4, 5, 6, 7, 8, 15, 16];
        for (tenth, level) in heard.iter().enumerate().take(20) {
            let is_edge = [3, 9, 14, 17].contains(&tenth);
            let is_right = if loud.contains(&tenth) { *level > 0.3 } else { *level < 0.02 || is_edge };
            assert!(is_right, "{name}: {level} in tenth {tenth} of {heard:?}");
        }
        assert!((19..=21).contains(&heard.len()), "{name}: {} tenths", heard.len());
        assert_eq!(numbers(&path), (0..40).collect::<Vec<_>>(), "{name}");
    }
}
