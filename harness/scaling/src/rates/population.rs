//! A population of questions, each a two-state chain with its own `(p_0, pi, memory)`, and what labelled chains say of it.
//!
//! - A share of the questions is always right, another never; both stay so (`p_0 = pi`).
//! - The others are of one or two classes. A question of a class has a fixed point `pi ~ Beta`, and a first accuracy that
//!   goes with it: `logit p_0 = logit pi - shift + tilt (logit pi - centre) + scatter e`, `e` standard normal; Beta, shift
//!   and centre are the class's own. Memories are around the population's, from -0.34 to 0.98.
//!
//! So a question is modelled by where it settles, with which the first answer is correlated, and by how long it takes:
//! `a = (1 - memory)(1 - pi)`, `b = (1 - memory) pi`. `tilt` and `scatter` may be exactly 0 (first answers then follow the
//! fixed point as in the answer model of [`crate::posterior`]) or anything up to "unrelated" and "opposed"; the data
//! decide. With one chain a question they cannot decide about the scatter, and the posterior is as wide as the prior.
//!
//! The posterior of the population is sampled by Metropolis steps, one parameter after the other, over likelihoods that
//! sum each question over nodes of `pi` and memory. The chains of random numbers are independent and seeded, so results do
//! not depend on threads.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

use super::counts::{QuestionCounts, Trials};

/// Nodes of the fixed point in likelihoods: midpoints of arcsine quantiles.
const NODES: usize = 48;
/// The same where means over the population are taken: shares depend on where differences pass a margin.
const FINE: usize = 144;
const LEAST_MEMORY: f64 = -0.34;
const MEMORY_STEP: f64 = 0.06;
const MEMORIES: usize = 23;
/// The longest memory; changes that are rarer are taken for none.
pub(super) const MOST_MEMORY: f64 = LEAST_MEMORY + MEMORY_STEP * (MEMORIES - 1) as f64;
/// What `scatter` may be.
const SCATTERS: [f64; 8] = [0.0, 0.25, 0.5, 1.0, 1.5, 2.2, 3.0, 4.0];
/// What `tilt` may be.
const TILTS: [f64; 11] = [0.0, -3.0, -2.0, -1.5, -1.0, -0.7, -0.4, -0.2, 0.2, 0.4, 0.7];
/// Prior probability of no scatter, and of no tilt.
const NONE: f64 = 0.5;
/// Dirichlet weights of the shares: most populations have few or no questions that are always or never right, and some
/// have many; most have one class.
const SHARES: [f64; 4] = [0.12, 0.12, 1.2, 0.4];
/// Normal quantiles that stand for `e`.
const ERRORS: usize = 9;
/// Independent chains of samples, steps before the first sample that counts, and after; every so many counts.
const CHAINS: u64 = 2;
const WARM_UP: usize = 250;
const STEPS: usize = 750;
const THIN: usize = 3;
/// Continuous parameters.
const PARAMETERS: usize = 11;

/// One population.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Population {
    /// By the names below. Shares are logarithms over that of the first class.
    parameters: [f64; PARAMETERS],
    scatter: usize,
    tilt: usize,
}

/// Share of questions that are always right.
const RIGHT: usize = 0;
/// Of those that never are.
const WRONG: usize = 1;
/// Of the second class.
const SECOND: usize = 2;
/// By class, the logit of the mean of `pi`.
const MEAN: [usize; 2] = [3, 4];
/// By class, the logarithm of the strength of its Beta.
const STRENGTH: [usize; 2] = [5, 6];
/// By class, the shift.
const SHIFT: [usize; 2] = [7, 8];
/// Mean memory.
const MEMORY: usize = 9;
/// Logarithm of the spread of memories.
const SPREAD: usize = 10;

/// A kind of question and its share of the population.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Kind {
    pub(super) share: f64,
    /// `p_0`.
    pub(super) initial: f64,
    /// `pi`.
    pub(super) fixed_point: f64,
}

impl Population {
    fn start(first: f64) -> Self {
        let logit = (first.clamp(0.05, 0.95) / (1.0 - first.clamp(0.05, 0.95))).ln();
        let parameters = [-4.0, -4.0, -1.0, logit - 0.7, logit + 0.7, 0.7, 0.7, 0.0, 0.0, 0.3, -2.0];
        Self { parameters, scatter: 0, tilt: 0 }
    }

    /// Shares of questions that are always right, that never are, and of the two classes.
    fn shares(&self) -> [f64; 4] {
        let [right, wrong, second] = [RIGHT, WRONG, SECOND].map(|which| self.parameters[which].exp());
        let total = 1.0 + right + wrong + second;
        [right, wrong, 1.0, second].map(|share| share / total)
    }

