//! A stopping policy as data: saved, shown as a table, looked up, reused on other questions.

use serde::{Deserialize, Serialize};

use super::config::{MarkovScaleConfig, Select};
use super::value::StopValue;
use super::watch::State;
use crate::methods::explanation::Reason;
use crate::methods::interface::DrawMode;
use crate::methods::learned::LearnedData;
use crate::posterior::AnswerModel;

/// Format of saved policies.
pub(super) const POLICY_VERSION: u32 = 1;

/// A saved policy that cannot be used.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum PolicyError {
    /// Written by a later version.
    #[error("the policy has version {found}, but this version of markovscale reads up to {POLICY_VERSION}; update it")]
    TooNew {
        /// Its version.
        found: u32,
    },
    /// Contents that no fit writes.
    #[error("the policy's {what} is {found}, expected {expected}; fit it again")]
    Malformed {
        /// Which part.
        what: &'static str,
        /// What stands there.
        found: String,
        /// What should.
        expected: &'static str,
    },
}

/// Where it is worth going on: while `from <= probability < below`. Under `from` the question is given up as hopeless;
/// from `below` on the answer is good enough.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Continuation {
    /// Lowest probability of the answer at which to go on.
    pub from: f64,
    /// Probability of the answer at which to stop.
    pub below: f64,
}

/// One row of a policy's table.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PolicyRow {
    /// Draws so far.
    pub draws: u32,
    /// The row is for this share or more of P(none) in P(the answer is wrong).
    pub share_from: f64,
    /// And for less than this share (the last level includes 1).
    pub share_below: f64,
    /// Where to go on; `None`: always stop.
    pub continuation: Option<Continuation>,
}

/// When to stop, fitted by backward induction on labelled questions.
///
/// The state is the number of draws, the probability of the answer that would be returned, and P(no answer seen is
/// right), all as the policy's own answer model states them. The lookup costs the same whatever the policy's size.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "RawPolicy")]
pub struct StoppingPolicy {
    pub(super) version: u32,
    pub(super) draws: DrawMode,
    pub(super) select: Select,
    pub(super) price: f64,
    pub(super) model: AnswerModel,
    pub(super) value: StopValue,
    pub(super) questions: u32,
    pub(super) expected_accuracy: f64,
    pub(super) expected_answers: f64,
    pub(super) levels: u32,
    /// By draws less one, then by level of the share. The horizon is one more than the rows.
    pub(super) rows: Vec<Vec<Option<Continuation>>>,
}

/// What is read before it is checked.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawPolicy {
    version: u32,
    draws: DrawMode,
    select: Select,
    price: f64,
    model: AnswerModel,
    value: StopValue,
    questions: u32,
    expected_accuracy: f64,
    expected_answers: f64,
    levels: u32,
    rows: Vec<Vec<Option<Continuation>>>,
}

impl TryFrom<RawPolicy> for StoppingPolicy {
    type Error = PolicyError;

    fn try_from(raw: RawPolicy) -> Result<Self, PolicyError> {
        let malformed = |what, found: String, expected| Err(PolicyError::Malformed { what, found, expected });
        if raw.version > POLICY_VERSION {
            return Err(PolicyError::TooNew { found: raw.version });
        }
        if raw.levels == 0 {
            return malformed("number of levels", raw.levels.to_string(), "at least 1");
        }
        if let Some(row) = raw.rows.iter().find(|row| row.len() != raw.levels as usize) {
            return malformed("row of thresholds", format!("{} entries long", row.len()), "one entry for each level");
        }
        let unit = |value: f64| (0.0..=1.0).contains(&value);
        let ordered = |range: &Continuation| unit(range.from) && unit(range.below) && range.from <= range.below;
        if let Some(range) = raw.rows.iter().flatten().flatten().find(|range| !ordered(range)) {
            return malformed(
                "range of probabilities",
                format!("{} to {}", range.from, range.below),
                "two probabilities, the smaller first",
            );
        }
        if !raw.value.is_finite() {
            return malformed("value of stopping", format!("{:?}", raw.value), "finite numbers");
        }
        Ok(Self {
            version: raw.version,
            draws: raw.draws,
            select: raw.select,
            price: raw.price,
            model: raw.model,
            value: raw.value,
            questions: raw.questions,
            expected_accuracy: raw.expected_accuracy,
            expected_answers: raw.expected_answers,
            levels: raw.levels,
            rows: raw.rows,
        })
    }
}

impl LearnedData for StoppingPolicy {
    const KIND: &'static str = "policy";
}

impl StoppingPolicy {
    /// Whether it was fitted for these draws and this `select`, and looks at no scores where none are to be looked at.
    pub fn suits(&self, config: &MarkovScaleConfig) -> bool {
        let seen = config.scores || self.model.emission.is_none();
        self.draws == config.draws && self.select == config.select && seen
    }

    /// Parallel draws or a chain.
    pub fn draws(&self) -> DrawMode {
        self.draws
    }

    /// The answer model whose probabilities the policy speaks of.
    pub fn model(&self) -> &AnswerModel {
        &self.model
    }

    /// What stopping was found to be worth.
    pub fn value(&self) -> StopValue {
        self.value
    }

    /// The budget it was fitted for.
    pub fn horizon(&self) -> u32 {
        u32::try_from(self.rows.len() + 1).unwrap_or(u32::MAX)
    }

    /// Price of a draw in accuracy.
    pub fn price(&self) -> f64 {
        self.price
    }

    /// Labelled questions that it rests on.
    pub fn questions(&self) -> u32 {
        self.questions
    }

    /// Accuracy and answers per question on the questions it was fitted on, which flatters it a little.
    pub fn in_sample(&self) -> (f64, f64) {
        (self.expected_accuracy, self.expected_answers)
    }

    /// Whether to stop after this many draws, when the answer that would be returned is right with `probability` and no
    /// answer seen is right with probability `none`. Beyond the horizon its last row holds; before the first draw there
    /// is nothing to stop with.
    pub fn stops_at(&self, draws: u32, probability: f64, none: f64) -> bool {
        draws > 0 && self.stops(draws as usize, State { probability, none })
    }

    pub(super) fn stops(&self, draws: usize, state: State) -> bool {
        self.reason(draws, state).stops()
    }

    /// Whether to stop, and the range of probabilities that says so.
    pub(super) fn reason(&self, draws: usize, state: State) -> Reason {
        let row = self.rows.get(draws.saturating_sub(1)).or(self.rows.last());
        let range = row.and_then(|row| *row.get(level(state.share(), row.len()))?);
        let probability = state.probability;
        let stops = range.is_none_or(|range| probability < range.from || probability >= range.below);
        Reason::Policy {
            probability,
            from: range.map(|range| range.from),
            below: range.map(|range| range.below),
            stops,
        }
    }

    /// The whole policy, one row for each number of draws and level of P(none).
    pub fn table(&self) -> Vec<PolicyRow> {
        let edge = |level: usize| level as f64 / f64::from(self.levels);
        let row = |(index, row): (usize, &Vec<Option<Continuation>>)| {
            let draws = u32::try_from(index + 1).unwrap_or(u32::MAX);
            let rows = row.iter().enumerate().map(move |(level, continuation)| PolicyRow {
                draws,
                share_from: edge(level),
                share_below: edge(level + 1),
                continuation: *continuation,
            });
            rows.collect::<Vec<_>>()
        };
        self.rows.iter().enumerate().flat_map(row).collect()
    }
}

/// Which of `levels` equal parts of [0, 1] a share falls in.
pub(super) fn level(share: f64, levels: usize) -> usize {
    ((share * levels as f64) as usize).min(levels.saturating_sub(1))
}
