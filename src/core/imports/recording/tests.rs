use std::ops::Range;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use super::*;
use crate::core::io::frames;
use crate::core::io::input::InputError;
use crate::core::io::sources::{Shelf, Stamp};

/// A recording of twelve steps that `python -m tests.golden` wrote.
fn golden() -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/recordings/small.lsr");
    std::fs::read(path).unwrap()
}

fn read_bytes(bytes: &[u8]) -> Result<Import, RecordingError> {
    let mut shelf = Shelf::default();
    shelf.put("x.lsr", bytes);
    read(&shelf, Path::new("x.lsr"), None)
}

/// Step, parameters and loss of each checkpoint.
fn points(import: &Import) -> Vec<(u64, &[f64], f64)> {
    let points = import.course.trajectory().checkpoints().iter();
    points.map(|point| (point.step, &point.theta[..], point.loss)).collect()
}

fn steps(import: &Import) -> Vec<u64> {
    import.course.trajectory().checkpoints().iter().map(|point| point.step).collect()
}

#[test]
fn a_recording_of_the_package_is_what_it_wrote() {
    let import = read_bytes(&golden()).unwrap();
    assert_eq!(steps(&import), [0, 1, 2, 3, 4, 5, 6, 7, 8, 10]);
    for point in import.course.trajectory().checkpoints() {
        let expected: Vec<f64> = (0..17).map(|i| f64::from(i) + point.step as f64 / 4.0).collect();
        assert_eq!(point.theta[..], expected);
        assert_eq!(point.loss, 1.0 / (1 + point.step) as f64);
    }
    let blocks: Vec<_> = import.layout.blocks().iter().map(|block| (&block.name[..], block.kind)).collect();
    assert_eq!(blocks[..2], [("conv.weight", BlockKind::Convolution), ("norm.weight", BlockKind::NormScale)]);
    assert_eq!(
        blocks[2..],
        [("fc.weight", BlockKind::Dense), ("fc.bias", BlockKind::Bias), ("token", BlockKind::Other)]
    );
    assert!(import.is_followed);
    let told = import.losses.told.outline(100);
    assert_eq!(told, (0..12).map(|step| (step, 1.0 / (1 + step) as f64)).collect::<Vec<_>>());
    assert_eq!(import.losses.evaluated.outline(100).len(), 3);
    assert_eq!(
        import.words,
        [
            &format!(
                "{AS_TOLD} 3 of 10 checkpoints have one of 64 fixed examples in evaluation mode besides, which the chart of the loss has."
            ),
            "2 losses between checkpoints are in the chart of the loss, as recorded.",
            "No parameters, and left out by the recorder: norm.running_mean.",
            "From step 8 on: from here on every second step: the budget of checkpoints is full",
            "The last weights (step 12) came without a loss and are not shown.",
        ]
    );
}

#[test]
fn a_recording_is_read_as_far_as_it_goes_wherever_it_is_cut_off() {
    let whole = golden();
    let mut before = 0;
    for end in 0..whole.len() {
        match read_bytes(&whole[..end]) {
            Ok(import) => {
                let count = steps(&import).len();
                let is_open = import.words.iter().any(|words| words.contains("no end yet"));
                assert!(count >= before && is_open, "{end}");
                before = count;
            }
            Err(error) => assert!(before == 0, "{end}: {error}"),
        }
    }
    assert_eq!(before, 10);
    assert!(matches!(read_bytes(b"").unwrap_err(), RecordingError::NoHeader { bytes: 0 }));
    assert!(matches!(read_bytes(b"PK\x03\x04.......").unwrap_err(), RecordingError::Magic));
}

#[test]
fn what_comes_before_a_broken_byte_is_shown_and_the_place_is_named() {
    let mut broken = golden();
    let at = broken.len() - 40;
    broken[at] ^= 1;
    let import = read_bytes(&broken).unwrap();
    let last = import.words.last().unwrap();
    assert!(last.starts_with("The recording is broken at byte "), "{last}");
}

/// A file that grows, and what was read of it.
#[derive(Debug, Default)]
struct Growing {
    bytes: Mutex<Vec<u8>>,
    identity: AtomicU64,
    read: AtomicU64,
}

impl Growing {
    fn put(&self, bytes: &[u8]) {
        *self.bytes.lock().unwrap() = bytes.to_vec();
    }
}

impl Sources for Growing {
    fn look(&self, _: &Path) -> Result<Stamp, InputError> {
        let bytes = self.bytes.lock().unwrap().len() as u64;
        Ok(Stamp { bytes, identity: self.identity.load(Relaxed) })
    }

    fn read(&self, _: &Path, range: Range<u64>) -> Result<Vec<u8>, InputError> {
        let bytes = self.bytes.lock().unwrap();
        let end = (bytes.len() as u64).min(range.end);
        let found = bytes[range.start.min(end) as usize..end as usize].to_vec();
        self.read.fetch_add(found.len() as u64, Relaxed);
        Ok(found)
    }

    fn real(&self, name: &Path) -> Option<PathBuf> {
        Some(name.to_owned())
    }

