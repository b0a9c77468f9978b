//! A regime's outcomes pooled over seeds, and the statistics of them.
//!
//! Every question has one outcome, right or wrong, so differences are tested by McNemar's exact test. Questions of one
//! seed share fitted parameters; the question bootstrap takes them as independent.

use markovscale::Interval;
use markovscale::statistics::{
    Candidate, Membership, ReachRatio, Resampler, StatisticsError, Target, accuracy_interval, difference_interval,
    frontier_membership, holm, mcnemar, reach_ratio,
};

use super::lineup::{Entry, Role};
use super::population::{BUDGETS, Outcome, Outcomes};

const RESAMPLES: usize = 1000;
const SEED: u64 = 2026;

/// One configuration at one budget over all questions.
pub(crate) struct Cell {
    pub(crate) accuracies: Vec<f64>,
    pub(crate) tokens: Vec<f64>,
    pub(crate) mean_tokens: f64,
    pub(crate) mean_answers: f64,
    pub(crate) accuracy: Interval,
}

impl Cell {
    fn new<'a>(outcomes: impl Iterator<Item = &'a Outcome>, resampler: &Resampler) -> Result<Self, StatisticsError> {
        let outcomes: Vec<&Outcome> = outcomes.collect();
        let accuracies: Vec<f64> = outcomes.iter().map(|outcome| f64::from(u8::from(outcome.right))).collect();
        let tokens: Vec<f64> = outcomes.iter().map(|outcome| outcome.tokens as f64).collect();
        let accuracy = accuracy_interval(&accuracies, resampler)?;
        let answers: f64 = outcomes.iter().map(|outcome| f64::from(outcome.answers)).sum();
        let count = outcomes.len() as f64;
        let mean_tokens = tokens.iter().sum::<f64>() / count;
        Ok(Self { accuracies, mean_tokens, mean_answers: answers / count, accuracy, tokens })
    }

    fn candidate(&self) -> Candidate<'_> {
        Candidate { costs: &self.tokens, accuracies: &self.accuracies }
    }

    fn difference(&self, other: &Self, resampler: &Resampler) -> Result<Difference, StatisticsError> {
        let right = |cell: &Self| cell.accuracies.iter().map(|&value| value > 0.5).collect::<Vec<bool>>();
        Ok(Difference {
            interval: difference_interval(&self.accuracies, &other.accuracies, resampler)?,
            p_value: mcnemar(&right(self), &right(other))?.p_value,
        })
    }
}

/// A paired difference in accuracy; `p_value` is Holm-corrected over its table once the table is made.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Difference {
    pub(crate) interval: Interval,
    pub(crate) p_value: f64,
}

/// A regime's results.
pub(crate) struct Results<'a> {
    pub(crate) entries: &'a [Entry],
    /// By configuration and budget.
    pub(crate) cells: Vec<Vec<Cell>>,
    /// On the frontier of all configurations and budgets but upper bounds; `None` for those.
    pub(crate) memberships: Vec<Vec<Option<Membership>>>,
    resampler: Resampler,
}

/// Where a MarkovScale configuration stands at a budget.
pub(crate) struct Standing {
    pub(crate) label: String,
    pub(crate) budget: u32,
    pub(crate) accuracy: Interval,
    pub(crate) mean_tokens: f64,
    pub(crate) membership: Membership,
    /// The best baseline that spends no more tokens, and the difference to it.
    pub(crate) baseline: (String, Difference),
    /// The difference to the best random mixture of two baselines that spends as many tokens.
    pub(crate) mixture: Interval,
}

/// What a MarkovScale configuration spends, relative to a reference, until it is as accurate as the reference at best.
pub(crate) struct Reached {
    pub(crate) label: String,
    pub(crate) to_majority: ReachRatio,
    pub(crate) to_best_of_n: ReachRatio,
}