    /// Log density, up to a constant; minus infinity outside of the parameters' ranges.
    fn log_prior(&self) -> f64 {
        let p = &self.parameters;
        let normal = |value: f64, centre: f64, deviation: f64| -0.5 * ((value - centre) / deviation).powi(2);
        let memory = (LEAST_MEMORY..=MOST_MEMORY).contains(&p[MEMORY]) && (0.05..=0.5).contains(&p[SPREAD].exp());
        let inside = |which: usize| p[which].abs() <= 8.0;
        let some = |which: usize| p[which] >= -9.0;
        if !memory || !STRENGTH.into_iter().all(inside) || ![RIGHT, WRONG, SECOND].into_iter().all(some) {
            return f64::NEG_INFINITY;
        }
        let spike = |which: usize, among: usize| {
            if which == 0 { f64::ln(NONE) } else { ((1.0 - NONE) / (among - 1) as f64).ln() }
        };
        let shares = self.shares().into_iter().zip(SHARES).map(|(share, weight)| weight * share.ln()).sum::<f64>();
        let class = |class: usize| {
            normal(p[MEAN[class]], 0.0, 1.5) + normal(p[STRENGTH[class]], 0.7, 1.5) + normal(p[SHIFT[class]], 0.0, 1.5)
        };
        shares
            + class(0)
            + class(1)
            + normal(p[SPREAD], -2.3, 1.0)
            + spike(self.scatter, SCATTERS.len())
            + spike(self.tilt, TILTS.len())
    }

    /// Weights of nodes of the fixed point in a class.
    fn node_weights(&self, class: usize, nodes: &[Node]) -> Vec<f64> {
        let (mean, strength) = (logistic(self.parameters[MEAN[class]]), self.parameters[STRENGTH[class]].exp());
        let (alpha, beta) = (mean * strength - 0.5, (1.0 - mean) * strength - 0.5);
        let logs: Vec<f64> = nodes.iter().map(|node| alpha * node.log + beta * node.log_complement).collect();
        let largest = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        normalised(logs.into_iter().map(|log| (log - largest).exp()).collect())
    }

    fn memory_weights(&self) -> Vec<f64> {
        let (mean, spread) = (self.parameters[MEMORY], self.parameters[SPREAD].exp());
        let weight = |index: usize| (-0.5 * ((memory(index) - mean) / spread).powi(2)).exp();
        normalised((0..MEMORIES).map(weight).collect())
    }

    /// `p_0` where the fixed point has these log-odds, for each error.
    fn initial(&self, class: usize, log_odds: f64, errors: &[f64; ERRORS]) -> ([f64; ERRORS], usize) {
        let (centre, shift) = (self.parameters[MEAN[class]], self.parameters[SHIFT[class]]);
        let tilted = log_odds + TILTS[self.tilt] * (log_odds - centre) - shift;
        let scatter = SCATTERS[self.scatter];
        let different = if scatter == 0.0 { 1 } else { ERRORS };
        (errors.map(|error| logistic(tilted + scatter * if different == 1 { 0.0 } else { error })), different)
    }

    /// The kinds that it consists of, each with its distribution of memories ([`Self::memories`]); those that never
    /// change come first.
    pub(super) fn kinds(&self) -> Vec<Kind> {
        let [right, wrong, first, second] = self.shares();
        let mut kinds = vec![
            Kind { share: right, initial: 1.0, fixed_point: 1.0 },
            Kind { share: wrong, initial: 0.0, fixed_point: 0.0 },
        ];
        let (nodes, errors) = (nodes(FINE), errors());
        for (class, share) in [first, second].into_iter().enumerate().filter(|(_, share)| *share > 1e-4) {
            for (node, weight) in nodes.iter().zip(self.node_weights(class, &nodes)) {
                let (initial, different) = self.initial(class, node.log - node.log_complement, &errors);
                let share = share * weight / different as f64;
                kinds.extend(initial[..different].iter().map(|p| Kind { share, initial: *p, fixed_point: node.value }));
            }
        }
        kinds
    }

    /// Memories and their shares.
    pub(super) fn memories(&self) -> Vec<(f64, f64)> {
        (0..MEMORIES).map(memory).zip(self.memory_weights()).collect()
    }
}

/// A fixed point.
#[derive(Debug, Clone, Copy)]
struct Node {
    value: f64,
    log: f64,
    log_complement: f64,
}

fn nodes(count: usize) -> Vec<Node> {
    let node = |index: usize| {
        let value = (std::f64::consts::FRAC_PI_2 * (index as f64 + 0.5) / count as f64).sin().powi(2);
        Node { value, log: value.ln(), log_complement: (-value).ln_1p() }
    };
    (0..count).map(node).collect()
}

fn memory(index: usize) -> f64 {
    LEAST_MEMORY + MEMORY_STEP * index as f64
}

fn normalised(mut weights: Vec<f64>) -> Vec<f64> {
    let total: f64 = weights.iter().sum();
    weights.iter_mut().for_each(|weight| *weight /= total);
    weights
}

