//! `difficulty_adaptive_sc` (DSC): easy questions get one draw, the others ASC in growing windows; the most frequent class
//! (arXiv 2408.13457).
//!
//! 1. The dataset's questions are ranked by a difficulty that costs something or is public ([`DifficultySource`],
//!    [`rank`]).
//! 2. A binary search looks for the place where the first `judge_window` draws stop being unanimous ([`partition`]).
//!    Questions below it are easy. It asks about `log2(questions)` of them, whose windows are then paid for.
//! 3. An easy question takes one draw (a probed one has taken its window); any other takes its window of `judge_window`,
//!    then `extend_window` more at a time, and stops when all drawn so far pass the `beta` test of
//!    [`adaptive_sc`](super::adaptive_sc) at `confidence`, at N otherwise.
//!
//! Windows grow by a fixed step, as in the authors' code: the test sees the first 5, 9, 13, ... draws. The paper sizes a
//! hard question's first window by what questions of similar difficulty needed before it; that makes a question's cost
//! depend on the order of the others, so here it is `judge_window`. A window with a missing or cut-off answer is not
//! unanimous. A question whose place in the ranking is not known, as when one is solved alone, is treated as hard.
//!
//! Step 1 and 2 are over the dataset, before any question is answered: they give each question its own budget ([`Allocation`]),
//! which is all that a session has to know. Published code ranks by the mean score of all 64 draws, most of which it never
//! pays for; that is a look at the future and cannot be expressed here.
//!
//! `legacy`: raw strings are compared and vote, missing answers among them.

use std::sync::Arc;

use super::adaptive_sc::boundary::Boundary;
use super::common::{Chooser, UpToBudget};
use super::early_stopping_sc::Agreement;
pub use super::interface::DifficultySource;
use super::interface::{Allocation, Budget, Choice, Draw, DrawMode, Method, QuestionContext, Session};
use super::spec::{MethodSpec, ParameterKind, Parameters, Specified, new, parameters};
use super::votes::MostFrequent;

parameters! {
    /// Parameters of `difficulty_adaptive_sc`.
    pub struct DifficultyAdaptiveConfig {
        /// What ranks the questions, and is paid for; `first_score` needs a verifier.
        difficulty: DifficultySource = DifficultySource::Judge, ParameterKind::Words(DifficultySource::NAMES);
        /// Draws that must agree for a question to look easy, and a hard question's first window.
        judge_window: u32 = 5, ParameterKind::DRAWS;
        /// Draws added between tests.
        extend_window: u32 = 4, ParameterKind::DRAWS;
        /// Probability that the leader is the majority at which drawing stops; 1 is never reached.
        confidence: f64 = 0.95, ParameterKind::PROBABILITY;
        /// As published code: raw strings vote, and so do missing answers.
        legacy: bool = false, ParameterKind::Flag;
    }
}

impl DifficultyAdaptiveConfig {
    /// Draws that probing a question takes: `judge_window`, or the budget where that is smaller.
    pub fn probed_draws(&self, budget: Budget) -> u32 {
        self.judge_window.clamp(1, budget.0.max(1))
    }

    /// Whether a question's first draws look easy: its window under this budget is full and agrees.
    pub fn unanimous(&self, draws: &[Draw], budget: Budget) -> bool {
        let window = self.probed_draws(budget) as usize;
        let mut agreement = Agreement::new(self.legacy);
        draws.iter().take(window).for_each(|draw| agreement.see(draw));
        draws.len() >= window && agreement.unanimous()
    }
}

/// Where a question stands after the dataset is ranked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Triage {
    /// Whether it is on the easy side of the boundary.
    pub easy: bool,
    /// Whether the search for the boundary looked at its first `judge_window` draws, which it then pays for.
    pub probed: bool,
}

/// Which questions are easy, and which were looked at to find out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Partition {
    /// Per question, in the order of the difficulties that were ranked.
    pub triage: Vec<Triage>,
    /// How many questions were probed.
    pub probed: usize,
}

/// Question indices from the easiest to the hardest.
///
/// Ties keep the order given, so a caller whose result must not depend on the order of the dataset lists its questions by
/// id. Unknown difficulties (and those that are not numbers) rank hardest: they are never called easy on no evidence
/// unless everything is.
pub fn rank(difficulties: &[Option<f64>]) -> Vec<usize> {
    let known = |index: usize| difficulties[index].filter(|difficulty| !difficulty.is_nan());
    let mut order: Vec<usize> = (0..difficulties.len()).collect();
    order.sort_by(|&left, &right| match (known(left), known(right)) {
        (Some(left), Some(right)) => (left + 0.0).total_cmp(&(right + 0.0)),
        (left, right) => right.is_some().cmp(&left.is_some()),
    });
    order
}