impl<'a> Results<'a> {
    /// Pools the seeds, in their order.
    pub(crate) fn new<'b>(
        entries: &'a [Entry],
        seeds: impl Iterator<Item = &'b Outcomes> + Clone,
    ) -> Result<Self, StatisticsError> {
        let questions = seeds.clone().map(|outcomes| outcomes[0][0].len()).sum();
        let resampler = Resampler::new(questions, RESAMPLES, SEED)?;
        let cells = cells(entries.len(), seeds, &resampler)?;
        let ranked = |entry: &Entry| entry.role != Role::UpperBound;
        let candidates: Vec<Candidate<'_>> = entries
            .iter()
            .zip(&cells)
            .filter(|(entry, _)| ranked(entry))
            .flat_map(|(_, cells)| cells.iter().map(Cell::candidate))
            .collect();
        let mut members = frontier_membership(&candidates, &resampler)?.into_iter();
        let memberships = entries
            .iter()
            .map(|entry| BUDGETS.iter().map(|_| if ranked(entry) { members.next() } else { None }).collect())
            .collect();
        Ok(Self { entries, cells, memberships, resampler })
    }

    /// Differences of every configuration at every budget to self-consistency and to best-of-n at the same budget,
    /// Holm-corrected together. `None` for upper bounds and for a method against itself.
    pub(crate) fn differences(&self) -> Result<Vec<Vec<[Option<Difference>; 2]>>, StatisticsError> {
        let references = self.references();
        let mut rows = Vec::new();
        for (number, entry) in self.entries.iter().enumerate() {
            let mut row = Vec::new();
            for budget in 0..BUDGETS.len() {
                let to = |reference: Option<usize>| match reference {
                    Some(reference) if reference != number && entry.role != Role::UpperBound => {
                        let (left, right) = (&self.cells[number][budget], &self.cells[reference][budget]);
                        left.difference(right, &self.resampler).map(Some)
                    }
                    _ => Ok(None),
                };
                row.push([to(references[0])?, to(references[1])?]);
            }
            rows.push(row);
        }
        correct(rows.iter_mut().flatten().flatten().flatten());
        Ok(rows)
    }

    /// Self-consistency and best-of-n.
    fn references(&self) -> [Option<usize>; 2] {
        let place = |name: &str| self.entries.iter().position(|entry| entry.config.name() == name);
        [place("self_consistency"), place("best_of_n")]
    }

    fn cells_of(&self, role: Role) -> impl Iterator<Item = (&Entry, usize, &Cell)> {
        self.entries
            .iter()
            .zip(&self.cells)
            .filter(move |(entry, _)| entry.role == role)
            .flat_map(|(entry, cells)| cells.iter().enumerate().map(move |(budget, cell)| (entry, budget, cell)))
    }

    /// Where every MarkovScale configuration stands among the baselines. The baselines are chosen by the very numbers
    /// they are compared with, which favours them.
    pub(crate) fn standings(&self) -> Result<Vec<Standing>, StatisticsError> {
        let mut standings = Vec::new();
        for (number, entry) in self.entries.iter().enumerate().filter(|(_, entry)| entry.leading()) {
            for (budget, cell) in self.cells[number].iter().enumerate() {
                let Some(membership) = self.memberships[number][budget] else { continue };
                let affordable = self
                    .cells_of(Role::Baseline)
                    .filter(|(_, _, other)| other.mean_tokens <= cell.mean_tokens * (1.0 + 1e-9));
                let best = affordable.fold(None, |best: Option<(&Entry, usize, &Cell)>, other| match best {
                    Some(best) if best.2.accuracy.point >= other.2.accuracy.point => Some(best),
                    _ => Some(other),
                });
                // Nothing is cheaper than one answer; where it is by chance, it is the comparison.
                let Some((baseline, at, other)) = best.or_else(|| self.cells_of(Role::Baseline).next()) else {
                    continue;
                };
                let name = match baseline.config.method().most_answers() {
                    Some(1) => baseline.label.clone(),
                    _ => format!("{} at {}", baseline.label, BUDGETS[at].0),
                };
                standings.push(Standing {
                    label: entry.label.clone(),
                    budget: BUDGETS[budget].0,
                    accuracy: cell.accuracy,
                    mean_tokens: cell.mean_tokens,
                    membership,
                    baseline: (name, cell.difference(other, &self.resampler)?),
                    mixture: self.against_mixture(cell)?,
                });
            }
        }
        correct(standings.iter_mut().map(|standing| &mut standing.baseline.1));
        Ok(standings)
    }

    /// Answering a random share of the questions with a dearer baseline and the rest with a cheaper one attains every
    /// point on the line between the two: the best such point that costs no more than `cell`.
    fn against_mixture(&self, cell: &Cell) -> Result<Interval, StatisticsError> {
        let baselines: Vec<&Cell> = self.cells_of(Role::Baseline).map(|(_, _, cell)| cell).collect();
        let mut best: Option<(f64, f64, &Cell, &Cell)> = None;
        for &cheap in baselines.iter().filter(|cheap| cheap.mean_tokens <= cell.mean_tokens * (1.0 + 1e-9)) {
            for &dear in &baselines {
                let span = dear.mean_tokens - cheap.mean_tokens;
                let share =
                    if span > 0.0 { ((cell.mean_tokens - cheap.mean_tokens) / span).clamp(0.0, 1.0) } else { 0.0 };
                let accuracy = (1.0 - share) * cheap.accuracy.point + share * dear.accuracy.point;
                if best.is_none_or(|(most, ..)| accuracy > most) {
                    best = Some((accuracy, share, cheap, dear));
                }
            }
        }
        let Some((_, share, cheap, dear)) = best else {
            return difference_interval(&cell.accuracies, &cell.accuracies, &self.resampler);
        };
        let pairs = cheap.accuracies.iter().zip(&dear.accuracies);
        let mixed: Vec<f64> = pairs.map(|(cheap, dear)| (1.0 - share) * cheap + share * dear).collect();
        difference_interval(&cell.accuracies, &mixed, &self.resampler)
    }

    /// Tokens to the best accuracy of self-consistency and of best-of-n, as ratios. Every curve starts with one answer.
    pub(crate) fn reaches(&self) -> Result<Vec<Reached>, StatisticsError> {
        let single = self.entries.iter().position(|entry| entry.config.name() == "single");
        let curve = |number: usize| {
            let single = single.map(|single| self.cells[single][0].candidate());
            single.into_iter().chain(self.cells[number].iter().map(Cell::candidate)).collect::<Vec<_>>()
        };
        let [Some(majority), Some(best_of_n)] = self.references() else { return Ok(Vec::new()) };
        let leading = self.entries.iter().enumerate().filter(|(_, entry)| entry.leading());
        leading
            .map(|(number, entry)| {
                let reach = |reference| {
                    reach_ratio(&curve(number), &curve(reference), Target::BestOfReference, &self.resampler)
                };
                Ok(Reached {
                    label: entry.label.clone(),
                    to_majority: reach(majority)?,
                    to_best_of_n: reach(best_of_n)?,
                })
            })
            .collect()
    }
}

