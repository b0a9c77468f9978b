//! P(order and identity of the answers | which class is right): a forward pass over nodes of the fixed point.
//!
//! The nodes are the midpoints of 64 arcsine quantiles, `sin^2(pi (i + 1/2) / 128)`, whose own density is
//! Beta(1/2, 1/2); a Beta(alpha, beta) prior is a weight on them. Each answer multiplies the weights by its probability
//! at each node; the sum is taken out and the weights are renormalised. One answer costs one pass over the 64 nodes per
//! hypothesis.

use std::sync::LazyLock;

use super::{AnswerModel, Emission, MissingAnswers};

/// Number of nodes of the fixed point.
pub(super) const NODES: usize = 64;
/// Independent partial sums, so that the compiler may add in vector registers.
const LANES: usize = 8;

/// One number per node.
pub(super) type Nodes = [f64; NODES];

/// The nodes, `ln node` and `ln (1 - node)`. Constants; computed once because `sin` is not a `const fn`.
struct Grid {
    fixed_point: Nodes,
    log: Nodes,
    log_complement: Nodes,
}

static GRID: LazyLock<Grid> = LazyLock::new(|| {
    let angle = |index: usize| std::f64::consts::PI * (index as f64 + 0.5) / (2 * NODES) as f64;
    let fixed_point: Nodes = std::array::from_fn(|index| angle(index).sin().powi(2));
    Grid { fixed_point, log: fixed_point.map(f64::ln), log_complement: fixed_point.map(|node| (-node).ln_1p()) }
});

/// An answer model with its node weights: everything that does not depend on the question's draws.
///
/// Parameters outside their range are moved to its nearest end, and one that is not a number becomes its weak default,
/// so no question can turn a bad model into a panic or a NaN: `alpha` and `beta` from 1e-3 to 1e4, `memory` from 0 to
/// 0.999999, `shift` from -8 to 8, `concentration` and the weights of missing answers from 1e-6 to 1e6, variances from 1e-6 to 1e6, means from -1e3 to
/// 1e3.
#[derive(Debug, Clone)]
pub struct PreparedModel {
    /// Weights of the nodes before the first answer; they sum to 1.
    prior: Nodes,
    /// P(first answer right) at each node.
    first_right: Nodes,
    pub(super) memory: f64,
    pub(super) concentration: f64,
    pub(super) emission: Option<Emission>,
    pub(super) missing: Option<MissingAnswers>,
}

impl PreparedModel {
    /// Computes the node weights of a model.
    pub fn new(model: &AnswerModel) -> Self {
        let weak = AnswerModel::weak_default();
        let alpha = within(model.alpha, 1e-3, 1e4, weak.alpha);
        let beta = within(model.beta, 1e-3, 1e4, weak.beta);
        let shift = within(model.shift, -8.0, 8.0, weak.shift);
        let grid = &*GRID;
        let log_weight: Nodes =
            std::array::from_fn(|i| (alpha - 0.5) * grid.log[i] + (beta - 0.5) * grid.log_complement[i]);
        let largest = log_weight.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let mut prior = log_weight.map(|log_weight| (log_weight - largest).exp());
        let total: f64 = prior.iter().sum();
        prior.iter_mut().for_each(|weight| *weight /= total);
        let odds = shift.exp();
        Self {
            prior,
            first_right: grid.fixed_point.map(|node| 1.0 / (1.0 + (1.0 - node) / node * odds)),
            memory: within(model.memory, 0.0, 1.0 - 1e-6, weak.memory),
            concentration: within(model.concentration, 1e-6, 1e6, weak.concentration),
            emission: model.emission.map(checked_emission),
            missing: model.missing.map(checked_missing),
        }
    }
}

/// The emission with every parameter within its range.
fn checked_emission(emission: Emission) -> Emission {
    let weak = Emission::weak_default();
    Emission {
        mean_right: within(emission.mean_right, -1e3, 1e3, weak.mean_right),
        mean_wrong: within(emission.mean_wrong, -1e3, 1e3, weak.mean_wrong),
        var_noise: within(emission.var_noise, 1e-6, 1e6, weak.var_noise),
        var_question: within(emission.var_question, 1e-6, 1e6, weak.var_question),
        var_answer: within(emission.var_answer, 1e-6, 1e6, weak.var_answer),
    }
}

