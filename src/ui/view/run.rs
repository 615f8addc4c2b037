//! Training, the runs of a race, and what they cost, as the panels tell of them.

use crate::core::command::Ways;
use crate::core::probe::Brief;
use crate::core::session::RunId;

/// A run in a race.
#[derive(Clone, Debug, PartialEq)]
pub struct RunRow {
    /// Which.
    pub id: RunId,
    /// Its optimizer.
    pub name: String,
    /// How it is trained; nothing of one that was not trained here.
    pub ways: Ways,
    /// Its colour's number.
    pub number: usize,
    /// The step it is at.
    pub step: u64,
    /// Its loss there.
    pub loss: Option<f64>,
    /// Share of the training examples it predicts right there.
    pub accuracy: Option<f64>,
    /// What its point is.
    pub verdict: Option<Brief>,
    /// Whether it got out of hand.
    pub has_diverged: bool,
    /// Whether the plane could be laid through it.
    pub may_lead: bool,
}

/// What the pictures cost.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cost {
    /// Losses on plane and volume.
    pub grid_losses: u64,
    /// Seconds they took.
    pub grid_secs: f64,
    /// Gradients that the run took which chose the plane.
    pub gradients: u64,
    /// Seconds they took.
    pub training_secs: f64,
    /// Parameters of the model.
    pub parameters: usize,
}

/// Training, of the run that the plane goes through.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RunView {
    /// Whether training goes on.
    pub is_playing: bool,
    /// Step that training is at.
    pub step: u64,
    /// Loss there, as the run has it.
    pub loss: Option<f64>,
    /// Whether what the surface shows is another loss than the run's, evaluated by somebody else.
    pub is_evaluated: bool,
    /// Length of the gradient there.
    pub grad_norm: Option<f64>,
    /// Share of the training examples predicted right there.
    pub accuracy: Option<f64>,
    /// What the point is where training is.
    pub verdict: Option<Brief>,
    /// Whether that is still being found out.
    pub is_probing: bool,
    /// The step at which training got out of hand, once it is there.
    pub diverged_at: Option<u64>,
    /// Steps a second reached of late.
    pub speed: f64,
    /// What the surface shows, at that point.
    pub value: Option<f64>,
    /// The same of the slice under the marker.
    pub surface_loss: Option<f64>,
    /// Distance of the marker's point from the displayed plane.
    pub plane_distance: Option<f64>,
    /// Where training is, by the alphas of its projection.
    pub marker: Vec<f64>,
}

impl RunView {
    /// Loss where training is, in the words of the surface.
    pub fn true_loss(&self) -> Option<f64> {
        if self.is_evaluated { self.value } else { self.loss }
    }
}
