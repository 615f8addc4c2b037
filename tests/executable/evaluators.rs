//! `losscape slice --evaluator`: a network in another process.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use losscape::core::io::frames::{self, Frame};
use losscape::core::text::Measured;

use super::{losscape, read, refused};
use crate::support::array_of_file;

/// A run of Model 3, what it is shown on, and the slice that is asked for.
const RUN: [&str; 7] = ["slice", "--points", "40", "--steps", "150", "--grid", "21x17"];
/// What the evaluator adds to each loss: its numbers are told from those of this program.
const OFFSET: f64 = 2.0;

/// Whether there is a Python to evaluate with; a test without one says so.
fn has_python() -> bool {
    let is_there =
        Command::new("python3").arg("--version").output().is_ok_and(|output| output.status.success());
    if !is_there {
        println!("SKIPPED: no python3 to evaluate with");
    }
    is_there
}

struct Case {
    folder: tempfile::TempDir,
    /// The slice as this program evaluates it.
    own: Vec<f64>,
}

impl Case {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("own.npz");
        let output = losscape(&[&RUN[..], &["-o", path.to_str().unwrap()]].concat());
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let ((_, x), (_, y)) = (read(&path, "x"), read(&path, "y"));
        let x: Vec<&[f64]> = x.chunks(2).collect();
        let data = format!(r#"{{"x": {x:?}, "y": {y:?}, "offset": {OFFSET}}}"#);
        std::fs::write(folder.path().join("data.json"), data).unwrap();
        Self { own: read(&path, "loss").1, folder }
    }

    fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The evaluator's command, quoted as a shell needs it.
    fn command(&self, mode: &str) -> String {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/evaluators/evaluator.py");
        format!("python3 '{}' {mode} '{}'", script.display(), self.at("data.json").display())
    }

    fn slice(&self, evaluator: &str, more: &[&str]) -> Output {
        let path = self.at("served.npz");
        let typed = ["-o", path.to_str().unwrap(), "--force", "--evaluator", evaluator];
        let mut command = Command::new(env!("CARGO_BIN_EXE_losscape"));
        command.args(RUN).args(typed).args(more).env("LOSSCAPE_TOKEN", "secret").output().unwrap()
    }

    /// Expects that exit code, one line with each of the words, and no file.
    fn fails(&self, evaluator: &str, more: &[&str], code: i32, words: &[&str]) {
        let output = self.slice(evaluator, more);
        let error = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), error.lines().count()), (Some(code), 1), "{evaluator}: {error}");
        for word in words {
            assert!(error.contains(word), "{evaluator}: {word:?} is missing in {error:?}");
        }
        assert!(!self.at("served.npz").exists(), "{evaluator}");
    }

    /// Expects the numbers of this program with what the evaluator adds.
    fn is_served(&self, evaluator: &str, more: &[&str]) {
        let output = self.slice(evaluator, more);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let (shape, losses) = read(&self.at("served.npz"), "loss");
        assert_eq!(shape, [17, 21]);
        for (found, own) in losses.iter().zip(&self.own) {
            assert!((found - own - OFFSET).abs() < 1e-12, "{found} {own}");
        }
    }

    fn server(&self) -> (Child, String) {
        let port = self.at("port");
        let _ = std::fs::remove_file(&port);
        let command = format!("{} '{}'", self.command("good"), port.display());
        let words = shlex::split(&command).unwrap();
        let mut server = Command::new(&words[0]);
        let server = server.args(&words[1..]).stderr(Stdio::null()).spawn().unwrap();
        while !port.exists() {
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
        (server, format!("tcp:127.0.0.1:{}", std::fs::read_to_string(&port).unwrap()))
    }
}

