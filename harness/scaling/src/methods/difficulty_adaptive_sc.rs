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
//! Step 1 and 2 are over the dataset and are done by whoever drives the method, with the functions of this file; a session
//! only obeys the resulting [`Triage`]. Published code ranks by the mean score of all 64 draws, most of which it never
//! pays for; that is a look at the future and cannot be expressed here.
//!
//! `legacy`: raw strings are compared and vote, missing answers among them.

use serde::Serialize;

use super::adaptive_sc::boundary::Boundary;
use super::common::{Chooser, UpToBudget};
use super::early_stopping_sc::Agreement;
use super::interface::{Budget, Choice, Draw, DrawMode, Method, QuestionContext, Session};
use super::learned::Triage;
use super::votes::MostFrequent;

/// Where the difficulty of a question comes from, and what it costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DifficultySource {
    /// The level that the dataset itself states: free, where there is one.
    DatasetLevel,
    /// The backbone's own rating: its prompt and completion tokens are paid for, for every question.
    Judge,
    /// One minus the verifier's score of the first draw: that draw and its score are paid for, for every question.
    FirstScore,
}

impl DifficultySource {
    /// The name used in configs and labels.
    pub fn name(self) -> &'static str {
        match self {
            Self::DatasetLevel => "dataset_level",
            Self::Judge => "judge",
            Self::FirstScore => "first_score",
        }
    }
}

/// Parameters of `difficulty_adaptive_sc`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct DifficultyAdaptiveConfig {
    /// What the ranking is made from (default `judge`).
    pub difficulty: DifficultySource,
    /// Draws that must agree for a question to look easy, and the first window of a hard one; at least 1 (default 5).
    pub judge_window: u32,
    /// Draws added between tests, at least 1 (default 4).
    pub extend_window: u32,
    /// Probability at which it stops, in [0, 1] (default 0.95); 1 is never reached.
    pub confidence: f64,
    /// Compare and vote as the published code does (default false).
    pub legacy: bool,
}

impl Default for DifficultyAdaptiveConfig {
    fn default() -> Self {
        let difficulty = DifficultySource::Judge;
        Self { difficulty, judge_window: 5, extend_window: 4, confidence: 0.95, legacy: false }
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

    fn session<'a>(&'a self, question: &QuestionContext<'a>, budget: Budget) -> Box<dyn Session + 'a> {
        let config = self.config;
        let window = config.probed_draws(budget);
        let budget = match question.triage {
            Some(Triage { easy: true, probed: false }) => budget.min(Budget(1)),
            Some(Triage { easy: true, probed: true }) => budget.min(Budget(window)),
            _ => budget,
        };
        let windows = GrowingWindows {
            majority: MostFrequent::new(config.legacy),
            boundary: Boundary::new(config.confidence),
            next_test: window,
            extend: config.extend_window.max(1),
            seen: 0,
            settled: false,
        };
        Box::new(UpToBudget::new(windows, self.draws(), budget))
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
