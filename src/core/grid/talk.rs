//! The talk with an evaluator elsewhere, as bytes: what is asked of it, and what it says (docs/recordings.md).
//!
//! Nothing is sent or waited for here. It is asked with planes and alphas, never with the weights of each cell.

use serde::Deserialize;

use crate::core::io::frames::Frame;
use crate::core::num::ParamLayout;

const TOKEN: u8 = 16;
const HELLO: u8 = 17;
const PLAN: u8 = 18;
const REQUEST: u8 = 19;
const ANSWER: u8 = 20;
const ERROR: u8 = 23;

/// The format that is spoken here.
const FORMAT: u64 = 1;
/// The form of a vector that is a combination of checkpoints.
const COMBINATION: u8 = 0;
/// The form of one that is given in full.
const IN_FULL: u8 = 1;

/// What an evaluator says of itself, first of all.
#[derive(Clone, Debug, Deserialize, PartialEq)]
pub struct Hello {
    format: u64,
    /// Parameters of its network.
    pub dim: u64,
    /// The blocks of its theta, in order.
    pub blocks: Vec<Block>,
    /// The id of the recording whose checkpoints it can read.
    #[serde(default)]
    pub recording: Option<String>,
    #[serde(default)]
    evaluation: Option<Evaluation>,
}

/// What an evaluator's losses are of.
#[derive(Clone, Debug, Deserialize, PartialEq)]
struct Evaluation {
    hash: String,
}

/// A block of an evaluator's theta.
#[derive(Clone, Debug, Deserialize, PartialEq)]
pub struct Block {
    /// Its name.
    pub name: String,
    /// Its shape, row-major.
    pub shape: Vec<usize>,
}

/// What an evaluator says.
#[derive(Clone, Debug, PartialEq)]
pub enum Said {
    /// What it is.
    Hello(Hello),
    /// The losses of a request, in its order; NaN and infinity where it diverges.
    Answer {
        /// Which request.
        id: u64,
        /// One for each of its alphas.
        losses: Vec<f64>,
    },
    /// Something cannot be answered.
    Error {
        /// Which request or plan, where it is one.
        id: Option<u64>,
        /// Why.
        words: String,
    },
    /// A kind that is not known here, to be skipped.
    Other,
}

/// Why what an evaluator said makes no sense.
#[derive(Debug, thiserror::Error)]
pub enum TalkError {
    /// A body in JSON that is none, or lacks something.
    #[error("a frame of kind {kind} that cannot be read: {error}")]
    Json {
        /// Of the frame.
        kind: u8,
        /// What is wrong.
        error: serde_json::Error,
    },
    /// A newer format.
    #[error("format {0}; expected at most {FORMAT}")]
    Format(u64),
    /// An answer that is no id with losses.
    #[error("an answer of {0} bytes; expected 8 for its id and 8 for each loss")]
    Answer(usize),
}

/// Reads a frame that an evaluator sent.
///
/// # Errors
/// If its body is none of its kind.
pub fn read(frame: &Frame) -> Result<Said, TalkError> {
    #[derive(Deserialize)]
    struct Error {
        id: Option<u64>,
        words: String,
    }
    let kind = frame.kind;
    let json = |error| TalkError::Json { kind, error };
    match kind {
        HELLO => {
            let hello: Hello = serde_json::from_slice(&frame.body).map_err(json)?;
            if hello.format > FORMAT { Err(TalkError::Format(hello.format)) } else { Ok(Said::Hello(hello)) }
        }
        ANSWER => answer(&frame.body).ok_or(TalkError::Answer(frame.body.len())),
        ERROR => {
            let Error { id, words } = serde_json::from_slice(&frame.body).map_err(json)?;
            Ok(Said::Error { id, words })
        }
        _ => Ok(Said::Other),
    }
}

fn answer(body: &[u8]) -> Option<Said> {
    let (id, losses) = body.split_first_chunk()?;
    let (losses, rest) = losses.as_chunks();
    let losses = losses.iter().map(|loss| f64::from_le_bytes(*loss)).collect();
    rest.is_empty().then_some(Said::Answer { id: u64::from_le_bytes(*id), losses })
}

/// The token that a server wants to hear first.
pub fn token(text: &str) -> Frame {
    Frame { kind: TOKEN, body: text.as_bytes().to_vec() }
}

