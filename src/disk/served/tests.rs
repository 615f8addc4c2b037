//! Evaluators that are played by a thread behind a port of this machine.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::AtomicUsize;

use super::*;
use crate::core::grid::{Axis, GridJob, PathJob};
use crate::core::io::frames::{self, Frame, TALK};
use crate::core::num::{Advance, Job, ParamLayout};
use crate::core::train::{Checkpoint, Course, Trajectory};

const HELLO: &str = r#"{"format": 1, "dim": 3, "blocks": [{"name": "a", "shape": [3]}], "recording": "run"}"#;

fn layout() -> ParamLayout {
    ParamLayout::dense([("a".to_owned(), vec![3])])
}

fn subspace() -> Subspace {
    Subspace::new(vec![0.1, 0.2, 0.3], vec![vec![1.0, 0.5, 0.0], vec![0.0, 1.0, -0.5]]).unwrap()
}

fn spec(count: usize) -> GridSpec {
    GridSpec::new(vec![Axis { low: -1.0, high: 2.0, count }; 2]).unwrap()
}

fn quadratic(theta: &[f64]) -> f64 {
    theta.iter().enumerate().map(|(i, t)| (i + 1) as f64 * t * t).sum()
}

fn numbers(bytes: &[u8]) -> Vec<f64> {
    bytes.as_chunks().0.iter().map(|number| f64::from_le_bytes(*number)).collect()
}

/// The losses of a request in a plan with two directions in a space of 3.
fn answer(plan: &[u8], request: &[u8]) -> Frame {
    let vectors: Vec<Vec<f64>> = plan[12..].chunks(25).map(|vector| numbers(&vector[1..])).collect();
    let theta = |alpha: &[f64]| -> Vec<f64> {
        (0..3).map(|i| vectors[0][i] + alpha[0] * vectors[1][i] + alpha[1] * vectors[2][i]).collect()
    };
    let losses =
        numbers(&request[24..]).chunks(2).flat_map(|alpha| quadratic(&theta(alpha)).to_le_bytes()).collect();
    Frame { kind: 20, body: [request[..8].to_vec(), losses].concat() }
}

/// An evaluator at a port: it answers each request, after the plan it is of, by `reply`.
fn evaluator(reply: impl Fn(&[u8], &[u8]) -> Option<Frame> + Send + 'static) -> Place {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let place = Place::Port(listener.local_addr().unwrap(), "secret".to_owned());
    std::thread::spawn(move || listener.incoming().for_each(|stream| play(stream.unwrap(), &reply)));
    place
}

fn play(mut stream: TcpStream, reply: &impl Fn(&[u8], &[u8]) -> Option<Frame>) {
    let hello = Frame { kind: 17, body: HELLO.into() };
    let (mut bytes, mut plan, mut said) = (Vec::new(), Vec::new(), TALK.to_vec());
    frames::write(&hello, &mut said);
    stream.write_all(&said).unwrap();
    let mut chunk = [0; 4096];
    loop {
        match stream.read(&mut chunk) {
            Ok(0) | Err(_) => return,
            Ok(length) => bytes.extend(&chunk[..length]),
        }
        if bytes.starts_with(&TALK) {
            bytes.drain(..TALK.len());
        }
        while let Some((frame, length)) = frames::next(&bytes).unwrap() {
            bytes.drain(..length);
            match frame.kind {
                18 => plan = frame.body,
                19 => {
                    let Some(frame) = reply(&plan, &frame.body) else { return };
                    let mut said = Vec::new();
                    frames::write(&frame, &mut said);
                    let _ = stream.write_all(&said);
                }
                _ => {}
            }
        }
    }
}

fn connect(place: Place) -> Served {
    Served::connect(place, Duration::from_secs(20), layout().into()).unwrap()
}

fn job(served: &Served, subspace: &Subspace, count: usize) -> GridJob {
    GridJob::new(spec(count), served.grid(subspace, &spec(count), Precision::F32))
}

/// Advances a job until it ends: the strides it found.
fn strides(job: &mut GridJob) -> Vec<usize> {
    let mut strides = Vec::new();
    loop {
        match job.advance(1) {
            Advance::Found(stride) => strides.push(stride),
            Advance::Working => {}
            Advance::Ended => return strides,
        }
    }
}

