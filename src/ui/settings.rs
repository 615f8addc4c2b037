//! The settings of anything that has them: its fields, by the names that files use.
//!
//! A configuration is taken apart as it would be written to a file, and put together again with the
//! field that was changed: a new setting needs no control of its own, only a line in [`HINTS`].

use bevy_egui::egui;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::dial::Dial;
use super::field::{FIELD, number_ui, text_ui};
use super::menu::Menu;
use crate::core::subspace::Place;

/// What each setting means, in the order they are shown.
const HINTS: [(&str, &str); 47] = [
    ("path", "The table: a text file (.csv, .tsv, .txt, .data)."),
    ("points", "How many examples there are."),
    ("noise", "Standard deviation of what is added to each example at random."),
    ("exact", "Points of a rule on which averages over the square are exact: 6, without noise."),
    ("arms", "Arms of the spiral; each is a class."),
    ("classes", "Clouds of points; each is a class."),
    ("target", "What the targets mean: classes, values, or what they look like."),
    ("target_column", "The target's column by name or number; without it, the last."),
    ("leave_out", "Columns that are neither input nor target, by name or number, as in id, 3."),
    ("header", "Whether the first row holds the names of the columns."),
    ("decimal", "How decimals are written: after a point, after a comma, or as the table proves."),
    ("widths", "Units of each hidden layer, as in 8, 8."),
    ("activation", "What each hidden unit does with its sum."),
    (
        "skip",
        "A hidden layer as wide as its input adds that input to its output, all of it or a share from 0 to 1.",
    ),
    ("head", "What the last layer does with its sum."),
    ("lr", "Learning rate: how far a step follows the gradient."),
    ("rho", "How far uphill SAM takes the gradient that it steps by."),
    ("seed", "Seed of a random walk's directions."),
    ("momentum", "Share of the last step that each step keeps."),
    ("betas", "How slowly the running means of gradient and squared gradient forget."),
    ("alpha", "How slowly the running mean of squared gradients forgets."),
    ("eps", "Added to what is divided by, so that it is never 0."),
    ("weight_decay", "How strongly parameters are drawn towards 0."),
    ("adamw_share", "Share of the learning rate for what AdamW steps beside Muon: biases and the head."),
    ("step_size", "Steps between two drops of the learning rate."),
    ("gamma", "What each drop multiplies the learning rate by."),
    ("t_max", "The step at which the learning rate is lowest."),
    ("t_0", "Steps until the learning rate sets out anew for the first time."),
    ("t_mult", "How many times longer each wave of the learning rate is than the one before."),
    ("eta_min", "The lowest learning rate."),
    ("total_iters", "Steps until the learning rate has warmed up."),
    ("start_factor", "Share of the learning rate at the first step."),
    ("about", "The point that the components are taken about."),
    ("from", "The point at alpha1 = 0: start, end, step:N, a .npy file or a run (.npz)."),
    ("to", "The point at alpha1 = 1: start, end, step:N, a .npy file or a run (.npz)."),
    ("at", "The point the plane goes through: start, end, step:N, a .npy file or a run (.npz)."),
    ("a", "The point at (0, 0): start, end, step:N, a .npy file or a run (.npz)."),
    ("b", "The point at (1, 0): start, end, step:N, a .npy file or a run (.npz)."),
    ("c", "The point at (0, 1): start, end, step:N, a .npy file or a run (.npz)."),
    ("biases", "What a random direction does with biases: leaves them, or copies their length."),
    ("orthogonal", "Rows of the directions are made orthogonal before they are given their length."),
    ("lengths", "How long random directions are: each row as theta's (filters), or 1 in all (unit)."),
    ("parameters", "Names of the parameters along the axes, as in fc1.weight[0,1], fc2.bias."),
    ("step", "Steps taken before the one whose mini-batch it is, from 0."),
    ("class", "The class, by its number from 0."),
    ("example", "The training example, by its row from 0."),
    ("degrees", "Angle between the first two directions: the smaller, the more the plane misleads."),
];

/// Words that a setting may be one of; which of them it knows is found out by trying.
const WORDS: [&str; 19] = [
    "identity", "sigmoid", "tanh", "relu", "gelu", "linear", "auto", "classes", "values", "yes", "no",
    "point", "comma", "mean", "end", "frozen", "copied", "filters", "unit",
];

/// Settings that hold any text.
const TEXTS: [&str; 2] = ["path", "target_column"];

/// Settings that are places of parameter space.
const PLACES: [&str; 6] = ["from", "to", "at", "a", "b", "c"];

/// Degrees that a dial goes through, as in the post's Fig. 9.
const ANGLES: std::ops::RangeInclusive<f64> = 2.0..=90.0;

