//! A sink on a thread of its own, behind a short queue: drawing and encoding go on side by side, and who
//! draws faster than is encoded waits. No frame is ever dropped, and few are in memory.
//!
//! Who has interrupted waits for a program that encodes as long as that may reasonably take, and then ends it.

use std::io;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, channel, sync_channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::{Partial, Sink, SinkError, Stopper};
use crate::core::num::CancelToken;
use crate::record::deep::Frame;

/// Frames that wait: enough that neither side stands still for one slow frame, 33 MB each at 3840x2160.
const WAITING: usize = 2;

/// A film that is being encoded. Dropped without an end, it is abandoned.
pub struct Encoding {
    orders: Option<SyncSender<Order>>,
    spare: Receiver<Frame>,
    thread: Option<JoinHandle<Result<Option<Partial>, SinkError>>>,
    stopper: Option<Stopper>,
    /// Who interrupts, and for how long the sink is waited for from then on.
    cancel: CancelToken,
    patience: Duration,
    /// When that ends, once somebody has interrupted.
    deadline: Option<Instant>,
}

/// How long a program that encodes may take to end once somebody has interrupted: it has the last frames still
/// to write. One that stands still would be waited for for ever.
const PATIENCE: Duration = Duration::from_secs(10);
/// How often it is looked whether it has ended: too short to be felt.
const LOOK: Duration = Duration::from_millis(5);

/// The way to the encoder for one frame, so that nobody else waits while that frame does.
pub struct Feed(SyncSender<Order>);

impl Feed {
    /// Hands over the next frame; waits while the queue is full. Whether it was taken: if not, the encoder has
    /// failed, and [`Encoding::failure`] tells why.
    #[must_use]
    pub fn send(self, frame: impl Into<Frame>) -> bool {
        self.0.send(Order::Take(frame.into())).is_ok()
    }
}

enum Order {
    Take(Frame),
    Finish(CancelToken),
}

impl Encoding {
    /// Starts the thread.
    ///
    /// # Errors
    /// If the system has no thread to give.
    pub fn start(sink: Box<dyn Sink>) -> io::Result<Self> {
        let (orders, todo) = sync_channel(WAITING);
        let (used, spare) = channel();
        let stopper = sink.stopper();
        let work = move || encode(sink, &todo, |frame| drop(used.send(frame)));
        let thread = std::thread::Builder::new().name("film".to_owned()).spawn(work)?;
        Ok(Self {
            orders: Some(orders),
            spare,
            thread: Some(thread),
            stopper,
            cancel: CancelToken::default(),
            patience: PATIENCE,
            deadline: None,
        })
    }

    /// The same, for which nobody waits for ever once that token is cancelled.
    pub fn until(mut self, cancel: CancelToken) -> Self {
        self.cancel = cancel;
        self
    }

    /// The memory of a frame that has been encoded, if there is any, to be drawn into anew.
    pub fn spare(&self) -> Option<Frame> {
        self.spare.try_recv().ok()
    }

    /// The way for the next frame; `None` once the film has failed.
    pub fn feed(&self) -> Option<Feed> {
        self.orders.clone().map(Feed)
    }

    /// Why a frame was not taken.
    ///
    /// # Errors
    /// What stopped the encoder.
    pub fn failure(&mut self) -> Result<(), SinkError> {
        self.end().map(drop)
    }

    /// Hands over the next frame; waits while the queue is full.
    ///
    /// # Errors
    /// What stopped the encoder, perhaps some frames ago.
    ///
    /// # Panics
    /// If an earlier frame was answered with an error: the film ended with it.
    pub fn send(&mut self, frame: impl Into<Frame>) -> Result<(), SinkError> {
        let feed = self.feed().expect("a film that has failed takes no frame");
        if feed.send(frame) { Ok(()) } else { self.failure() }
    }

    /// Waits until the film is complete and in its place.
    ///
    /// # Errors
    /// If it cannot be written, or was cancelled before it was: see [`Sink::finish`].
    ///
    /// # Panics
    /// If a frame was answered with an error: the film ended with it.
    pub fn finish(mut self, cancel: &CancelToken) -> Result<(), SinkError> {
        let mut order = Order::Finish(cancel.clone());
        loop {
            let orders = self.orders.as_ref().expect("a film that has failed has no end");
            match orders.try_send(order) {
                // The thread only ends by itself if something failed.
                Ok(()) | Err(TrySendError::Disconnected(_)) => break,
                Err(TrySendError::Full(back)) => order = back,
            }
            self.look();
        }
        self.end().map(drop)
    }

