//! The program `ffmpeg`: whether it is there, how it is told of a film's frames, and the pipe to it.
//!
//! Frames go to its standard input as they are. Colours are converted to limited-range BT.709 and say so.

use std::collections::VecDeque;
use std::ffi::OsString;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};
use std::thread::JoinHandle;
use std::time::Duration;

use super::{FilmSpec, SinkError, Stopper, write_error};
use crate::record::deep::DeepImage;

/// How long ffmpeg may take to tell its encoders: it takes some hundredths of a second.
const PATIENCE: Duration = Duration::from_secs(5);

/// Whether there is an ffmpeg that has the encoder.
pub(super) fn look_for(program: &str, encoder: &'static str, hint: &'static str) -> Result<(), SinkError> {
    let mut command = Command::new(program);
    match said_within(PATIENCE, command.args(["-hide_banner", "-encoders"])) {
        Ok(Some(said)) if said.contains(encoder) => Ok(()),
        Ok(Some(_)) => Err(SinkError::NoFfmpegEncoder { encoder }),
        Ok(None) => Err(SinkError::SilentFfmpeg { secs: PATIENCE.as_secs() }),
        Err(_) => Err(SinkError::NoFfmpeg { hint }),
    }
}

/// What a program says to its end; `None` if it has not come to it by then, and is ended.
fn said_within(limit: Duration, command: &mut Command) -> io::Result<Option<String>> {
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
    let (say, said) = mpsc::channel();
    let listen = |mut stdout: ChildStdout| {
        let listen = move || {
            let mut bytes = Vec::new();
            let read = stdout.read_to_end(&mut bytes);
            // Nobody may be listening any more.
            let _ = say.send(read.map(|_| String::from_utf8_lossy(&bytes).into_owned()));
        };
        std::thread::Builder::new().name("ffmpeg".to_owned()).spawn(listen)
    };
    child.stdout.take().map(listen).transpose()?;
    let said = said.recv_timeout(limit);
    // Whoever has said everything may have ended by itself; then there is nobody to end.
    let _ = child.kill();
    child.wait()?;
    said.ok().transpose()
}

/// A file's name as ffmpeg takes it: otherwise a colon in it would name a protocol.
pub(super) fn named(path: &Path) -> OsString {
    let mut name = OsString::from("file:");
    name.push(path);
    name
}

/// The program with all that is alike for every format, which encodes such pixels.
pub(super) fn command(spec: &FilmSpec, pixels: &str) -> Command {
    let mut command = Command::new("ffmpeg");
    let size = format!("{}x{}", spec.size[0], spec.size[1]);
    let given = if spec.is_deep { "rgba64le" } else { "rgba" };
    command.args(["-hide_banner", "-loglevel", "error", "-f", "rawvideo", "-pixel_format", given]);
    command.args(["-video_size", &size, "-framerate", &spec.fps.to_string(), "-i", "pipe:0"]);
    let exactly = "scale=out_color_matrix=bt709:out_range=tv:flags=accurate_rnd";
    command.args(["-vf", &format!("{exactly},format={pixels}")]);
    command.args(["-color_primaries", "bt709", "-color_trc", "iec61966-2-1"]);
    command.args(["-colorspace", "bt709", "-color_range", "tv"]);
    command
}

/// The numbers of a deep frame, as the program is told that they come.
pub(super) fn bytes_of(frame: &DeepImage) -> Vec<u8> {
    frame.as_raw().iter().flat_map(|number| number.to_le_bytes()).collect()
}

/// The running program.
pub(super) struct Pipe {
    /// Also in the hands of who may have to end it.
    child: Arc<Mutex<Child>>,
    stdin: Option<ChildStdin>,
    /// Reads what it complains about, or it would wait for somebody to do so.
    listener: Option<JoinHandle<String>>,
    /// How it ended and what it said, if it failed.
    failure: Option<(String, String)>,
    path: PathBuf,
}

/// Lines of complaint that are kept: the last ones tell why it ended.
const LINES: usize = 3;