/// Points that the names of settings take that several of the kinds have: whichever is chosen, their numbers stay where
/// they are.
fn label_width<T: Serialize>(ui: &egui::Ui, kinds: &[T]) -> f32 {
    let names: Vec<String> =
        kinds.iter().flat_map(|kind| taken_apart(kind).1.keys().cloned().collect::<Vec<_>>()).collect();
    let font = egui::TextStyle::Body.resolve(ui.style());
    let width = |name: &String| {
        ui.painter().layout_no_wrap(name.clone(), font.clone(), egui::Color32::WHITE).size().x
    };
    let is_shared = |name: &&String| names.iter().filter(|other| other == name).count() > 1;
    names.iter().filter(is_shared).map(width).fold(ui.spacing().interact_size.x, f32::max)
}

/// Draws a row for each setting of a configuration; the configuration with the one that was changed.
/// `of` says whose they are, apart from others on the same panel. It takes the room of as many rows as any of
/// the `kinds` that it may become: whoever chooses another does not move what stands below.
pub fn settings_ui<T: Serialize + DeserializeOwned>(
    ui: &mut egui::Ui,
    of: &str,
    config: &T,
    kinds: &[T],
) -> Option<T> {
    let (kind, settings) = taken_apart(config);
    let mut fields: Vec<(&String, &Value)> = settings.iter().collect();
    let rank = |name: &str| HINTS.iter().position(|(known, _)| *known == name);
    fields.sort_by_key(|(name, _)| rank(name));
    let rows = kinds.iter().map(|kind| taken_apart(kind).1.len()).max().unwrap_or(0);
    let blank = rows.saturating_sub(fields.len());
    let mut changed = None;
    let grid = egui::Grid::new(("settings", of)).num_columns(2).min_col_width(label_width(ui, kinds));
    grid.show(ui, |ui| {
        for (name, value) in fields {
            let with = |value: Value| {
                let mut settings = settings.clone();
                settings.insert(name.clone(), value);
                serde_json::from_value::<T>(serde_json::json!({ &kind: settings }))
            };
            let hint = rank(name).map_or("", |at| HINTS[at].1);
            let label = ui.label(egui::RichText::new(name).weak()).on_hover_text(hint);
            let id = ui.id().with((of, name));
            let control = Control { id, label: label.id, hint };
            if let Some(value) = control.show(ui, name, value, &|value| with(value).map(|_| ())) {
                changed = with(value).ok();
            }
            ui.end_row();
        }
        for _ in 0..blank {
            ui.label("");
            ui.end_row();
        }
    });
    changed
}

/// A kind and its settings. One with settings is written as one entry of its own name; one without, as a word.
fn taken_apart(config: &impl Serialize) -> (String, serde_json::Map<String, Value>) {
    let whole = serde_json::to_value(config).unwrap_or_default();
    let entry = whole.as_object().and_then(|whole| whole.iter().next());
    let (kind, settings) =
        entry.map(|(kind, settings)| (kind.clone(), settings.as_object())).unwrap_or_default();
    (kind, settings.cloned().unwrap_or_default())
}

/// A control with its label.
struct Control<'a> {
    id: egui::Id,
    label: egui::Id,
    hint: &'a str,
}

impl Control<'_> {
    /// Draws the control that fits the value; another value, once one was chosen or typed to its end.
    fn show(
        &self,
        ui: &mut egui::Ui,
        name: &str,
        value: &Value,
        check: &dyn Fn(Value) -> serde_json::Result<()>,
    ) -> Option<Value> {
        match value {
            Value::Bool(is) => {
                let mut now = *is;
                let response = ui.checkbox(&mut now, "").labelled_by(self.label).on_hover_text(self.hint);
                // Its empty text would be its name, before the label's.
                ui.ctx().accesskit_node_builder(response.id, |node| node.clear_label());
                response.changed().then_some(Value::Bool(now))
            }
            Value::Number(number) if name == "degrees" => {
                self.dial(ui, number.as_f64().unwrap_or_default()).map(Value::from)
            }
            // A column by its number is typed as one by its name.
            Value::Number(_) if TEXTS.contains(&name) => self.text(ui, name, value, check),
            Value::Number(number) if number.is_u64() => {
                let present = number.as_u64().unwrap_or_default();
                number_ui(ui, self.id, self.label, self.hint, FIELD, present).map(Value::from)
            }
            Value::Number(number) => {
                let present = number.as_f64().unwrap_or_default();
                number_ui(ui, self.id, self.label, self.hint, FIELD, present).map(Value::from)
            }
            Value::String(word) if !TEXTS.contains(&name) && !PLACES.contains(&name) => {
                let known = WORDS.into_iter().filter(|word| check(Value::from(*word)).is_ok());
                let menu = Menu { id: self.id, label: self.label, hint: self.hint, width: 90.0 };
                menu.show(ui, word, known.map(|word| (word, Value::from(word))))
            }
            value => self.text(ui, name, value, check),
        }
    }

    /// An angle, sent once it was dragged to its end: each is another plane, and another change to undo.
    fn dial(&self, ui: &mut egui::Ui, present: f64) -> Option<f64> {
        let mut draft = ui.data(|data| data.get_temp(self.id)).unwrap_or(present);
        let dial =
            Dial { range: ANGLES, is_open: true, is_log: false, decimals: 0, suffix: "°", after: 0.0 };
        let parts = ui.horizontal(|ui| dial.show(ui, &mut draft)).inner;
        let parts = parts.map(|part| part.labelled_by(self.label).on_hover_text(self.hint));
        if parts.iter().any(egui::Response::dragged) {
            ui.data_mut(|data| data.insert_temp(self.id, draft));
            return None;
        }
        ui.data_mut(|data| data.remove_temp::<f64>(self.id));
        (draft != present).then_some(draft)
    }

    fn text(
        &self,
        ui: &mut egui::Ui,
        name: &str,
        value: &Value,
        check: &dyn Fn(Value) -> serde_json::Result<()>,
    ) -> Option<Value> {
        let present = written(name, value);
        let read = |text: &str| match read(name, value, text) {
            // Nothing typed is no word of that name, where a setting may be none.
            Ok(_) if text.trim().is_empty() && check(Value::Null).is_ok() => Ok(Value::Null),
            Ok(value) => check(value.clone()).map(|()| value).map_err(|error| error.to_string()),
            Err(error) => Err(error),
        };
        text_ui(ui, self.id, self.label, self.hint, &present, &read)
    }
}

