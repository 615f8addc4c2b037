//! Same experiment, same seed, same numbers, to the bit.

use losscape::core::experiment::{Experiment, ExperimentFile, pipeline};

fn experiment() -> Experiment {
    let text = "(seed: 3, steps: 150, slice: (grid: [33, 17], volume: [9, 8, 5]))";
    Experiment::new(ExperimentFile::parse(text, "test.ron").unwrap()).unwrap()
}

#[test]
fn grids_do_not_depend_on_the_number_of_threads() {
    let on = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| pipeline::run(&experiment()).unwrap())
    };
    let alone = on(1);
    for threads in [2, 5] {
        let together = on(threads);
        assert_eq!(together.plan.trajectory, alone.plan.trajectory);
        assert_eq!(together.plane, alone.plane);
        assert_eq!(together.volume, alone.volume);
    }
}