fn error(id: &[u8], words: &str) -> Frame {
    let id = u64::from_le_bytes(*id.first_chunk().unwrap());
    Frame { kind: 23, body: format!(r#"{{"id": {id}, "words": "{words}"}}"#).into_bytes() }
}

#[test]
fn a_served_quadratic_is_that_of_this_process_coarse_to_fine_and_on_two_planes_at_once() {
    let served = connect(evaluator(|plan, request| Some(answer(plan, request))));
    let whole = subspace();
    let other = Subspace::new(vec![1.0; 3], whole.directions().to_vec()).unwrap();
    let (mut first, mut second) = (job(&served, &whole, 33), job(&served, &other, 20));
    // Both have asked before either is looked at again; a quick answer may be there already.
    let begun = [first.advance(1).found(), second.advance(1).found()];
    let jobs = [(&mut first, &whole, &[4, 2, 1][..]), (&mut second, &other, &[2, 1])];
    for ((job, subspace, expected), begun) in jobs.into_iter().zip(begun) {
        assert_eq!(begun.into_iter().chain(strides(job)).collect::<Vec<_>>(), expected);
        assert_eq!(job.failure(), None);
        let picture = job.picture().unwrap();
        let spec = &picture.grid().spec;
        for i in 0..spec.cells() {
            let [n, _, _] = spec.counts();
            let cell = [i % n, i / n, 0];
            let own = quadratic(&subspace.lift(&spec.alpha(cell)));
            assert!((picture.grid().at(cell) - own).abs() < 1e-12, "{cell:?}");
        }
    }
}

#[test]
fn a_grid_that_is_dropped_is_asked_for_no_further() {
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let served = connect(evaluator(move |plan, request| {
        std::thread::sleep(Duration::from_millis(60));
        count.fetch_add(request[16] as usize, Ordering::Relaxed);
        Some(answer(plan, request))
    }));
    let mut long = job(&served, &subspace(), 257);
    assert_eq!(long.advance(1), Advance::Working);
    drop(long);
    let mut short = job(&served, &subspace(), 3);
    assert_eq!(strides(&mut short), [1]);
    assert!(asked.load(Ordering::Relaxed) < 30, "the long grid has 66,049 cells: {asked:?}");
}

#[test]
fn a_request_that_fails_loses_its_grid_and_the_talk_goes_on() {
    let times = AtomicUsize::new(0);
    let served = connect(evaluator(move |plan, request| {
        let is_first = times.fetch_add(1, Ordering::Relaxed) == 0;
        Some(if is_first { error(request, "no such batch") } else { answer(plan, request) })
    }));
    let mut lost = job(&served, &subspace(), 3);
    assert_eq!(strides(&mut lost), [0; 0]);
    assert_eq!(lost.failure().unwrap().to_string(), "the evaluator says: no such batch");
    assert!(lost.picture().is_none() && !lost.is_finished(), "no loss is made up");
    let mut found = job(&served, &subspace(), 3);
    assert_eq!((strides(&mut found), found.failure()), (vec![1], None));
}

#[test]
fn an_evaluator_that_is_lost_is_told_of_and_called_anew() {
    let times = AtomicUsize::new(0);
    let served = connect(evaluator(move |plan, request| {
        (times.fetch_add(1, Ordering::Relaxed) > 0).then(|| answer(plan, request))
    }));
    let mut lost = job(&served, &subspace(), 3);
    assert_eq!(strides(&mut lost), [0; 0]);
    assert_eq!(lost.failure().unwrap().to_string(), "the evaluator closed the connection");
    let mut found = job(&served, &subspace(), 3);
    assert_eq!((strides(&mut found), found.failure()), (vec![1], None));
}

#[test]
fn answers_to_something_else_are_no_losses() {
    let told = |reply: fn(&[u8], &[u8]) -> Option<Frame>| {
        let mut job = job(&connect(evaluator(reply)), &subspace(), 3);
        assert_eq!(strides(&mut job), [0; 0]);
        job.failure().unwrap().to_string()
    };
    let short = told(|plan, request| {
        let Frame { kind, mut body } = answer(plan, request);
        body.truncate(body.len() - 8);
        Some(Frame { kind, body })
    });
    assert_eq!(short, "the evaluator answered with 0 losses where 1 were asked for");
    let other = told(|plan, request| Some(answer(plan, &[&[9; 8], &request[8..]].concat())));
    assert_eq!(other, "the evaluator answers what was not asked");
}

#[test]
fn an_evaluator_that_is_silent_is_told_of() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let place = Place::Port(listener.local_addr().unwrap(), "secret".to_owned());
    let lost = Served::connect(place, Duration::from_millis(200), layout().into()).err().unwrap().to_string();
    assert!(lost.starts_with("the evaluator has said nothing for 0.2 s"), "{lost}");
}

#[test]
fn a_large_run_is_asked_for_by_combinations_of_its_checkpoints_and_only_where_these_are_known() {
    // In coordinates; an evaluator reads the third checkpoint as a vector of very many parameters.
    let place = |step: u64, theta: [f64; 3]| Checkpoint {
        step,
        theta: Arc::from(&theta[..]),
        loss: f64::NAN,
        grad_norm: f64::NAN,
    };
    let points = vec![place(0, [0.0; 3]), place(5, [2.0, 0.0, 0.0]), place(9, [1.0, 4.0, 0.0])];
    let course = Arc::new(Course::new(Arc::new(Trajectory::recorded(points)), None));
    let plans = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&plans);
    let place = evaluator(move |plan, request| {
        kept.lock().unwrap().push(plan[8..].to_vec());
        let count = u32::from_le_bytes(*request[16..].first_chunk().unwrap()) as usize;
        Some(Frame { kind: 20, body: [request[..8].to_vec(), 1.5_f64.to_le_bytes().repeat(count)].concat() })
    });
    let run = |id: &str| Run::spanned(layout(), id.to_owned(), Arc::clone(&course));
    let patience = Duration::from_secs(20);
    let lost = Served::connect(place.clone(), patience, run("another")).err().unwrap().to_string();
    assert!(lost.contains("expected serve(..., recording=...)"), "{lost}");
    let served = Served::connect(place, patience, run("run")).unwrap();
    let plane = Subspace::new(vec![1.0, 1.0, 0.0], vec![vec![1.0, 0.0, 0.0], vec![0.0, 2.0, 0.0]]).unwrap();
    assert_eq!(strides(&mut job(&served, &plane, 3)), [1]);
    let mut path = PathJob::new(
        &served,
        course.trajectory().checkpoints().iter().map(|p| Arc::clone(&p.theta)).collect(),
    );
    while path.advance(1) != Advance::Ended {}
    assert_eq!(path.failure(), None);
    let out = Subspace::new(vec![0.0; 3], vec![vec![0.0, 0.0, 1.0], vec![0.0, 2.0, 0.0]]).unwrap();
    let mut lost = job(&served, &out, 3);
    assert_eq!(strides(&mut lost), [0; 0]);
    assert!(lost.failure().unwrap().to_string().contains("the space through the run's checkpoints only"));
    let plans = plans.lock().unwrap();
    let number = |body: &[u8]| f64::from_le_bytes(*body.first_chunk().unwrap());
    // Two directions; the origin is theta_0 + a (theta_9 - theta_0) + b (theta_5 - theta_0).
    let (k, origin) = plans[0].split_at(4);
    assert_eq!((k, &origin[..5]), (&[2, 0, 0, 0][..], &[0, 3, 0, 0, 0][..]), "form 0 of three checkpoints");
    assert_eq!([origin[5], origin[13], origin[21]], [0, 9, 5], "their steps");
    assert_eq!([29, 37, 45].map(|at| number(&origin[at..])), [1.0 - 0.25 - 0.375, 0.25, 0.375]);
    // A checkpoint is itself.
    let last = plans.last().unwrap();
    assert_eq!((&last[..9], last[9], number(&last[17..])), (&[0, 0, 0, 0, 0, 1, 0, 0, 0][..], 9, 1.0));
}
