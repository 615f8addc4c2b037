//! The ends of the two deep networks that the tour of skip connections compares: how they bend, as its captions state it.

use losscape::core::experiment::{Experiment, builtin};
use losscape::core::num::Stream;
use losscape::core::num::lanczos::{Lanczos, Wanted};
use losscape::core::num::vector::{add_scaled, dot, norm};
use losscape::core::objective::Objective;
use losscape::core::script;

/// Both ends, with skips and without: what is minimised, and the point.
fn ends() -> [Experiment; 2] {
    let both = Experiment::new(builtin::load("li-both").unwrap().unwrap()).unwrap();
    let second = both.second().unwrap().clone();
    [both, second]
}

/// An outer eigenvalue with its vector and the bound on its error.
struct Outer {
    value: f64,
    vector: Vec<f64>,
    bound: f64,
}

/// The smallest and the largest eigenvalue of the Hessian, and the products that it took.
fn outer(objective: &dyn Objective, theta: &[f64]) -> ([Outer; 2], usize) {
    let mut lanczos = Lanczos::new(theta.len());
    let product = |v: &[f64], out: &mut [f64]| objective.hvp(theta, v, out);
    lanczos.run(product, Wanted { top: 1, bottom: 1 }, 300).unwrap();
    let pairs = lanczos.pairs();
    let of = |i: usize| Outer {
        value: pairs.values()[i],
        vector: lanczos.vector(&pairs, i),
        bound: pairs.bound(i),
    };
    ([of(0), of(pairs.values().len() - 1)], lanczos.steps())
}

/// The product of the Hessian with a vector, by differences of gradients.
fn by_differences(objective: &dyn Objective, theta: &[f64], vector: &[f64]) -> Vec<f64> {
    const STEP: f64 = 1e-7;
    let gradient = |by: f64| {
        let (mut there, mut grad) = (theta.to_vec(), vec![0.0; theta.len()]);
        add_scaled(&mut there, by, vector);
        objective.loss_grad(&there, &mut grad);
        grad
    };
    let (low, high) = (gradient(-STEP), gradient(STEP));
    high.iter().zip(low).map(|(high, low)| (high - low) / (2.0 * STEP)).collect()
}

/// The fractions that a chapter states in caption and notes, the same in every language.
fn stated() -> Vec<f64> {
    let fractions = |tour: &script::Tour| -> Vec<f64> {
        let chapter = &tour.chapters()[2];
        let words = [&chapter.caption[..], &chapter.notes[..]].join(" ");
        let words = words.split(' ').map(|word| word.trim_end_matches(['.', ',', ':', ';']));
        let words = words.map(|word| word.replace(',', ".").replace('−', "-"));
        words.filter(|word| word.contains('.')).filter_map(|word| word.parse().ok()).collect()
    };
    let own = fractions(&script::builtin::load("skip-connections").unwrap().unwrap());
    for language in script::builtin::languages("skip-connections") {
        let told = script::builtin::load_in("skip-connections", &language.parse().unwrap()).unwrap().unwrap();
        assert_eq!(fractions(&told), own, "{language}");
    }
    own
}

#[test]
fn the_tour_states_how_the_loss_bends_at_both_ends() {
    let mut found = Vec::new();
    let mut ratios = Vec::new();
    for end in ends() {
        let (objective, theta) = (end.objective().unwrap(), end.problem().start());
        let (outer, steps) = outer(&**objective, theta);
        for Outer { value, vector, bound } in &outer {
            assert!(*bound < 1e-9, "{bound}");
            let product = by_differences(&**objective, theta, vector);
            let mut rest = product.clone();
            add_scaled(&mut rest, -value, vector);
            let (along, rest) = (dot(&product, vector), norm(&rest));
            println!(
                "{value:.4} by {steps} products within {bound:.0e}; by differences {along:.4}, rest {rest:.1e}"
            );
            assert!((along - value).abs() < 1e-4 * outer[1].value && rest < 1e-3 * outer[1].value);
        }
        // From elsewhere, and farther than it takes: nothing lies outside.
        let mut stream = Stream::new(5, "elsewhere");
        let start: Vec<f64> = theta.iter().map(|_| stream.normal()).collect();
        let mut further = Lanczos::from_start(&start);
        further.run(|v, out| objective.hvp(theta, v, out), Wanted::default(), 2 * steps).unwrap();
        let pairs = further.pairs();
        let (low, high) = (pairs.values()[0], *pairs.values().last().unwrap());
        assert!((low - outer[0].value).abs() < 1e-8 && (high - outer[1].value).abs() < 1e-8, "{low} {high}");
        found.extend(outer.each_ref().map(|outer| outer.value));
        ratios.push(outer[0].value / outer[1].value);
    }
    found.extend(ratios);
    let stated = stated();
    assert_eq!(stated.len(), found.len(), "{stated:?} {found:?}");
    for (stated, found) in stated.iter().zip(found) {
        // Half of the second digit.
        let most = 0.5 * 10_f64.powf(found.abs().log10().floor() - 1.0);
        assert!((stated - found).abs() < most, "{stated} {found}");
    }
}
