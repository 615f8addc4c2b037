//! Folders of checkpoints, from files of each format to the planes of their run.

use proptest::prelude::*;

use super::*;
use crate::core::experiment::pipeline::{self, Outcome};
use crate::core::experiment::{Experiment, ExperimentFile};
use crate::core::io::sources::Shelf;
use crate::core::num::Stream;
use crate::core::num::vector::{norm, sub};

const FOLDER: &str = "tests/data/checkpoints";

fn from_disk(pattern: &str) -> Import {
    let asked = Path::new(env!("CARGO_MANIFEST_DIR")).join(FOLDER).join(pattern);
    read(&crate::disk::sources(), &asked, &[]).unwrap_or_else(|error| panic!("{pattern}: {error}"))
}

fn shelf(files: &[(&str, Vec<u8>)]) -> Arc<dyn Sources> {
    let mut shelf = Shelf::default();
    files.iter().for_each(|(name, bytes)| shelf.put(*name, bytes.clone()));
    Arc::new(shelf)
}

fn refused(files: &[(&str, Vec<u8>)], asked: &str) -> String {
    read(&shelf(files), Path::new(asked), &[]).unwrap_err().to_string()
}

fn steps(recorded: &Import) -> Vec<u64> {
    recorded.course.trajectory().checkpoints().iter().map(|point| point.step).collect()
}

fn theta(recorded: &Import, at: usize) -> Vec<f64> {
    recorded.course.trajectory().checkpoints()[at].theta.to_vec()
}

/// A file of tensors of 64 bits.
fn safetensors(tensors: &[(&str, &[usize], &[f64])]) -> Vec<u8> {
    let (mut table, mut body) = (Vec::new(), Vec::new());
    for (name, shape, values) in tensors {
        let from = body.len();
        body.extend(values.iter().flat_map(|v| v.to_le_bytes()));
        table.push(format!(
            r#""{name}": {{"dtype": "F64", "shape": {shape:?}, "data_offsets": [{from}, {}]}}"#,
            body.len()
        ));
    }
    let table = format!("{{{}}}", table.join(", "));
    [&(table.len() as u64).to_le_bytes(), table.as_bytes(), &body].concat()
}

/// Names, shapes and numbers of the checked-in network at a step.
fn known(step: u64) -> Vec<f64> {
    (0..11).map(|i| f64::from(i) + step as f64 / 4.0).collect()
}

#[test]
fn every_format_gives_the_same_run() {
    for pattern in ["step-*.pt", "lightning-*.ckpt", "views-*.pth", "step-*.safetensors", "step-*.npz"] {
        let run = from_disk(pattern);
        assert_eq!(
            (steps(&run), theta(&run, 0), theta(&run, 1)),
            (vec![5, 10], known(5), known(10)),
            "{pattern}"
        );
        let blocks: Vec<(&str, &[usize])> =
            run.layout.blocks().iter().map(|block| (block.name.as_str(), &block.shape[..])).collect();
        let expected: [(&str, &[usize]); 4] =
            [("fc1.weight", &[2, 3]), ("fc1.bias", &[2]), ("fc2.weight", &[1, 2]), ("fc2.bias", &[1])];
        assert_eq!(blocks, expected, "{pattern}");
        assert!(run.course.first().loss.is_nan());
    }
}

#[test]
fn what_keras_saves_stands_with_the_outputs_first() {
    let run = from_disk("*.weights.h5");
    let expected = |step: u64| [vec![1.0, 1.0, 0.0, 0.0], known(step)].concat();
    assert_eq!((theta(&run, 0), theta(&run, 1)), (expected(5), expected(10)));
    let shape =
        |name: &str| run.layout.blocks().iter().find(|block| block.name == name).unwrap().shape.clone();
    assert_eq!((shape("layers/dense/vars/0"), shape("layers/dense_1/vars/0")), (vec![2, 3], vec![1, 2]));
    assert_eq!(
        run.words,
        [
            "2 checkpoints, ordered by the number behind \"step\" in their names.",
            "Left out of theta, running statistics and what no step moves: layers/batch_normalization/vars/2, \
             layers/batch_normalization/vars/3, optimizer/vars/1.",
            "Left out of theta, no numbers of a parameter: optimizer/vars/0.",
            "Kernels stand with their outputs first here, not last: layers/dense/vars/0, layers/dense_1/vars/0.",
            "No losses: there is no log.csv beside the checkpoints, so the path lies on the floor.",
        ]
    );
}

