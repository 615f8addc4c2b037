//! The charts' numbers against the objective's own: what they say, whatever they look like.

mod figures;

use bevy::prelude::*;
use losscape::app::Overlay;
use losscape::core::command::{Command, RaceStart, RunCommand, ViewCommand};
use losscape::core::data::Scatter;
use losscape::core::experiment::{
    Change, ChartKind, Experiment, ExperimentFile, Theme, builtin, file::Resolution,
};
use losscape::core::model::{Activation, ModelConfig, Skip};
use losscape::core::optim::OptimizerConfig;
use losscape::core::probe::{self, Extent};
use losscape::disk::sources;
use losscape::record::eye::{Eye, EyeRequest};
use losscape::scene::Pacing;
use losscape::scene::landscape::Landscape;
use losscape::scene::prober;
use losscape::scene::training::Training;
use losscape::ui::chart::{Chart, Mark};
use losscape::ui::charts::Charts;
use losscape::ui::chosen::ChosenPoint;
use losscape::ui::style::loss_text;

/// An eye that draws nothing, on a small experiment at the end of its run, with all charts open.
fn eye(change: impl FnOnce(&mut ExperimentFile)) -> Eye {
    let mut file = builtin::load(builtin::DEFAULT).unwrap().unwrap();
    file.dataset.set_points(80);
    file.held_out = 0.25;
    file.steps = 120;
    file.slice.grid = Resolution([17, 13]);
    file.slice.volume = Resolution([9, 9, 5]);
    change(&mut file);
    if file.view.charts.is_empty() {
        file.view.charts = ChartKind::ALL.into();
    }
    let experiment = Experiment::reading(file, &sources()).unwrap();
    let (overlay, pacing) = (Overlay::Panels, Pacing::Awaited);
    let request =
        EyeRequest { experiment, size: [1280, 720], overlay, pacing, msaa: Msaa::Off, pixels_per_point: 1 };
    let mut eye = Eye::undrawn_with(request, |_| {});
    eye.ask(Command::Run(RunCommand::Seek(120)));
    (0..60).for_each(|_| eye.frame());
    eye
}

fn chart(eye: &Eye, kind: ChartKind) -> Chart {
    let open = &eye.world().resource::<Charts>().open;
    open.iter().find(|(open, _)| *open == kind).map(|(_, chart)| (**chart).clone()).unwrap()
}

fn line(chart: &Chart, wanted: &str) -> Vec<[f64; 2]> {
    let found = chart.marks.iter().find_map(|mark| match mark {
        Mark::Line { name, points, .. } | Mark::Points { name, points, .. } if name == wanted => {
            Some(points.clone())
        }
        _ => None,
    });
    found.unwrap_or_else(|| panic!("no {wanted} in {chart:?}"))
}

#[test]
fn curves_tell_the_losses_and_what_is_held_out() {
    let eye = eye(|_| {});
    let known = eye.world().resource::<Landscape>().current().unwrap();
    let objective = known.plan.objective().unwrap();
    let points = eye.world().resource::<Training>().leader().unwrap().points();
    let curves = chart(&eye, ChartKind::Curves);
    let losses: Vec<[f64; 2]> = points.iter().map(|point| [point.step as f64, point.loss]).collect();
    assert_eq!(line(&curves, "loss, sgd"), losses);
    let held_out = line(&curves, "loss held out, sgd");
    assert!(held_out.len() > 100, "caught up: {}", held_out.len());
    for [step, loss] in held_out {
        let point = points.iter().find(|point| point.step == step as u64).unwrap();
        assert_eq!(Some(loss), objective.supervised().unwrap().held_out_loss(&point.theta));
    }
    let accuracy = line(&curves, "accuracy, sgd");
    let last = points.last().unwrap();
    assert_eq!(
        accuracy.last(),
        Some(&[120.0, objective.supervised().unwrap().accuracy(&last.theta).unwrap()])
    );
}