/// Normal quantiles at the midpoints of equal shares, scaled to variance 1.
fn errors() -> [f64; ERRORS] {
    let normal = |p: f64| std::f64::consts::SQRT_2 * statrs::function::erf::erf_inv(2.0 * p - 1.0);
    let errors: [f64; ERRORS] = std::array::from_fn(|index| normal((index as f64 + 0.5) / ERRORS as f64));
    let deviation = (errors.iter().map(|error| error * error).sum::<f64>() / ERRORS as f64).sqrt();
    errors.map(|error| error / deviation)
}

fn logistic(log_odds: f64) -> f64 {
    1.0 / (1.0 + (-log_odds).exp())
}

/// Questions with equal counts.
struct Row {
    questions: f64,
    /// Index of the first answers' counts.
    first: usize,
    /// P(chains | always right), P(chains | never right), on the scale of the table.
    always: [f64; 2],
}

/// What the questions' chains say: P(transitions | pi, memory) of distinct counts.
pub(super) struct Evidence {
    rows: Vec<Row>,
    /// Cells row after row; within a row, memory after memory for each node.
    table: Vec<f64>,
    firsts: Vec<Trials>,
    nodes: Vec<Node>,
    errors: [f64; ERRORS],
    share_right: f64,
}

impl Evidence {
    pub(super) fn new(questions: &[QuestionCounts]) -> Self {
        let mut sorted: Vec<QuestionCounts> = questions.iter().filter(|counts| counts.chains > 0).copied().collect();
        sorted.sort_unstable_by_key(|counts| {
            let t = counts.transitions;
            [counts.chains, counts.first_right, t.right_to_right, t.right_to_wrong, t.wrong_to_right, t.wrong_to_wrong]
        });
        let mut distinct: Vec<(QuestionCounts, f64)> = Vec::new();
        let (mut right, mut all) = (0.0, 0.0);
        for counts in sorted {
            right += f64::from(counts.first_right);
            all += f64::from(counts.chains);
            match distinct.last_mut() {
                Some((known, count)) if *known == counts => *count += 1.0,
                _ => distinct.push((counts, 1.0)),
            }
        }
        let nodes = nodes(NODES);
        let cells: Vec<[f64; 4]> = nodes
            .iter()
            .flat_map(|node| (0..MEMORIES).map(move |index| transition_logs(node, memory(index))))
            .collect();
        let (mut rows, mut table, mut firsts) = (Vec::new(), Vec::new(), Vec::new());
        for (counts, questions) in distinct {
            let t = counts.transitions;
            let times = [t.right_to_right, t.right_to_wrong, t.wrong_to_right, t.wrong_to_wrong].map(f64::from);
            let log = |logs: &[f64; 4]| times.iter().zip(logs).map(|(times, log)| times * log).sum::<f64>();
            let logs: Vec<f64> = cells.iter().map(log).collect();
            let largest = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            table.extend(logs.iter().map(|log| (log - largest).exp()));
            let first = firsts.iter().position(|known| *known == counts.initial()).unwrap_or_else(|| {
                firsts.push(counts.initial());
                firsts.len() - 1
            });
            let only = |holds: bool| if holds { (-largest).exp() } else { 0.0 };
            let always_right = counts.first_right == counts.chains && times[1] + times[2] + times[3] == 0.0;
            let never_right = counts.first_right == 0 && times[0] + times[1] + times[2] == 0.0;
            rows.push(Row { questions, first, always: [only(always_right), only(never_right)] });
        }
        Self { rows, table, firsts, nodes, errors: errors(), share_right: right / f64::max(all, 1.0) }
    }

    /// Per row and node, the table's mean over memories.
    fn over_memories(&self, population: &Population) -> Vec<f64> {
        let weights = population.memory_weights();
        self.table
            .chunks_exact(MEMORIES)
            .map(|cells| cells.iter().zip(&weights).map(|(cell, weight)| cell * weight).sum())
            .collect()
    }

    fn log_likelihood(&self, population: &Population, over_memories: &[f64]) -> f64 {
        let [right, wrong, first, second] = population.shares();
        // Per kind of first answers, the weight of each node times their probability there.
        let mut of_first = vec![0.0; self.firsts.len() * NODES];
        for (class, share) in [first, second].into_iter().enumerate() {
            let weights = population.node_weights(class, &self.nodes);
            for (index, (node, weight)) in self.nodes.iter().zip(&weights).enumerate() {
                let (initial, different) = population.initial(class, node.log - node.log_complement, &self.errors);
                for (first, trials) in self.firsts.iter().enumerate() {
                    let (events, others) = (trials.events as i32, (trials.trials - trials.events) as i32);
                    let probability = |p: &f64| p.powi(events) * (1.0 - p).powi(others);
                    let mean = initial[..different].iter().map(probability).sum::<f64>() / different as f64;
                    of_first[first * NODES + index] += share * weight * mean;
                }
            }
        }
        let of_row = |(row, cells): (&Row, &[f64])| {
            let first = &of_first[row.first * NODES..(row.first + 1) * NODES];
            let changing: f64 = first.iter().zip(cells).map(|(first, cell)| first * cell).sum();
            let likelihood = right * row.always[0] + wrong * row.always[1] + changing;
            row.questions * likelihood.max(f64::MIN_POSITIVE).ln()
        };
        self.rows.iter().zip(over_memories.chunks_exact(NODES)).map(of_row).sum()
    }

