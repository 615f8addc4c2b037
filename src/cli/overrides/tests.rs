//! Flags do what the session does.

use super::*;
use crate::core::command::Command;
use crate::core::data::DatasetConfig;
use crate::core::experiment::{Change, builtin, difference::assignments};
use crate::core::loss::Loss;
use crate::core::model::ModelConfig;
use crate::core::optim::OptimizerConfig;
use crate::core::session::{Now, Session};
use crate::core::subspace::PlaneConfig;

fn parsed(text: &str) -> ExperimentFile {
    ExperimentFile::parse(text, "x.ron").unwrap()
}

/// An experiment as assignments of `--set` make it.
fn typed(file: &ExperimentFile, assignments: &[String]) -> Overrides {
    let mut overrides = Overrides::of(file.clone());
    overrides.assign_parts(assignments, &TASK).unwrap();
    overrides.assign_parts(assignments, &WAYS).unwrap();
    overrides.assign_others(assignments).unwrap();
    overrides
}

fn words(file: &str, assignments: &[&str]) -> Vec<String> {
    let assignments: Vec<String> = assignments.iter().map(|text| (*text).to_owned()).collect();
    let is_given = |field: &str| assignments.iter().any(|assignment| path(assignment) == field);
    typed(&parsed(file), &assignments).checked(is_given, None).unwrap().1
}

/// What the window copies to the clipboard makes the same experiment again.
#[test]
fn the_difference_of_two_experiments_makes_one_of_the_other() {
    let mut files: Vec<ExperimentFile> =
        builtin::names().map(|name| builtin::load(name).unwrap().unwrap()).collect();
    files.push(parsed(
        "(model: mlp(widths: [4, 4], skip: true), dataset: blobs(classes: 4), loss: cross_entropy,
          optimizer: adam(betas: (0.8, 0.9)), schedule: cosine(t_max: 9), held_out: 0.25, batch: size(8),
          slice: (plane: random(at: step(9)), range: [(-1.0, 2.0), (0.0, 1.0)], grid: [33, 17]),
          view: (isosurface: 0.5, eye: (12.5, -3.0), theme: light, clip: 2.0))",
    ));
    for path in ["a.csv", "b.csv"] {
        files.push(parsed(&format!(
            "(dataset: csv(path: {path:?}, leave_out: [1], target_column: \"t\"), standardize: true)"
        )));
    }
    for from in &files {
        for to in &files {
            let assignments = assignments(from, to);
            let assignments: Vec<String> =
                assignments.iter().map(|(path, value)| format!("{path}={value}")).collect();
            assert_eq!(&typed(from, &assignments).file, to);
        }
    }
}

#[test]
fn what_is_given_holds_wherever_it_stands_and_needs_no_word() {
    let file = "(optimizer: sgd(lr: 5.0))";
    let told = ["--set model=mlp(): lr 5 was chosen for model3; 0.1 is used"];
    assert_eq!(words(file, &["model=mlp()"]), told);
    for assignments in [["optimizer.lr=0.5", "model=mlp()"], ["model=mlp()", "optimizer.lr=0.5"]] {
        assert_eq!(words(file, &assignments), [] as [&str; 0]);
        let assignments = assignments.map(str::to_owned);
        assert_eq!(typed(&parsed(file), &assignments).file.optimizer.lr(), 0.5);
    }
}

#[test]
fn what_is_learnt_is_settled_before_how_and_nothing_typed_is_lost() {
    let file = parsed("(optimizer: sgd(lr: 5.0))");
    let made = |assignments: [&str; 2]| typed(&file, &assignments.map(str::to_owned)).file;
    assert_eq!(made(["optimizer=adam(lr: 0.01)", "model=mlp()"]).optimizer.lr(), 0.01);
    assert_eq!(
        words("(optimizer: sgd(lr: 5.0))", &["model=mlp()", "optimizer=sgd(lr: 3.0)"]),
        [] as [&str; 0]
    );
    let plane = "slice.plane=axes(parameters: [\"fc1.bias[0]\"])";
    let named = made([plane, "model=mlp(widths: [8])"]).slice.plane;
    assert_eq!(named, PlaneConfig::Axes { parameters: vec!["fc1.bias[0]".to_owned()] });
    assert_eq!(
        made(["loss=mse", "dataset=blobs(classes: 4)"]).loss,
        Loss::Mse,
        "to be refused where it is checked"
    );
}

