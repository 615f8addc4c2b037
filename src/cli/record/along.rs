//! A recorded run that a film follows instead of training anew.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::convert::Infallible;
use std::path::Path;
use std::sync::Arc;

use anyhow::anyhow;

use crate::cli::Failure;
use crate::cli::terminal::complain;
use crate::core::data::DatasetConfig;
use crate::core::experiment::Experiment;
use crate::core::formats::run::RecordedRun;
use crate::core::script::Tour;

/// The tour with that run wherever it trains as the run was trained.
pub(super) fn along(tour: &Tour, recorded: RecordedRun, path: &Path) -> Result<Tour, Failure> {
    let run = path.display();
    let (found, all) = (Cell::new(0), Cell::new(0));
    let refusal =
        RefCell::new("it is followed by no chapter; expected a chapter that trains as the run".to_owned());
    let others = RefCell::new(BTreeSet::new());
    if recorded.differs_today() {
        others.borrow_mut().insert(name_of_data(&recorded.experiment));
    }
    let followed = tour.with_experiments(|own| -> Result<Experiment, Infallible> {
        all.set(all.get() + 1);
        Ok(match own.clone().along(&recorded.experiment, Arc::clone(&recorded.course)) {
            Ok(along) => {
                found.set(found.get() + 1);
                if !own.has_data_of(&recorded.experiment) {
                    others.borrow_mut().insert(name_of_data(own));
                }
                along
            }
            Err(why) => {
                *refusal.borrow_mut() = why.to_string();
                own.clone()
            }
        })
    });
    match followed {
        Ok(tour) if found.get() > 0 => {
            if found.get() < all.get() {
                let (found, all) = (found.get(), all.get());
                complain(&format!("{run} is followed by {found} of {all} chapters; the others train anew"));
            }
            for other in others.into_inner() {
                complain(&format!("{other} differs from the data that {run} carries; these are shown"));
            }
            Ok(tour)
        }
        _ => Err(Failure::request(anyhow!("--run {run}: {}", refusal.into_inner()))),
    }
}

/// What an experiment's data are called.
fn name_of_data(experiment: &Experiment) -> String {
    match &experiment.dataset {
        DatasetConfig::Csv { path, .. } => path.display().to_string(),
        dataset => format!("the dataset {}, as this machine draws it,", dataset.name()),
    }
}
