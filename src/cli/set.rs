//! `--set path=value`: any field of an experiment from the command line.
//!
//! The experiment is taken apart into JSON, the field put in, and the whole read back: so a path can
//! name what a file can, and a value is refused for the same reasons. Between a kind and its settings
//! the path needs no step: `model.widths` is the widths of whatever model there is.

use anyhow::{anyhow, bail};
use serde_json::Value;

use crate::core::experiment::replacement::{TASK, WAYS};
use crate::core::experiment::{Change, ExperimentFile, Setting};

/// Sets one field, given as `path=value`.
///
/// # Errors
/// If it has no `=`, there is no such field, or the value is none of its.
pub fn set(file: &ExperimentFile, assignment: &str) -> anyhow::Result<ExperimentFile> {
    let Some((path, text)) = assignment.split_once('=') else {
        bail!("--set {assignment}: expected path=value, such as model.widths=[8,8]")
    };
    let (path, text) = (path.trim(), text.trim());
    let whole = serde_json::to_value(file)?;
    field(&mut whole.clone(), path)?;
    let mut refusal = None;
    for value in readings(path, text) {
        let mut changed = whole.clone();
        *field(&mut changed, path)? = value;
        match serde_json::from_value(changed) {
            Ok(file) => return Ok(file),
            Err(error) => refusal = refusal.or(Some(error)),
        }
    }
    let why = refusal.map(|error| error.to_string()).unwrap_or_default();
    Err(anyhow!("--set {assignment}: {}", of_person(&why)))
}

/// What is wrong with a value, without the names that numbers have in this program.
fn of_person(why: &str) -> String {
    ["u64", "usize", "u32"]
        .iter()
        .fold(why.to_owned(), |why, name| {
            why.replace(&format!("expected {name}"), "expected a whole number of at least 0")
        })
        .replace("expected f64", "expected a number")
}

/// The part of an experiment that a path is of, as it is there: a setting that takes others along.
pub fn part(path: &str, file: &ExperimentFile) -> Option<Change> {
    let setting = Setting::of_path(path).filter(|setting| TASK.contains(setting) || WAYS.contains(setting));
    setting.map(|setting| setting.of(file))
}

/// What the text may stand for: JSON, a word, or what a file writes there.
fn readings(path: &str, text: &str) -> Vec<Value> {
    let json = serde_json::from_str(text).ok();
    let (opened, closed): (String, String) = path.split('.').map(|name| (format!("{name}: ("), ")")).unzip();
    let as_file = format!("({}{text}{})", opened.trim_end_matches('('), &closed[1..]);
    let in_file = || {
        let file = ExperimentFile::parse(&as_file, path).ok()?;
        let mut file = serde_json::to_value(file).ok()?;
        Some(field(&mut file, path).ok()?.take())
    };
    json.into_iter().chain([Value::String(text.to_owned())]).chain(in_file()).collect()
}

/// The place of that path.
pub(super) fn field<'a>(whole: &'a mut Value, path: &str) -> anyhow::Result<&'a mut Value> {
    let mut place = whole;
    for name in path.split('.') {
        // A kind with settings stands as one entry of its own name.
        if place.get(name).is_none()
            && let Some(kind) = only_key(place)
        {
            place = &mut place[kind];
        }
        if place.get(name).is_none() {
            let known: Vec<&str> =
                place.as_object().into_iter().flatten().map(|(key, _)| key.as_str()).collect();
            let known = if known.is_empty() { "nothing below it".to_owned() } else { known.join(", ") };
            bail!("--set {path}: there is no {name}; expected {known}");
        }
        place = &mut place[name];
    }
    Ok(place)
}

fn only_key(value: &Value) -> Option<String> {
    let object = value.as_object().filter(|object| object.len() == 1)?;
    let (key, inner) = object.iter().next()?;
    inner.is_object().then(|| key.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(assignments: &[&str]) -> ExperimentFile {
        assignments.iter().fold(ExperimentFile::default(), |file, assignment| set(&file, assignment).unwrap())
    }

    fn parsed(text: &str) -> ExperimentFile {
        ExperimentFile::parse(text, "x.ron").unwrap()
    }

    #[test]
    fn any_field_can_be_set_as_a_file_would() {
        assert_eq!(after(&["steps=7"]), parsed("(steps: 7)"));
        assert_eq!(after(&["title=two words"]), parsed("(title: \"two words\")"));
        assert_eq!(after(&["model.head=linear"]), parsed("(model: model3(head: linear))"));
        assert_eq!(after(&["optimizer.lr=1"]), parsed("(optimizer: sgd(lr: 1.0))"));
        assert_eq!(after(&["view.clip=2"]), parsed("(view: (clip: 2.0))"));
        assert_eq!(after(&["view.clip=2", "view.clip=null"]), ExperimentFile::default());
        assert_eq!(after(&["slice.grid=[9,8]"]), parsed("(slice: (grid: [9, 8]))"));
        assert_eq!(after(&["slice.plane=chord"]), parsed("(slice: (plane: chord))"));
        let mlp = after(&["model=mlp()", "model.widths=[8,8]", "model.activation=relu"]);
        assert_eq!(mlp, parsed("(model: mlp(widths: [8, 8], activation: relu))"));
        let plane = "axes(parameters: [\"fc2.bias\"])";
        let expected = parsed(&format!("(slice: (plane: {plane}))"));
        assert_eq!(after(&[&format!("slice.plane={plane}")]), expected);
        let line = after(&["slice.plane=line()", "slice.plane.from={\"step\": 9}"]);
        assert_eq!(line, parsed("(slice: (plane: line(from: step(9))))"));
    }

    #[test]
    fn mistakes_are_named() {
        let refused = |assignment: &str| set(&ExperimentFile::default(), assignment).unwrap_err().to_string();
        assert!(refused("steps").contains("expected path=value"));
        let unknown = refused("model.widths=[8]");
        assert!(unknown.contains("there is no widths; expected head"), "{unknown}");
        assert!(refused("sede=1").contains("seed"));
        let wrong = refused("steps=many");
        assert_eq!(
            wrong,
            "--set steps=many: invalid type: string \"many\", expected a whole number of at least 0"
        );
        let wrong = refused("optimizer.lr=fast");
        assert_eq!(wrong, "--set optimizer.lr=fast: invalid type: string \"fast\", expected a number");
        assert!(refused("steps.more=1").contains("nothing below it"));
    }
}