    /// Ends early, after the frames that were handed over: see [`Sink::abandon`].
    ///
    /// # Errors
    /// If the shorter film cannot be written.
    pub fn abandon(mut self) -> Result<Option<Partial>, SinkError> {
        self.end()
    }

    /// Closes the queue and waits for the thread. Once it has ended there is nothing more to say.
    fn end(&mut self) -> Result<Option<Partial>, SinkError> {
        self.wait();
        match self.thread.take().map(JoinHandle::join) {
            None => Ok(None),
            Some(Ok(result)) => result,
            Some(Err(panic)) => std::panic::resume_unwind(panic),
        }
    }

    /// Closes the queue and waits until the thread has ended.
    fn wait(&mut self) {
        self.orders = None;
        while self.thread.as_ref().is_some_and(|thread| !thread.is_finished()) {
            self.look();
        }
    }

    /// Waits a moment; once somebody has interrupted and the sink was waited for long enough, it is stopped.
    fn look(&mut self) {
        std::thread::sleep(LOOK);
        if self.cancel.is_cancelled() {
            let deadline = *self.deadline.get_or_insert_with(|| Instant::now() + self.patience);
            if let Some(stop) = self.stopper.take_if(|_| Instant::now() >= deadline) {
                stop();
            }
        }
    }
}

