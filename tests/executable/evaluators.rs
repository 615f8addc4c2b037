//! `losscape slice --evaluator`: a network in another process.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use super::{losscape, read, refused};

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
    case.fails(
        &hang,
        &["--evaluator-timeout", "0.5"],
        1,
        &["has not answered for 0.5 s", "--evaluator-timeout"],
    );
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
