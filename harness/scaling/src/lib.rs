//! Sequential scaling as a two-state Markov chain: closed forms, the answer posterior, scaling methods and statistics.
//!
//! Pure: no files, no network, no clock, no global state. A method never sees whether an answer is right: [`Draw`] has
//! no such field, so a method that peeks at the gold answer does not compile.
//!
//! - [`assumptions`]: tests of the model: order, stationarity, memory, homogeneity.
//! - [`chain`]: one chain in closed form, its regime, bounds and rounds.
//! - [`posterior`]: which answer is right, without labels, and the fit of that model to labelled questions.
//! - [`methods`]: every scaling method as a small state machine.
//! - [`crossfit`]: parameters that cannot be asked about a question they saw.
//! - [`curve`]: the law fitted to a published accuracy curve, and what that cannot tell.
//! - [`optimise`]: the minimiser behind the fits.
//! - [`rates`]: fits to chains with known correctness, population bounds, prediction of unseen rounds.
//! - [`statistics`]: intervals, expected values over subsets, corrections.

pub mod assumptions;
pub mod chain;
pub mod crossfit;
pub mod curve;
pub mod methods;
pub mod optimise;
pub mod posterior;
pub mod rates;
pub mod statistics;

pub use chain::{Bounds, Chain, ChainError, Regime};
pub use crossfit::{CrossFit, CrossFitError, Folds};
pub use methods::config::{MarkovScaleConfig, MethodConfig, Select, StopRule};
pub use methods::interface::{
    Budget, Choice, ClassId, Decision, Draw, DrawMode, Method, QuestionContext, Session, Tokens,
};
pub use posterior::{AnswerModel, CalibrationQuestion, Emission, FitOptions, FittedModel, Posterior, PreparedModel};
pub use rates::{LabelledChains, RatesError};
pub use statistics::{Interval, Resampler, StatisticsError};