/// A setting as it is typed.
fn written(name: &str, value: &Value) -> String {
    let plain = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    match value {
        _ if PLACES.contains(&name) => serde_json::from_value::<Place>(value.clone())
            .map_or_else(|_| plain(value), |place| place.to_string()),
        Value::Null => String::new(),
        Value::Array(values) => values.iter().map(plain).collect::<Vec<_>>().join(", "),
        value => plain(value),
    }
}

/// What was typed for a setting that is now `value`.
fn read(name: &str, value: &Value, text: &str) -> Result<Value, String> {
    if PLACES.contains(&name) {
        let place: Place =
            text.trim().parse().map_err(|error: crate::core::subspace::PlaceError| error.to_string())?;
        return serde_json::to_value(place).map_err(|error| error.to_string());
    }
    if !value.is_array() {
        return Ok(Value::from(text.trim()));
    }
    if let Ok(numbers) = serde_json::from_str::<Value>(&format!("[{text}]")) {
        return Ok(numbers);
    }
    // A comma within brackets is part of a parameter's name.
    let mut words = vec![String::new()];
    let mut depth = 0;
    for sign in text.chars() {
        depth += i32::from(sign == '[') - i32::from(sign == ']');
        match words.last_mut() {
            Some(word) if sign != ',' || depth > 0 => word.push(sign),
            _ => words.push(String::new()),
        }
    }
    let words = words.iter().map(|word| word.trim()).filter(|word| !word.is_empty());
    Ok(Value::from(words.collect::<Vec<_>>()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::data::DatasetConfig;
    use crate::core::model::ModelConfig;
    use crate::core::objective::Quantity;
    use crate::core::optim::{OptimizerConfig, Schedule};
    use crate::core::subspace::PlaneConfig;

    #[test]
    fn every_setting_of_everything_has_a_hint() {
        fn names<T: Serialize>(configs: impl IntoIterator<Item = T>) -> Vec<String> {
            let fields = |config: T| {
                let whole = serde_json::to_value(config).unwrap();
                let fields = whole.as_object().and_then(|whole| whole.values().next()?.as_object().cloned());
                fields.unwrap_or_default().into_iter().map(|(name, _)| name).collect::<Vec<_>>()
            };
            configs.into_iter().flat_map(fields).collect()
        }
        let csv = DatasetConfig::by_name("x.csv");
        let points = PlaneConfig::Points { a: Place::Start, b: Place::End, c: Place::Step(3) };
        let all = [
            names(DatasetConfig::all().into_iter().chain(csv)),
            names(ModelConfig::all()),
            names(OptimizerConfig::all()),
            names(Schedule::all()),
            names(PlaneConfig::all().into_iter().chain([points])),
            names(Quantity::ALL),
        ];
        for name in all.concat() {
            assert!(HINTS.iter().any(|(known, _)| *known == name), "{name}");
        }
    }

    #[test]
    fn what_is_written_is_read_back() {
        let values = [
            ("widths", serde_json::json!([8, 16])),
            ("betas", serde_json::json!([0.9, 0.999])),
            ("parameters", serde_json::json!(["fc1.weight[0,1]", "fc2.bias"])),
            ("from", serde_json::json!({"step": 9})),
            ("to", serde_json::json!("end")),
            ("path", serde_json::json!("a, b.csv")),
            ("target_column", serde_json::json!("species")),
            ("leave_out", serde_json::json!(["id", "name"])),
            ("leave_out", serde_json::json!([1, 3])),
        ];
        for (name, value) in values {
            assert_eq!(read(name, &value, &written(name, &value)), Ok(value.clone()), "{name}");
        }
        assert!(read("from", &serde_json::json!("end"), "somewhere").unwrap_err().contains("expected start"));
    }
}
