//! What has to be set to make one experiment of another: the inverse of `--set`.

use serde_json::Value;

use super::builtin;
use super::file::ExperimentFile;
use super::replacement::{Part, replaced};

/// The fields in which `to` differs from `from`, as paths with their values there.
pub fn differences(from: &ExperimentFile, to: &ExperimentFile) -> Vec<(String, Value)> {
    let mut found = Vec::new();
    differ("", &json(from), &json(to), &mut found);
    found
}

fn json(file: &ExperimentFile) -> Value {
    serde_json::to_value(file).unwrap_or_else(|error| unreachable!("plain data is JSON: {error}"))
}

/// What `--set` has to be given to make one experiment of another. Parts come first, and then what their
/// replacement resets as well.
pub fn assignments(from: &ExperimentFile, to: &ExperimentFile) -> Vec<(String, Value)> {
    let (mut from, wanted, mut found) = (from.clone(), json(to), Vec::new());
    let parts = [
        ("/dataset", Part::Dataset(to.dataset.clone())),
        ("/model", Part::Model(to.model.clone())),
        ("/surface", Part::Surface(to.surface)),
        ("/optimizer", Part::Optimizer(to.optimizer.clone())),
        ("/loss", Part::Loss(to.loss)),
        ("/slice/plane", Part::Plane(to.slice.plane.clone())),
    ];
    for (place, part) in parts {
        let present = json(&from);
        let Some((is, wanted)) = present.pointer(place).zip(wanted.pointer(place)).filter(|(a, b)| a != b)
        else {
            continue;
        };
        differ(&place[1..].replace('/', "."), is, wanted, &mut found);
        from = replaced(&from, part).0;
    }
    differ("", &json(&from), &wanted, &mut found);
    found
}

fn differ(path: &str, from: &Value, to: &Value, found: &mut Vec<(String, Value)>) {
    if from == to {
        return;
    }
    let fields = from.as_object().zip(to.as_object()).filter(|(a, b)| a.keys().eq(b.keys()));
    let Some((from, to)) = fields else {
        found.push((path.to_owned(), to.clone()));
        return;
    };
    for ((name, from), to) in from.iter().zip(to.values()) {
        // Between a kind and its settings a path needs no step.
        let is_kind =
            !path.is_empty() && from.is_object() && to.is_object() && path != "slice" && path != "view";
        let below = match (path, is_kind) {
            ("", _) => name.clone(),
            (path, true) => path.to_owned(),
            (path, false) => format!("{path}.{name}"),
        };
        differ(&below, from, to, found);
    }
}

/// The command line that draws an experiment at a step of its training, beginning with the built-in
/// one from which least has to be set.
pub fn command_line(file: &ExperimentFile, at_step: u64) -> String {
    let built_in = builtin::names().filter_map(|name| Some((name, builtin::load(name)?.ok()?)));
    let nearest =
        built_in.map(|(name, base)| (name, assignments(&base, file))).min_by_key(|(_, set)| set.len());
    let (name, set) = nearest.unwrap_or((builtin::DEFAULT, Vec::new()));
    let set: String =
        set.iter().map(|(path, value)| format!(" --set {}", quoted(&format!("{path}={value}")))).collect();
    format!("losscape record {name} --at-step {at_step}{set} -o picture.png")
}

/// A word of a shell's command line.
fn quoted(word: &str) -> String {
    let is_plain = word.chars().all(|sign| sign.is_ascii_alphanumeric() || "._=+-/".contains(sign));
    if is_plain { word.to_owned() } else { format!("'{}'", word.replace('\'', "'\\''")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_line_says_no_more_than_it_must() {
        let mut file = builtin::load("diagonal-model2").unwrap().unwrap();
        assert_eq!(command_line(&file, 7), "losscape record diagonal-model2 --at-step 7 -o picture.png");
        file.seed = 4321;
        file.optimizer.set_lr(0.25);
        file.title = "it's".to_owned();
        let line = command_line(&file, 7);
        assert!(line.contains("--set seed=4321") && line.contains("--set optimizer.lr=0.25"), "{line}");
        assert!(line.contains("--set 'title=\"it'\\''s\"'"), "{line}");
    }
}