/// A vector of a plane.
#[derive(Clone, Debug, PartialEq)]
pub enum Vector<'a> {
    /// In full, `[dim]`.
    InFull(&'a [f64]),
    /// s·theta_0 + Σ c·(theta_step − theta_0) of the checkpoints of a recording, by step and c; theta_0 is the first of
    /// them, and s = Σ c.
    Combination(Vec<(u64, f64)>),
}

impl Vector<'_> {
    fn write(&self, body: &mut Vec<u8>) {
        match self {
            Self::InFull(numbers) => {
                body.reserve(1 + 8 * numbers.len());
                body.push(IN_FULL);
                numbers.iter().for_each(|number| body.extend(number.to_le_bytes()));
            }
            Self::Combination(parts) => {
                body.push(COMBINATION);
                body.extend((parts.len() as u32).to_le_bytes());
                parts.iter().for_each(|(step, _)| body.extend(step.to_le_bytes()));
                parts.iter().for_each(|(_, share)| body.extend(share.to_le_bytes()));
            }
        }
    }
}

/// A plane: its origin, and as many directions as it has axes.
pub fn plan(id: u64, origin: &Vector, directions: &[Vector]) -> Frame {
    let mut body = id.to_le_bytes().to_vec();
    body.extend((directions.len() as u32).to_le_bytes());
    std::iter::once(origin).chain(directions).for_each(|vector| vector.write(&mut body));
    Frame { kind: PLAN, body }
}

/// Asks for the losses at some places of a plan, each of as many alphas as the plan has axes.
pub fn request(id: u64, plan: u64, axes: usize, places: &[Vec<f64>]) -> Frame {
    let mut body = Vec::with_capacity(24 + 8 * axes * places.len());
    body.extend(id.to_le_bytes());
    body.extend(plan.to_le_bytes());
    body.extend((places.len() as u32).to_le_bytes());
    body.extend((axes as u32).to_le_bytes());
    places.iter().flatten().for_each(|alpha| body.extend(alpha.to_le_bytes()));
    Frame { kind: REQUEST, body }
}

impl Hello {
    /// The hash of the examples that its losses are of, where it tells.
    pub fn examples(&self) -> Option<&str> {
        self.evaluation.as_ref().map(|evaluation| &evaluation.hash[..])
    }

    /// How its theta differs from that of a run, in words; `None` where they are the same.
    pub fn difference(&self, layout: &ParamLayout) -> Option<String> {
        let own = layout.model_blocks();
        let differs = |(theirs, own): (&Block, &crate::core::num::params::ParamBlock)| {
            (theirs.name != own.name || theirs.shape != own.shape).then(|| {
                format!(
                    "it has a block {} {:?} where the run has {} {:?}",
                    theirs.name, theirs.shape, own.name, own.shape
                )
            })
        };
        if let Some(words) = self.blocks.iter().zip(own).find_map(differs) {
            return Some(words);
        }
        let lacking =
            own.get(self.blocks.len()).map(|own| format!("it lacks the block {} of the run", own.name));
        let further =
            self.blocks.get(own.len()).map(|theirs| format!("the run lacks its block {}", theirs.name));
        let parameters = layout.parameters();
        let dim = || format!("it has {} parameters where the run has {parameters}", self.dim);
        lacking.or(further).or_else(|| (self.dim != parameters as u64).then(dim))
    }
}

#[cfg(test)]
mod tests {
    use rand::{RngExt, SeedableRng};

    use super::*;
    use crate::core::io::frames;

    fn frame(kind: u8, body: &str) -> Frame {
        Frame { kind, body: body.as_bytes().to_vec() }
    }

