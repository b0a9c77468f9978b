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
//! - [`simulate`]: questions with a known truth, within the answer model's assumptions and outside them.
//! - [`optimise`]: the minimiser behind the fits.
//! - [`rates`]: fits to chains with known correctness, population bounds, prediction of unseen rounds.
//! - [`statistics`]: intervals, expected values over subsets, corrections.

pub mod assumptions;
pub mod chain;
pub mod crossfit;
pub mod curve;
pub mod draw;
pub mod methods;
pub mod optimise;
pub mod posterior;
pub mod rates;
pub mod simulate;
pub mod statistics;
pub mod words;

pub use chain::{Bounds, Chain, ChainError, Regime};
pub use crossfit::{CrossFit, CrossFitError, Fitted, Folds};
pub use draw::{ClassId, Draw, DrawMode, Tokens, Verdict};
pub use methods::METHODS;
pub use methods::adaptive_sc::{AdaptiveConfig, Criterion};
pub use methods::best_of_n::BestOfNConfig;
pub use methods::budget_forcing::BudgetForcing;
pub use methods::config::{MethodConfig, SettingError};
pub use methods::difficulty_adaptive_sc::DifficultyAdaptiveConfig;
pub use methods::early_stopping_sc::EarlyStoppingConfig;
pub use methods::explanation::{Explanation, Reason};
pub use methods::interface::{
    Allocation, Budget, Calibration, Choice, Conflict, Decision, DifficultySource, Method, QuestionContext, Ranking,
    Session,
};
pub use methods::learned::Learned;
pub use methods::markovscale::{
    Continuation, MarkovScale, MarkovScaleConfig, MarkovScaleError, PolicyRow, Select, StopRule, StopValue,
    StoppingPolicy,
};
pub use methods::mr_thinking::MrThinking;
pub use methods::optscale::{OptScaleConfig, PriorSource, SettingsSource};
pub use methods::oracle::Oracle;
pub use methods::play::{PlayError, Played, play};
pub use methods::self_consistency::SelfConsistencyConfig;
pub use methods::self_refine::SelfRefine;
pub use methods::single::Single;
pub use methods::spec::{MethodSpec, ParameterKind, ParameterSpec, Setting, Specified};
pub use methods::weighted_self_consistency::WeightedSelfConsistencyConfig;
pub use posterior::{AnswerModel, CalibrationQuestion, Emission, FitOptions, FittedModel, Posterior, PreparedModel};
pub use rates::{LabelledChains, RatesError};
pub use statistics::{Interval, Resampler, StatisticsError};
