//! What chance would explain: the same plane fitted to random walks.
//!
//! Principal components make a pure random walk look meaningful too: in many dimensions the first takes
//! 61 % of its variance and the second 15 % (6/π² and a quarter of it: Antognini and Sohl-Dickstein
//! 2018; Moore, He and Steinhardt 2018). So beside each share stands what walks of as many points in as
//! many dimensions give, simulated: steps are independent normal numbers.

use super::config::{OnWalk, PlaneConfig};
use crate::core::num::vector::{add_scaled, dot};
use crate::core::num::work::finish;
use crate::core::num::{Advance, Job, Progress, Stream, parallel};

/// What nine tenths of random walks lie between, and the one in the middle.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Band {
    /// Share that 5 % of the walks stay below, 0 to 1.
    pub low: f64,
    /// Share that half of them stay below.
    pub median: f64,
    /// Share that 95 % of them stay below.
    pub high: f64,
}

/// Shares of the total variance that random walks have along the axes of a plane.
#[derive(Clone, Debug, PartialEq)]
pub struct RandomWalks {
    /// Along each direction, `[k]`.
    pub axes: Vec<Band>,
    /// In the span of all.
    pub all: Band,
}

/// Walks that are simulated.
const WALKS: usize = 200;

/// Points of a walk: longer ones are walked in so many, in larger steps. The shares depend on the
/// number of points n as 1 + (π/2n)²/3, so they are those of the long walk to 5·10⁻⁵.
const MOST_POINTS: usize = 128;

/// The shares of a plane of `k` directions fitted in that way to random walks of as many points as a run
/// has checkpoints, which are those of `steps`, in `dim` dimensions. `None` where the plane goes through points of neither the run nor chance. Walks
/// draw from streams of their own under the seed, so the answer does not depend on threads.
pub fn random_walks(
    plane: &PlaneConfig,
    k: usize,
    steps: &[u64],
    dim: usize,
    seed: u64,
) -> Option<RandomWalks> {
    finish(WalksJob::new(plane.clone(), k, steps.to_vec(), dim, seed)).flatten()
}

/// The same as a job: its units are walks.
pub struct WalksJob {
    plane: PlaneConfig,
    k: usize,
    steps: Vec<u64>,
    dim: usize,
    seed: u64,
    /// Of each walk so far the shares along the directions, and in their span.
    walked: Vec<(Vec<f64>, f64)>,
    is_over: bool,
}

impl WalksJob {
    /// None of the walks walked.
    pub fn new(plane: PlaneConfig, k: usize, steps: Vec<u64>, dim: usize, seed: u64) -> Self {
        Self { plane, k, steps, dim, seed, walked: Vec::new(), is_over: false }
    }

    fn walk(&self, i: usize) -> Option<(Vec<f64>, f64)> {
        let points = self.steps.len().clamp(3, MOST_POINTS);
        let mut stream = Stream::new(self.seed, &format!("random walk {i}"));
        let path = path(points, self.dim, &mut stream);
        let rows: Vec<&[f64]> = path.iter().map(|row| &row[..]).collect();
        match self.plane.on_walk(&rows, &self.steps, &mut stream) {
            OnWalk::Fitted(fitted) => {
                let plane = fitted.finish(&rows, None, 0.0, &mut stream).ok()?;
                let mut shares: Vec<f64> = plane.axes.iter().map(|axis| axis.explained).collect();
                shares.resize(self.k, 0.0);
                Some((shares, plane.explained))
            }
            OnWalk::Fixed => Some(fixed_shares(points, self.dim, self.k, &mut stream)),
            OnWalk::Unknown => None,
        }
    }

    fn bands(&self) -> RandomWalks {
        let along = |axis: usize| band(self.walked.iter().map(|walk| walk.0[axis]).collect());
        RandomWalks {
            axes: (0..self.k).map(along).collect(),
            all: band(self.walked.iter().map(|walk| walk.1).collect()),
        }
    }
}

impl Job for WalksJob {
    type Finding = Option<RandomWalks>;