    fn hello(blocks: &str) -> Hello {
        let body = format!(r#"{{"format": 1, "dim": 9, "blocks": [{blocks}], "new": 3}}"#);
        match read(&frame(HELLO, &body)).unwrap() {
            Said::Hello(hello) => hello,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn plans_and_requests_are_laid_out_as_they_are_documented() {
        let Frame { kind, body } = plan(7, &Vector::InFull(&[1.0, 2.0]), &[Vector::InFull(&[0.0, 3.0])]);
        let numbers =
            |bytes: &[u8]| bytes.as_chunks().0.iter().map(|b| f64::from_le_bytes(*b)).collect::<Vec<_>>();
        assert_eq!((kind, &body[..13]), (18, &[7, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1][..]));
        assert_eq!((numbers(&body[13..29]), body[29]), (vec![1.0, 2.0], 1));
        assert_eq!(numbers(&body[30..]), [0.0, 3.0]);
        let Frame { body, .. } = plan(7, &Vector::Combination(vec![(3, 0.5), (258, -2.0)]), &[]);
        assert_eq!(body[8..17], [0, 0, 0, 0, 0, 2, 0, 0, 0], "no direction, form 0, two checkpoints");
        assert_eq!((body[17], &body[25..27], numbers(&body[33..])), (3, &[2, 1][..], vec![0.5, -2.0]));
        let Frame { kind, body } = request(8, 7, 2, &[vec![0.5, -1.0], vec![2.0, 3.0]]);
        assert_eq!((kind, body[0], body[8], body[16], body[20]), (19, 8, 7, 2, 2));
        assert_eq!(numbers(&body[24..]), [0.5, -1.0, 2.0, 3.0]);
    }

    #[test]
    fn what_an_evaluator_says_is_read() {
        let body = [&9_u64.to_le_bytes()[..], &2.5_f64.to_le_bytes(), &f64::INFINITY.to_le_bytes()].concat();
        let said = read(&Frame { kind: ANSWER, body }).unwrap();
        assert_eq!(said, Said::Answer { id: 9, losses: vec![2.5, f64::INFINITY] });
        let said = read(&frame(ERROR, r#"{"id": null, "words": "no"}"#)).unwrap();
        assert_eq!(said, Said::Error { id: None, words: "no".to_owned() });
        assert_eq!(read(&frame(99, "")).unwrap(), Said::Other);
        let refused = |kind, body| read(&frame(kind, body)).unwrap_err().to_string();
        assert_eq!(
            refused(ANSWER, "123456789"),
            "an answer of 9 bytes; expected 8 for its id and 8 for each loss"
        );
        assert_eq!(
            refused(HELLO, r#"{"format": 2, "dim": 1, "blocks": []}"#),
            "format 2; expected at most 1"
        );
        assert!(refused(HELLO, r#"{"format": 1, "blocks": []}"#).contains("dim"));
    }

    #[test]
    fn another_network_is_told_by_its_first_block() {
        let layout = ParamLayout::dense([("a".to_owned(), vec![2, 3]), ("b".to_owned(), vec![3])]);
        let (a, b) = (r#"{"name": "a", "shape": [2, 3]}"#, r#"{"name": "b", "shape": [3]}"#);
        let told = |blocks: &[&str]| hello(&blocks.join(",")).difference(&layout).unwrap_or_default();
        assert_eq!(told(&[a, b]), "");
        assert_eq!(told(&[a]), "it lacks the block b of the run");
        assert_eq!(told(&[a, b, b]), "the run lacks its block b");
        let wide = r#"{"name": "b", "shape": [4]}"#;
        assert_eq!(told(&[a, wide]), "it has a block b [4] where the run has b [3]");
        assert_eq!(told(&[b, a]), "it has a block b [3] where the run has a [2, 3]");
    }

    #[test]
    fn mutated_talk_is_read_or_refused() {
        let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(4);
        let mut talk = Vec::new();
        let hello = r#"{"format": 1, "dim": 9, "blocks": [{"name": "a", "shape": [3, 3]}]}"#;
        let answer = Frame { kind: ANSWER, body: vec![1; 40] };
        let said = [frame(HELLO, hello), answer, frame(ERROR, r#"{"id": 3, "words": "no"}"#)];
        said.iter().for_each(|frame| frames::write(frame, &mut talk));
        let (mut refused, mut whole) = (0, 0);
        for _ in 0..100_000 {
            let mut bytes = talk.clone();
            for _ in 0..rng.random_range(1..4) {
                let at = rng.random_range(0..bytes.len());
                bytes[at] = rng.random();
            }
            bytes.truncate(rng.random_range(0..=bytes.len()));
            // A changed body is seen by its checksum: bodies are mutated by themselves, too.
            let mut body = said[rng.random_range(0..3)].clone();
            let at = rng.random_range(0..body.body.len());
            body.body[at] = rng.random();
            match read(&body) {
                Ok(_) => whole += 1,
                Err(_) => refused += 1,
            }
            let mut rest = &bytes[..];
            while let Ok(Some((frame, length))) = frames::next(rest) {
                let _ = read(&frame);
                rest = &rest[length..];
            }
        }
        assert!(refused > 1000 && whole > 1000, "{refused} {whole}");
    }
}