impl Pipe {
    pub(super) fn start(mut command: Command, path: PathBuf) -> Result<Self, SinkError> {
        alone(&mut command);
        let failed = write_error(&path);
        let mut child = command.stdin(Stdio::piped()).stderr(Stdio::piped()).spawn().map_err(&failed)?;
        let stdin = child.stdin.take();
        let stderr = child.stderr.take();
        let listen = move || stderr.map(|stderr| last_lines(BufReader::new(stderr))).unwrap_or_default();
        let listener =
            std::thread::Builder::new().name("ffmpeg".to_owned()).spawn(listen).map_err(&failed)?;
        let child = Arc::new(Mutex::new(child));
        Ok(Self { child, stdin, listener: Some(listener), failure: None, path: path.clone() })
    }

    /// Ends the program, whatever it is at.
    pub(super) fn stopper(&self) -> Stopper {
        let child = Arc::clone(&self.child);
        // It may have ended by itself; then there is nobody to end.
        Box::new(move || drop(held(&child).kill()))
    }

    pub(super) fn write(&mut self, frame: &[u8]) -> Result<(), SinkError> {
        let written = self.stdin.as_mut().map_or(Ok(()), |stdin| stdin.write_all(frame));
        match written {
            Ok(()) => Ok(()),
            // It no longer listens: it knows why.
            Err(error) => match self.end() {
                Err(why) => Err(why),
                Ok(()) => Err(write_error(&self.path)(error)),
            },
        }
    }

    /// Tells it that there is no more, and waits until it has written everything. If it failed, it says so
    /// each time.
    pub(super) fn end(&mut self) -> Result<(), SinkError> {
        self.stdin = None;
        if let Some(listener) = self.listener.take() {
            // It is heard to its end before it is held, so that it can be ended meanwhile.
            let said = listener.join().unwrap_or_default();
            let status = held(&self.child).wait().map_err(write_error(&self.path))?;
            self.failure = (!status.success()).then(|| (status.to_string(), said));
        }
        match self.failure.clone() {
            None => Ok(()),
            Some((status, said)) => Err(SinkError::Ffmpeg { path: self.path.clone(), status, said }),
        }
    }
}

impl Drop for Pipe {
    fn drop(&mut self) {
        if self.listener.is_some() {
            // It may have ended by itself; then there is nobody to end.
            let mut child = held(&self.child);
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

fn held(child: &Mutex<Child>) -> MutexGuard<'_, Child> {
    child.lock().unwrap_or_else(PoisonError::into_inner)
}

pub(super) fn last_lines(from: impl BufRead) -> String {
    let mut lines = VecDeque::new();
    for line in from.lines().map_while(io::Result::ok).filter(|line| !line.trim().is_empty()) {
        lines.push_back(line);
        if lines.len() > LINES {
            lines.pop_front();
        }
    }
    Vec::from(lines).join("; ")
}

/// Ctrl-C in a terminal is meant for this program, which then ends ffmpeg in its own way.
pub(super) fn alone(command: &mut Command) {
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(command, 0);
    #[cfg(windows)]
    std::os::windows::process::CommandExt::creation_flags(command, 0x200);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_is_absent_or_lacks_the_encoder_is_named_with_what_to_do() {
        let absent = look_for("losscape-absent", "libx264", "; a hint").unwrap_err().to_string();
        assert!(absent.contains("no ffmpeg on the PATH") && absent.ends_with("; a hint"), "{absent}");
        let lacking = look_for("ffmpeg", "libnothing", "").unwrap_err().to_string();
        assert!(lacking.contains("built without libnothing"), "{lacking}");
        assert!(look_for("ffmpeg", "libx264", "").is_ok() && look_for("ffmpeg", "libvpx-vp9", "").is_ok());
    }

    #[test]
    fn the_last_lines_of_a_complaint_are_kept() {
        assert_eq!(last_lines(&b"a\nb\n\nc\nd\n"[..]), "b; c; d");
        assert_eq!(last_lines(&b""[..]), "");
    }
}