#[test]
fn every_racer_has_its_curves_over_what_is_held_out() {
    let mut eye = eye(|_| {});
    let optimizer = OptimizerConfig::by_name("adam").unwrap();
    eye.ask(Command::Run(RunCommand::race(optimizer, RaceStart::Same)));
    eye.ask(Command::Run(RunCommand::Seek(120)));
    (0..80).for_each(|_| eye.frame());
    let objective = eye.world().resource::<Landscape>().current().unwrap().plan.objective().unwrap();
    let runs = eye.world().resource::<Training>().runs();
    let curves = chart(&eye, ChartKind::Curves);
    for (run, name) in runs.iter().zip(["sgd", "adam"]) {
        let last = run.points().last().unwrap();
        let ends = [
            ("loss", Some(last.loss)),
            ("loss held out", objective.supervised().unwrap().held_out_loss(&last.theta)),
            ("accuracy", objective.supervised().unwrap().accuracy(&last.theta)),
            ("accuracy held out", objective.supervised().unwrap().held_out_accuracy(&last.theta)),
        ];
        for (what, value) in ends {
            let points = line(&curves, &format!("{what}, {name}"));
            assert_eq!(points.last(), Some(&[120.0, value.unwrap()]), "{what} of {name}");
        }
    }
    assert_ne!(line(&curves, "loss held out, sgd"), line(&curves, "loss held out, adam"));
}

/// A hundred and more parameters are looked at by the whole matrix, more than 200 by Lanczos.
#[test]
fn the_curvature_of_a_large_model_is_found_on_a_thread() {
    for (widths, dim, is_dense) in [(vec![6, 10], 99, true), (vec![14, 14], 267, false)] {
        let eye = eye(|file| {
            file.model = ModelConfig::Mlp {
                widths,
                activation: Activation::Tanh,
                skip: Skip::NONE,
                head: Activation::Identity,
            };
            file.dataset.set_points(200);
        });
        let known = eye.world().resource::<Landscape>().current().unwrap();
        let objective = known.plan.objective().unwrap();
        assert_eq!(objective.dim(), dim);
        assert!(!prober::is_affordable(&**objective), "or this would prove nothing");
        let theta = &eye.world().resource::<Training>().leader().unwrap().latest().unwrap().theta;
        let probe = probe::probe(&**objective, &known.plan.plane.subspace, theta, 0);
        let curvature = probe.curvature.unwrap();
        let spectrum = chart(&eye, ChartKind::Spectrum);
        let Some(Mark::Bars { bars, .. }) = spectrum.marks.first() else { panic!("{}", spectrum.note) };
        assert_eq!(bars.iter().map(|[_, value]| *value).collect::<Vec<_>>(), curvature.eigenvalues);
        // What is seen of a slice are its first two directions.
        let gradient =
            probe::probe(&**objective, &known.plan.plane.subspace.plane_at(0.0), theta, 0).gradient;
        let slope = spectrum.below.as_ref().expect("the gradient stands below");
        for (name, length) in [("in the slice", gradient.in_plane), ("out of it", gradient.out_of_plane)] {
            assert_eq!(line(slope, &format!("{name} {}", loss_text(length))), [[length, 0.0]]);
        }
        let how = match curvature.extent {
            Extent::Dense => format!("of the {dim} dimensions the loss bends down"),
            Extent::Lanczos { steps } => format!("found in {steps} steps of Lanczos"),
        };
        assert_eq!(curvature.extent == Extent::Dense, is_dense);
        assert!(
            spectrum.note.contains(&how) && spectrum.note.contains(&probe.verdict.grounds),
            "{spectrum:?}"
        );
    }
}

#[test]
fn the_chosen_point_knows_what_it_is_and_the_step_it_lies_at() {
    let mut eye = eye(|_| {});
    let known = eye.world().resource::<Landscape>().current().unwrap();
    let end = known.plan.trajectory.last().unwrap().theta.clone();
    let subspace = &known.plan.plane.subspace;
    let far = vec![-3.0, 2.5, 0.0];
    // The end of the chord lies on its plane.
    let there = subspace.project(&end).alpha;
    eye.ask(Command::View(ViewCommand::Select(Some(there.clone()))));
    (0..4).for_each(|_| eye.frame());
    let chosen = eye.world().resource::<ChosenPoint>().chosen.clone().unwrap();
    let near = chosen.nearest.unwrap();
    assert_eq!((near.step, near.is_on_trail), (120, true));
    let known = eye.world().resource::<Landscape>().current().unwrap();
    let probe = probe::probe(
        &**known.plan.objective().unwrap(),
        &known.plan.plane.subspace,
        &known.plan.plane.subspace.lift(&there),
        0,
    );
    assert_eq!((chosen.loss, chosen.verdict), (Some(probe.loss), Some(probe.verdict.brief())));

    eye.ask(Command::View(ViewCommand::Select(Some(far.clone()))));
    (0..4).for_each(|_| eye.frame());
    let chosen = eye.world().resource::<ChosenPoint>().chosen.clone().unwrap();
    assert_eq!((chosen.alpha, chosen.nearest.unwrap().is_on_trail), (far, false));
    eye.ask(Command::View(ViewCommand::Select(None)));
    (0..4).for_each(|_| eye.frame());
    assert_eq!(eye.world().resource::<ChosenPoint>().chosen, None);
}