#[test]
fn what_lies_beside_a_model_is_told_and_left_out() {
    assert_eq!(
        from_disk("lightning-*").words[1..3],
        [
            "Left out of theta, running statistics and what no step moves: bn.running_mean.",
            "Left out of theta, no numbers of a parameter: bn.num_batches_tracked.",
        ]
    );
    assert!(
        from_disk("lightning-*")
            .words
            .contains(&"Left out, being no part of the model: optimizer_states.".to_owned())
    );
    let asked = Path::new(env!("CARGO_MANIFEST_DIR")).join(FOLDER).join("step-*.pt");
    let without = read(&crate::disk::sources(), &asked, &["fc1.*".to_owned()]).unwrap();
    assert_eq!(without.layout.dim(), 3);
    assert!(without.words.contains(&"Left out of theta, as asked: fc1.weight, fc1.bias.".to_owned()));
}

#[test]
fn a_pickle_that_would_execute_something_is_refused_by_its_name() {
    let file =
        |name: &str| std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join(FOLDER).join(name)).unwrap();
    assert_eq!(
        refused(&[("r/1.pt", file("model.pt")), ("r/2.pt", file("model.pt"))], "r"),
        "\"r/1.pt\" asks for shop.Net to be called; expected tensors alone, which nothing is executed for: save \
         model.state_dict() rather than the model"
    );
}

#[test]
fn a_file_that_is_cut_off_anywhere_is_refused() {
    for (name, ending) in [
        ("step-5.pt", "pt"),
        ("step-5.safetensors", "safetensors"),
        ("step-5.npz", "npz"),
        ("step-5.weights.h5", "h5"),
    ] {
        let whole = std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join(FOLDER).join(name)).unwrap();
        let names = [format!("r/1.{ending}"), format!("r/2.{ending}")];
        let read_cut = |end: usize| {
            let files = [(names[0].as_str(), whole.clone()), (names[1].as_str(), whole[..end].to_vec())];
            read(&shelf(&files), Path::new("r"), &[])
        };
        // What HDF5 keeps at its end is free room.
        let last = if ending == "h5" { whole.len() * 3 / 4 } else { whole.len() - 1 };
        for end in (0..=last).step_by(7).chain([last]) {
            let Err(error) = read_cut(end) else { panic!("{name} was read to its byte {end}") };
            let error = error.to_string();
            assert!(error.starts_with(&format!("{:?} ", names[1])), "{name} {end}: {error}");
        }
        assert!(read_cut(whole.len()).is_ok());
    }
}

#[test]
fn what_makes_no_run_is_told_in_a_line() {
    let one = |value: f64| safetensors(&[("w", &[2], &[value, 1.0])]);
    let other = safetensors(&[("w", &[3], &[0.0; 3])]);
    let named = |name: &'static str, bytes: Vec<u8>| (name, bytes);
    assert_eq!(
        refused(&[named("r/1.safetensors", one(0.0))], "r"),
        "\"r\" names one checkpoint only, \"r/1.safetensors\"; expected two at least: a run is a way"
    );
    assert_eq!(
        refused(&[named("r/1.safetensors", one(0.0)), named("r/2.safetensors", other)], "r"),
        "\"r/2.safetensors\" has w [3]; expected has w [2] as in \"r/1.safetensors\""
    );
    assert_eq!(
        refused(&[named("r/a/1.safetensors", one(0.0)), named("r/b/1.safetensors", one(0.0))], "r"),
        "\"r/a/1.safetensors\" and \"r/b/1.safetensors\" are both of step 1; expected each step once: choose by a pattern"
    );
    assert_eq!(
        refused(&[named("r/a.safetensors", one(0.0)), named("r/b.safetensors", one(0.0))], "r"),
        "nothing tells which step \"r/a.safetensors\" is of; expected a number in its name or its folder's, as in step-500"
    );
    assert_eq!(
        refused(
            &[
                named("r/1.safetensors", one(0.0)),
                named("r/2.safetensors", one(1.0)),
                named("r/log.csv", b"a\n".to_vec())
            ],
            "r"
        ),
        "\"r/log.csv\": it has the columns a; expected one of step, global_step, iteration, iter, epoch, checkpoint"
    );
    let legacy = b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.".to_vec();
    assert_eq!(
        refused(&[named("r/1.pt", legacy.clone()), named("r/2.pt", legacy)], "r"),
        "\"r/1.pt\" is no archive; expected a checkpoint as torch.save has written it since PyTorch 1.6"
    );
}

