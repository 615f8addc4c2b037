//! The sounds of a film: read, put to their times and encoded by the program `ffmpeg`.

use std::path::PathBuf;
use std::process::Command;

use super::ffmpeg::named;

/// A sound in a film.
#[derive(Clone, Debug, PartialEq)]
pub struct Sound {
    /// A `.wav`.
    pub file: PathBuf,
    /// Seconds of the film at which it is heard first.
    pub at: f64,
    /// Seconds at its beginning that are left out.
    pub skipped: f64,
}

/// Adds the sounds as inputs behind so many others.
pub(super) fn add_inputs(command: &mut Command, sounds: &[Sound]) {
    for sound in sounds {
        command.args(["-ss", &format!("{:.6}", sound.skipped), "-f", "wav", "-i"]).arg(named(&sound.file));
    }
}

/// How sounds that are inputs from `first` on become one of so many seconds, named `[sound]`.
pub(super) fn filter(sounds: &[Sound], first: usize, secs: f64) -> String {
    let placed = sounds.iter().enumerate().map(|(i, sound)| {
        let (input, millis) = (first + i, (1000.0 * sound.at).round());
        format!("[{input}:a]aresample=48000,aformat=channel_layouts=stereo,adelay={millis}:all=1[s{i}];")
    });
    let names: String = (0..sounds.len()).map(|i| format!("[s{i}]")).collect();
    let count = sounds.len();
    // As loud as they are, and silence to the film's end.
    let together = format!("{names}amix=inputs={count}:normalize=0,apad,atrim=end={secs:.6}[sound]");
    placed.chain([together]).collect()
}
