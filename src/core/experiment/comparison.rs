//! What is compared: the settings in which a second experiment differs.

use super::assign::assign;
use super::field::FieldError;
use super::file::ExperimentFile;
use super::settings::{Setting, Touches};

/// Settings of both, whatever one says: there is one stage, and one who walks about it.
const OF_BOTH: [Setting; 15] = [
    Setting::Between,
    Setting::Compare,
    Setting::CompareBy,
    Setting::SharedScale,
    Setting::Theme,
    Setting::Eye,
    Setting::Charts,
    Setting::Layout,
    Setting::ChartShare,
    Setting::LogCharts,
    Setting::Predicted,
    Setting::Desired,
    Setting::Dot,
    Setting::Shape,
    Setting::Labels,
];

/// Whether a setting is of both landscapes, whatever is compared.
pub(super) fn is_of_both(setting: Setting) -> bool {
    setting.row().touches == Touches::Passage || OF_BOTH.contains(&setting)
}

/// What the second experiment is, before its checks; `None` where nothing is compared.
pub(super) fn second_file(file: &ExperimentFile) -> Result<Option<ExperimentFile>, FieldError> {
    if file.compare.is_empty() {
        return Ok(None);
    }
    let mut alone = ExperimentFile { compare: Vec::new(), title: String::new(), ..file.clone() };
    alone.view.between = None;
    let second = file.compare.iter().try_fold(alone, |second, assignment| {
        if Setting::of_path(&assignment.path).is_some_and(is_of_both) {
            let expected = "a setting in which the second may differ; this one is of both";
            return Err(FieldError::new("compare", assignment.to_string(), expected));
        }
        let put = assign(&second, assignment);
        put.map_err(|error| {
            FieldError::new(
                "compare",
                assignment.to_string(),
                format!("a setting as --set takes it ({error})"),
            )
        })
    })?;
    Ok(Some(second))
}

/// Whether all that is compared can be said of that experiment.
pub(super) fn is_comparable(file: &ExperimentFile) -> bool {
    second_file(file).is_ok()
}
