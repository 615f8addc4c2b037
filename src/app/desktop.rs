//! The window on a desktop: with what is kept from one day to the next, and with a word beforehand where there is
//! nothing to draw with or on.

use anyhow::Result;

use super::window::{self, Ending, ViewRequest};
use super::{device, stage};
use crate::ui::Desk;
use crate::ui::desktop::preferences::Preferences;
use crate::ui::desktop::{FileDesk, Rescue};

/// Opens the window and runs until it is closed.
///
/// # Errors
/// If there is no graphics device, or the app ended with an error.
pub fn view(request: ViewRequest) -> Result<Ending> {
    #[cfg(target_os = "linux")]
    super::display::require()?;
    device::require()?;
    let preferences = Preferences::of_system();
    let kept = preferences.as_ref().map(Preferences::desk).unwrap_or_default();
    let desk = first_desk(&request, kept, preferences.as_ref());
    let ending = window::open(request, desk, |app| {
        stage::watch(app, preferences.as_ref().and_then(Preferences::rescue));
        if let Some(preferences) = preferences.clone() {
            app.insert_resource(preferences);
        }
    })?;
    if ending == Ending::Closed {
        preferences.iter().for_each(Preferences::forget);
    }
    Ok(ending)
}

/// The desk that a window begins with. A tour has the screen to itself, and over a full screen nothing is
/// offered: it may be a lecture's.
fn first_desk(request: &ViewRequest, kept: Desk, preferences: Option<&Preferences>) -> Desk {
    let is_fullscreen = request.is_fullscreen || request.tour.is_some();
    let unsaved = preferences.filter(|_| !is_fullscreen).and_then(Preferences::unsaved);
    let rescue = unsaved.map(|file| Rescue::Offered(Box::new(file)));
    let is_lectern_open = request.has_lectern;
    Desk { is_fullscreen, is_lectern_open, files: FileDesk { rescue, ..kept.files }, ..kept }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::experiment::Experiment;
    use crate::core::script::{Tour, builtin};
    use crate::scene::landscape::Evaluators;

    #[test]
    fn a_tour_has_the_screen_to_itself_and_a_full_screen_is_offered_no_rescue() {
        let folder = tempfile::tempdir().unwrap();
        let file = crate::core::experiment::ExperimentFile::default();
        std::fs::write(folder.path().join("unsaved-1.ron"), file.to_ron()).unwrap();
        let preferences = Preferences::within(folder.path());
        let tour = builtin::load("descent").unwrap().unwrap();
        let desk = |tour: Option<Tour>, is_fullscreen| {
            let experiment = Experiment::new(file.clone()).unwrap();
            let words = Vec::new();
            let has_lectern = tour.is_some();
            let request = ViewRequest {
                experiment,
                words,
                tour,
                has_lectern,
                is_fullscreen,
                is_smooth: None,
                evaluators: Evaluators::default(),
            };
            let desk = first_desk(&request, Desk::default(), preferences.as_ref());
            assert_eq!(desk.is_lectern_open, request.has_lectern);
            (desk.is_fullscreen, desk.files.rescue.is_some())
        };
        assert_eq!(desk(None, false), (false, true));
        assert_eq!(desk(None, true), (true, false));
        assert_eq!(desk(Some(tour), false), (true, false));
    }
}
