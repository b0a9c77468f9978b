//! One row of comparisons at equal tokens.

use markovscale::statistics::Verdict;
use serde::Serialize;

use super::Estimate;
use super::cell::Cell;
use super::columns::{Cells, Column, Columns, Misread, Row, plain, row, word};
use super::table::Table;
use crate::trace::Kind;

/// Which tokens are held equal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum TokenAxis {
    /// Completion tokens.
    #[serde(rename = "completion_tokens")]
    Completion,
    /// Prompt, completion and verifier tokens.
    #[serde(rename = "all_tokens")]
    All,
}

impl TokenAxis {
    /// Every one.
    pub const ALL: [Self; 2] = [Self::Completion, Self::All];

    /// Its name in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Completion => "completion_tokens",
            Self::All => "all_tokens",
        }
    }
}

word!(TokenAxis);

row! {
    /// How one `markovscale` configuration compares with one other method where both spend as many tokens a question.
    /// Upper bounds, and what was tuned on the test set, have no row.
    #[derive(Debug, Clone, PartialEq, Serialize)]
    pub struct EqualTokens {
        backbone: String = [""] "name of the backbone in the experiment";
        /// Every table must say so:
        simulated: bool = [""] "true when the backbone is simulated";
        dataset: Option<String> = [""] "name of the question set; null for the mean over datasets";
        tokens: TokenAxis = [""] "which tokens are held equal: completion_tokens, or all_tokens with prompt and verifier tokens";
        method: String = [""] "the markovscale configuration";
        baseline: String = [""] "the configuration it is compared with, on the same questions";
        /// 1 in a row of one dataset:
        datasets: u32 = ["datasets"] "datasets averaged: those on which the two have tokens in common";
        questions: u32 = ["questions"] "number of questions of those datasets";
        /// Mean tokens of the method at its cheapest and its most expensive budget; `None` in a mean over datasets, and
        /// where answers cost no tokens.
        method_tokens: Option<[f64; 2]> {
            method_low ["tokens"] "mean tokens per question of the method's cheapest budget; null in a mean and where answers cost nothing";
            method_high ["tokens"] "the same of its most expensive budget";
        };
        /// The same of the other.
        baseline_tokens: Option<[f64; 2]> {
            baseline_low ["tokens"] "mean tokens per question of the baseline's cheapest budget; null like method_low";
            baseline_high ["tokens"] "the same of its most expensive budget";
        };
        /// The comparison; `None` where the two have no tokens in common, or have none in over 2.5 % of the resamples.
        common: Option<AtEqualTokens>;
    }
}

row! {
    /// Two curves over the tokens that both spend at some budget.
    #[derive(Debug, Clone, Copy, PartialEq, Serialize)]
    pub struct AtEqualTokens {
        /// Fewest and most of those tokens; `None` in a mean over datasets.
        tokens: Option<[f64; 2]> {
            common_low ["tokens"] "fewest tokens per question that both curves have; null in a mean and where over 2.5 % of resamples have none";
            common_high ["tokens"] "most tokens per question that both curves have";
        };
        /// Accuracy less the other's, mean over those tokens (uniform in their logarithm), in [-1, 1].
        difference: Estimate {
            difference ["share"] "accuracy less the baseline's, mean over the common tokens, in [-1, 1]; null where common_low is, but in a mean";
            difference_low ["share"] "lower end of its 95 % interval, paired by question";
            difference_high ["share"] "upper end of its 95 % interval, paired by question";
        };
        /// The same at the most of them.
        dearest: Estimate {
            dearest ["share"] "accuracy less the baseline's at common_high, in [-1, 1]";
            dearest_low ["share"] "lower end of its 95 % interval, paired by question";
            dearest_high ["share"] "upper end of its 95 % interval, paired by question";
        };
        differing: u32 = ["questions"] "questions on which the two differ";
        p_value: f64 = [""] "two-sided p-value of difference, of the sign-flip test";
        p_holm: f64 = [""] "the same, Holm-corrected over the backbone, dataset and kind of tokens";
        /// The mean share in a mean over datasets:
        apart: f64 = ["share"] "share of resamples in which the two have no tokens in common";
    }
}

impl AtEqualTokens {
    /// What the interval of the difference says.
    pub fn verdict(&self) -> Verdict {
        Verdict::of(self.difference.low, self.difference.high)
    }
}

impl Row for EqualTokens {
    const TABLE: &'static str = "the comparisons at equal tokens of a run";

    fn extend(table: &mut Table, rows: &[&Self]) {
        let meaning = "win, tie or loss: whether the interval of difference lies above 0, holds it, or lies below; null where difference is";
        let result =
            |row: &&Self| row.common.map_or(Cell::Null, |common| Cell::Text(common.verdict().name().to_owned()));
        let column = Column { nullable: true, ..Column::new("result", Kind::Text, "", meaning) };
        table.add_last(column, rows.iter().map(result).collect());
    }
}