    fn beside(&self, _: &Path) -> Vec<PathBuf> {
        vec![]
    }

    fn within(&self, _: &Path) -> Vec<PathBuf> {
        vec![]
    }
}

/// A run of wide checkpoints with a loss between each two.
fn long(steps: u64) -> Vec<u8> {
    const WIDE: &str = r#"{"format": 1, "dim": 100, "dtype": "f64", "blocks": [{"name": "w", "kind": "dense", "shape": [4, 25]}]}"#;
    let frame = |step: u64| match step % 2 {
        0 => checkpoint(step, [step as f64, f64::NAN], &[0.5 * step as f64; 100]),
        _ => {
            let numbers = [-(step as f64), f64::NAN].into_iter().flat_map(f64::to_le_bytes);
            Frame { kind: kind::LOSS, body: step.to_le_bytes().into_iter().chain(numbers).collect() }
        }
    };
    with(WIDE, &(0..steps).map(frame).collect::<Vec<_>>())
}

#[test]
fn a_recording_that_grows_is_read_further_from_where_it_ended() {
    let (whole, path, file) = (long(400), Path::new("x.lsr"), Growing::default());
    file.put(&whole[..3000]);
    let mut import = read(&file, path, None).unwrap();
    for end in (3000..whole.len()).step_by(700).chain([whole.len()]) {
        file.put(&whole[..end]);
        import = read(&file, path, Some(&import)).unwrap();
        let anew = read_bytes(&whole[..end]).unwrap();
        assert_eq!(points(&import), points(&anew));
        assert_eq!((&import.losses, &import.words), (&anew.losses, &anew.words));
    }
    // Each time the beginning is compared, and what was no whole frame is read again.
    let times = (whole.len() / 700 + 2) as u64;
    let most = whole.len() as u64 + times * (4096 + 900);
    let found = file.read.load(Relaxed);
    assert!(found <= most, "{found} bytes were read of {}, of which {most} are enough", whole.len());
}

#[test]
fn a_recording_that_shrank_or_is_another_is_read_from_its_start() {
    let (file, path) = (Growing::default(), Path::new("x.lsr"));
    let again = |before: &Import, bytes: &[u8]| {
        file.put(bytes);
        read(&file, path, Some(before)).unwrap()
    };
    file.put(&long(20));
    let import = read(&file, path, None).unwrap();
    assert_eq!(steps(&again(&import, &long(10))), [0, 2, 4, 6, 8], "it shrank");
    let short = read_bytes(&golden()).unwrap();
    assert_eq!(steps(&again(&import, &[&golden()[..], &[0; 9000]].concat())), steps(&short), "other bytes");
    file.identity.store(1, Relaxed);
    let read_before = file.read.load(Relaxed);
    again(&import, &long(20));
    assert!(file.read.load(Relaxed) - read_before >= long(20).len() as u64, "another file of the same name");
}

#[test]
fn a_checkpoint_that_is_still_being_written_is_not_read_each_time() {
    let header = TWO.replace("[1, 2]", "[1000, 3000]").replace("\"dim\": 2", "\"dim\": 3000000");
    let whole = with(&header, &[0, 1].map(|step| checkpoint(step, [1.0, f64::NAN], &[0.0; 3_000_000])));
    let (file, path) = (Growing::default(), Path::new("x.lsr"));
    file.put(&whole[..whole.len() / 2 + 1000]);
    let import = read(&file, path, None).unwrap();
    let before = file.read.load(Relaxed);
    file.put(&whole[..whole.len() - 1]);
    let import = read(&file, path, Some(&import)).unwrap();
    assert_eq!(steps(&import), [0]);
    assert!(file.read.load(Relaxed) - before < 9 << 20);
    let told = format!("its last {} bytes are no whole frame.", 24 * 1_000_000 + 9 + 24 + 4 - 1);
    assert!(import.words.last().unwrap().ends_with(&told), "{:?}", import.words);
}

#[test]
fn losses_that_make_no_sense_are_refused() {
    let loss = |step: u64, more: usize| Frame {
        kind: kind::LOSS,
        body: step.to_le_bytes().into_iter().chain(vec![0; 16 + more]).collect(),
    };
    let refused = |frames: &[Frame]| read_bytes(&with(TWO, frames)).unwrap_err().to_string();
    let point = checkpoint(4, [1.0; 2], &[0.0; 2]);
    assert_eq!(
        refused(&[point.clone(), loss(5, 1)]),
        "a loss of it has 25 bytes; expected 24: a step and two losses"
    );
    assert_eq!(
        refused(&[point, loss(4, 0)]),
        "its loss at step 4 comes after that of step 4; expected steps that rise"
    );
}

fn with(header: &str, content: &[Frame]) -> Vec<u8> {
    let mut bytes = frames::RECORDING.to_vec();
    let header = Frame { kind: kind::HEADER, body: header.as_bytes().to_vec() };
    [&header].into_iter().chain(content).for_each(|frame| frames::write(frame, &mut bytes));
    bytes
}

