//! A sink on a thread of its own, behind a short queue: drawing and encoding go on side by side, and who
//! draws faster than is encoded waits. No frame is ever dropped, and few are in memory.

use std::io;
use std::sync::mpsc::{Receiver, SyncSender, channel, sync_channel};
use std::thread::JoinHandle;

use image::RgbaImage;

use super::{Partial, Sink, SinkError};
use crate::core::num::CancelToken;

/// Frames that wait: enough that neither side stands still for one slow frame, 33 MB each at 3840x2160.
const WAITING: usize = 2;

/// A film that is being encoded. Dropped without an end, it is abandoned.
pub struct Encoding {
    orders: Option<SyncSender<Order>>,
    spare: Receiver<RgbaImage>,
    thread: Option<JoinHandle<Result<Option<Partial>, SinkError>>>,
}

enum Order {
    Take(RgbaImage),
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
        let work = move || encode(sink, &todo, |frame| drop(used.send(frame)));
        let thread = std::thread::Builder::new().name("film".to_owned()).spawn(work)?;
        Ok(Self { orders: Some(orders), spare, thread: Some(thread) })
    }

    /// The memory of a frame that has been encoded, if there is any, to be drawn into anew.
    pub fn spare(&self) -> Option<RgbaImage> {
        self.spare.try_recv().ok()
    }

    /// Hands over the next frame; waits while the queue is full.
    ///
    /// # Errors
    /// What stopped the encoder, perhaps some frames ago.
    ///
    /// # Panics
    /// If an earlier frame was answered with an error: the film ended with it.
    pub fn send(&mut self, frame: RgbaImage) -> Result<(), SinkError> {
        self.order(Order::Take(frame))
    }

    /// Waits until the film is complete and in its place.
    ///
    /// # Errors
    /// If it cannot be written, or was cancelled before it was: see [`Sink::finish`].
    pub fn finish(mut self, cancel: &CancelToken) -> Result<(), SinkError> {
        self.order(Order::Finish(cancel.clone()))?;
        self.end().map(|_| ())
    }

    /// Ends early, after the frames that were handed over: see [`Sink::abandon`].
    ///
    /// # Errors
    /// If the shorter film cannot be written.
    pub fn abandon(mut self) -> Result<Option<Partial>, SinkError> {
        self.end()
    }

    fn order(&mut self, order: Order) -> Result<(), SinkError> {
        let orders = self.orders.as_ref().expect("a film that has failed takes no frame");
        match orders.send(order) {
            Ok(()) => Ok(()),
            // The thread only ends by itself if something failed.
            Err(_) => self.end().map(|_| ()),
        }
    }

    /// Closes the queue and waits for the thread. Once it has ended there is nothing more to say.
    fn end(&mut self) -> Result<Option<Partial>, SinkError> {
        self.orders = None;
        match self.thread.take().map(JoinHandle::join) {
            None => Ok(None),
            Some(Ok(result)) => result,
            Some(Err(panic)) => std::panic::resume_unwind(panic),
        }
    }
}

impl Drop for Encoding {
    fn drop(&mut self) {
        self.orders = None;
        // What is left behind is gone before the program ends. Nobody is there to hear an error.
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

fn encode(
    mut sink: Box<dyn Sink>,
    todo: &Receiver<Order>,
    used: impl Fn(RgbaImage),
) -> Result<Option<Partial>, SinkError> {
    for order in todo {
        match order {
            Order::Take(frame) => {
                if let Err(error) = sink.take(&frame) {
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
