//! One row of comparisons with the reference.

use serde::Serialize;

use super::Estimate;
use super::columns::{Row, row};

row! {
    /// How one configuration at one budget compares with the reference, on the same questions. Upper bounds have no row.
    #[derive(Debug, Clone, PartialEq, Serialize)]
    pub struct Comparison {
        backbone: String = [""] "name of the backbone in the experiment";
        /// Every table must say so:
        simulated: bool = [""] "true when the backbone is simulated";
        dataset: String = [""] "name of the question set";
        method: String = [""] "the method's configuration";
        budget: u32 = ["answers"] "maximum number of answers per question";
        reference: String = [""] "the configuration it is compared with, at the same budget and on the same questions";
        questions: u32 = ["questions"] "number of questions";
        /// Its accuracy less the reference's at the same budget; `None` for the reference itself.
        difference: Option<Difference>;
        /// What it spends until it is as accurate as the reference at its best: one result for all budgets of the
        /// configuration. `None` for the reference itself, and where answers cost no tokens.
        reached: Option<Reached>;
        on_frontier: bool = [""] "true when no method and budget is cheaper and as accurate, or as cheap and more accurate";
        frontier_frequency: f64 = ["share"] "share of resamples in which that holds";
    }
}

row! {
    /// A paired difference in accuracy.
    #[derive(Debug, Clone, Copy, PartialEq, Serialize)]
    pub struct Difference {
        /// Mean over questions, in [-1, 1].
        accuracy: Estimate {
            difference ["share"] "accuracy less the reference's, in [-1, 1]; null for the reference itself";
            difference_low ["share"] "lower end of its 95 % interval, paired by question";
            difference_high ["share"] "upper end of its 95 % interval, paired by question";
        };
        p_value: f64 = [""] "two-sided p-value: exact McNemar where every outcome is 0 or 1, else of the sign-flip test";
        p_holm: f64 = [""] "the same, Holm-corrected over the backbone and dataset";
        differing: u32 = ["questions"] "questions on which the two differ";
    }
}

row! {
    /// What it costs to be as accurate as the reference at its best.
    #[derive(Debug, Clone, Copy, PartialEq, Serialize)]
    pub struct Reached {
        target: f64 = ["share"] "the reference's highest accuracy over budgets; null for the reference and where answers cost nothing";
        tokens: Option<f64> = ["tokens"] "mean completion tokens at which the method's curve has that accuracy; null where it never does";
        tokens_at_most: bool = [""] "true when its smallest budget already has it, so that fewer tokens may do";
        reference_tokens: f64 = ["tokens"] "mean completion tokens at which the reference's curve has it";
        reference_at_most: bool = [""] "true when the reference's smallest budget already has it";
        /// `tokens / reference_tokens`.
        ratio: Estimate {
            ratio [""] "tokens over reference_tokens; infinite where the method never gets there";
            ratio_low [""] "lower end of its 95 % interval";
            ratio_high [""] "upper end of its 95 % interval, infinite where over 2.5 % of resamples never get there";
        };
        never: f64 = ["share"] "share of resamples in which the method never gets there";
    }
}

impl Row for Comparison {
    const TABLE: &'static str = "the comparisons of a run";
}
