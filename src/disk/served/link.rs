//! The bytes to and from an evaluator: a thread that reads frames, one that writes, and one that keeps its last words.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::Place;
use super::event::Event;
use crate::core::grid::{Lost, talk};
use crate::core::io::frames::{self, Frame, FrameError, TALK};

/// The way to an evaluator. Dropping it ends a child, or the connection: a server may wait for its end to hear the next.
pub struct Link {
    writer: Sender<Vec<u8>>,
    child: Option<Child>,
    connection: Option<TcpStream>,
    last_words: Arc<Mutex<VecDeque<String>>>,
}

/// Lines of a child's standard error that are kept.
const LAST_LINES: usize = 3;
/// How long a child has to end, or to have its last words heard, once its output has ended.
const FAREWELL: Duration = Duration::from_millis(500);

impl Link {
    /// Starts or calls an evaluator. What it says comes as events.
    ///
    /// # Errors
    /// If it cannot be started or called.
    pub fn open(place: &Place, patience: Duration, events: Sender<Event>) -> Result<Self, Lost> {
        let last_words = Arc::default();
        let (writer, child, connection) = match place {
            Place::Program(words) => {
                let mut child = started(words)?;
                if let Some(output) = child.stdout.take() {
                    spawn("evaluator-reader", move || read(output, &events))?;
                }
                if let Some(errors) = child.stderr.take() {
                    let kept = Arc::clone(&last_words);
                    spawn("evaluator-words", move || keep_last(errors, &kept))?;
                }
                let input = child.stdin.take().ok_or_else(|| Lost("has no standard input".into()))?;
                (writer(input)?, Some(child), None)
            }
            Place::Port(address, _) => {
                let lost =
                    |error: std::io::Error| Lost(format!("at {address} cannot be reached: {error}").into());
                let stream = TcpStream::connect_timeout(address, patience).map_err(lost)?;
                stream.set_nodelay(true).map_err(lost)?;
                let [input, connection] = [stream.try_clone(), stream.try_clone()];
                let (input, connection) = (input.map_err(lost)?, connection.map_err(lost)?);
                spawn("evaluator-reader", move || read(input, &events))?;
                (writer(stream)?, None, Some(connection))
            }
        };
        let link = Self { writer, child, connection, last_words };
        // Where it is not heard any more, the reader tells why.
        let _ = link.writer.send(TALK.to_vec());
        if let Place::Port(_, token) = place {
            link.send(&talk::token(token));
        }
        Ok(link)
    }

    /// Sends a frame, without waiting.
    pub fn send(&self, frame: &Frame) {
        let mut bytes = Vec::new();
        frames::write(frame, &mut bytes);
        let _ = self.writer.send(bytes);
    }

    /// Ends a child, or the connection.
    pub fn end(&mut self) {
        if let Some(connection) = self.connection.take() {
            // It may have ended by itself.
            let _ = connection.shutdown(Shutdown::Both);
        }
        if let Some(mut child) = self.child.take() {
            // It may have ended by itself.
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    /// What is to be said of an evaluator whose output has ended.
    pub fn ending(&mut self) -> String {
        let began = Instant::now();
        let status = loop {
            let status = self.child.as_mut().and_then(|child| child.try_wait().ok().flatten());
            if status.is_some() || self.child.is_none() || began.elapsed() > FAREWELL {
                break status;
            }
            std::thread::sleep(Duration::from_millis(5));
        };
        // The last words may still be on their way.
        std::thread::sleep(Duration::from_millis(20));
        let ended = match status {
            Some(status) => format!("ended ({status})"),
            None => "closed the connection".to_owned(),
        };
        let words = self.last_words.lock().unwrap_or_else(PoisonError::into_inner);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        if words.is_empty() { ended } else { format!("{ended}; it said last: {}", words.join(" | ")) }
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        self.end();
    }
}

fn started(words: &[String]) -> Result<Child, Lost> {
    let (program, arguments) = words.split_first().ok_or_else(|| Lost("has no name".into()))?;
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn().map_err(|error| Lost(format!("{program} cannot be started: {error}").into()))
}

fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> Result<(), Lost> {
    let thread = std::thread::Builder::new().name(name.to_owned()).spawn(work);
    thread.map(drop).map_err(|error| Lost(format!("cannot be talked to: {error}").into()))
}

/// A thread that writes what it is sent, since an evaluator that hangs does not take it.
fn writer(mut to: impl Write + Send + 'static) -> Result<Sender<Vec<u8>>, Lost> {
    let (sender, bytes) = channel::<Vec<u8>>();
    spawn("evaluator-writer", move || {
        for bytes in bytes {
            if to.write_all(&bytes).and_then(|()| to.flush()).is_err() {
                return;
            }
        }
    })?;
    Ok(sender)
}

/// Keeps the last lines that are said.
fn keep_last(from: impl Read, kept: &Mutex<VecDeque<String>>) {
    for line in BufReader::new(from).split(b'\n').map_while(Result::ok) {
        let line = shortened(&line);
        if !line.is_empty() {
            let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
            kept.push_back(line);
            let over = kept.len().saturating_sub(LAST_LINES);
            kept.drain(..over);
        }
    }
}

/// Reads frames until they end.
fn read(mut from: impl Read, events: &Sender<Event>) {
    let mut bytes = Vec::new();
    let mut has_begun = false;
    let mut chunk = vec![0; 1 << 16];
    loop {
        match from.read(&mut chunk) {
            Ok(0) | Err(_) => break,
            Ok(length) => bytes.extend(&chunk[..length]),
        }
        match taken(&mut bytes, &mut has_begun) {
            Ok(frames) => {
                if frames.into_iter().any(|frame| events.send(Event::Came(frame)).is_err()) {
                    return;
                }
            }
            Err(words) => {
                let _ = events.send(Event::Broken(words));
                return;
            }
        }
    }
    let _ = events.send(Event::Ended);
}

/// Takes the whole frames from the front of some bytes.
fn taken(bytes: &mut Vec<u8>, has_begun: &mut bool) -> Result<Vec<Frame>, String> {
    if !*has_begun {
        match frames::opening(bytes, &TALK) {
            Ok(None) => return Ok(Vec::new()),
            Ok(Some(length)) => drop(bytes.drain(..length)),
            Err(_) => return Err(format!("prints text instead of frames: {}", first_line(bytes))),
        }
        *has_begun = true;
    }
    let (mut found, mut at) = (Vec::new(), 0);
    let told = |error: FrameError| format!("sent {error}");
    while let Some((frame, length)) = frames::next(&bytes[at..]).map_err(told)? {
        found.push(frame);
        at += length;
    }
    bytes.drain(..at);
    Ok(found)
}

fn first_line(bytes: &[u8]) -> String {
    shortened(bytes.split(|byte| *byte == b'\n').next().unwrap_or_default())
}

/// A line as it can be told within another: not too long, without what moves a terminal's cursor.
fn shortened(line: &[u8]) -> String {
    const MOST: usize = 200;
    let text = String::from_utf8_lossy(&line[..line.len().min(MOST)]);
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect::<String>().trim().to_owned()
}
