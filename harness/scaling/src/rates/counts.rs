//! Chains with known correctness, and their transition counts.

use serde::{Deserialize, Serialize};

/// The chains of one question as correctness by round: round 0 is the first answer, each further round a re-answer. A
/// missing or cut-off answer is wrong. Chains may differ in length, and may be empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LabelledChains {
    /// The chains.
    pub chains: Vec<Vec<bool>>,
    /// Difficulty where the dataset gives one.
    pub level: Option<u32>,
}

impl LabelledChains {
    /// Chains without a difficulty.
    pub fn new(chains: Vec<Vec<bool>>) -> Self {
        Self { chains, level: None }
    }

    /// Only rounds below `rounds`.
    pub fn first_rounds(&self, rounds: usize) -> Self {
        let chains = self.chains.iter().map(|chain| chain[..chain.len().min(rounds)].to_vec()).collect();
        Self { chains, level: self.level }
    }
}

/// How often a chain stayed in each state and left it. A transition is a pair of rounds that follow each other.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TransitionCounts {
    /// Right, and right again.
    pub right_to_right: u32,
    /// Right, then wrong.
    pub right_to_wrong: u32,
    /// Wrong, then right.
    pub wrong_to_right: u32,
    /// Wrong, and wrong again.
    pub wrong_to_wrong: u32,
}

impl TransitionCounts {
    /// Transitions out of the right state: the trials of `a`.
    pub fn from_right(&self) -> u32 {
        self.right_to_right + self.right_to_wrong
    }

    /// Transitions out of the wrong state: the trials of `b`.
    pub fn from_wrong(&self) -> u32 {
        self.wrong_to_right + self.wrong_to_wrong
    }

    fn add(&mut self, from: bool, to: bool) {
        *match (from, to) {
            (true, true) => &mut self.right_to_right,
            (true, false) => &mut self.right_to_wrong,
            (false, true) => &mut self.wrong_to_right,
            (false, false) => &mut self.wrong_to_wrong,
        } += 1;
    }

    /// The sum of two counts.
    pub fn plus(self, other: Self) -> Self {
        Self {
            right_to_right: self.right_to_right + other.right_to_right,
            right_to_wrong: self.right_to_wrong + other.right_to_wrong,
            wrong_to_right: self.wrong_to_right + other.wrong_to_right,
            wrong_to_wrong: self.wrong_to_wrong + other.wrong_to_wrong,
        }
    }
}

/// What the fits know of one question: everything a two-state chain's likelihood depends on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuestionCounts {
    /// Chains with at least one answer.
    pub chains: u32,
    /// Of those, the ones whose first answer is right.
    pub first_right: u32,
    /// Transitions over all chains.
    pub transitions: TransitionCounts,
}

impl QuestionCounts {
    /// Counts the chains of one question.
    pub fn of(question: &LabelledChains) -> Self {
        let mut counts = Self::default();
        for chain in &question.chains {
            if let Some(&first) = chain.first() {
                counts.chains += 1;
                counts.first_right += u32::from(first);
            }
            for pair in chain.windows(2) {
                counts.transitions.add(pair[0], pair[1]);
            }
        }
        counts
    }

    /// Successes and trials of the first answer.
    pub(super) fn initial(&self) -> Trials {
        Trials { events: self.first_right, trials: self.chains }
    }

    /// Exits from the right state: `a`.
    pub(crate) fn correct_to_wrong(&self) -> Trials {
        Trials { events: self.transitions.right_to_wrong, trials: self.transitions.from_right() }
    }

    /// Exits from the wrong state: `b`.
    pub(crate) fn wrong_to_correct(&self) -> Trials {
        Trials { events: self.transitions.wrong_to_right, trials: self.transitions.from_wrong() }
    }
}

/// Events among trials of one question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Trials {
    pub(crate) events: u32,
    pub(crate) trials: u32,
}
