//! Fits with labels: transition counts, pooled and per-question rates, population bounds, prediction of unseen rounds.
//!
//! Each question has its own `(p_0q, a_q, b_q)`. The mean over questions is a mixture and not a two-state chain, so
//! every fit is reported pooled ([`pooled_rates`]), by difficulty ([`rates_by_level`]) and per question
//! ([`question_rates`]); what re-answering is worth over all of them are the [`population_bounds`]; and
//! [`predict_unseen_rounds`] shows whether the fitted law predicts rounds that it did not see. Whether the data are
//! chains at all is asked by [`crate::assumptions`]; a mean curve alone is fitted by [`crate::curve`].
//!
//! Resample `i` of a bootstrap reads ChaCha stream `i` of its seed and sums are taken in the order of the questions, so
//! results do not depend on the number of threads. The law is that of MarkovScale (arXiv 2602.01120) and arXiv
//! 2508.16456; empirical Bayes by beta-binomial regression is the project's own use of a standard technique.

pub(crate) mod beta_binomial;
mod bounds;
mod clusters;
mod counts;
mod coupled;
mod empirical;
mod error;
mod nodes;
mod outlook;
mod pooled;
mod population;
mod predict;
mod regression;
#[cfg(test)]
pub(crate) mod sample;
#[cfg(test)]
mod tests;

pub use bounds::{HorizonBounds, PopulationBounds, population_bounds};
pub(crate) use counts::Trials;
pub use counts::{LabelledChains, QuestionCounts, TransitionCounts};
pub use empirical::{Belief, Effect, QuestionFit, QuestionRates, RatePrior, question_rates};
pub use error::RatesError;
pub use pooled::{PooledRates, Rate, pooled_rates, rates_by_level};
pub use predict::{PredictedRound, Prediction, predict_unseen_rounds};
