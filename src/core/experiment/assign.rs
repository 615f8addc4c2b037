//! Sets any field of an experiment by its path.
//!
//! The experiment is taken apart into JSON, the field put in, and the whole read back: so a path can
//! name what a file can, and a value is refused for the same reasons. Between a kind and its settings
//! the path needs no step: `model.widths` is the widths of whatever model there is.

use serde_json::Value;

use super::assignment::Assignment;
use super::file::ExperimentFile;
use crate::core::text::visible;

/// Why an assignment cannot be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AssignError {
    /// There is no such field.
    #[error("{path}: there is no {name}; expected {known}")]
    NoField {
        /// The path.
        path: String,
        /// Its first name that nothing bears.
        name: String,
        /// The names that there are.
        known: String,
    },
    /// The value is none of that field.
    #[error("{assignment}: {why}")]
    Value {
        /// What was written.
        assignment: String,
        /// What is wrong with it.
        why: String,
    },
}

/// The experiment with that value.
///
/// # Errors
/// If there is no such field, or the value is none of its.
pub fn assign(file: &ExperimentFile, assignment: &Assignment) -> Result<ExperimentFile, AssignError> {
    let whole = json(file);
    field(&mut whole.clone(), &assignment.path)?;
    let mut refusal = None;
    for value in readings(assignment) {
        let mut changed = whole.clone();
        *field(&mut changed, &assignment.path)? = value;
        match serde_json::from_value(changed) {
            Ok(file) => return Ok(file),
            Err(error) => refusal = refusal.or(Some(error)),
        }
    }
    let why = refusal.map(|error| of_person(&error.to_string())).unwrap_or_default();
    Err(AssignError::Value { assignment: assignment.to_string(), why })
}

/// What an experiment has at a path, as a person reads it: the last name of the path and the value. Empty where
/// there is no such field.
pub fn said_at(file: &ExperimentFile, path: &str) -> String {
    let mut whole = json(file);
    let Ok(value) = field(&mut whole, path) else { return String::new() };
    let name = path.rsplit('.').next().unwrap_or_default().replace('_', " ");
    format!("{name} {}", spoken(value))
}

/// What the text may stand for: JSON, a word, what a file writes there, or a kind with its usual settings.
fn readings(Assignment { path, text }: &Assignment) -> Vec<Value> {
    let (opened, closed): (String, String) = path.split('.').map(|name| (format!("{name}: ("), ")")).unzip();
    let in_file = |text: &str| {
        let as_file = format!("({}{text}{})", opened.trim_end_matches('('), &closed[1..]);
        let mut file = json(&ExperimentFile::parse(&as_file, path).ok()?);
        Some(field(&mut file, path).ok()?.take())
    };
    let as_json = serde_json::from_str(text).ok();
    let others = in_file(text).into_iter().chain(in_file(&format!("{text}()")));
    as_json.into_iter().chain([Value::String(text.clone())]).chain(others).collect()
}

fn json(file: &ExperimentFile) -> Value {
    serde_json::to_value(file).unwrap_or_else(|error| unreachable!("plain data is JSON: {error}"))
}

/// A value as a person reads it: a kind by its name, a number, a word.
fn spoken(value: &Value) -> String {
    match value {
        Value::String(word) => visible(word).into_owned(),
        Value::Null => "none".to_owned(),
        Value::Array(values) => values.iter().map(spoken).collect::<Vec<_>>().join(", "),
        Value::Object(object) => {
            let inner = |value: &Value| if value.is_number() { format!(" {value}") } else { String::new() };
            let named = object.iter().map(|(name, value)| name.replace('_', " ") + &inner(value));
            named.collect::<Vec<_>>().join(", ")
        }
        value => value.to_string(),
    }
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

/// The place of that path in an experiment that was taken apart.
///
/// # Errors
/// If there is no such field.
pub fn field<'a>(whole: &'a mut Value, path: &str) -> Result<&'a mut Value, AssignError> {
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
            return Err(AssignError::NoField { path: path.to_owned(), name: name.to_owned(), known });
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

    fn put(file: &ExperimentFile, assignment: &str) -> Result<ExperimentFile, AssignError> {
        assign(file, &Assignment::parse(assignment).unwrap())
    }

    fn after(assignments: &[&str]) -> ExperimentFile {
        assignments.iter().fold(ExperimentFile::default(), |file, assignment| put(&file, assignment).unwrap())
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
        for kind in ["optimizer=adam", "dataset=moons", "model=mlp", "slice.plane=pca"] {
            assert_eq!(after(&[kind]), after(&[&format!("{kind}()")]), "a kind with its usual settings");
        }
        assert_eq!(after(&["compare=[\"seed=3\"]"]), parsed("(compare: [\"seed=3\"])"));
    }

    #[test]
    fn mistakes_are_named() {
        let refused = |assignment: &str| put(&ExperimentFile::default(), assignment).unwrap_err().to_string();
        assert!(Assignment::parse("steps").unwrap_err().to_string().contains("expected path=value"));
        let unknown = refused("model.widths=[8]");
        assert!(unknown.contains("there is no widths; expected head"), "{unknown}");
        assert!(refused("sede=1").contains("seed"));
        let wrong = refused("steps=many");
        assert_eq!(wrong, "steps=many: invalid type: string \"many\", expected a whole number of at least 0");
        let wrong = refused("optimizer.lr=fast");
        assert_eq!(wrong, "optimizer.lr=fast: invalid type: string \"fast\", expected a number");
        assert!(refused("steps.more=1").contains("nothing below it"));
    }

    #[test]
    fn it_is_written_as_it_was_read_and_says_what_it_finds() {
        let file = parsed("(model: mlp(widths: [8, 8], skip: true), compare: [\"model.skip = false\"])");
        assert_eq!(file.compare[0].to_string(), "model.skip=false");
        assert_eq!(said_at(&file, "model.skip"), "skip true");
        assert_eq!(said_at(&assign(&file, &file.compare[0]).unwrap(), "model.skip"), "skip false");
        let said = |path: &str| said_at(&file, path);
        assert_eq!(
            [said("model"), said("model.widths"), said("batch")],
            ["model mlp", "widths 8, 8", "batch full"]
        );
        assert_eq!(said("nothing"), "");
        assert_eq!(parsed(&file.to_ron()), file);
        let error = ExperimentFile::parse("(compare: [\"seed\"])", "x.ron").unwrap_err().to_string();
        assert!(error.contains("expected path=value"), "{error}");
    }
}
