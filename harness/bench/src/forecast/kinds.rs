//! Kinds of draws, and how many of each are missing.

use std::collections::BTreeMap;

use crate::collect::Missing;
use crate::key::{DrawKey, Mode};

/// What a draw of a mode is there for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Step {
    /// A parallel draw, a chain's first round, a rating.
    First,
    /// A critique.
    Critique,
    /// An answer that has others before it.
    Later,
}

/// Draws that cost about the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Kind {
    pub(super) mode: Mode,
    pub(super) step: Step,
}

impl Kind {
    pub(super) fn of(draw: DrawKey) -> Self {
        Self::at(draw.mode, draw.round.0)
    }

    fn at(mode: Mode, round: u32) -> Self {
        let step = match round {
            0 => Step::First,
            odd if mode == Mode::Refine && !odd.is_multiple_of(2) => Step::Critique,
            _ => Step::Later,
        };
        Self { mode, step }
    }

    /// Whether its draws are scored.
    pub(super) fn is_answer(self) -> bool {
        self.mode != Mode::Judge && self.step != Step::Critique
    }
}

/// How many draws of a kind are missing.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Count {
    pub(super) draws: f64,
    /// Scores, those of draws that are there included.
    pub(super) scores: f64,
    /// Of a forced text: rounds that each missing round has before it beyond the first two, summed.
    pub(super) grown: f64,
}

/// What a partition lacks, per question on average.
pub(super) struct Lacking {
    pub(super) counts: BTreeMap<Kind, Count>,
}

impl Lacking {
    /// `unscored` are draws that are there and have no score, by kind; nothing is counted of them unless draws are scored.
    pub(super) fn new(lacking: &[Missing], scored: bool, unscored: impl Iterator<Item = (Kind, f64)>) -> Self {
        let mut counts: BTreeMap<Kind, Count> = BTreeMap::new();
        let mut add = |kind: Kind, draws: f64, grown: f64| {
            let count = counts.entry(kind).or_default();
            count.draws += draws;
            count.grown += grown;
            if scored && kind.is_answer() {
                count.scores += draws;
            }
        };
        for missing in lacking {
            add(Kind { mode: Mode::Parallel, step: Step::First }, missing.parallel.len() as f64, 0.0);
            for chain in &missing.chains {
                for round in chain.from..chain.rows {
                    let kind = Kind::at(chain.mode, round);
                    let forced = chain.mode == Mode::Forced;
                    add(kind, 1.0, if forced { f64::from(round.saturating_sub(1)) } else { 0.0 });
                }
            }
        }
        if scored {
            for (kind, unscored) in unscored {
                counts.entry(kind).or_default().scores += unscored;
            }
        }
        let questions = lacking.len().max(1) as f64;
        counts.retain(|_, count| count.draws + count.scores > 0.0);
        for count in counts.values_mut() {
            *count = Count {
                draws: count.draws / questions,
                scores: count.scores / questions,
                grown: count.grown / questions,
            };
        }
        Self { counts }
    }
}
