//! Standard input as a source of bytes, by the name `-`: it is read beside the work and kept, so that it can be read again
//! like a file that grows.

use std::io::{self, Read};
use std::ops::Range;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, LazyLock, Mutex, MutexGuard};
use std::time::Duration;

use crate::core::io::input::InputError;
use crate::core::io::sources::Stamp;

/// What has come so far.
#[derive(Default)]
struct Stream {
    bytes: Vec<u8>,
    /// Nothing comes any more; with the error that ended it, if one did.
    ended: Option<Option<io::ErrorKind>>,
}

/// Bytes that are kept at most: a recording has 1 GB unless more was asked for.
const MOST_BYTES: usize = 4 << 30;

/// Bytes that are read at once.
const PIECE: usize = 1 << 20;

/// How long it is waited for more, where it has only just begun.
const PATIENCE: Duration = Duration::from_secs(1);

static STREAM: LazyLock<&'static (Mutex<Stream>, Condvar)> = LazyLock::new(|| {
    let shared: &'static (Mutex<Stream>, Condvar) = Box::leak(Box::default());
    std::thread::spawn(|| keep(shared, io::stdin().lock()));
    shared
});

/// Whether that is the name of standard input.
pub fn is_stream(name: &Path) -> bool {
    name == Path::new("-")
}

/// What is known of it now. The first time it is waited for until it has begun.
///
/// # Errors
/// If it could not be read.
pub fn look() -> Result<Stamp, InputError> {
    static BEGUN: AtomicBool = AtomicBool::new(false);
    let stream = if BEGUN.swap(true, Ordering::Relaxed) { lock(&STREAM.0) } else { settled() };
    match stream.ended {
        Some(Some(kind)) => Err(io::Error::from(kind).into()),
        _ => Ok(Stamp { bytes: stream.bytes.len() as u64, identity: 0 }),
    }
}

/// Its bytes in a range; fewer where no more have come.
pub fn read(range: Range<u64>) -> Vec<u8> {
    let stream = lock(&STREAM.0);
    let end = (stream.bytes.len() as u64).min(range.end) as usize;
    stream.bytes[(range.start as usize).min(end)..end].to_vec()
}

/// The stream once it has begun: nothing has come for a while since its first bytes, or it has ended.
fn settled() -> MutexGuard<'static, Stream> {
    let (stream, grown) = *STREAM;
    let begun = grown.wait_while(lock(stream), |stream| stream.bytes.is_empty() && stream.ended.is_none());
    let mut stream = begun.unwrap_or_else(|broken| broken.into_inner());
    // Only while it is short: a run's first checkpoint comes in several pieces.
    while stream.bytes.len() < PIECE && stream.ended.is_none() {
        let (more, waited) =
            grown.wait_timeout(stream, PATIENCE).unwrap_or_else(|broken| broken.into_inner());
        stream = more;
        if waited.timed_out() {
            break;
        }
    }
    stream
}

fn lock(stream: &Mutex<Stream>) -> MutexGuard<'_, Stream> {
    stream.lock().unwrap_or_else(|broken| broken.into_inner())
}

fn keep((stream, grown): &(Mutex<Stream>, Condvar), mut input: impl Read) {
    let mut piece = vec![0; PIECE];
    loop {
        let found = input.read(&mut piece);
        let mut stream = lock(stream);
        match found {
            Ok(0) => stream.ended = Some(None),
            Ok(count) => stream.bytes.extend_from_slice(&piece[..count]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => stream.ended = Some(Some(error.kind())),
        }
        if stream.bytes.len() > MOST_BYTES {
            stream.ended = Some(Some(io::ErrorKind::FileTooLarge));
        }
        grown.notify_all();
        if stream.ended.is_some() {
            return;
        }
    }
}
