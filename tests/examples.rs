//! The examples: each runs, and says what it claims to say. `cargo test` also builds them as programs.

#[path = "../examples/batch_size.rs"]
#[allow(dead_code, reason = "its main is what cargo runs")]
mod batch_size;
#[path = "../examples/copies.rs"]
#[allow(dead_code, reason = "its main is what cargo runs")]
mod copies;
#[path = "../examples/film.rs"]
#[cfg(all(feature = "viewer", feature = "desktop"))]
#[allow(dead_code, reason = "its main is what cargo runs")]
mod film;
#[path = "../examples/objective.rs"]
#[allow(dead_code, reason = "its main is what cargo runs")]
mod objective;
#[path = "../examples/pipeline.rs"]
#[allow(dead_code, reason = "its main is what cargo runs")]
mod pipeline;
#[path = "../examples/plane.rs"]
#[allow(dead_code, reason = "its main is what cargo runs")]
mod plane;

use std::io::Write;

/// What an example says.
fn said(tell: impl FnOnce(&mut dyn Write) -> anyhow::Result<()>) -> String {
    let mut out = Vec::new();
    tell(&mut out).unwrap();
    let text = String::from_utf8(out).unwrap();
    println!("{text}");
    text
}

/// The first number behind a word of a text.
fn number_after(text: &str, word: &str) -> f64 {
    let rest =
        text.split_once(word).unwrap_or_else(|| panic!("{word:?} is missing in {text}")).1.trim_start();
    let end = rest.find(|c: char| !(c.is_ascii_digit() || "+-.e".contains(c))).unwrap_or(rest.len());
    rest[..end]
        .trim_end_matches('.')
        .parse()
        .unwrap_or_else(|_| panic!("no number behind {word:?} in {text}"))
}

#[test]
fn the_pipeline_goes_from_a_text_to_a_relief() {
    let text = said(pipeline::tell);
    assert!(text.starts_with("17 parameters, 400 steps\n"), "{text}");
    let (start, end) = (number_after(&text, "\nloss"), number_after(&text, "at the start,"));
    assert!(end < 0.5 * start, "it learns: {start} {end}");
    assert!((1..=3).all(|axis| text.contains(&format!("\nalpha{axis} "))), "{text}");
    let relief: Vec<&str> = text.lines().skip(6).take(21).collect();
    assert!(relief.iter().all(|row| row.chars().count() == 49), "{text}");
    assert!(relief.iter().any(|row| row.contains('@')) && relief.iter().any(|row| row.contains(' ')));
}

#[test]
fn a_loss_of_ones_own_is_descended_sliced_and_probed() {
    let text = said(objective::tell);
    let good = text.lines().next().unwrap();
    assert!(good.starts_with("from 4.5 rad/s: 2.012 V, 0.299/s, 5.001 rad/s"), "{text}");
    let losses: Vec<f64> = text.lines().take(2).map(|line| number_after(line, "loss")).collect();
    assert!(losses == [1.42e-3; 2], "both are as good: {losses:?}");
    let alias = text.lines().nth(1).unwrap();
    assert!(alias.starts_with("from 55 rad/s: 2.012 V, 0.299/s, 57.831 rad/s"), "{text}");
    assert!(number_after(&text, "lowest of the slice:") < 1e-2, "{text}");
    assert!(number_after(&text, "the slice has") >= 2.0, "{text}");
    assert_eq!(text.matches("minimum: gradient").count(), 2, "{text}");
}

#[test]
fn the_derivatives_of_a_loss_of_ones_own_are_exact() {
    use losscape::core::objective::Objective;
    let objective = objective::Oscillation::measured();
    let (theta, v, step) = ([1.3, 0.2, 4.1], [0.4, -0.7, 1.1], 1e-5);
    let moved = |sign: f64| -> Vec<f64> { theta.iter().zip(v).map(|(t, v)| t + sign * step * v).collect() };
    let at = |theta: &[f64]| {
        let mut grad = vec![0.0; 3];
        (objective.loss_grad(theta, &mut grad), grad)
    };
    let ((low, low_grad), (high, high_grad)) = (at(&moved(-1.0)), at(&moved(1.0)));
    let along: f64 = at(&theta).1.iter().zip(v).map(|(g, v)| g * v).sum();
    assert!((along - (high - low) / (2.0 * step)).abs() < 1e-8);
    let mut product = vec![0.0; 3];
    objective.hvp(&theta, &v, &mut product);
    for ((product, high), low) in product.iter().zip(high_grad).zip(low_grad) {
        assert!((product - (high - low) / (2.0 * step)).abs() < 1e-7, "{product}");
    }
}

#[test]
fn a_plane_of_ones_own_shows_what_lies_between_two_minima() {
    let text = said(plane::tell);
    let ends = ["sgd ends at a loss of", "adam ends at a loss of"].map(|word| number_after(&text, word));
    assert!(ends.iter().all(|loss| *loss < 0.2), "{text}");
    assert!(number_after(&text, "cosine of the two ways:").abs() < 0.999, "{text}");
    assert!(number_after(&text, "sgd strays") > 0.0 && number_after(&text, "adam strays") > 0.0, "{text}");
    assert!(number_after(&text, "between them the loss rises by") >= 0.0, "{text}");
    let lowest = number_after(&text, "lowest of the plane:");
    assert!(lowest <= ends[0].max(ends[1]) + 1e-3, "both ends lie on it: {text}");
}