#[test]
fn a_served_model_3_has_the_slice_of_our_own() {
    if !has_python() {
        return;
    }
    let case = Case::new();
    case.is_served(&case.command("good"), &[]);
    let (mut server, address) = case.server();
    case.is_served(&address, &[]);
    server.wait().unwrap();
    let token = case.at("token");
    std::fs::write(&token, "wrong\n").unwrap();
    std::fs::remove_file(case.at("served.npz")).unwrap();
    let (mut server, address) = case.server();
    case.fails(
        &address,
        &["--evaluator-token", token.to_str().unwrap()],
        2,
        &["refuses", "the token is wrong"],
    );
    server.wait().unwrap();
    case.fails(&address, &[], 2, &["cannot be reached"]);
}

/// The run as a recording: its losses are 9, and its evaluations are what the evaluator finds, but for some at the end.
fn recorded(case: &Case, wrong: usize) -> PathBuf {
    let own = case.at("own.npz");
    let [(shape, thetas), (_, losses)] = ["trajectory", "trajectory_loss"].map(|name| read(&own, name));
    let (_, steps) = array_of_file::<u64>(&own, "trajectory_step");
    let block = |name: &str, kind: &str, shape: &str| {
        format!(r#"{{"name": "{name}", "kind": "{kind}", "shape": {shape}}}"#)
    };
    let blocks = [
        block("fc1.weight", "dense", "[3, 2]"),
        block("fc1.bias", "bias", "[3]"),
        block("fc2.weight", "dense", "[1, 3]"),
        block("fc2.bias", "bias", "[1]"),
    ];
    let header = format!(
        r#"{{"format": 1, "id": "run", "dim": 13, "dtype": "f64", "blocks": [{}],
            "evaluation": {{"hash": "these", "examples": 40, "mode": "evaluation mode"}}}}"#,
        blocks.join(",")
    );
    let mut bytes = frames::RECORDING.to_vec();
    frames::write(&Frame { kind: 1, body: header.into_bytes() }, &mut bytes);
    for (at, theta) in thetas.chunks(shape[1] as usize).enumerate() {
        // Not every checkpoint has an evaluation.
        let evaluated = losses[at] + OFFSET + f64::from(u8::from(at + wrong >= shape[0] as usize));
        let losses = [9.0, if at % 2 == 0 { evaluated } else { f64::NAN }];
        let numbers = losses.iter().chain(theta).flat_map(|number| number.to_le_bytes());
        let body = steps[at].to_le_bytes().into_iter().chain(numbers).collect();
        frames::write(&Frame { kind: 2, body }, &mut bytes);
    }
    frames::write(&Frame { kind: 5, body: Vec::new() }, &mut bytes);
    let path = case.at("run.lsr");
    std::fs::write(&path, bytes).unwrap();
    path
}

#[test]
fn losses_along_a_recorded_run_are_evaluated_and_compared_with_those_that_it_evaluated() {
    if !has_python() {
        return;
    }
    let case = Case::new();
    let (_, own) = read(&case.at("own.npz"), "trajectory_loss");
    for wrong in [0, 3] {
        let run = recorded(&case, wrong);
        let path = case.at("served.npz");
        let typed =
            ["slice", run.to_str().unwrap(), "-o", path.to_str().unwrap(), "--force", "--grid", "3x3"];
        let output = losscape(&[&typed[..], &["--evaluator", &case.command("good")]].concat());
        let told = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success(), "{told}");
        let (_, losses) = read(&path, "trajectory_loss");
        assert!(losses.iter().zip(&own).all(|(found, own)| (found - own - OFFSET).abs() < 1e-12));
        assert!(read(&path, "trajectory_loss_recorded").1.iter().all(|loss| *loss == 9.0));
        let compared: Vec<&str> = told.lines().filter(|line| line.contains("the evaluator finds")).collect();
        match wrong {
            0 => assert_eq!(compared, [""; 0]),
            _ => {
                let steps = array_of_file::<u64>(&path, "trajectory_step").1;
                let first = (own.len() - wrong).next_multiple_of(2);
                assert_eq!(compared.len(), 1, "{told}");
                let begins = format!(
                    "At step {} the evaluator finds a loss of {:.6}",
                    steps[first],
                    Measured(losses[first])
                );
                assert!(compared[0].contains(&begins) && compared[0].contains("training mode"), "{told}");
            }
        }
    }
}