#[test]
fn sections_pass_through_the_chosen_point_and_hold_the_losses() {
    let mut eye = eye(|_| {});
    let alpha = vec![0.5, -0.25, 0.1];
    eye.ask(Command::Set(Change::Alpha3(0.1)));
    eye.ask(Command::View(ViewCommand::Select(Some(alpha.clone()))));
    (0..10).for_each(|_| eye.frame());
    let known = eye.world().resource::<Landscape>().current().unwrap();
    let loss = |alpha: &[f64]| known.plan.objective().unwrap().loss(&known.plan.plane.subspace.lift(alpha));
    let sections = chart(&eye, ChartKind::Sections);
    for (axis, name) in ["along α₁", "along α₂"].into_iter().enumerate() {
        let points = line(&sections, name);
        let range = &known.plan.plane_spec.axes()[axis];
        assert_eq!((points[0][0], points[points.len() - 1][0]), (range.low, range.high));
        for [at, value] in points {
            let mut there = alpha.clone();
            there[axis] = at;
            assert_eq!(value, loss(&there), "{name} at {at}");
        }
    }
    assert!(sections.note.contains("at the chosen point"), "{}", sections.note);
    let Some(Mark::Points { points, .. }) = chart(&eye, ChartKind::Map).marks.last().cloned() else {
        panic!("the point on the map")
    };
    assert_eq!(points, [[0.5, -0.25]]);
}

#[test]
fn the_decision_and_the_histogram_are_of_the_very_predictions() {
    let eye = eye(|_| {});
    let known = eye.world().resource::<Landscape>().current().unwrap();
    let objective = known.plan.objective().unwrap();
    let theta = &eye.world().resource::<Training>().leader().unwrap().latest().unwrap().theta;
    let decision = chart(&eye, ChartKind::Decision);
    let Mark::Picture { corners: [low, high], size: [n, _], pixels, values, .. } = &decision.marks[0] else {
        panic!("a picture")
    };
    let Mark::Points { color: zero, .. } = decision.marks[1] else { panic!("class 0") };
    let Mark::Points { color: one, .. } = decision.marks[2] else { panic!("class 1") };
    let mut seen = [0, 0];
    for (i, j) in [(3, 5), (30, 8), (11, 40), (44, 44), (24, 24)] {
        let at = |i: usize, axis: usize| low[axis] + (high[axis] - low[axis]) * (i as f64 + 0.5) / *n as f64;
        let p = objective.supervised().unwrap().predict(theta, &[at(i, 0), at(j, 1)])[0];
        assert!((values[j * n + i] - p).abs() < 1e-12, "the file holds what is predicted");
        let expected = 0.5 * (f64::from(zero.b()) + p * (f64::from(one.b()) - f64::from(zero.b())));
        assert!((f64::from(pixels[j * n + i][2]) - expected).abs() <= 1.0, "({i}, {j}): {p}");
        seen[usize::from(p > 0.5)] += 1;
    }
    assert!(seen[0] > 0 && seen[1] > 0, "both sides of the boundary: {seen:?}");

    let data = objective.supervised().unwrap().train();
    let predictions = objective.supervised().unwrap().predict(theta, data.x());
    let histogram = chart(&eye, ChartKind::Histogram);
    for (class, name) in ["class 0", "class 1"].into_iter().enumerate() {
        let bars = histogram.marks.iter().find_map(|mark| match mark {
            Mark::Bars { name: found, bars, .. } if found == name => Some(bars),
            _ => None,
        });
        let counted: f64 = bars.unwrap().iter().map(|[_, count]| count).sum();
        let above: f64 = bars.unwrap().iter().filter(|[at, _]| *at > 0.5).map(|[_, count]| count).sum();
        let rows = data.y().iter().zip(&predictions).filter(|(y, _)| **y as usize == class);
        assert_eq!(counted, rows.clone().count() as f64);
        assert_eq!(above, rows.filter(|(_, p)| **p > 0.5).count() as f64);
    }
}