/// The ratios that the captions of the tour state, which are those of the example.
fn stated_ratios() -> Vec<f64> {
    let tour = losscape::core::script::builtin::load("batch-size").unwrap().unwrap();
    let words = tour.chapters()[2..].iter().flat_map(|chapter| chapter.caption.split_whitespace());
    let words = words.map(|word| word.trim_matches(['(', ')', ',', ':']));
    words.filter(|word| word.contains('.')).filter_map(|word| word.parse().ok()).collect()
}

/// What the example says of a ratio: its mean and its spread.
fn ratio(text: &str, name: &str) -> [f64; 2] {
    let told = text.split_once(&format!("{name}, 8 against full:")).unwrap().1;
    [number_after(told, ""), number_after(told, "(times or by")]
}

#[test]
fn with_weight_decay_the_ratios_are_what_the_tour_states() {
    let text = said(|out| batch_size::pair(5e-4, out));
    let found = ["plain width", "\nwidth"].map(|name| ratio(&text, name)[0]);
    let stated = &stated_ratios()[4..];
    assert_eq!(stated.len(), 2, "{stated:?}");
    assert!(stated.iter().zip(found).all(|(told, found)| (told / found - 1.0).abs() < 0.05), "{found:?}");
    assert!((ratio(&text, "largest eigenvalue")[0] / 0.37 - 1.0).abs() < 0.05);
}

#[test]
fn small_and_large_batches_are_compared_at_one_loss() {
    let text = said(|out| batch_size::pair(0.0, out));
    let rows: Vec<Vec<f64>> = text
        .lines()
        .filter(|line| line.contains(" 8 ") || line.contains(" full "))
        .filter(|line| !line.contains("of") && !line.contains("epochs"))
        .map(|line| line.split_whitespace().filter_map(|word| word.parse().ok()).collect())
        .collect();
    assert_eq!(rows.len(), 16, "{text}");
    // steps, loss, held-out loss, length, both widths and the largest eigenvalue stand at the end of a row.
    let cell = |row: &[f64], from_end: usize| row[row.len() - from_end];
    for row in &rows {
        let is_there = cell(row, 6) <= 0.15;
        assert!(is_there || cell(row, 7) == 10_000.0, "it comes to the goal or is given up: {row:?}");
        assert!(cell(row, 6) > 0.1, "and goes not far beyond: {row:?}");
        assert!((1..=5).all(|at| cell(row, at) > 0.0), "{row:?}");
    }
    // The line's ends are both ends.
    let at = |share: &str| number_after(&text, &format!("{share} of the way from 8 to full: loss"));
    let ends = [&rows[0], &rows[1]].map(|row| cell(row, 6));
    assert!((at(" 0.0") - ends[0]).abs() < 1e-4 && (at(" 1.0") - ends[1]).abs() < 1e-4);
    assert!(number_after(&text, "full is at a loss of") > ends[1], "equal epochs are fewer steps");
    // What the page says of it.
    for (name, ratio) in [("plain width", 1.30), ("largest eigenvalue", 0.37), ("\nwidth", 1.08)] {
        let found = number_after(&text, &format!("{name}, 8 against full:"));
        assert!((found / ratio - 1.0).abs() < 0.05, "{name}: {found}");
    }
    let width = ratio(&text, "\nwidth");
    let found = [ratio(&text, "plain width")[0], ratio(&text, "largest eigenvalue")[0], width[0], width[1]];
    let told = stated_ratios();
    assert!(
        told.iter().zip(found).all(|(told, found)| (told / found - 1.0).abs() < 0.05),
        "{told:?} {found:?}"
    );
    for counted in ["above 1 in 7 of 7 seeds", "above 1 in 0 of 7 seeds", "above 1 in 5 of 7 seeds"] {
        assert!(text.contains(counted), "{counted}: {text}");
    }
}

#[test]
fn copies_of_a_minimum_are_one_function_and_a_curve_rises_less_than_the_line() {
    let text = said(copies::tell);
    assert!(text.starts_with("48 copies of a minimum of loss "), "{text}");
    let minimum = number_after(&text, "of a minimum of loss");
    for way in ["two units change places:", "a unit turns its sign:"] {
        let told = text.split_once(way).unwrap().1;
        let [from, to] = ["losses", " and"].map(|word| number_after(told, word));
        assert!((from - to).abs() < 1e-12 && (from - minimum).abs() < 1e-4, "{told}");
        let [line, curve] = ["line rises by", "curve rises by"].map(|word| number_after(told, word));
        assert!(line > 0.3 && curve > 0.0 && curve < 0.6 * line, "{line} {curve}");
        assert!(number_after(told, "and strays") < 1e-9);
    }
    let scales = text.split_once("units of relu").unwrap().1;
    let of = |word: &str| {
        let told = scales.split_once(word).unwrap().1;
        [number_after(told, "by"), number_after(told, " and")]
    };
    let ([plain, far], [own, own_far]) = (of("in theta's unit"), of("of each neuron's length"));
    assert!((plain - far).abs() > 1e-4 && (own - own_far).abs() < 1e-9 && own > 0.0, "{text}");
}

#[test]
#[cfg(all(feature = "viewer", feature = "desktop"))]
fn a_tour_in_rust_becomes_a_film() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("frames/");
    let text = said(|out| film::tell(&path, out));
    assert_eq!(text, "2.5 s of 2 chapters: 25 frames at 10/s\n320x180 pixels in frames\n");
    let frame = |number: u32| image::open(path.join(format!("frame-{number:06}.png"))).unwrap().to_rgb8();
    assert_eq!(frame(0).dimensions(), (320, 180));
    assert!(frame(2) != frame(12) && frame(12) != frame(24), "it moves");
    assert_eq!(std::fs::read_dir(&path).unwrap().count(), 25);
}