/// What tuning on the test questions adds, by configuration and budget.
pub(crate) struct Leaks {
    pub(crate) rows: Vec<LeakRow>,
}

/// One configuration at one budget.
pub(crate) struct LeakRow {
    pub(crate) label: String,
    pub(crate) budget: u32,
    /// Accuracy: cross-fitted; fitted on as many other questions; fitted on the test questions.
    pub(crate) accuracies: [f64; 3],
    /// Tuned on the test questions less tuned on as many others, which is the leak alone.
    pub(crate) leak: Difference,
    /// Tuned on the test questions less cross-fitted, which also has more questions to learn from.
    pub(crate) against_cross_fit: Difference,
}

impl Leaks {
    /// Compares three ways of tuning.
    pub(crate) fn new<'b>(
        results: &Results<'_>,
        entries: &[Entry],
        itself: impl Iterator<Item = &'b Outcomes> + Clone,
        others: impl Iterator<Item = &'b Outcomes> + Clone,
    ) -> Result<Self, StatisticsError> {
        let resampler = &results.resampler;
        let (itself, others) = (cells(entries.len(), itself, resampler)?, cells(entries.len(), others, resampler)?);
        let mut rows = Vec::new();
        for (number, entry) in entries.iter().enumerate() {
            let Some(fair) = results.entries.iter().position(|fair| fair.label == entry.label) else { continue };
            for (place, budget) in BUDGETS.iter().enumerate() {
                let [fair, other, leaking] =
                    [&results.cells[fair][place], &others[number][place], &itself[number][place]];
                rows.push(LeakRow {
                    label: entry.label.clone(),
                    budget: budget.0,
                    accuracies: [fair, other, leaking].map(|cell| cell.accuracy.point),
                    leak: leaking.difference(other, resampler)?,
                    against_cross_fit: leaking.difference(fair, resampler)?,
                });
            }
        }
        correct(rows.iter_mut().flat_map(|row| [&mut row.leak, &mut row.against_cross_fit]));
        Ok(Self { rows })
    }
}

fn cells<'b>(
    entries: usize,
    seeds: impl Iterator<Item = &'b Outcomes> + Clone,
    resampler: &Resampler,
) -> Result<Vec<Vec<Cell>>, StatisticsError> {
    let of_entry = |number: usize| {
        let of_budget =
            |budget: usize| Cell::new(seeds.clone().flat_map(|outcomes| &outcomes[number][budget]), resampler);
        (0..BUDGETS.len()).map(of_budget).collect()
    };
    (0..entries).map(of_entry).collect()
}

/// Holm's correction, in place.
fn correct<'b>(differences: impl Iterator<Item = &'b mut Difference>) {
    let differences: Vec<&mut Difference> = differences.collect();
    let corrected = holm(&differences.iter().map(|difference| difference.p_value).collect::<Vec<_>>());
    differences.into_iter().zip(corrected).for_each(|(difference, p_value)| difference.p_value = p_value);
}