fn checked_missing(missing: MissingAnswers) -> MissingAnswers {
    let weak = MissingAnswers::weak_default();
    MissingAnswers {
        missing: within(missing.missing, 1e-6, 1e6, weak.missing),
        answered: within(missing.answered, 1e-6, 1e6, weak.answered),
    }
}

fn within(value: f64, lowest: f64, highest: f64, otherwise: f64) -> f64 {
    if value.is_nan() { otherwise } else { value.clamp(lowest, highest) }
}

/// One answer as a hypothesis sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Seen {
    /// The class that the hypothesis says is right.
    Right,
    /// A wrong class, by its slot among the question's classes.
    Wrong(usize),
    /// No answer.
    Missing,
}

/// The forward pass of one hypothesis.
#[derive(Debug, Clone)]
pub(super) struct Forward {
    weights: Nodes,
    /// Mean of the fixed point under `weights`; the next answer's normaliser follows from it without another pass.
    mean: f64,
    /// Evidence of the answers so far is `evidence * exp(log_evidence)`.
    evidence: f64,
    log_evidence: f64,
    /// Fresh answers of each wrong class, by slot (expected numbers).
    seats: Vec<f64>,
    /// Sum of `seats`.
    seated: f64,
    /// Fresh missing answers (expected number); counted only where the model has [`MissingAnswers`].
    missed: f64,
    answers: usize,
}

impl Forward {
    /// The pass before the first answer.
    pub(super) fn new(model: &PreparedModel) -> Self {
        Self {
            weights: model.prior,
            mean: dot(&model.prior, &GRID.fixed_point),
            evidence: 1.0,
            log_evidence: 0.0,
            seats: Vec::new(),
            seated: 0.0,
            missed: 0.0,
            answers: 0,
        }
    }

    /// Starts again, keeping the memory of `seats`.
    pub(super) fn restart(&mut self, model: &PreparedModel, prior_mean: f64) {
        self.weights = model.prior;
        self.mean = prior_mean;
        (self.evidence, self.log_evidence) = (1.0, 0.0);
        self.seats.clear();
        (self.seated, self.missed) = (0.0, 0.0);
        self.answers = 0;
    }

    /// Posterior mean of the fixed point under this hypothesis, in [0, 1].
    pub(super) fn fixed_point(&self) -> f64 {
        self.mean
    }

    /// Log-likelihood of the answers so far.
    pub(super) fn log_likelihood(&self) -> f64 {
        self.log_evidence + self.evidence.ln()
    }

    /// One more answer; `same` when it equals the previous one (missing counts as equal to missing).
    pub(super) fn observe(&mut self, model: &PreparedModel, seen: Seen, same: bool) {
        let first = self.answers == 0;
        let keep = if same && !first { model.memory } else { 0.0 };
        let scale = if first { 1.0 } else { 1.0 - model.memory };
        let grid = &GRID.fixed_point;
        let (chance, mean) =
            if first { (&model.first_right, dot(&self.weights, &model.first_right)) } else { (grid, self.mean) };
        // At each node the answer has probability `base + slope * chance`; the weights sum to 1, so the sum of that
        // over the nodes needs only the mean of `chance`.
        let (base, slope) = match seen {
            Seen::Right => (keep, scale),
            Seen::Wrong(slot) => {
                let fresh = scale * self.seat(model, slot) * self.share(model, false);
                self.take_seat(slot, fresh * (1.0 - mean), keep);
                (keep + fresh, -fresh)
            }
            Seen::Missing => {
                let fresh = scale * self.share(model, true);
                let wrong = fresh * (1.0 - mean);
                // Nothing is learned about freshness where both are 0: memory and the mean at their ends.
                self.missed += if wrong > 0.0 { wrong / (keep + wrong) } else { 0.0 };
                (keep + fresh, -fresh)
            }
        };
        let sum = base + slope * mean;
        let (total, weighted) = multiply(&mut self.weights, chance, grid, base / sum, slope / sum);
        // The weights sum to 1 only up to rounding; a mean that ignored it would feed the error back, and every wrong
        // answer would multiply it by 1 / (1 - mean).
        self.mean = weighted / total;
        self.take_out(sum);
        self.answers += 1;
    }