impl Drop for Encoding {
    fn drop(&mut self) {
        self.wait();
        // What is left behind is gone before the program ends. Nobody is there to hear an error.
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

fn encode(
    mut sink: Box<dyn Sink>,
    todo: &Receiver<Order>,
    used: impl Fn(Frame),
) -> Result<Option<Partial>, SinkError> {
    for order in todo {
        match order {
            Order::Take(frame) => {
                let taken = match &frame {
                    Frame::Shallow(picture) => sink.take(picture),
                    Frame::Deep(picture) => sink.take_deep(picture),
                };
                if let Err(error) = taken {
                    return Err(keep(sink, error));
                }
                used(frame);
            }
            Order::Finish(cancel) => return sink.finish(&cancel).map(|()| None),
        }
    }
    sink.abandon()
}

/// After a failure the frames so far are kept, if that was asked for and is possible.
fn keep(sink: Box<dyn Sink>, error: SinkError) -> SinkError {
    match sink.abandon() {
        Ok(Some(Partial { path: kept, frames })) | Err(SinkError::Interrupted { kept, frames, .. }) => {
            SinkError::Interrupted { source: Box::new(error), kept, frames }
        }
        // The first failure is the cause; a second one, of the same full disk, says nothing new.
        _ => error,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};
    use std::time::Duration;

    use image::RgbaImage;

    use super::*;

    /// Notes the first byte of every frame, slowly; fails on 7.
    struct Slow(Arc<Mutex<Vec<String>>>);

    impl Slow {
        fn note(&self, text: impl Into<String>) {
            self.0.lock().unwrap().push(text.into());
        }
    }

    impl Sink for Slow {
        fn take(&mut self, frame: &RgbaImage) -> Result<(), SinkError> {
            std::thread::sleep(Duration::from_millis(2));
            let number = frame.as_raw()[0];
            if number == 7 {
                return Err(super::super::write_error("seven".as_ref())(io::Error::other("full")));
            }
            self.note(number.to_string());
            Ok(())
        }

        fn finish(self: Box<Self>, _cancel: &CancelToken) -> Result<(), SinkError> {
            self.note("finished");
            Ok(())
        }

        fn abandon(self: Box<Self>) -> Result<Option<Partial>, SinkError> {
            self.note("abandoned");
            Ok(None)
        }
    }

    /// A sink that takes no frame until it is stopped, as a program that stands still.
    struct Stuck {
        stopped: std::sync::mpsc::Receiver<()>,
        stop: std::sync::mpsc::Sender<()>,
    }

    impl Sink for Stuck {
        fn take(&mut self, _frame: &RgbaImage) -> Result<(), SinkError> {
            self.stopped.recv().unwrap();
            Err(super::super::write_error("stuck".as_ref())(io::Error::other("it was ended")))
        }

        fn finish(self: Box<Self>, _cancel: &CancelToken) -> Result<(), SinkError> {
            Ok(())
        }

        fn abandon(self: Box<Self>) -> Result<Option<Partial>, SinkError> {
            Ok(None)
        }

        fn stopper(&self) -> Option<Stopper> {
            let stop = self.stop.clone();
            Some(Box::new(move || stop.send(()).unwrap()))
        }
    }

    fn stuck(cancel: &CancelToken) -> Encoding {
        let (stop, stopped) = channel();
        let mut encoding = Encoding::start(Box::new(Stuck { stopped, stop })).unwrap().until(cancel.clone());
        encoding.patience = Duration::from_millis(50);
        encoding
    }

    #[test]
    fn who_waits_to_hand_over_a_frame_keeps_nobody_from_ending_a_film_that_stands_still() {
        let cancel = CancelToken::default();
        let shared = Arc::new(Mutex::new(Some(stuck(&cancel))));
        let theirs = Arc::clone(&shared);
        let drawing = std::thread::spawn(move || {
            let mut sent = 0;
            loop {
                let Some(feed) = theirs.lock().unwrap().as_ref().and_then(Encoding::feed) else {
                    return sent;
                };
                sent += usize::from(feed.send(frame(1)));
            }
        });
        // The queue is full by the time that there is no memory left to draw into, and one frame more waits.
        std::thread::sleep(Duration::from_millis(100));
        cancel.cancel();
        let encoding = shared.lock().unwrap().take().unwrap();
        assert_eq!(encoding.abandon().unwrap_err().to_string(), "cannot write stuck");
        assert!(drawing.join().unwrap() <= WAITING + 1);
    }

    #[test]
    fn a_film_that_stands_still_at_its_end_or_is_dropped_is_not_waited_for_for_ever() {
        let cancel = CancelToken::default();
        cancel.cancel();
        let mut film = stuck(&cancel);
        (0..=WAITING).for_each(|_| film.send(frame(1)).unwrap());
        assert!(film.finish(&cancel).is_err());
        let mut film = stuck(&cancel);
        film.send(frame(1)).unwrap();
        drop(film);
    }

    fn started() -> (Encoding, Arc<Mutex<Vec<String>>>) {
        let notes = Arc::new(Mutex::new(Vec::new()));
        (Encoding::start(Box::new(Slow(Arc::clone(&notes)))).unwrap(), notes)
    }

    fn frame(number: u8) -> RgbaImage {
        RgbaImage::from_pixel(1, 1, image::Rgba([number; 4]))
    }

    #[test]
    fn every_frame_arrives_in_order_and_its_memory_comes_back() {
        let (mut encoding, notes) = started();
        let mut recycled = 0;
        for number in 10..40 {
            recycled += usize::from(encoding.spare().is_some());
            encoding.send(frame(number)).unwrap();
        }
        encoding.finish(&CancelToken::default()).unwrap();
        let expected: Vec<String> =
            (10..40).map(|number| number.to_string()).chain(["finished".to_owned()]).collect();
        assert_eq!(*notes.lock().unwrap(), expected);
        assert!(recycled >= 30 - WAITING - 2, "{recycled}");
    }

    #[test]
    fn what_stopped_the_encoder_is_told_once_and_the_film_abandoned() {
        let (mut encoding, notes) = started();
        let failed = (5..100).find_map(|number| encoding.send(frame(number)).err());
        assert_eq!(failed.unwrap().to_string(), "cannot write seven");
        assert!(encoding.abandon().unwrap().is_none());
        assert_eq!(*notes.lock().unwrap(), ["5", "6", "abandoned"]);
    }

    #[test]
    fn a_film_dropped_in_the_middle_is_abandoned_after_what_was_sent() {
        let (mut encoding, notes) = started();
        (1..=3).for_each(|number| encoding.send(frame(number)).unwrap());
        drop(encoding);
        assert_eq!(*notes.lock().unwrap(), ["1", "2", "3", "abandoned"]);
    }
}
