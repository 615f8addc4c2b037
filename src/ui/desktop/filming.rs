//! A film or a picture in the making, by another process of this same program.
//!
//! It tells its progress on its standard output and ends when its standard input is closed: so it can be
//! given up without leaving anything half-written, and does not outlive a window that crashes. A window
//! that is closed in the middle of it waits for it out of sight.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use bevy::prelude::*;
use bevy::winit::{EventLoopProxyWrapper, WinitUserEvent};
use tempfile::NamedTempFile;

use super::desk::{FilmOrder, Order};
use super::writing::{folder_of, write};
use crate::core::script::TourFile;
use crate::ui::desk::Desk;
use crate::ui::view::FilmView;

/// A film in the making.
pub struct Filming {
    child: Child,
    /// Closing it gives the film up.
    input: Option<ChildStdin>,
    // A receiver may be read from one thread at a time, which Bevy's resources do not promise.
    news: Mutex<Receiver<(u64, u64)>>,
    /// Gives the last thing that it complained of.
    complaint: Option<JoinHandle<String>>,
    /// The tour lies there as long as it may be read.
    _tour: NamedTempFile,
    path: PathBuf,
    progress: Option<(u64, u64)>,
    /// When the first frame was done, and how many were then.
    first: Option<(Instant, u64)>,
}

impl Filming {
    /// Begins a film of a tour; `wake` is called now and then while there is news.
    ///
    /// # Errors
    /// If the process cannot be started, in words.
    pub fn begin(
        tour: &TourFile,
        order: &FilmOrder,
        wake: impl Fn() + Send + 'static,
    ) -> Result<Self, String> {
        let why = |error: std::io::Error| format!("{} cannot be made: {error}", order.path.display());
        let mut file = tempfile::Builder::new().prefix("losscape-").suffix(".ron").tempfile().map_err(why)?;
        let text = tour.saved_in(folder_of(file.path())).to_ron();
        file.write_all(text.as_bytes()).and_then(|()| file.flush()).map_err(why)?;
        let program = std::env::current_exe().map_err(why)?;
        let mut child = command(&program, file.path(), order).spawn().map_err(why)?;
        let (sender, news) = channel();
        if let Some(output) = child.stdout.take() {
            spawn("film progress", move || hear(output, &sender, &wake)).map_err(why)?;
        }
        let complaint = child.stderr.take().map(|errors| spawn("film errors", move || last_line(errors)));
        Ok(Self {
            input: child.stdin.take(),
            child,
            news: Mutex::new(news),
            complaint: complaint.transpose().map_err(why)?,
            _tour: file,
            path: order.path.clone(),
            progress: None,
            first: None,
        })
    }

    /// Gives it up.
    pub fn cancel(&mut self) {
        self.input = None;
    }

    /// How far it is.
    pub fn view(&self) -> FilmView {
        let secs_left = self.first.zip(self.progress).and_then(|((began, from), (done, all))| {
            let pace = began.elapsed().as_secs_f64() / done.checked_sub(from).filter(|n| *n > 0)? as f64;
            Some(pace * all.saturating_sub(done) as f64)
        });
        let name = self.path.file_name().unwrap_or(self.path.as_os_str()).to_string_lossy().into_owned();
        FilmView { name, progress: self.progress, secs_left, is_cancelled: self.input.is_none() }
    }

    /// Takes in the news; what became of it, in words, once it has ended.
    pub fn look(&mut self) -> Option<Result<String, String>> {
        let news = self.news.get_mut().unwrap_or_else(|poisoned| poisoned.into_inner());
        if let Some((done, all)) = news.try_iter().last() {
            self.progress = Some((done, all));
            self.first.get_or_insert((Instant::now(), done));
        }
        let path = self.path.display();
        match self.child.try_wait() {
            Ok(None) => None,
            Ok(Some(status)) if status.success() => Some(Ok(format!("saved {path}"))),
            Ok(Some(_)) if self.input.is_none() => Some(Ok(format!("{path} was given up"))),
            Ok(Some(status)) => {
                let complaint = self.complaint.take().and_then(|thread| thread.join().ok());
                let why = complaint.filter(|why| !why.is_empty()).unwrap_or_else(|| status.to_string());
                Some(Err(why))
            }
            Err(error) => Some(Err(format!("{path} was lost sight of: {error}"))),
        }
    }
}

impl Drop for Filming {
    /// Whoever closes the window wants the film all the same.
    fn drop(&mut self) {
        let kept = self.input.take();
        // It may have ended already.
        let _ = self.child.wait();
        drop(kept);
    }
}