    fn advance(&mut self, walks: u64) -> Advance<Self::Finding> {
        if self.is_over {
            return Advance::Ended;
        }
        let left = WALKS - self.walked.len();
        let next = self.walked.len()..self.walked.len() + left.min(walks.max(1) as usize);
        let walked: Option<Vec<_>> = parallel::map(next.collect(), |i| self.walk(i)).into_iter().collect();
        self.is_over = walked.as_ref().is_none_or(|walked| walked.len() == left);
        let Some(walked) = walked else { return Advance::Found(None) };
        self.walked.extend(walked);
        if self.is_over { Advance::Found(Some(self.bands())) } else { Advance::Working }
    }

    fn piece(&self) -> u64 {
        parallel::threads() as u64
    }

    fn progress(&self) -> Progress {
        Progress { done: self.walked.len() as u64, total: WALKS as u64 }
    }
}

/// A walk that starts at 0, seen in coordinates in which it has as few dimensions as it can have.
///
/// Where there are more dimensions than steps, the steps E `[n, dim]` matter only by E·Eᵀ, whose
/// distribution is Wishart's: E·Eᵀ = A·Aᵀ with A lower triangular, normal numbers below the diagonal
/// and the root of a χ² of dim − i degrees on it (Bartlett 1933).
fn path(points: usize, dim: usize, stream: &mut Stream) -> Vec<Vec<f64>> {
    let steps = points - 1;
    let width = dim.min(steps);
    let mut path = vec![vec![0.0; width]];
    for i in 0..steps {
        let step: Vec<f64> = if dim <= steps {
            (0..dim).map(|_| stream.normal()).collect()
        } else {
            let below = (0..i).map(|_| stream.normal()).collect::<Vec<f64>>();
            let diagonal = stream.chi_squared(dim - i).sqrt();
            let above = std::iter::repeat_n(0.0, steps - i - 1);
            below.into_iter().chain([diagonal]).chain(above).collect()
        };
        let mut next = path[i].clone();
        add_scaled(&mut next, 1.0, &step);
        path.push(next);
    }
    path
}

/// Shares along `k` directions that know nothing of the walk, and in their span: by symmetry those
/// along the first `k` of `dim` coordinates.
fn fixed_shares(points: usize, dim: usize, k: usize, stream: &mut Stream) -> (Vec<f64>, f64) {
    let along: Vec<f64> = (0..k).map(|_| variance(&path(points, 1, stream))).collect();
    let rest = if dim > k { variance(&path(points, dim - k, stream)) } else { 0.0 };
    let known: f64 = along.iter().sum();
    let total = known + rest;
    (along.iter().map(|v| v / total).collect(), known / total)
}

/// The sum of squares about the mean.
fn variance(path: &[Vec<f64>]) -> f64 {
    let rows: Vec<&[f64]> = path.iter().map(|row| &row[..]).collect();
    let mean = crate::core::num::principal::mean(&rows);
    let square = |row: &Vec<f64>| {
        let centred = crate::core::num::vector::sub(row, &mean);
        dot(&centred, &centred)
    };
    path.iter().map(square).sum()
}