#[test]
fn what_is_there_already_keeps_its_settings() {
    let file = parsed(
        "(title: \"Mine\", dataset: xor(points: 40), model: mlp(widths: [64]), optimizer: sgd(lr: 5.0))",
    );
    let mut overrides = Overrides::of(file.clone());
    overrides.choose("--dataset xor", Change::Dataset(DatasetConfig::by_name("xor").unwrap()));
    overrides.choose("--model mlp", Change::Model(ModelConfig::by_name("mlp").unwrap()));
    overrides.choose("--optimizer sgd", Change::Optimizer(OptimizerConfig::by_name("sgd").unwrap()));
    assert_eq!(overrides.file, file);
    overrides.choose("--optimizer adam", Change::Optimizer(OptimizerConfig::by_name("adam").unwrap()));
    assert_eq!(overrides.file.optimizer.name(), "adam");
}

#[test]
fn a_given_loss_that_does_not_fit_is_refused_and_another_is_fitted() {
    let checked = |assignments: &[&str]| {
        let assignments: Vec<String> = assignments.iter().map(|text| (*text).to_owned()).collect();
        let is_given = |field: &str| assignments.iter().any(|assignment| path(assignment) == field);
        let checked = typed(&ExperimentFile::default(), &assignments).checked(is_given, None);
        checked.map(|(experiment, _)| experiment.loss).map_err(|error| error.to_string())
    };
    assert_eq!(checked(&["dataset=digits()"]), Ok(Loss::CrossEntropy));
    let refused = checked(&["loss=mse", "dataset=digits()"]).unwrap_err();
    assert!(refused.starts_with("loss = mse: expected cross_entropy"), "{refused}");
}

/// A change, as a command and as an assignment.
fn change() -> impl proptest::strategy::Strategy<Value = (Change, String)> {
    use proptest::prelude::*;
    fn written(path: &str, value: &impl serde::Serialize) -> String {
        format!("{path}={}", serde_json::to_string(value).unwrap())
    }
    prop_oneof![
        (0..9_usize, 20..60_usize).prop_map(|(at, points)| {
            let mut dataset = DatasetConfig::all().swap_remove(at);
            dataset.set_points(points);
            (Change::Dataset(dataset.clone()), written("dataset", &dataset))
        }),
        (0..4_usize).prop_map(|at| {
            let model = ModelConfig::all().swap_remove(at);
            (Change::Model(model.clone()), written("model", &model))
        }),
        (0..7_usize, 0.01..2.0_f64).prop_map(|(at, lr)| {
            let mut optimizer = OptimizerConfig::all().swap_remove(at);
            optimizer.set_lr(lr);
            (Change::Optimizer(optimizer.clone()), written("optimizer", &optimizer))
        }),
        (0..7_usize).prop_map(|at| {
            let plane = PlaneConfig::all().swap_remove(at);
            (Change::Plane(plane.clone()), written("slice.plane", &plane))
        }),
        (0..4_usize).prop_map(|at| {
            let loss = Loss::ALL[at];
            (Change::Loss(loss), written("loss", &loss))
        }),
    ]
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(64))]
    /// Whatever is replaced, in whatever order: flags and commands make one experiment of it.
    #[test]
    fn flags_and_commands_make_equal_experiments(
        built_in in 0..builtin::names().count(),
        changes in proptest::collection::vec(change(), 1..7),
    ) {
        let name = builtin::names().nth(built_in).unwrap();
        let file = builtin::load(name).unwrap().unwrap();
        let mut session = Session::new(Experiment::new(file.clone()).unwrap());
        let mut overrides = Overrides::of(file);
        for (command, assignment) in changes {
            // What the window refuses is not typed either.
            if session.apply(Command::Set(command), Now::default()).is_ok() {
                let assignment = [assignment];
                overrides.assign_parts(&assignment, &TASK).unwrap();
                overrides.assign_parts(&assignment, &WAYS).unwrap();
            }
        }
        let (experiment, _) = overrides.checked(|_| false, None).unwrap();
        proptest::prop_assert_eq!(experiment.file(), session.experiment().file());
    }
}

#[test]
fn another_table_leaves_what_was_said_of_the_old_one_and_takes_what_is_given() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    std::fs::write(path("a.csv"), "id,x,t\n1,2,0\n2,4,1\n").unwrap();
    std::fs::write(path("b.csv"), "u,v\n1,0\n2,1\n3,0\n").unwrap();
    let file = format!(
        "(dataset: csv(path: {:?}, leave_out: [\"id\"], target_column: \"t\"), standardize: true)",
        path("a.csv")
    );
    let other = format!("dataset.path={}", path("b.csv"));
    let told =
        [format!("--set {other}: leave out, target column and standardize were chosen for a.csv and reset")];
    assert_eq!(words(&file, &[&other]), told);
    for order in [[0, 1], [1, 0]] {
        let typed = [&other[..], "dataset.target_column=u"];
        let told = words(&file, &order.map(|i| typed[i]));
        let expected = format!("--set {other}: leave out and standardize were chosen for a.csv and reset");
        assert_eq!(told, [expected]);
    }
}
