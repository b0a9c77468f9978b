//! What the methods share: which answers count, and sessions that draw up to the budget and then choose.

use super::interface::{Budget, Choice, ClassId, Decision, Draw, DrawMode, Session};

/// How much a draw counts as an answer. Ordered: a choice is made among the highest standing present.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Standing {
    /// No answer at all; never returned.
    Missing,
    /// Cut off by the token limit after something that reads like an answer; returned only when nothing else exists.
    CutOff,
    /// An answer.
    Answered,
}

/// The standing of a draw. The one place that decides which answers count.
pub fn standing(draw: &Draw) -> Standing {
    match (draw.class, draw.cut_off) {
        (None, _) => Standing::Missing,
        (Some(_), true) => Standing::CutOff,
        (Some(_), false) => Standing::Answered,
    }
}

/// The class of a draw that counts as an answer; `None` for a missing or cut-off one.
pub fn answered_class(draw: &Draw) -> Option<ClassId> {
    draw.class.filter(|_| standing(draw) == Standing::Answered)
}

/// The draws' indices from the best to the worst, as `best_of_n` ranks them: answers before cut-off ones before missing
/// ones; within those, scored before unscored, higher score first, earlier draw first.
pub fn rank_by_score(draws: &[Draw]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..draws.len()).collect();
    // A stable sort keeps the earlier draw first among equals.
    order.sort_by(|&left, &right| merit(&draws[right]).cmp(&merit(&draws[left])));
    order
}

/// What `best_of_n` compares: standing, whether scored, score.
fn merit(draw: &Draw) -> (Standing, Option<Score>) {
    (standing(draw), draw.score.filter(|score| !score.is_nan()).map(|score| Score(score + 0.0)))
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
pub(super) trait Chooser {
    /// One more draw, the one at this index.
    fn see(&mut self, index: usize, draw: &Draw);
    /// The choice among the draws seen.
    fn choice(&self) -> Choice;
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
pub(super) struct HighestScore(Option<((Standing, Option<Score>), usize)>);

impl Chooser for HighestScore {
    fn see(&mut self, index: usize, draw: &Draw) {
        let merit = merit(draw);
        if merit.0 > Standing::Missing && self.0.is_none_or(|(highest, _)| merit > highest) {
            self.0 = Some((merit, index));
        }
    }

    fn choice(&self) -> Choice {
        self.0.map_or(Choice::Missing, |(_, index)| Choice::Draw(index))
    }
}

/// Votes of one class.
#[derive(Debug, Clone, Copy)]
struct Votes {
    class: ClassId,
    count: usize,
    first: usize,
}

/// The most frequent class; cut-off answers vote only while there is no other. Ties go to the class seen first.
#[derive(Debug, Default)]
pub(super) struct MostFrequent {
    votes: Vec<Votes>,
    leader: Option<Votes>,
    highest: Option<Standing>,
}

impl Chooser for MostFrequent {
    fn see(&mut self, index: usize, draw: &Draw) {
        let standing = standing(draw);
        let Some(class) = draw.class.filter(|_| self.highest.is_none_or(|highest| standing >= highest)) else {
            return;
        };
        if self.highest.is_some_and(|highest| standing > highest) {
            // The first real answer: what was cut off before it does not vote.
            (self.votes, self.leader) = (Vec::new(), None);
        }
        self.highest = Some(standing);
        let votes = match self.votes.iter_mut().find(|votes| votes.class == class) {
            Some(votes) => {
                votes.count += 1;
                *votes
            }
            None => {
                let votes = Votes { class, count: 1, first: index };
                self.votes.push(votes);
                votes
            }
        };
        let leads = |leader: Votes| (votes.count, leader.first) > (leader.count, votes.first);
        if self.leader.is_none_or(leads) {
            self.leader = Some(votes);
        }
    }

    fn choice(&self) -> Choice {
        self.leader.map_or(Choice::Missing, |leader| Choice::Draw(leader.first))
    }
}

/// Draws up to the budget, then returns what the chooser says.
#[derive(Debug)]
pub(super) struct FixedBudget<C> {
    chooser: C,
    draws: DrawMode,
    budget: Budget,
    /// Draws already shown to the chooser.
    known: usize,
}

impl<C: Chooser> FixedBudget<C> {
    pub(super) fn new(chooser: C, draws: DrawMode, budget: Budget) -> Self {
        Self { chooser, draws, budget, known: 0 }
    }
}

impl<C: Chooser> Session for FixedBudget<C> {
    fn next(&mut self, seen: &[Draw]) -> Decision {
        for (index, draw) in seen.iter().enumerate().skip(self.known) {
            self.chooser.see(index, draw);
        }
        self.known = seen.len();
        if seen.len() >= self.budget.0 as usize { Decision::Stop(self.chooser.choice()) } else { ask(self.draws, seen) }
    }
}

/// What asks for one more answer of this mode. A chain starts with a plain draw.
pub(super) fn ask(draws: DrawMode, seen: &[Draw]) -> Decision {
    match draws {
        DrawMode::Sequential | DrawMode::Refine if !seen.is_empty() => Decision::ReAnswer,
        DrawMode::Forced if !seen.is_empty() => Decision::Continue,
        DrawMode::Parallel | DrawMode::Sequential | DrawMode::Refine | DrawMode::Forced => Decision::Draw,
    }
}