#[test]
fn steps_come_from_what_files_hold_where_their_names_tell_none_and_losses_from_the_log() {
    let disk =
        |name: &str| std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join(FOLDER).join(name)).unwrap();
    let files = [
        ("r/late.safetensors", disk("step-10.safetensors")),
        ("r/soon.safetensors", disk("step-5.safetensors")),
        ("r/log.csv", b"step,loss\n0,9\n10,0.25\n".to_vec()),
    ];
    let run = read(&shelf(&files), Path::new("r"), &[]).unwrap();
    assert_eq!((steps(&run), theta(&run, 0)), (vec![5, 10], known(5)));
    let [first, last] = run.course.trajectory().checkpoints() else { panic!("two checkpoints") };
    assert!(first.loss.is_nan() && last.loss == 0.25);
    assert_eq!(run.words[0], "2 checkpoints, ordered by the step that they hold.");
    assert_eq!(run.words.last().unwrap(), "1 of 2 checkpoints have no loss in log.csv.");
}

#[test]
fn a_model_in_several_files_is_one_checkpoint() {
    let part = |name: &str, value: f64| safetensors(&[(name, &[2], &[value, value + 1.0])]);
    let index = |second: &str| {
        format!(r#"{{"weight_map": {{"a": "m-1.safetensors", "b": "{second}"}}}}"#).into_bytes()
    };
    let files = |second: &str| {
        vec![
            ("r/checkpoint-1/m.safetensors.index.json", index("m-2.safetensors")),
            ("r/checkpoint-1/m-1.safetensors", part("a", 1.0)),
            ("r/checkpoint-1/m-2.safetensors", part("b", 2.0)),
            ("r/checkpoint-3/m.safetensors.index.json", index(second)),
            ("r/checkpoint-3/m-1.safetensors", part("a", 3.0)),
            ("r/checkpoint-3/m-2.safetensors", part("b", 4.0)),
        ]
    };
    let run = read(&shelf(&files("m-2.safetensors")), Path::new("r"), &[]).unwrap();
    assert_eq!((steps(&run), theta(&run, 1)), (vec![1, 3], vec![3.0, 4.0, 4.0, 5.0]));
    assert_eq!(
        refused(&files("../../secret.safetensors"), "r"),
        "\"r/checkpoint-3/m.safetensors.index.json\" is no index of safetensors files: it names \"../../secret.safetensors\"; \
         expected files beside it"
    );
    assert_eq!(
        refused(&files("m-1.safetensors"), "r/*/*.json"),
        "\"r/checkpoint-3/m.safetensors.index.json\" is no index of safetensors files: m-1.safetensors has no b"
    );
    assert!(
        refused(&files("m-9.safetensors"), "r/*/*.json")
            .contains("needs \"m-9.safetensors\", which cannot be read")
    );
}

/// A walk of so many checkpoints, with a bend, in files.
fn walk(count: usize, dim: usize) -> Arc<dyn Sources> {
    let mut shelf = Shelf::default();
    let mut stream = Stream::new(4, "test");
    let mut at: Vec<f64> = (0..dim).map(|_| stream.normal()).collect();
    let losses: String = (0..count).map(|step| format!("{},1\n", 5 * step)).collect();
    shelf.put("r/log.csv", format!("step,loss\n{losses}").into_bytes());
    for step in 0..count {
        let rows = dim / 10;
        let bytes = safetensors(&[
            ("a.kernel", &[10, rows - 1], &at[..10 * rows - 10]),
            ("b", &[10], &at[10 * rows - 10..]),
        ]);
        shelf.put(format!("r/step-{}.safetensors", 5 * step), bytes);
        let pull = 0.3 * (step as f64 / 6.0).sin();
        at.iter_mut().enumerate().for_each(|(i, v)| *v += 0.1 * stream.normal() + pull * (i as f64).cos());
    }
    Arc::new(shelf)
}

fn experiment(recorded: &Import, plane: &str) -> Result<Experiment, String> {
    let mut file = ExperimentFile::default();
    file.slice.plane = plane.parse().unwrap();
    Experiment::of_import(file, Arc::new(recorded.clone()), None).map_err(|error| error.to_string())
}

/// What is known of a run in a plane that depends neither on the basis nor on chance: shares, coordinates without their signs,
/// residuals, and the distances from the start.
fn seen(recorded: &Import, plane: &str) -> (Vec<f64>, Outcome) {
    let outcome = pipeline::run(&experiment(recorded, plane).unwrap()).unwrap();
    let points = recorded.course.trajectory().checkpoints();
    let plane = &outcome.plan.plane;
    let chosen = plane.axes.iter().filter(|axis| !axis.is_random).count();
    let mut seen: Vec<f64> = plane.axes[..chosen].iter().map(|axis| axis.explained).collect();
    for point in points {
        let projection = plane.subspace.project(&point.theta);
        seen.extend(projection.alpha[..chosen].iter().map(|alpha| alpha.abs()));
        seen.extend((chosen == 3).then_some(projection.residual));
        seen.push(norm(&sub(&point.theta, &points[0].theta)));
    }
    (seen, outcome)
}

#[test]
fn a_run_seen_by_coordinates_is_the_run_itself() {
    let sources = walk(40, 3000);
    let held =
        |bytes: usize| read_within(&sources, Path::new("r"), &[], &Limits { bytes, ..LIMITS }).unwrap();
    let (whole, few) = (held(usize::MAX), held(1 << 16));
    assert_eq!((whole.layout.dim(), few.layout.dim(), few.layout.parameters()), (3000, 39, 3000));
    assert_eq!(
        few.words.last().unwrap(),
        "3000 parameters are seen by 39 coordinates in the space through the checkpoints: planes of the run and \
         distances are exact, those along parameters or by filters are not to be had, and what chance adds lies there too."
    );
    for plane in ["pca", "pca:end", "chord", "angle:30", "points:start,step:40,end"] {
        let ((direct, of_whole), (streamed, of_few)) = (seen(&whole, plane), seen(&few, plane));
        assert_eq!(direct.len(), streamed.len());
        let worst = direct.iter().zip(&streamed).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        // The walk is some tens long.
        assert!(worst < 1e-9, "{plane}: {worst}");
        assert_eq!(of_whole.walks, of_few.walks, "{plane}: the null is that of as many parameters");
    }
    for plane in ["random", "axes:coordinate[0]"] {
        let refused = experiment(&few, plane).unwrap_err();
        assert!(
            refused.contains(
                "of its 3000 parameters only coordinates in the space through its checkpoints are held"
            ),
            "{refused}"
        );
    }
}

#[test]
fn long_runs_are_thinned_evenly_with_a_word() {
    let sources = walk(40, 200);
    let limits = Limits { bytes: 1 << 14, checkpoints: 10, products: 1e12 };
    let run = read_within(&sources, Path::new("r"), &[], &limits).unwrap();
    assert_eq!(steps(&run), [0, 25, 50, 75, 100, 125, 150, 175, 195]);
    assert!(run.words.contains(&"Thinned: 9 of 40 checkpoints are kept, evenly, with the last.".to_owned()));
    assert_eq!(Limits { products: 7200.0, ..limits }.most(200), 6, "36 products of 200 numbers");
    for (all, most) in [(2, 2), (3, 2), (10, 10), (11, 10), (1001, 1000), (5000, 1000)] {
        let kept = thinned((0..all).collect(), most);
        assert!(
            kept.len() <= most && kept[0] == 0 && kept[kept.len() - 1] == all - 1,
            "{all} {most}: {}",
            kept.len()
        );
    }
}

#[test]
fn a_checkpoint_that_is_not_finite_stays_in_its_place() {
    let point = |value: f64| safetensors(&[("w", &[4], &[1.0, value, 2.0, -value])]);
    let files: Vec<(String, Vec<u8>)> = [f64::NAN, 1.0, 2.0, f64::INFINITY, 4.0]
        .iter()
        .enumerate()
        .map(|(step, value)| (format!("r/{step}.safetensors"), point(*value)))
        .collect();
    let files: Vec<(&str, Vec<u8>)> =
        files.iter().map(|(name, bytes)| (name.as_str(), bytes.clone())).collect();
    let limits = Limits { bytes: 0, ..LIMITS };
    let run = read_within(&shelf(&files), Path::new("r"), &[], &limits).unwrap();
    let finite: Vec<bool> = (0..5).map(|at| theta(&run, at).iter().all(|v| v.is_finite())).collect();
    assert_eq!(finite, [false, true, true, false, true]);
    let distance = |a: usize, b: usize| norm(&sub(&theta(&run, a), &theta(&run, b)));
    let expected = 2.0_f64.sqrt();
    assert!((distance(1, 2) - expected).abs() < 1e-12 && (distance(1, 4) - 3.0 * expected).abs() < 1e-12);
}

/// Small files of each format, to be spoilt.
fn seeds() -> Vec<(&'static str, Vec<u8>)> {
    let file =
        |name: &str| std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join(FOLDER).join(name)).unwrap();
    vec![
        ("pt", file("step-5.pt")),
        ("pt", file("views-5.pth")),
        ("pt", file("lightning-step=5.ckpt")),
        ("safetensors", file("step-5.safetensors")),
        ("npz", file("step-5.npz")),
        ("npz", file("step-10.npz")),
        ("h5", file("step-5.weights.h5")),
        (
            "safetensors.index.json",
            br#"{"weight_map": {"a": "m-1.safetensors", "b": "m-2.safetensors"}}"#.to_vec(),
        ),
    ]
}

