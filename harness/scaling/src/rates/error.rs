//! Why a fit with labels does not exist.

/// Why chains with known correctness could not be fitted or tested.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum RatesError {
    /// Nothing to fit.
    #[error(
        "0 questions have a chain, expected at least 1; collect chains first (`pool: {{chains: 1, rounds: 2}}` or more)"
    )]
    NoChains,
    /// Only first answers: nothing is known about re-answering.
    #[error("{questions} questions have chains, but none has a second round; expected chains of at least 2 answers")]
    NoTransitions {
        /// Questions with a chain.
        questions: usize,
    },
    /// No resamples.
    #[error("0 resamples were asked for, expected at least 1; 1000 is usual for intervals and 10000 for tests")]
    NoResamples,
    /// A number out of its range.
    #[error("{what} is {found}, expected {expected}")]
    OutOfRange {
        /// Which quantity.
        what: &'static str,
        /// Its value.
        found: f64,
        /// What it must be.
        expected: &'static str,
    },
    /// Chains too short to be split into rounds that are fitted and rounds that are predicted.
    #[error(
        "the longest chain has {rounds} answers, expected at least 4 to fit on the first half and predict the second"
    )]
    TooFewRounds {
        /// Answers of the longest chain.
        rounds: usize,
    },
}