#[test]
fn of_many_features_a_cloud_shows_which_examples_are_taken_for_others() {
    let eye = eye(|file| {
        *file = ExperimentFile::parse("(model: mlp(widths: [5]), dataset: digits(points: 60), loss: cross_entropy, steps: 120, slice: (plane: chord, grid: [9, 9], volume: [5, 5, 3]))", "x").unwrap();
    });
    let objective = eye.world().resource::<Landscape>().current().unwrap().plan.objective().unwrap();
    let theta = &eye.world().resource::<Training>().leader().unwrap().latest().unwrap().theta;
    let data = objective.supervised().unwrap().train();
    let scatter = Scatter::of(data, data.rows());
    let decision = chart(&eye, ChartKind::Decision);
    let cloud = decision.below.clone().unwrap();
    let outputs = objective.supervised().unwrap().predict(theta, data.x());
    let said = |row: usize| {
        let outputs = &outputs[10 * row..][..10];
        (0..10).find(|class| outputs.iter().all(|p| *p <= outputs[*class])).unwrap()
    };
    let wrong: Vec<usize> = (0..data.rows()).filter(|row| said(*row) != data.y()[*row] as usize).collect();
    let share = 1.0 - wrong.len() as f64 / data.rows() as f64;
    assert!((objective.supervised().unwrap().accuracy(theta).unwrap() - share).abs() < 1e-12);
    assert!(!wrong.is_empty() && wrong.len() < data.rows(), "{} wrong", wrong.len());
    let places: Vec<[f64; 2]> = wrong.iter().map(|row| scatter.places[*row]).collect();
    assert_eq!(line(&cloud, "wrong"), places);
    for class in 0..10 {
        let rows = (0..data.rows()).filter(|row| data.y()[*row] as usize == class);
        let places: Vec<[f64; 2]> = rows.map(|row| scatter.places[row]).collect();
        assert_eq!(line(&cloud, &format!("class {class}")), places);
    }
    let [x, y] = scatter.places[0];
    assert!(decision.to_csv().contains(&format!(",{x},{y},\n")), "the file holds them too");
    let svg = decision.to_svg("Data", Theme::Dark);
    let drawn = roxmltree::Document::parse(&svg).unwrap();
    let circles = drawn.descendants().filter(|node| node.has_tag_name("circle")).count();
    let legend = 11;
    assert_eq!(circles, data.rows() + wrong.len() + legend);
    let is_right = |class: usize| {
        (0..data.rows()).filter(|row| data.y()[*row] as usize == class && said(*row) == class).count()
    };
    for class in 0..10 {
        let counted = format!("\"cell\",{class},{class},{}\n", is_right(class));
        assert!(decision.to_csv().contains(&counted), "the table's counts: {counted}");
    }
}

#[test]
fn numbers_of_many_features_are_shown_against_the_truth() {
    let path = std::env::temp_dir().join(format!("losscape-{}-numbers.csv", std::process::id()));
    let row = |i: usize| format!("{},{},{},{}\n", i % 7, i % 5, i % 3, 0.5 * (i % 7) as f64 - (i % 3) as f64);
    std::fs::write(&path, (0..60).map(row).collect::<String>()).unwrap();
    let text = format!(
        "(model: mlp(widths: [4], head: identity), dataset: csv(path: {path:?}, target: numbers), loss: mse, steps: 120, slice: (plane: chord, grid: [9, 9], volume: [5, 5, 3]))"
    );
    let eye = eye(|file| *file = ExperimentFile::parse(&text, "x").unwrap());
    std::fs::remove_file(&path).unwrap();
    let objective = eye.world().resource::<Landscape>().current().unwrap().plan.objective().unwrap();
    let theta = &eye.world().resource::<Training>().leader().unwrap().latest().unwrap().theta;
    let data = objective.supervised().unwrap().train();
    let predictions = objective.supervised().unwrap().predict(theta, data.x());
    let decision = chart(&eye, ChartKind::Decision);
    let pairs: Vec<[f64; 2]> = data.y().iter().zip(predictions).map(|(y, p)| [*y, p]).collect();
    assert_eq!(line(&decision, "examples"), pairs);
    assert_eq!((&decision.x[..], &decision.y[..], decision.is_equal), ("true", "predicted", true));
    assert!(line(&decision, "as it is").iter().all(|[x, y]| x == y));
    assert_eq!(decision.below, None, "numbers are of no class");
}

