//! Tours in another language, as a user asks for them.

use std::path::Path;

use super::{losscape, refused};

#[test]
fn a_tour_is_told_in_a_language_or_refused_with_those_that_there_are() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (tour, picture) = (path("tour.ron"), path("x.png"));
    let words =
        |language: &str, text: &str| std::fs::write(path(&format!("tour.{language}.ron")), text).unwrap();
    words("es", "(tour: \"turn\", chapters: [()])");
    std::fs::write(&tour, "(chapters: [(caption: \"a\", experiment: \"rosenbrock\", secs: 1)])").unwrap();
    words("de", "(tour: \"tour\", chapters: [])");
    let told = |more: &[&str], words: &[&str]| {
        for verb in ["record", "view"] {
            let output: &[&str] = if verb == "record" { &["-o", &picture] } else { &[] };
            refused(&[&[verb], more, output].concat(), words);
        }
    };
    told(
        &[&tour, "--lang", "fr"],
        &["tour.ron has no language fr; expected de, or a file tour.fr.ron beside it"],
    );
    told(
        &[&tour, "--lang", "es"],
        &["tour.es.ron:1:2: these are the words of the tour \"turn\"; expected \"tour\""],
    );
    told(&[&tour, "--lang", "de"], &["tour.de.ron:1:16: words of 0 chapters; expected 1, as tour has"]);
    told(&["descent", "--lang", "fr"], &["descent has no language fr; expected de, es, or no --lang"]);
    told(&["descent", "--lang", "../x"], &["--lang ../x: expected the letters of a language"]);
    told(&["moons", "--lang", "de"], &["--lang de: moons is an experiment; expected a tour"]);
    assert!(!Path::new(&picture).exists());
}

#[test]
fn a_film_tells_the_words_of_its_language_and_no_notes() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let tour = |notes: &str, caption: &str| {
        format!("(chapters: [(caption: \"{caption}\", {notes} experiment: \"rosenbrock\", secs: 1)])")
    };
    std::fs::write(path("a.ron"), tour("", "one")).unwrap();
    std::fs::write(path("b.ron"), tour("notes: \"Ask them.\",", "one")).unwrap();
    std::fs::write(path("c.ron"), tour("", "ñandú ß")).unwrap();
    let words = "(tour: \"b\", chapters: [(caption: \"ñandú ß\", notes: \"Fragen.\")])";
    std::fs::write(path("b.es.ron"), words).unwrap();
    let drawn = |tour: &str, more: &[&str]| {
        let (tour, picture) = (path(tour), path("x.png"));
        let request = ["record", &tour, "-o", &picture, "--force", "--size", "480x270"];
        let output = losscape(&[&request, more].concat());
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        std::fs::read(picture).unwrap()
    };
    let (own, other) = (drawn("a.ron", &[]), drawn("c.ron", &[]));
    assert!(own != other);
    assert!(drawn("b.ron", &[]) == own, "notes are no part of the picture");
    std::fs::write(path("b.pt.ron"), words).unwrap();
    assert!(drawn("b.ron", &["--lang", "pt"]) == other);
    // The program's own words are in Spanish as well.
    let spanish = drawn("b.ron", &["--lang", "es"]);
    assert!(spanish != other);
    assert!(drawn("b.es.ron", &[]) == spanish, "the words themselves may be named");
}