    /// `times` more answers that repeat a right one (or a missing one), in O(log times) passes: nothing but the weights
    /// changes with them, so their common factor is raised to a power. Only for [`Seen::Right`] and [`Seen::Missing`]
    /// after an equal answer, the latter only where the model has no [`MissingAnswers`]; a repeated wrong answer takes seats
    /// and has to be observed.
    pub(super) fn repeat(&mut self, model: &PreparedModel, missing: bool, times: usize) {
        let (keep, scale) = (model.memory, 1.0 - model.memory);
        let (base, slope) = if missing { (keep + scale, -scale) } else { (keep, scale) };
        let mut factor = GRID.fixed_point.map(|node| base + slope * node);
        let mut left = times;
        while left > 0 {
            if left & 1 == 1 {
                self.weights.iter_mut().zip(&factor).for_each(|(weight, factor)| *weight *= factor);
            }
            factor.iter_mut().for_each(|factor| *factor *= *factor);
            left >>= 1;
        }
        let sum: f64 = self.weights.iter().sum();
        self.weights.iter_mut().for_each(|weight| *weight /= sum);
        self.mean = dot(&self.weights, &GRID.fixed_point);
        self.take_out(sum);
        self.answers += times;
    }

    /// Multiplies the evidence by a normaliser taken out of the weights. One normaliser is at least 1e-245, so with
    /// this limit the product stays a normal number.
    fn take_out(&mut self, sum: f64) {
        self.evidence *= sum;
        if self.evidence < 1e-50 {
            self.log_evidence += self.evidence.ln();
            self.evidence = 1.0;
        }
    }

    /// P(this class | a fresh wrong answer), by the Chinese restaurant.
    fn seat(&self, model: &PreparedModel, slot: usize) -> f64 {
        let taken = self.seats.get(slot).copied().filter(|&taken| taken > 0.0);
        taken.unwrap_or(model.concentration) / (model.concentration + self.seated)
    }

    /// P(a fresh wrong answer is missing, or is there), from how many of the question's were; 1 where not modelled.
    fn share(&self, model: &PreparedModel, missing: bool) -> f64 {
        model.missing.map_or(1.0, |prior| {
            let (missed, seated) = (prior.missing + self.missed, prior.answered + self.seated);
            (if missing { missed } else { seated }) / (missed + seated)
        })
    }

    /// Counts the answer as new evidence as far as it was fresh and not kept.
    fn take_seat(&mut self, slot: usize, fresh: f64, keep: f64) {
        let part = fresh / (keep + fresh);
        if self.seats.len() <= slot {
            self.seats.resize(slot + 1, 0.0);
        }
        self.seats[slot] += part;
        self.seated += part;
    }
}

/// Mean of the fixed point before any answer.
pub(super) fn prior_mean(model: &PreparedModel) -> f64 {
    dot(&model.prior, &GRID.fixed_point)
}

/// `weights *= base + slope * chance`; returns the sum of the new weights, and of the new weights times the fixed
/// point.
fn multiply(weights: &mut Nodes, chance: &Nodes, grid: &Nodes, base: f64, slope: f64) -> (f64, f64) {
    let (mut totals, mut sums) = ([0.0; LANES], [0.0; LANES]);
    for ((weights, chance), grid) in
        weights.chunks_exact_mut(LANES).zip(chance.chunks_exact(LANES)).zip(grid.chunks_exact(LANES))
    {
        for lane in 0..LANES {
            weights[lane] *= base + slope * chance[lane];
            totals[lane] += weights[lane];
            sums[lane] += weights[lane] * grid[lane];
        }
    }
    (totals.iter().sum(), sums.iter().sum())
}

fn dot(left: &Nodes, right: &Nodes) -> f64 {
    let mut sums = [0.0; LANES];
    for (left, right) in left.chunks_exact(LANES).zip(right.chunks_exact(LANES)) {
        for lane in 0..LANES {
            sums[lane] += left[lane] * right[lane];
        }
    }
    sums.iter().sum()
}
