//! Makes a shorter film of what was left of a gif, an apng, a webm or a mov.

use std::path::PathBuf;

use super::join::{JoinError, open};
use super::{Format, apng, gif, muxed};
use crate::core::num::CancelToken;
use crate::disk::output::Output;

/// Makes the film of the one part that was left of a gif, an apng, a webm or a mov; tells how many frames it has.
///
/// # Errors
/// If there are several parts, the part cannot be read or is none of such a film, the film cannot be written,
/// or it was cancelled.
pub fn recover(
    parts: &[PathBuf],
    format: Format,
    output: &Output,
    cancel: &CancelToken,
) -> Result<u64, JoinError> {
    let needs_none = |path: &PathBuf, reason| JoinError::NeedsNone { path: path.clone(), reason };
    let [part] = parts else {
        let path = parts.get(1).cloned().unwrap_or_default();
        let reason = "only the parts of an .mp4 are put together; record this in one go, or into a folder";
        return Err(needs_none(&path, reason));
    };
    // Each reader opens it by itself, ffmpeg too.
    drop(open(part)?);
    match format {
        Format::Gif => gif::recover(part, output, cancel),
        Format::Apng => apng::recover(part, output, cancel),
        Format::Webm => muxed::WEBM.recover(part, output),
        Format::Mov => muxed::MOV.recover(part, output),
        Format::Mp4 | Format::Frames => Err(needs_none(part, "frames in a folder are whole as they are")),
    }
}
