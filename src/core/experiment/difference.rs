//! What has to be set to make one experiment of another: the inverse of `--set`.

use serde_json::Value;

use super::assign::assign;
use super::assignment::Assignment;
use super::builtin;
use super::replacement::{TASK, WAYS, changed};
use super::settings::{Change, ExperimentFile, Setting};

/// The fields in which `to` differs from `from`, as paths with their values there.
pub fn differences(from: &ExperimentFile, to: &ExperimentFile) -> Vec<(String, Value)> {
    Setting::differing(from, to).flat_map(|setting| difference(setting, from, to)).collect()
}

/// What `--set` has to be given to make one experiment of another. Parts come first, and then what their
/// replacement resets as well.
pub fn assignments(from: &ExperimentFile, to: &ExperimentFile) -> Vec<(String, Value)> {
    let (mut from, mut found) = (from.clone(), Vec::new());
    for part in TASK.into_iter().chain(WAYS) {
        let mut wanted = to.clone();
        wanted.dataset = wanted.dataset.edited_from(&from.dataset);
        if !part.is_same_in(&from, &wanted) {
            found.extend(difference(part, &from, &wanted));
            from = changed(&from, part.of(&wanted)).0;
        }
    }
    found.extend(differences(&from, to));
    found
}

/// Where the values of a setting differ: it may hold others. All of it, where no path leads to a place within it.
fn difference(setting: Setting, from: &ExperimentFile, to: &ExperimentFile) -> Vec<(String, Value)> {
    let (path, whole) = (setting.row().path, json(&setting.of(to)));
    let mut found = Vec::new();
    differ(path, &json(&setting.of(from)), &whole, &mut found);
    let put = |file: ExperimentFile, (path, value): &(String, Value)| {
        let assignment = Assignment { path: path.clone(), text: value.to_string() };
        assign(&file, &assignment).ok()
    };
    let made = found.iter().try_fold(from.clone(), put);
    match made.is_some_and(|made| setting.is_same_in(&made, to)) {
        true => found,
        false => vec![(path.to_owned(), whole)],
    }
}

fn json(value: &Change) -> Value {
    serde_json::to_value(value).unwrap_or_else(|error| unreachable!("plain data is JSON: {error}"))
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
        let is_kind = from.is_object() && to.is_object();
        let below = if is_kind { path.to_owned() } else { format!("{path}.{name}") };
        differ(&below, from, to, found);
    }
}

/// The command line that draws an experiment at a step of its training, beginning with the built-in
/// one from which least has to be set, or with the file that was computed elsewhere.
pub fn command_line(file: &ExperimentFile, at_step: u64) -> String {
    if let Some(path) = &file.import {
        let bare =
            ExperimentFile { import: file.import.clone(), steps: file.steps, ..ExperimentFile::default() };
        return told(&quoted(&path.display().to_string()), at_step, &assignments(&bare, file));
    }
    let built_in = builtin::names().filter_map(|name| Some((name, builtin::load(name)?.ok()?)));
    let nearest =
        built_in.map(|(name, base)| (name, assignments(&base, file))).min_by_key(|(_, set)| set.len());
    let (name, set) = nearest.unwrap_or((builtin::DEFAULT, Vec::new()));
    told(name, at_step, &set)
}

fn told(name: &str, at_step: u64, set: &[(String, Value)]) -> String {
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
    fn a_place_within_a_plane_is_told_by_all_of_the_plane() {
        let through = |name: &str| {
            let text = format!("(slice: (plane: line(from: file(\"{name}\"), to: end)))");
            ExperimentFile::parse(&text, "x.ron").unwrap()
        };
        let found = differences(&through("a.npy"), &through("b.npy"));
        assert_eq!(found.len(), 1);
        assert_eq!(
            (&found[0].0[..], &found[0].1),
            ("slice.plane", &json(&Setting::Plane.of(&through("b.npy"))))
        );
    }

    #[test]
    fn what_was_computed_elsewhere_is_named_by_its_file() {
        let mut file = ExperimentFile { import: Some("a b.npz".into()), steps: 70, ..Default::default() };
        file.view.opacity = 0.5;
        let line = "losscape record 'a b.npz' --at-step 3 --set view.opacity=0.5 -o picture.png";
        assert_eq!(command_line(&file, 3), line);
    }

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