    /// Samples of the population's posterior.
    pub(super) fn sample(&self, seed: u64) -> Vec<Population> {
        let chains: Vec<Vec<Population>> = (0..CHAINS).into_par_iter().map(|chain| self.chain(seed, chain)).collect();
        chains.into_iter().flatten().collect()
    }

    fn chain(&self, seed: u64, stream: u64) -> Vec<Population> {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        random.set_stream(stream);
        let mut walk = Walk::new(self, Population::start(self.share_right));
        let mut samples = Vec::with_capacity(STEPS / THIN);
        for step in 0..WARM_UP + STEPS {
            walk.sweep(&mut random, step < WARM_UP);
            if step >= WARM_UP && (step - WARM_UP).is_multiple_of(THIN) {
                samples.push(walk.at);
            }
        }
        samples
    }
}

/// `ln (1 - a), ln a, ln b, ln (1 - b)`.
fn transition_logs(node: &Node, memory: f64) -> [f64; 4] {
    let rate = |share: f64| ((1.0 - memory) * share).clamp(1e-12, 1.0 - 1e-12);
    let (a, b) = (rate(1.0 - node.value), rate(node.value));
    [(1.0 - a).ln(), a.ln(), b.ln(), (1.0 - b).ln()]
}

/// A Metropolis walk.
struct Walk<'a> {
    evidence: &'a Evidence,
    at: Population,
    over_memories: Vec<f64>,
    log_posterior: f64,
    steps: [f64; PARAMETERS],
}

impl<'a> Walk<'a> {
    fn new(evidence: &'a Evidence, at: Population) -> Self {
        let over_memories = evidence.over_memories(&at);
        let log_posterior = at.log_prior() + evidence.log_likelihood(&at, &over_memories);
        Self {
            evidence,
            at,
            over_memories,
            log_posterior,
            steps: [1.0, 1.0, 1.0, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.1, 0.5],
        }
    }

    fn sweep(&mut self, random: &mut ChaCha8Rng, adapt: bool) {
        for which in 0..PARAMETERS {
            let mut there = self.at;
            there.parameters[which] += self.steps[which] * normal(random);
            let taken = self.propose(there, which == MEMORY || which == SPREAD, random);
            if adapt {
                // Where four in nine are taken, it stays.
                self.steps[which] *= if taken { 1.15 } else { 0.9 };
            }
        }
        // Shift and mean move together where the fixed points are hardly seen.
        for class in 0..2 {
            let mut there = self.at;
            let together = 0.3 * normal(random);
            there.parameters[MEAN[class]] += together;
            there.parameters[SHIFT[class]] += together;
            self.propose(there, false, random);
        }
        self.propose(Population { scatter: other(self.at.scatter, SCATTERS.len(), random), ..self.at }, false, random);
        self.propose(Population { tilt: other(self.at.tilt, TILTS.len(), random), ..self.at }, false, random);
    }

    fn propose(&mut self, there: Population, memories: bool, random: &mut ChaCha8Rng) -> bool {
        let prior = there.log_prior();
        if prior == f64::NEG_INFINITY {
            return false;
        }
        let over_memories = memories.then(|| self.evidence.over_memories(&there));
        let likelihood = self.evidence.log_likelihood(&there, over_memories.as_deref().unwrap_or(&self.over_memories));
        let taken = unit(random).ln() < prior + likelihood - self.log_posterior;
        if taken {
            (self.at, self.log_posterior) = (there, prior + likelihood);
            if let Some(over_memories) = over_memories {
                self.over_memories = over_memories;
            }
        }
        taken
    }
}

/// Another index, each as likely.
fn other(index: usize, among: usize, random: &mut ChaCha8Rng) -> usize {
    let step = 1 + (unit(random) * (among - 1) as f64) as usize;
    (index + step) % among
}

fn unit(random: &mut ChaCha8Rng) -> f64 {
    ((random.next_u64() >> 11) as f64 + 0.5) / (1u64 << 53) as f64
}

fn normal(random: &mut ChaCha8Rng) -> f64 {
    rand_distr::Distribution::<f64>::sample(&rand_distr::StandardNormal, random)
}
