//! A method and its parameters as data: what a config names, what an outcome row is labelled with.

use serde::Serialize;

use super::best_of_n::BestOfN;
use super::interface::{DrawMode, Method};
use super::markovscale::MarkovScale;
use super::mr_thinking::MrThinking;
use super::oracle::Oracle;
use super::self_consistency::SelfConsistency;
use super::single::Single;

/// When `markovscale` stops (rules: [`super::markovscale`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum StopRule {
    /// After the first answer decide once how many rounds to run.
    Gate,
    /// After every answer, stop when the predicted remaining gain is not worth another.
    Map,
}

/// What `markovscale` returns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Select {
    /// The last answer.
    Last,
    /// The answer with the highest verifier score.
    BestScore,
    /// The most probable class.
    Posterior,
}

/// Parameters of `markovscale`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MarkovScaleConfig {
    /// When to stop.
    pub stop: StopRule,
    /// What to return.
    pub select: Select,
    /// Gain in accuracy below which another round is not worth it (default 0.01).
    pub epsilon: f64,
    /// Price of one more round in accuracy (default 0.001).
    pub price: f64,
    /// Answers drawn before stopping is considered (default 1).
    pub min_answers: u32,
}

/// A method with its parameters.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "method", rename_all = "snake_case")]
pub enum MethodConfig {
    /// One answer.
    Single,
    /// Most frequent class of N parallel answers.
    SelfConsistency,
    /// The highest-scored of N parallel answers.
    BestOfN,
    /// The last answer of a chain of N.
    MrThinking,
    /// Upper bound: right if any of N draws is.
    Oracle {
        /// Over a parallel pool or over a chain.
        draws: DrawMode,
    },
    /// Gate or optimal stopping on the answer posterior.
    #[serde(rename = "markovscale")]
    MarkovScale(MarkovScaleConfig),
}

impl StopRule {
    /// The name used in configs and labels.
    pub fn name(self) -> &'static str {
        match self {
            Self::Gate => "gate",
            Self::Map => "map",
        }
    }
}

impl Select {
    /// The name used in configs and labels.
    pub fn name(self) -> &'static str {
        match self {
            Self::Last => "last",
            Self::BestScore => "best_score",
            Self::Posterior => "posterior",
        }
    }
}

impl Default for MarkovScaleConfig {
    /// `map`, `posterior`, and the documented defaults of the numbers.
    fn default() -> Self {
        Self { stop: StopRule::Map, select: Select::Posterior, epsilon: 0.01, price: 0.001, min_answers: 1 }
    }
}

impl MethodConfig {
    /// The method itself.
    pub fn build(&self) -> Box<dyn Method> {
        match self {
            Self::Single => Box::new(Single),
            Self::SelfConsistency => Box::new(SelfConsistency),
            Self::BestOfN => Box::new(BestOfN),
            Self::MrThinking => Box::new(MrThinking),
            Self::Oracle { draws } => Box::new(Oracle { draws: *draws }),
            Self::MarkovScale(config) => Box::new(MarkovScale { config: config.clone() }),
        }
    }

    /// The method's name alone, as in configs.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Single => "single",
            Self::SelfConsistency => "self_consistency",
            Self::BestOfN => "best_of_n",
            Self::MrThinking => "mr_thinking",
            Self::Oracle { .. } => "oracle",
            Self::MarkovScale(_) => "markovscale",
        }
    }

    /// The name with its parameters, unique to the configuration: choices always, numbers where they are not the
    /// default, as in `markovscale(gate, posterior, epsilon=0.02)`.
    pub fn label(&self) -> String {
        let parameters = match self {
            Self::Single | Self::SelfConsistency | Self::BestOfN | Self::MrThinking => {
                return self.name().to_owned();
            }
            Self::Oracle { draws } => draws.name().to_owned(),
            Self::MarkovScale(config) => {
                let default = MarkovScaleConfig::default();
                let mut parameters = format!("{}, {}", config.stop.name(), config.select.name());
                let numbers = [
                    ("epsilon", config.epsilon, default.epsilon),
                    ("price", config.price, default.price),
                    ("min_answers", f64::from(config.min_answers), f64::from(default.min_answers)),
                ];
                for (name, value, default) in numbers {
                    if value != default {
                        parameters.push_str(&format!(", {name}={value}"));
                    }
                }
                parameters
            }
        };
        format!("{}({parameters})", self.name())
    }

    /// Parallel draws or a chain.
    pub fn draws(&self) -> DrawMode {
        self.build().draws()
    }

    /// Whether its decisions or its choice depend on verifier scores (then it pays for them).
    pub fn uses_scores(&self) -> bool {
        self.build().uses_scores()
    }

    /// Whether it is fitted to labelled questions before it is used.
    pub fn needs_calibration(&self) -> bool {
        self.build().needs_calibration()
    }

    /// Whether it is an upper bound that no ranking may contain.
    pub fn upper_bound(&self) -> bool {
        matches!(self, Self::Oracle { .. })
    }
}