/// Binary search along a ranking (easiest first) for the first question whose draws are not unanimous; those before it
/// are easy. `unanimous` is asked about `ceil(log2(n + 1))` questions at most, each once, and each is marked as probed.
///
/// Unanimity need not fall monotonically with rank: the search finds one place where it changes, as the published one does.
pub fn partition(ranked: &[usize], mut unanimous: impl FnMut(usize) -> bool) -> Partition {
    let mut triage =
        vec![Triage { easy: false, probed: false }; ranked.iter().map(|index| index + 1).max().unwrap_or(0)];
    let mut probed = 0;
    let (mut easy, mut open) = (0, ranked.len());
    while easy < open {
        let middle = easy.midpoint(open);
        let question = ranked[middle];
        probed += 1;
        triage[question].probed = true;
        if unanimous(question) {
            easy = middle + 1;
        } else {
            open = middle;
        }
    }
    for &question in &ranked[..easy] {
        triage[question].easy = true;
    }
    Partition { triage, probed }
}

/// The method as data.
pub const SPEC: MethodSpec = MethodSpec {
    name: "difficulty_adaptive_sc",
    about: "DSC: one draw for questions that rank as easy, ASC in growing windows for the others",
    source: "arXiv 2408.13457",
    parameters: DifficultyAdaptiveConfig::PARAMETERS,
    learns: None,
    new: new::<DifficultyAdaptiveConfig>,
};

impl Specified for DifficultyAdaptiveConfig {
    const SPEC: &'static MethodSpec = &SPEC;

    fn method(self) -> Arc<dyn Method> {
        Arc::new(DifficultyAdaptive { config: self })
    }
}

/// One draw for easy questions, growing windows for the others.
#[derive(Debug, Clone, Copy, Default)]
pub struct DifficultyAdaptive {
    /// Parameters.
    pub config: DifficultyAdaptiveConfig,
}

impl Method for DifficultyAdaptive {
    fn draws(&self) -> DrawMode {
        DrawMode::Parallel
    }

    /// No session reads a score: those of `first_score` are part of the ranking, whose cost the caller adds.
    fn uses_scores(&self) -> bool {
        false
    }

    fn allocation(&self) -> Option<&dyn Allocation> {
        Some(self)
    }

    fn session<'a>(&'a self, _question: &QuestionContext<'a>, budget: Budget) -> Box<dyn Session + 'a> {
        let config = self.config;
        let windows = GrowingWindows {
            majority: MostFrequent::new(config.legacy),
            boundary: Boundary::new(config.confidence),
            next_test: config.probed_draws(budget),
            extend: config.extend_window.max(1),
            seen: 0,
            settled: false,
        };
        Box::new(UpToBudget::new(windows, self.draws(), budget))
    }
}

impl Allocation for DifficultyAdaptive {
    fn difficulty(&self) -> DifficultySource {
        self.config.difficulty
    }

    /// One draw for an easy question, its window where it was probed, and the whole budget for any other.
    fn budgets(&self, difficulties: &[Option<f64>], budget: Budget, draws: &dyn Fn(usize) -> Vec<Draw>) -> Vec<Budget> {
        let found = partition(&rank(difficulties), |question| self.config.unanimous(&draws(question), budget));
        let of = |triage: Triage| match triage {
            Triage { easy: true, probed: false } => budget.min(Budget(1)),
            Triage { easy: true, probed: true } => budget.min(Budget(self.config.probed_draws(budget))),
            Triage { easy: false, .. } => budget,
        };
        found.triage.into_iter().map(of).collect()
    }
}

/// The majority of all draws, tested at the end of every window.
#[derive(Debug)]
struct GrowingWindows {
    majority: MostFrequent,
    boundary: Boundary,
    /// Draws at which the next window ends.
    next_test: u32,
    extend: u32,
    seen: u32,
    settled: bool,
}

impl Chooser for GrowingWindows {
    fn see(&mut self, index: usize, draw: &Draw) {
        self.majority.see(index, draw);
        self.seen = self.seen.saturating_add(1);
        self.settled = false;
        if self.seen >= self.next_test {
            self.next_test = self.next_test.saturating_add(self.extend);
            let (leader, runner_up) = self.majority.0.top_two();
            self.settled = self.boundary.reached(leader, runner_up);
        }
    }

    fn choice(&self) -> Choice {
        self.majority.choice()
    }

    fn settled(&self) -> bool {
        self.settled
    }
}