#[test]
fn curvature_hidden_units_and_parameters_are_those_of_the_point() {
    let eye = eye(|_| {});
    let known = eye.world().resource::<Landscape>().current().unwrap();
    let objective = &**known.plan.objective().unwrap();
    let leader = eye.world().resource::<Training>().leader().unwrap();
    let theta = &leader.latest().unwrap().theta;
    let probe = probe::probe(objective, &known.plan.plane.subspace, theta, 0);
    let spectrum = chart(&eye, ChartKind::Spectrum);
    let Mark::Bars { bars, .. } = &spectrum.marks[0] else { panic!("eigenvalues") };
    let values: Vec<f64> = bars.iter().map(|[_, value]| *value).collect();
    assert_eq!(values, probe.curvature.as_ref().unwrap().eigenvalues);
    assert!(spectrum.note.contains(&probe.verdict.grounds), "{}", spectrum.note);

    let parameters = chart(&eye, ChartKind::Parameters);
    let path: Vec<[f64; 2]> = leader.points().iter().map(|point| [point.theta[0], point.theta[1]]).collect();
    assert_eq!(line(&parameters, ""), path);
    assert_eq!((&parameters.x[..], parameters.is_equal), ("fc1.weight[0,0]", true));

    let hidden = chart(&eye, ChartKind::Hidden);
    let data = objective.supervised().unwrap().train();
    let row = (0..data.rows()).find(|row| data.y()[*row] < 0.5).unwrap();
    let [x, y] = [data.x()[2 * row], data.x()[2 * row + 1]];
    // Model 3: two weights a unit, then the biases.
    let unit = |i: usize| 1.0 / (1.0 + (-(theta[2 * i] * x + theta[2 * i + 1] * y + theta[6 + i])).exp());
    let first = line(&hidden, "class 0")[0];
    assert!((first[0] - unit(0)).abs() < 1e-12 && (first[1] - unit(1)).abs() < 1e-12, "{first:?}");
}

#[test]
fn every_kind_of_data_and_model_has_charts_that_say_something() {
    let changes: [fn(&mut ExperimentFile); 5] = [
        |file| {
            *file = ExperimentFile::parse("(model: mlp(widths: [5]), dataset: digits(points: 60), loss: cross_entropy, steps: 120, slice: (plane: chord, grid: [9, 9], volume: [5, 5, 3]))", "x").unwrap()
        },
        |file| {
            *file = ExperimentFile::parse("(model: mlp(widths: [4]), dataset: sine_regression(points: 60), steps: 120, slice: (plane: chord, grid: [9, 9], volume: [5, 5, 3]))", "x").unwrap()
        },
        |file| {
            *file = ExperimentFile::parse("(model: mlp(widths: []), dataset: blobs(points: 60), loss: cross_entropy, steps: 120, slice: (plane: chord, grid: [9, 9], volume: [5, 5, 3]))", "x").unwrap()
        },
        |file| {
            *file = ExperimentFile::parse("(model: model1, dataset: diagonal(points: 60), steps: 120, slice: (grid: [9, 9], volume: [5, 5, 3]))", "x").unwrap()
        },
        |file| {
            *file = ExperimentFile::parse("(surface: rosenbrock, optimizer: sgd(lr: 1e-3), steps: 120, slice: (grid: [9, 9], volume: [5, 5, 3]))", "x").unwrap()
        },
    ];
    for (turn, change) in changes.into_iter().enumerate() {
        let eye = eye(change);
        for (number, kind) in ChartKind::ALL.iter().copied().enumerate() {
            let chart = chart(&eye, kind);
            assert!(!chart.marks.is_empty() || !chart.note.is_empty(), "{kind:?}");
            roxmltree::Document::parse(&chart.to_svg(kind.name(), Theme::Light))
                .unwrap_or_else(|error| panic!("{kind:?}: {error}"));
            assert!(chart.to_csv().starts_with("series,x,y"), "{kind:?}");
            // A picture takes long: each kind has its turn.
            if number % changes.len() == turn {
                let png = chart.to_png(kind.name(), Theme::Dark).unwrap();
                assert_eq!(image::load_from_memory(&png).unwrap().width(), 1280, "{kind:?}");
            }
        }
    }
}
