//! What the methods share: which answers count, and sessions that draw until a rule or the budget stops them and then
//! choose.

use super::interface::{Budget, Choice, Decision, Draw, DrawMode, Session};

pub use crate::draw::{Standing, answered_class, standing};

/// The draws' indices from the best to the worst, as `best_of_n` ranks them: answers before cut-off ones before missing
/// ones; within those, scored before unscored, higher score first, earlier draw first.
pub fn rank_by_score(draws: &[Draw]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..draws.len()).collect();
    // A stable sort keeps the earlier draw first among equals.
    order.sort_by(|&left, &right| merit(&draws[right]).cmp(&merit(&draws[left])));
    order
}

/// The same as published code ranks: by score alone, whether or not there is an answer.
pub fn rank_by_score_alone(draws: &[Draw]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..draws.len()).collect();
    order.sort_by(|&left, &right| score(&draws[right]).cmp(&score(&draws[left])));
    order
}

/// What `best_of_n` compares: standing, whether scored, score.
fn merit(draw: &Draw) -> (Standing, Option<Score>) {
    (standing(draw), score(draw))
}

/// The score that a draw is ranked by.
fn score(draw: &Draw) -> Option<Score> {
    draw.score.filter(|score| !score.is_nan()).map(|score| Score(score + 0.0))
}

/// A score that is a number, in total order. `None` is less than every score.
#[derive(Debug, Clone, Copy)]
struct Score(f64);

impl Ord for Score {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.total_cmp(&other.0)
    }
}

impl PartialOrd for Score {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Score {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Score {}

/// Looks at each draw once and can say at any time what it would return.
pub(super) trait Chooser: Send {
    /// One more draw, the one at this index.
    fn see(&mut self, index: usize, draw: &Draw);
    /// The choice among the draws seen.
    fn choice(&self) -> Choice;
    /// Whether it stops before the budget. Asked after every draw, never before the first.
    fn settled(&self) -> bool {
        false
    }
}

/// The last answer.
#[derive(Debug, Default)]
pub(super) struct LastAnswer(Option<(Standing, usize)>);

impl Chooser for LastAnswer {
    fn see(&mut self, index: usize, draw: &Draw) {
        let standing = standing(draw);
        if standing > Standing::Missing && self.0.is_none_or(|(highest, _)| standing >= highest) {
            self.0 = Some((standing, index));
        }
    }

    fn choice(&self) -> Choice {
        self.0.map_or(Choice::Missing, |(_, index)| Choice::Draw(index))
    }
}

/// The answer with the highest score; draws without a score rank below scored ones, ties go to the earlier draw.
#[derive(Debug, Default)]
pub(super) struct HighestScore {
    highest: Option<((Standing, Option<Score>), usize)>,
    /// As published code: a draw without an answer can have the highest score, and is then returned.
    legacy: bool,
}

impl HighestScore {
    pub(super) fn new(legacy: bool) -> Self {
        Self { highest: None, legacy }
    }
}

impl Chooser for HighestScore {
    fn see(&mut self, index: usize, draw: &Draw) {
        let merit = if self.legacy { (Standing::Answered, score(draw)) } else { merit(draw) };
        if merit.0 > Standing::Missing && self.highest.is_none_or(|(highest, _)| merit > highest) {
            self.highest = Some((merit, index));
        }
    }

    fn choice(&self) -> Choice {
        self.highest.map_or(Choice::Missing, |(_, index)| Choice::Draw(index))
    }
}

/// Draws until the chooser is settled or the budget is spent, then returns what the chooser says.
#[derive(Debug)]
pub(super) struct UpToBudget<C> {
    chooser: C,
    draws: DrawMode,
    budget: Budget,
    /// Draws already shown to the chooser.
    known: usize,
    /// Answers among them: critiques count as none.
    answers: u32,
}

impl<C: Chooser> UpToBudget<C> {
    pub(super) fn new(chooser: C, draws: DrawMode, budget: Budget) -> Self {
        Self { chooser, draws, budget, known: 0, answers: 0 }
    }
}

impl<C: Chooser> Session for UpToBudget<C> {
    fn next(&mut self, seen: &[Draw]) -> Decision {
        for (index, draw) in seen.iter().enumerate().skip(self.known) {
            self.chooser.see(index, draw);
            self.answers = self.answers.saturating_add(u32::from(draw.critique.is_none()));
        }
        self.known = seen.len();
        let spent = self.answers >= self.budget.0;
        if spent || (!seen.is_empty() && self.chooser.settled()) {
            Decision::Stop(self.chooser.choice())
        } else {
            Decision::request(self.draws, seen)
        }
    }
}
