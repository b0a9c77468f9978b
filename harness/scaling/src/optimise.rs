//! Minimisation without derivatives: argmin's Nelder-Mead over a small fixed number of unconstrained parameters, with the
//! dimension-adapted expansion and shrinkage of Gao and Han (Computational Optimization and Applications 51, 2012); their
//! contraction is beyond what argmin allows.

use argmin::core::{CostFunction, Error, Executor, State, TerminationReason, TerminationStatus};
use argmin::solver::neldermead::NelderMead;
use argmin_math::{ArgminAdd, ArgminMul, ArgminSub};

/// Where a cost is not a finite number, the simplex must still be able to turn back.
const WORST: f64 = 1e300;

/// A point in parameter space. argmin's own vector support would bring in a second version of `rand`.
#[derive(Debug, Clone, Copy)]
struct Point<const N: usize>([f64; N]);

impl<const N: usize> ArgminAdd<Self, Self> for Point<N> {
    fn add(&self, other: &Self) -> Self {
        Self(std::array::from_fn(|i| self.0[i] + other.0[i]))
    }
}

impl<const N: usize> ArgminSub<Self, Self> for Point<N> {
    fn sub(&self, other: &Self) -> Self {
        Self(std::array::from_fn(|i| self.0[i] - other.0[i]))
    }
}

impl<const N: usize> ArgminMul<f64, Self> for Point<N> {
    fn mul(&self, factor: &f64) -> Self {
        Self(self.0.map(|coordinate| coordinate * factor))
    }
}

struct Cost<F, const N: usize>(F);

impl<const N: usize, F: Fn(&[f64; N]) -> f64> CostFunction for Cost<F, N> {
    type Param = Point<N>;
    type Output = f64;

    fn cost(&self, point: &Point<N>) -> Result<f64, Error> {
        let cost = (self.0)(&point.0);
        Ok(if cost.is_finite() { cost } else { WORST })
    }
}

/// Where and how long to look.
#[derive(Debug, Clone, Copy)]
pub struct Search {
    /// Edge of the first simplex.
    pub step: f64,
    /// Stops when the standard deviation of the simplex' costs is below this.
    pub tolerance: f64,
    /// Most iterations, about 1.5 evaluations each.
    pub iterations: u64,
}

/// How a search ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// The costs of the simplex agree within the tolerance.
    Converged,
    /// The iterations ran out first: the point is the best one seen, and a better one may be near.
    OutOfIterations,
    /// No search was possible (no finite cost anywhere on the first simplex, or the solver refused it): the point is
    /// the start.
    Failed,
}

/// Where a search ended.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Minimum<const N: usize> {
    /// The best point seen.
    pub point: [f64; N],
    /// Its cost.
    pub cost: f64,
    /// Whether to trust it.
    pub ending: Ending,
}

/// The best point found from this start, and its cost, for those to whom it makes no difference how the search ended;
/// all others ask [`minimum`].
pub fn minimise<const N: usize>(cost: impl Fn(&[f64; N]) -> f64, start: [f64; N], search: Search) -> ([f64; N], f64) {
    let Minimum { point, cost, .. } = minimum(cost, start, search);
    (point, cost)
}

/// The best point found from this start, its cost, and how the search ended. Deterministic; never worse than the start.
pub fn minimum<const N: usize>(cost: impl Fn(&[f64; N]) -> f64, start: [f64; N], search: Search) -> Minimum<N> {
    let start_cost = cost(&start);
    let failed = Minimum { point: start, cost: start_cost, ending: Ending::Failed };
    match descend(&cost, start, search) {
        Some(found) if found.cost < WORST && (found.cost <= start_cost || !start_cost.is_finite()) => found,
        _ => failed,
    }
}

fn descend<const N: usize>(cost: impl Fn(&[f64; N]) -> f64, start: [f64; N], search: Search) -> Option<Minimum<N>> {
    let mut simplex = vec![Point(start)];
    simplex.extend((0..N).map(|axis| {
        let mut corner = start;
        corner[axis] += search.step;
        Point(corner)
    }));
    // argmin reports an error only for numbers out of range or a failing cost, neither of which can be.
    let dimension = (N as f64).max(2.0);
    let solver = NelderMead::new(simplex)
        .with_sd_tolerance(search.tolerance)
        .and_then(|solver| solver.with_gamma(1.0 + 2.0 / dimension))
        .and_then(|solver| solver.with_sigma(1.0 - 1.0 / dimension))
        .ok()?;
    let result = Executor::new(Cost::<_, N>(cost), solver)
        .configure(|state| state.max_iters(search.iterations))
        .timer(false)
        .run()
        .ok()?;
    let state = result.state();
    let ending = match state.get_termination_status() {
        TerminationStatus::Terminated(TerminationReason::SolverConverged) => Ending::Converged,
        _ => Ending::OutOfIterations,
    };
    Some(Minimum { point: state.get_best_param()?.0, cost: state.get_best_cost(), ending })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SEARCH: Search = Search { step: 0.5, tolerance: 1e-12, iterations: 1000 };

    #[test]
    fn finds_the_bottom_of_a_curved_valley() {
        let valley = |x: &[f64; 2]| (1.0 - x[0]).powi(2) + 100.0 * (x[1] - x[0] * x[0]).powi(2);
        let (point, cost) = minimise(valley, [-1.2, 1.0], SEARCH);
        assert!(cost < 1e-9 && (point[0] - 1.0).abs() < 1e-4 && (point[1] - 1.0).abs() < 1e-4, "{point:?}");
    }

    #[test]
    fn finds_the_bottom_in_ten_dimensions() {
        let bowl = |x: &[f64; 10]| x.iter().zip(1..).map(|(x, i)| f64::from(i) * (x - 1.0).powi(2)).sum::<f64>();
        let (point, cost) = minimise(bowl, [0.0; 10], Search { iterations: 5000, ..SEARCH });
        assert!(cost < 1e-6, "{point:?}");
    }

    #[test]
    fn turns_back_where_the_cost_is_not_finite() {
        let (point, _) =
            minimise(|x: &[f64; 1]| if x[0] > 1.2 { f64::NAN } else { (x[0] - 1.0).powi(2) }, [0.9], SEARCH);
        assert!((point[0] - 1.0).abs() < 1e-4);
    }

    #[test]
    fn a_cost_that_is_nowhere_finite_gives_the_start_and_says_so() {
        assert_eq!(minimise(|_: &[f64; 2]| f64::NAN, [0.5, 2.0], SEARCH).0, [0.5, 2.0]);
        assert_eq!(minimum(|_: &[f64; 2]| f64::NAN, [0.5, 2.0], SEARCH).ending, Ending::Failed);
    }

    #[test]
    fn says_how_the_search_ended() {
        let bowl = |x: &[f64; 2]| x[0] * x[0] + x[1] * x[1];
        let ending = |search: Search| minimum(bowl, [3.0, 4.0], search).ending;
        assert_eq!(ending(SEARCH), Ending::Converged);
        assert_eq!(ending(Search { iterations: 3, ..SEARCH }), Ending::OutOfIterations);
        assert_eq!(ending(Search { tolerance: -1.0, ..SEARCH }), Ending::Failed);
    }
}
