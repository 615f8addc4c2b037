//! The tours that come with the program, from `assets/tours`.

use super::tour::Tour;
use crate::core::experiment::FileError;
use crate::core::io::folder::Folder;

/// Name and text of each, in the order a list shows them.
const FILES: [(&str, &str); 2] = [
    ("descent", include_str!("../../../assets/tours/descent.ron")),
    ("moving-surface", include_str!("../../../assets/tours/moving-surface.ron")),
];

/// The names of all built-in tours.
pub fn names() -> impl Iterator<Item = &'static str> {
    FILES.iter().map(|(name, _)| *name)
}

/// The built-in tour of that name; `None` if there is none.
///
/// # Errors
/// If its file is broken, which a test rules out.
pub fn load(name: &str) -> Option<Result<Tour, FileError>> {
    let (_, text) = FILES.iter().find(|(known, _)| *known == name)?;
    Some(Tour::parse(text, &format!("{name}.ron"), &Folder::default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_built_in_tour_is_sound_and_titled() {
        for name in names() {
            let tour = load(name).unwrap().unwrap_or_else(|error| panic!("{error}"));
            assert!(!tour.file().title.is_empty(), "{name}");
            assert!(tour.chapters().iter().all(|chapter| !chapter.caption.is_empty()), "{name}");
        }
        assert!(load("nonsense").is_none());
        assert_eq!(load("descent").unwrap().unwrap().secs(), 12.0);
        assert_eq!(load("moving-surface").unwrap().unwrap().secs(), 10.0);
    }
}
