//! A film frame by frame, on a thread of its own, to its end or to where somebody interrupts.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::cli::Failure;
use crate::cli::interrupt::Interrupt;
use crate::cli::progress::FilmProgress;
use crate::cli::terminal::{complain, say};
use crate::core::num::CancelToken;
use crate::record::sink::{Encoding, Partial, SinkError};
use crate::record::{Film, FilmRequest};

/// How a film was drawn.
enum Drawn {
    /// To its end, or to where somebody interrupted.
    Through,
    /// To where it cannot be drawn any further.
    Failed(anyhow::Error),
    /// To where it cannot be encoded any further.
    Stuck(SinkError),
}

/// How long a frame may take to be finished once somebody has interrupted: most films end cleanly then. One
/// that waits for an hour of training does not, and is left where it stands.
const GRACE: Duration = Duration::from_secs(2);

/// Draws every frame and hands it to the encoder. It is drawn on a thread of its own, for a frame waits for
/// all the work it asks for, however long that takes.
pub(super) fn film(
    request: FilmRequest,
    encoding: Encoding,
    interrupt: &Interrupt,
    progress: FilmProgress,
) -> Result<(), Failure> {
    let encoding = Arc::new(Mutex::new(Some(encoding)));
    let (theirs, token, progress) = (Arc::clone(&encoding), interrupt.token(), Arc::new(progress));
    let told = Arc::clone(&progress);
    let drawn = interrupt.work_with_grace(GRACE, move || draw(request, &theirs, &token, &told));
    let encoding = encoding.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).take();
    let Some(encoding) = encoding else { return Err(Failure::Interrupted) };
    match drawn {
        Ok(Ok(Drawn::Through)) if !interrupt.is_heard() => finish(encoding, interrupt, &progress),
        Ok(Ok(Drawn::Through)) | Err(Failure::Interrupted) => {
            progress.end();
            say_kept(encoding, interrupt)?;
            Err(Failure::Interrupted)
        }
        Ok(Ok(Drawn::Failed(error))) => {
            progress.end();
            say_kept(encoding, interrupt)?;
            Err(Failure::Work(error))
        }
        Ok(Ok(Drawn::Stuck(error))) => Err(Failure::work(error)),
        Ok(Err(failure)) | Err(failure) => Err(failure),
    }
}

fn draw(
    request: FilmRequest,
    encoding: &Mutex<Option<Encoding>>,
    token: &CancelToken,
    progress: &FilmProgress,
) -> Result<Drawn, Failure> {
    let mut film = match Film::open(request, token) {
        Ok(Some(film)) => film,
        Ok(None) => return Ok(Drawn::Through),
        Err(error) => return Ok(Drawn::Failed(error)),
    };
    let encoding = || encoding.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    while !token.is_cancelled() {
        // Nobody waits for the rest once the encoder was taken away.
        let Some(mut frame) = encoding().as_ref().map(|encoding| encoding.spare().unwrap_or_default()) else {
            break;
        };
        match film.draw(&mut frame) {
            Ok(true) => {
                // Held for the way alone: the frame may have to wait.
                let Some(feed) = encoding().as_ref().and_then(Encoding::feed) else { break };
                match feed.send(frame) {
                    true => progress.tell()?,
                    false => match encoding().as_mut().map(Encoding::failure) {
                        Some(Err(error)) => return Ok(Drawn::Stuck(error)),
                        Some(Ok(())) | None => break,
                    },
                }
            }
            Ok(false) => break,
            Err(error) => return Ok(Drawn::Failed(error)),
        }
    }
    film.warnings().iter().for_each(|warning| progress.note(warning));
    Ok(Drawn::Through)
}

/// Completes a film that was drawn to its end.
fn finish(encoding: Encoding, interrupt: &Interrupt, progress: &FilmProgress) -> Result<(), Failure> {
    let finished = encoding.finish(&interrupt.token());
    progress.end();
    match finished {
        Err(error) if interrupt.is_heard() => {
            if let SinkError::Interrupted { kept, frames, .. } = error {
                drop(say(&format!("kept {frames} frames in {}", kept.display())));
            }
            Err(Failure::Interrupted)
        }
        finished => finished.map_err(Failure::work),
    }
}

/// Ends a film early, and tells what is kept of it.
fn say_kept(encoding: Encoding, interrupt: &Interrupt) -> Result<(), Failure> {
    let kept = match encoding.abandon() {
        Err(SinkError::Interrupted { kept: path, frames, .. }) if interrupt.is_heard() => {
            Some(Partial { path, frames })
        }
        Err(error) if interrupt.is_heard() => {
            complain(&error.to_string());
            None
        }
        abandoned => abandoned.map_err(Failure::work)?,
    };
    if let Some(Partial { frames, path }) = kept {
        // Why it ended early decides the exit code, whether this can be said or not.
        drop(say(&format!("kept {frames} frames in {}", path.display())));
    }
    Ok(())
}
