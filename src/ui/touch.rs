//! What a hand on a chart asks of the session.

use super::chart::Spot;
use super::charts::{Touch, Touched};
use super::compare::of_second;
use super::view::PanelView;
use crate::core::command::{Command, RunCommand, ViewCommand};
use crate::core::experiment::ChartKind;

/// What a click or a drag in a chart asks for: nothing where all is as it would have it.
pub fn asked_by(kind: ChartKind, spot: Spot, has_shift: bool, view: &PanelView) -> Option<Command> {
    if !spot.is_of_second {
        return asked_of(kind, spot, has_shift, view);
    }
    match asked_of(kind, spot, has_shift, view.beside.as_ref()?)? {
        Command::View(ViewCommand::Select(alpha)) => Some(Command::View(ViewCommand::SelectBeside(alpha))),
        // Where its run is follows from the first one's.
        Command::Run(_) => None,
        command => Some(of_second(view, command)),
    }
}

/// The same as if there were one landscape.
fn asked_of(kind: ChartKind, spot: Spot, has_shift: bool, view: &PanelView) -> Option<Command> {
    let mut alpha = view.slice.selected.clone().unwrap_or_else(|| view.run.marker.clone());
    alpha.resize(view.slice.axes.len(), view.slice.alpha3);
    let alpha3 = view.slice.alpha3;
    let touch = Touch { part: spot.part, at: spot.at, has_shift, alpha, alpha3, file: &view.experiment };
    let is_within = |alpha: &[f64]| {
        let mut ranges = alpha.iter().zip(&view.slice.alpha_ranges);
        ranges.all(|(a, (low, high))| (*low..=*high).contains(a))
    };
    match (kind.about().touched)(&touch)? {
        Touched::Point(alpha) if is_within(&alpha) && view.slice.selected.as_ref() != Some(&alpha) => {
            Some(Command::View(ViewCommand::Select(Some(alpha))))
        }
        Touched::Step(step) if step != view.run.step => Some(Command::Run(RunCommand::Seek(step))),
        Touched::Set(change) if change.setting().of(&view.experiment) != change => Some(Command::Set(change)),
        Touched::Point(_) | Touched::Step(_) | Touched::Set(_) => None,
    }
}
