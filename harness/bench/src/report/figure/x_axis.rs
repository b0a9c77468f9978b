//! What lies along the horizontal axis.

use crate::report::cost::Cost;

/// What the horizontal axis shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum XAxis {
    /// Cost per question, log axis.
    Cost(Cost),
    /// Answers per question, log2 axis.
    Budget,
}

impl XAxis {
    pub(super) fn stem(self) -> String {
        match self {
            Self::Cost(cost) => format!("accuracy-vs-{}", cost.stem()),
            Self::Budget => "accuracy-vs-budget".to_owned(),
        }
    }

    /// The end of "accuracy against".
    pub(super) fn short(self) -> &'static str {
        match self {
            Self::Cost(cost) => cost.words(),
            Self::Budget => "budget",
        }
    }

    pub(super) fn title(self) -> String {
        match self {
            Self::Cost(cost) => format!("{} per question (log scale)", cost.words()),
            Self::Budget => "budget: most answers per question (log scale)".to_owned(),
        }
    }
}