/// Some bytes of it other ones, cut off, doubled or moved.
fn spoilt(bytes: &[u8], stream: &mut Stream) -> Vec<u8> {
    let mut below = |bound: usize| stream.below(bound);
    let mut spoilt = bytes.to_vec();
    for _ in 0..=below(4) {
        let at = below(spoilt.len().max(1));
        let width = (1 + below(8)).min(spoilt.len().saturating_sub(at));
        match below(8) {
            0 => spoilt.truncate(at),
            1 => _ = spoilt.drain(at..at + width),
            2 => {
                let from = below(spoilt.len().max(1));
                let piece = spoilt[from..(from + 40).min(spoilt.len())].to_vec();
                _ = spoilt.splice(at..at, piece);
            }
            3 => spoilt[at..at + width].fill(0xff),
            4 => spoilt[at..at + width].fill(0),
            5 => spoilt[at..at + width].iter_mut().for_each(|byte| *byte ^= 1 << below(8)),
            _ => spoilt[at..at + width].iter_mut().for_each(|byte| *byte = below(256) as u8),
        }
    }
    spoilt
}

/// Reads so many spoilt files of each format; how many of them were runs all the same.
fn attack(rounds: u64, seed: u64) -> usize {
    let mut whole = 0;
    for (ending, bytes) in seeds() {
        let mut stream = Stream::new(seed, ending);
        for _ in 0..rounds {
            let name = [1, 2].map(|step| format!("r/{step}.{ending}"));
            let files = [(name[0].as_str(), spoilt(&bytes, &mut stream)), (name[1].as_str(), bytes.clone())];
            let limits = Limits { bytes: 64, ..LIMITS };
            whole += usize::from(read_within(&shelf(&files), Path::new("r"), &[], &limits).is_ok());
        }
    }
    whole
}

#[test]
fn spoilt_files_are_refused_or_read_and_never_more() {
    assert!(attack(400, 1) > 100, "what is spoilt where nothing is said is read");
}

/// A million: LOSSCAPE_ROUNDS=125000 cargo test --release --lib checkpoints -- --ignored
#[test]
#[ignore = "takes minutes: run it by hand, with ulimit -v, after a change of a reader"]
fn very_many_spoilt_files_are_refused_or_read() {
    let number = |name: &str| std::env::var(name).ok().and_then(|value| value.parse().ok());
    let rounds = number("LOSSCAPE_ROUNDS").unwrap_or(125_000);
    assert!(attack(rounds, number("LOSSCAPE_SEED").unwrap_or(2)) > 0);
}

proptest! {
    #[test]
    fn any_bytes_are_refused_or_read(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        for ending in ["pt", "npz", "h5", "safetensors"] {
            let name = [1, 2].map(|step| format!("r/{step}.{ending}"));
            let files = [(name[0].as_str(), bytes.clone()), (name[1].as_str(), bytes.clone())];
            prop_assert!(read(&shelf(&files), Path::new("r"), &[]).is_err());
        }
    }
}