fn checkpoint(step: u64, losses: [f64; 2], theta: &[f64]) -> Frame {
    let numbers = losses.iter().chain(theta).flat_map(|v| v.to_le_bytes());
    Frame { kind: kind::CHECKPOINT, body: step.to_le_bytes().into_iter().chain(numbers).collect() }
}

const TWO: &str = r#"{"format": 1, "dim": 2, "dtype": "f64", "blocks": [{"name": "w", "kind": "dense", "shape": [1, 2]}],
    "evaluation": {"hash": "", "examples": 8, "mode": "evaluation mode"}}"#;

#[test]
fn losses_on_the_evaluation_are_shown_where_each_checkpoint_has_one() {
    let points: Vec<Frame> =
        (3..6).map(|step| checkpoint(step, [9.0, 0.5 * step as f64], &[0.0; 2])).collect();
    let import = read_bytes(&with(TWO, &points)).unwrap();
    let losses: Vec<f64> = import.course.trajectory().checkpoints().iter().map(|point| point.loss).collect();
    assert_eq!(losses, [1.5, 2.0, 2.5]);
    assert_eq!(
        import.words,
        [
            "Recorded losses are those of 8 fixed examples in evaluation mode.",
            "The recording has no end yet."
        ]
    );
}

#[test]
fn what_makes_no_recording_is_refused_by_what_is_wrong() {
    let refused = |header: &str, frames: &[Frame]| read_bytes(&with(header, frames)).unwrap_err().to_string();
    let point = |step| checkpoint(step, [1.0, f64::NAN], &[0.0; 2]);
    assert!(refused(&TWO.replace("\"format\": 1", "\"format\": 2"), &[]).contains("format 2"));
    assert_eq!(
        refused(&TWO.replace("\"dim\": 2", "\"dim\": 3"), &[]),
        "its blocks have 2 numbers in all; expected 3, as its header says"
    );
    assert!(refused(&TWO.replace("[1, 2]", "[4294967296, 4294967296]"), &[]).contains("its blocks have"));
    assert!(refused("{}", &[]).contains("missing field"));
    assert!(refused(TWO, &[]).contains("no checkpoint yet"));
    assert!(refused(TWO, &[point(4), point(4)]).contains("at step 4 comes after that of step 4"));
    let long = checkpoint(1, [0.0; 2], &[0.0; 3]);
    assert!(refused(TWO, &[long]).contains("has 48 bytes; expected 40, for 2 parameters"));
}

#[test]
fn mutated_recordings_are_read_or_refused() {
    use crate::core::num::Stream;
    let (whole, mut stream) = (golden(), Stream::new(7, "mutations"));
    for _ in 0..20_000 {
        let mut bytes = whole.clone();
        for _ in 0..1 + stream.below(4) {
            let at = stream.below(bytes.len());
            bytes[at] = stream.below(256) as u8;
        }
        let _ = read_bytes(&bytes);
    }
}

#[test]
fn a_large_recording_that_has_ended_is_held_by_the_coordinates_of_its_checkpoints() {
    let mut shelf = Shelf::default();
    let theta = |step: u64| [0.5 * step as f64, (0.7 * step as f64).sin(), 3.0, 1.0 / (1.0 + step as f64)];
    let header = TWO.replace("\"dim\": 2", "\"dim\": 4").replace("[1, 2]", "[2, 2]");
    let mut frames: Vec<Frame> =
        (0..9).map(|step| checkpoint(step, [0.25, f64::NAN], &theta(step))).collect();
    shelf.put("open.lsr", with(&header, &frames));
    frames.push(Frame { kind: kind::END, body: Vec::new() });
    shelf.put("whole.lsr", with(&header, &frames));
    let limits = Limits { bytes: 64, ..LIMITS };
    let read = |name: &str, may: bool| read_within(&shelf, Path::new(name), &limits, may).unwrap();
    for whole in [read("open.lsr", true), read("whole.lsr", false)] {
        assert!(!whole.layout.is_span(), "parameters that are shown stay what they are");
    }
    let (whole, few) = (read("whole.lsr", false), read("whole.lsr", true));
    assert!(few.layout.is_span() && few.words.iter().any(|words| words.contains("4 parameters are seen by")));
    assert_eq!((few.layout.model_blocks(), few.layout.dim()), (whole.layout.blocks(), 3));
    let distances = |import: &Import| -> Vec<f64> {
        let points = import.course.trajectory().checkpoints();
        let distance = |a: &Checkpoint, b: &Checkpoint| {
            a.theta.iter().zip(&*b.theta).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt()
        };
        points.iter().flat_map(|a| points.iter().map(move |b| distance(a, b))).collect()
    };
    assert_eq!(steps(&few), steps(&whole));
    assert!(distances(&few).iter().zip(distances(&whole)).all(|(a, b)| (a - b).abs() < 1e-9));
    // Thinned where there are more than can be summed, with the last.
    let thinned = Limits { checkpoints: 4, ..limits };
    let thinned = read_within(&shelf, Path::new("whole.lsr"), &thinned, true).unwrap();
    assert_eq!(steps(&thinned), [0, 3, 6, 8]);
    assert!(thinned.words.iter().any(|words| words.starts_with("Thinned: 4 of 9")));
}