fn band(mut shares: Vec<f64>) -> Band {
    shares.sort_by(f64::total_cmp);
    let quantile = |q: f64| {
        let at = q * (shares.len() - 1) as f64;
        let (low, part) = (at.floor() as usize, at.fract());
        let high = (low + 1).min(shares.len() - 1);
        shares[low] + part * (shares[high] - shares[low])
    };
    Band { low: quantile(0.05), median: quantile(0.5), high: quantile(0.95) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::subspace::pca::About;

    fn pca() -> PlaneConfig {
        PlaneConfig::Pca { about: About::Mean }
    }

    fn steps(count: u64) -> Vec<u64> {
        (0..count).collect()
    }

    #[test]
    fn a_step_lies_as_far_along_the_walk_as_its_checkpoint_along_the_run() {
        let config: PlaneConfig = "line:step:320,end".parse().unwrap();
        // The walk that stands for the run has its points one after another.
        let walk: Vec<Vec<f64>> = (0..11).map(|i| vec![f64::from(i), 1.0]).collect();
        let rows: Vec<&[f64]> = walk.iter().map(|row| &row[..]).collect();
        let origin = |steps: &[u64]| match config.on_walk(&rows, steps, &mut Stream::new(0, "test")) {
            OnWalk::Fitted(fitted) => fitted.origin[0],
            OnWalk::Fixed | OnWalk::Unknown => unreachable!("a line between points of the run"),
        };
        let every = |stride: u64, end: u64| -> Vec<u64> {
            (0..=end / stride)
                .map(|i| i * stride)
                .chain((!end.is_multiple_of(stride)).then_some(end))
                .collect()
        };
        assert_eq!(origin(&every(1, 400)), 8.0);
        assert_eq!(origin(&every(32, 640)), 5.0, "a dear split is looked at each 32 steps");
        assert_eq!(origin(&every(64, 3200)), 1.0, "a thinned run");
        assert_eq!(origin(&every(160, 330)), 7.0, "the last two of 0, 160, 320 and 330");
        assert_eq!(origin(&every(1000, 10_000)), 0.0, "nearer to the start than to the checkpoint after it");
    }

    #[test]
    fn many_dimensions_give_the_known_shares() {
        let walks = random_walks(&pca(), 3, &steps(100), 20_000, 1).unwrap();
        let pi2 = std::f64::consts::PI.powi(2);
        for (i, expected) in [6.0 / pi2, 1.5 / pi2, 6.0 / (9.0 * pi2)].into_iter().enumerate() {
            let found = walks.axes[i];
            assert!((found.median - expected).abs() < 0.01, "{i}: {found:?}");
            assert!(found.low < found.median && found.median < found.high);
        }
        assert!((walks.all.median - 0.828).abs() < 0.01, "{:?}", walks.all);
    }

    #[test]
    fn a_walk_in_reduced_coordinates_has_the_lengths_of_a_plain_one() {
        // 60 dimensions and 12 steps, walked plainly and in 12 coordinates.
        let mut stream = Stream::new(2, "test");
        let mean_square = |path: &mut dyn FnMut() -> f64| (0..4000).map(|_| path()).sum::<f64>() / 4000.0;
        let last = |path: Vec<Vec<f64>>| dot(&path[12], &path[12]);
        let reduced = mean_square(&mut || last(path(13, 60, &mut stream)));
        assert!((reduced / (60.0 * 12.0) - 1.0).abs() < 0.02, "{reduced}");
    }

    #[test]
    fn directions_that_know_nothing_get_their_share_of_the_dimensions() {
        let axes = PlaneConfig::Axes { parameters: vec![] };
        let walks = random_walks(&axes, 3, &steps(500), 13, 1).unwrap();
        assert!(walks.axes[0].median > 0.03 && walks.axes[0].median < 0.1, "{:?}", walks.axes[0]);
        assert!((walks.all.median - 3.0 / 13.0).abs() < 0.06, "{:?}", walks.all);
        let whole = random_walks(&axes, 2, &steps(500), 2, 1).unwrap();
        assert_eq!(whole.all, Band { low: 1.0, median: 1.0, high: 1.0 });
    }

    #[test]
    fn few_dimensions_explain_more_and_repeat_to_the_bit() {
        let few = random_walks(&pca(), 3, &steps(2000), 13, 7).unwrap();
        let many = random_walks(&pca(), 3, &steps(2000), 1000, 7).unwrap();
        assert!(few.axes[0].high - few.axes[0].low > many.axes[0].high - many.axes[0].low);
        assert_eq!(few, random_walks(&pca(), 3, &steps(2000), 13, 7).unwrap());
        assert!(few.all.median > many.all.median);
    }

    #[test]
    fn a_long_walk_may_be_walked_in_larger_steps() {
        let median = |points| {
            let fit = |i: usize| {
                let mut stream = Stream::new(5, &format!("walk {i}"));
                let path = path(points, 13, &mut stream);
                let rows: Vec<&[f64]> = path.iter().map(|row| &row[..]).collect();
                let OnWalk::Fitted(fitted) = pca().on_walk(&rows, &steps(points as u64), &mut stream) else {
                    unreachable!()
                };
                fitted.finish(&rows, None, 0.0, &mut stream).unwrap().axes[0].explained
            };
            band((0..400).map(fit).collect()).median
        };
        assert!((median(128) - median(1000)).abs() < 0.02, "{} {}", median(128), median(1000));
    }
}