fn command(program: &Path, tour: &Path, order: &FilmOrder) -> Command {
    let [width, height] = order.size;
    let mut command = Command::new(program);
    // The dialog has asked whether an old file may go.
    command.arg("record").arg(tour).arg("-o").arg(&order.path);
    // The dialog has asked about a film that is there, and not about what an interrupted one left.
    if order.path.exists() {
        command.arg("--force");
    }
    command.args(["--size", &format!("{width}x{height}"), "--fps", &order.fps.to_string()]);
    // What it names was opened here already.
    command.args(["--no-caption", "--progress", "lines", "--allow-files"]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn spawn<T: Send + 'static>(
    name: &str,
    work: impl FnOnce() -> T + Send + 'static,
) -> std::io::Result<JoinHandle<T>> {
    std::thread::Builder::new().name(name.to_owned()).spawn(work)
}

/// Time between two wakings of a window at rest.
const WAKE: Duration = Duration::from_millis(300);

/// Passes on how far it is, until it ends.
fn hear(output: ChildStdout, news: &Sender<(u64, u64)>, wake: &impl Fn()) {
    let mut woken: Option<Instant> = None;
    for line in BufReader::new(output).lines().map_while(Result::ok) {
        if let Some(progress) = progress_of(&line) {
            // Nobody looks any more if this fails.
            let _ = news.send(progress);
        }
        if woken.is_none_or(|woken| woken.elapsed() >= WAKE) {
            wake();
            woken = Some(Instant::now());
        }
    }
    // Its output ends a little before the process does.
    std::thread::sleep(WAKE);
    wake();
}

/// Frames done and all of them, as in `12/300`.
fn progress_of(line: &str) -> Option<(u64, u64)> {
    let (done, all) = line.trim().split_once('/')?;
    Some((done.parse().ok()?, all.parse().ok()?))
}

/// The last line that says anything.
fn last_line(mut errors: ChildStderr) -> String {
    let mut bytes = Vec::new();
    // What was read until then is what there is.
    let _ = errors.read_to_end(&mut bytes);
    let text = String::from_utf8_lossy(&bytes);
    text.lines().rev().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default().to_owned()
}

/// What was recorded last, the moment of which a picture is to be made, and the film under way.
#[derive(Resource, Default)]
pub struct Studio {
    /// The tour of the last recording.
    pub take: Option<TourFile>,
    /// The tour that stands still where the picture was asked for.
    pub moment: Option<TourFile>,
    /// What is being made.
    pub filming: Option<Filming>,
}

/// Makes what the desk orders.
pub(super) fn take_orders(
    mut studio: ResMut<Studio>,
    mut desk: ResMut<Desk>,
    mut orders: MessageReader<Order>,
    proxy: Option<Res<EventLoopProxyWrapper>>,
) {
    let Some(order) = orders.read().last().cloned() else { return };
    let (tour, order) = match order {
        Order::Tour(path) => {
            let tour = studio.take.as_ref().map(|tour| tour.saved_in(folder_of(&path)));
            let written = write(&path, tour.as_ref().map(TourFile::to_ron).unwrap_or_default().as_bytes());
            desk.notice = Some(written.map(|path| format!("saved {}", path.display())));
            return;
        }
        Order::Film(order) => (studio.take.clone(), order),
        Order::Picture(order) => (studio.moment.take(), order),
    };
    let Some(tour) = tour.filter(|_| studio.filming.is_none()) else {
        desk.notice =
            Some(Err("one film at a time: wait for the one that is being made, or cancel it".to_owned()));
        return;
    };
    let proxy = proxy.map(|proxy| (**proxy).clone());
    let wake = move || {
        if let Some(proxy) = &proxy {
            // A window that is closed needs no waking.
            let _ = proxy.send_event(WinitUserEvent::WakeUp);
        }
    };
    desk.notice = None;
    match Filming::begin(&tour, &order, wake) {
        Ok(filming) => studio.filming = Some(filming),
        Err(why) => desk.notice = Some(Err(why)),
    }
}

/// Tells what became of a film that has ended.
pub(super) fn mind_film(mut studio: ResMut<Studio>, mut desk: ResMut<Desk>) {
    let Some(ending) = studio.bypass_change_detection().filming.as_mut().and_then(Filming::look) else {
        return;
    };
    studio.filming = None;
    desk.notice = Some(ending);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_is_read_from_lines() {
        assert_eq!(progress_of("12/300\n"), Some((12, 300)));
        assert_eq!(progress_of("12 of 300"), None);
    }
}