#[cfg(feature = "viewer")]
#[test]
fn a_picture_of_a_recorded_run_has_the_surface_that_is_served() {
    if !has_python() {
        return;
    }
    let case = Case::new();
    let run = recorded(&case, 3);
    let [bare, served] = ["bare.png", "served.png"].map(|name| case.at(name));
    let drawn = |path: &Path, more: &[&str]| {
        let typed = ["record", run.to_str().unwrap(), "-o", path.to_str().unwrap(), "--size", "320x200"];
        let sparse = ["--set", "slice.grid=[5, 5]", "--set", "slice.volume=[3, 3, 3]"];
        let output = losscape(&[&typed[..], &sparse, more].concat());
        let told = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success(), "{told}");
        (std::fs::read(path).unwrap(), told)
    };
    let ((bare, _), (served, told)) =
        (drawn(&bare, &[]), drawn(&served, &["--evaluator", &case.command("good")]));
    assert_ne!(bare, served, "there is a surface now");
    assert!(told.contains("the evaluator finds a loss of"), "{told}");
    refused(
        &["record", "descent", "-o", "never.mp4", "--evaluator", "x"],
        &["--evaluator", "expected a run of others"],
    );
}

#[test]
fn a_bad_evaluator_is_told_of_in_a_line() {
    if !has_python() {
        return;
    }
    let case = Case::new();
    let fails = |mode: &str, code, words: &[&str]| case.fails(&case.command(mode), &[], code, words);
    fails("text", 2, &["the evaluator prints text instead of frames: Epoch 1: loss 0.25"]);
    fails(
        "other",
        2,
        &["knows another network: it has a block fc2.weight [1, 4] where the run has fc2.weight [1, 3]"],
    );
    fails("count", 1, &["answered with 2 losses where 1 were asked for"]);
    fails("crash", 1, &["ended (exit status: 1)", "Traceback: the model is gone"]);
    fails("error", 1, &["says: ValueError: no such batch"]);
    let hang = case.command("hang");
    case.fails(&hang, &["--evaluator-timeout", "3"], 1, &["has not answered for 3 s", "--evaluator-timeout"]);
    case.fails("no-such-program x", &[], 2, &["no-such-program cannot be started"]);
    case.fails("python3 -c 'import sys; sys.exit(3)'", &[], 2, &["ended (exit status: 3)"]);
}

#[test]
fn what_is_no_evaluator_is_refused() {
    let slice = ["slice", "-o", "never.npz"];
    let refused = |more: &[&str], words: &[&str]| refused(&[&slice[..], more].concat(), words);
    refused(&["--evaluator", "tcp:192.168.0.7:80"], &["expected tcp:127.0.0.1:PORT", "ssh -L"]);
    refused(&["--evaluator", "tcp:127.0.0.1"], &["expected tcp:127.0.0.1:PORT"]);
    refused(&["--evaluator", "tcp:127.0.0.1:9"], &["expected its token in LOSSCAPE_TOKEN"]);
    refused(&["--evaluator", "python3 'open"], &["expected a command", "quotes"]);
    refused(&["--evaluator", ""], &["expected a command"]);
    refused(&["--evaluator", "x", "--precision", "f32"], &["expected f64"]);
    refused(&["--evaluator", "x", "--set", "slice.quantity=accuracy"], &["expected loss"]);
    refused(&["--evaluator", "x", "--evaluator-timeout", "0"], &["expected seconds above 0"]);
    #[cfg(feature = "viewer")]
    super::refused(&["view", "descent", "--evaluator", "x"], &["a tour says itself"]);
}
