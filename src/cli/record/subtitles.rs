//! What a film's chapters tell, as text beside the film.

use std::io::Write;
use std::path::Path;

use anyhow::anyhow;

use crate::cli::Failure;
use crate::core::script::{Mark, Subtitles};
use crate::disk::output::Output;

/// A file that will be written once the film is there.
pub(super) struct SubtitleFile {
    output: Output,
    text: String,
}

/// The files of a film with those chapters.
///
/// # Errors
/// If there is nothing to tell, or a file cannot be written.
pub(super) fn subtitle_files(
    forms: &[Subtitles],
    film: &Path,
    force: bool,
    marks: &[Mark],
    fps: u32,
) -> Result<Vec<SubtitleFile>, Failure> {
    if !forms.is_empty() && marks.iter().all(|mark| mark.told.is_empty()) {
        return Err(Failure::request(anyhow!(
            "--captions: expected a film whose chapters have titles or captions; these have none"
        )));
    }
    let file = |form: &Subtitles| {
        let output = Output::new(&film.with_extension(form.ending()), force).map_err(Failure::request)?;
        Ok(SubtitleFile { output, text: form.text(marks, fps) })
    };
    forms.iter().map(file).collect()
}

impl SubtitleFile {
    /// Puts it into its place.
    ///
    /// # Errors
    /// If it cannot be written.
    pub(super) fn write(self) -> Result<(), Failure> {
        let Self { output, text } = self;
        output.write(|file| file.write_all(text.as_bytes())).map_err(Failure::work)
    }
}
