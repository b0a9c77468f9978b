//! A method and its parameters as data: what a config names, what an outcome row is labelled with.

use serde::{Deserialize, Serialize};

use super::adaptive_sc::{Adaptive, AdaptiveConfig};
use super::best_of_n::{BestOfN, BestOfNConfig};
use super::budget_forcing::BudgetForcing;
use super::difficulty_adaptive_sc::{DifficultyAdaptive, DifficultyAdaptiveConfig};
use super::early_stopping_sc::{EarlyStopping, EarlyStoppingConfig};
use super::interface::{DrawMode, Method};
use super::markovscale::MarkovScale;
use super::mr_thinking::MrThinking;
use super::optscale::{OptScale, OptScaleConfig};
use super::oracle::Oracle;
use super::self_consistency::{SelfConsistency, SelfConsistencyConfig};
use super::self_refine::SelfRefine;
use super::single::Single;
use super::spec::Setting;
use super::weighted_self_consistency::{WeightedSelfConsistency, WeightedSelfConsistencyConfig};

/// When `markovscale` stops (rules: [`super::markovscale`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum StopRule {
    /// After the first answer decide once how many rounds to run.
    Gate,
    /// After every answer, stop when the predicted remaining gain is not worth another.
    Map,
    /// As `map`, without calibration: weak defaults, and the score itself as P(the latest answer is right).
    Zero,
    /// Stop when the answer that would be returned is probable enough.
    Confidence,
    /// Stop where a policy fitted by backward induction on other questions does.
    Optimal,
}

/// What `markovscale` returns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
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
    /// When to stop (default `map`).
    pub stop: StopRule,
    /// What to return (default `posterior`).
    pub select: Select,
    /// A chain or parallel draws (default a chain); [`StopRule::works_on`] says which stops work on which.
    pub draws: DrawMode,
    /// Gain in accuracy below which another round is not worth it, in [0, 1] (default 0.01).
    pub epsilon: f64,
    /// Price of one more draw in accuracy, in [0, 1] (default 0.001).
    pub price: f64,
    /// Probability at which `stop: confidence` stops, above 0 and up to 1 (default 0.95).
    pub confidence: f64,
    /// Answers drawn before stopping is considered, at least 1 (default 1).
    pub min_answers: u32,
    /// Whether verifier scores are looked at, and paid for (default true). Without them the posterior rests on the answers
    /// alone.
    pub scores: bool,
}

/// A method with its parameters.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "method", rename_all = "snake_case")]
pub enum MethodConfig {
    /// One answer.
    Single,
    /// Most frequent class of N parallel answers.
    SelfConsistency(SelfConsistencyConfig),
    /// The class with the largest sum of scores.
    WeightedSelfConsistency(WeightedSelfConsistencyConfig),
    /// The highest-scored of N parallel answers.
    BestOfN(BestOfNConfig),
    /// Majority that stops at the first window that agrees (ESC).
    EarlyStoppingSc(EarlyStoppingConfig),
    /// Majority that stops when the leader is probably the majority (ASC).
    AdaptiveSc(AdaptiveConfig),
    /// One draw for easy questions, windows of ASC for the others (DSC).
    DifficultyAdaptiveSc(DifficultyAdaptiveConfig),
    /// The last answer of a chain of N.
    MrThinking,
    /// The last answer of a chain with critiques, which stop it when they approve.
    SelfRefine,
    /// What a reasoning text concludes after N - 1 continuations (s1).
    BudgetForcing,
    /// As many draws as the score distribution asks for, the highest score.
    #[serde(rename = "optscale")]
    OptScale(OptScaleConfig),
    /// Upper bound: right if any of N draws is.
    Oracle {
        /// Over a parallel pool or over a chain.
        draws: DrawMode,
    },
    /// Stops and returns what the answer posterior says.
    #[serde(rename = "markovscale")]
    MarkovScale(MarkovScaleConfig),
}

impl StopRule {
    /// The name used in configs and labels.
    pub fn name(self) -> &'static str {
        match self {
            Self::Gate => "gate",
            Self::Map => "map",
            Self::Zero => "zero",
            Self::Confidence => "confidence",
            Self::Optimal => "optimal",
        }
    }

    /// Whether the rule means anything for draws of this mode. `gate`, `map` and `zero` ask what one more re-answer does
    /// to the latest answer, which parallel draws do not have; critiques and continuations have models of their own.
    pub fn works_on(self, draws: DrawMode) -> bool {
        match draws {
            DrawMode::Sequential => true,
            DrawMode::Parallel => matches!(self, Self::Confidence | Self::Optimal),
            DrawMode::Refine | DrawMode::Forced => false,
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
    /// `map`, `posterior`, a chain, with scores, and the documented defaults of the numbers.
    fn default() -> Self {
        Self {
            stop: StopRule::Map,
            select: Select::Posterior,
            draws: DrawMode::Sequential,
            epsilon: 0.01,
            price: 0.001,
            confidence: 0.95,
            min_answers: 1,
            scores: true,
        }
    }
}

impl MethodConfig {
    /// The method itself.
    pub fn build(&self) -> Box<dyn Method> {
        match self {
            Self::Single => Box::new(Single),
            Self::SelfConsistency(config) => Box::new(SelfConsistency { config: *config }),
            Self::WeightedSelfConsistency(config) => Box::new(WeightedSelfConsistency { config: *config }),
            Self::BestOfN(config) => Box::new(BestOfN { config: *config }),
            Self::EarlyStoppingSc(config) => Box::new(EarlyStopping { config: *config }),
            Self::AdaptiveSc(config) => Box::new(Adaptive { config: *config }),
            Self::DifficultyAdaptiveSc(config) => Box::new(DifficultyAdaptive { config: *config }),
            Self::MrThinking => Box::new(MrThinking),
            Self::SelfRefine => Box::new(SelfRefine),
            Self::BudgetForcing => Box::new(BudgetForcing),
            Self::OptScale(config) => Box::new(OptScale { config: *config }),
            Self::Oracle { draws } => Box::new(Oracle { draws: *draws }),
            Self::MarkovScale(config) => Box::new(MarkovScale::unchecked(config.clone())),
        }
    }

    /// The method's name alone, as in configs.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Single => "single",
            Self::SelfConsistency(_) => "self_consistency",
            Self::WeightedSelfConsistency(_) => "weighted_self_consistency",
            Self::BestOfN(_) => "best_of_n",
            Self::EarlyStoppingSc(_) => "early_stopping_sc",
            Self::AdaptiveSc(_) => "adaptive_sc",
            Self::DifficultyAdaptiveSc(_) => "difficulty_adaptive_sc",
            Self::MrThinking => "mr_thinking",
            Self::SelfRefine => "self_refine",
            Self::BudgetForcing => "budget_forcing",
            Self::OptScale(_) => "optscale",
            Self::Oracle { .. } => "oracle",
            Self::MarkovScale(_) => "markovscale",
        }
    }

    /// The name with its parameters, unique to the configuration: choices always, numbers where they are not the
    /// default, `legacy` where it is on, as in `markovscale(gate, posterior, epsilon=0.02)`.
    pub fn label(&self) -> String {
        let mut label = Label::default();
        match self {
            Self::Single | Self::MrThinking | Self::SelfRefine | Self::BudgetForcing => {}
            Self::SelfConsistency(config) => label.legacy(config.legacy),
            Self::WeightedSelfConsistency(config) => label.legacy(config.legacy),
            Self::BestOfN(config) => label.legacy(config.legacy),
            Self::EarlyStoppingSc(config) => {
                let default = EarlyStoppingConfig::default();
                label.number("window", f64::from(config.window), f64::from(default.window));
                label.legacy(config.legacy);
            }
            Self::AdaptiveSc(config) => {
                label.choice(config.criterion.name());
                label.number("confidence", config.confidence, AdaptiveConfig::default().confidence);
                label.legacy(config.legacy);
            }
            Self::DifficultyAdaptiveSc(config) => {
                let default = DifficultyAdaptiveConfig::default();
                label.choice(config.difficulty.name());
                label.number("judge_window", f64::from(config.judge_window), f64::from(default.judge_window));
                label.number("extend_window", f64::from(config.extend_window), f64::from(default.extend_window));
                label.number("confidence", config.confidence, default.confidence);
                label.legacy(config.legacy);
            }
            Self::OptScale(config) => {
                let default = OptScaleConfig::default();
                label.choice(&format!("prior={}", config.prior.name()));
                label.choice(config.settings.name());
                label.number("q", config.q, default.q);
                label.number("target", config.target, default.target);
                label.legacy(config.legacy);
            }
            Self::Oracle { draws } => label.choice(draws.name()),
            Self::MarkovScale(config) => {
                let default = MarkovScaleConfig::default();
                label.choice(config.stop.name());
                label.choice(config.select.name());
                if config.draws != default.draws {
                    label.choice(config.draws.name());
                }
                if config.scores != default.scores {
                    label.choice("no_scores");
                }
                label.number("epsilon", config.epsilon, default.epsilon);
                label.number("price", config.price, default.price);
                label.number("confidence", config.confidence, default.confidence);
                label.number("min_answers", f64::from(config.min_answers), f64::from(default.min_answers));
            }
        }
        label.of(self.name())
    }

    /// Every parameter with its value, defaults included, in the order of the documentation.
    pub fn settings(&self) -> impl Iterator<Item = (&'static str, Setting)> + use<> {
        let settings: Vec<(&'static str, Setting)> = match self {
            Self::Single | Self::MrThinking | Self::SelfRefine | Self::BudgetForcing => Vec::new(),
            Self::SelfConsistency(config) => vec![("legacy", Setting::Flag(config.legacy))],
            Self::WeightedSelfConsistency(config) => vec![("legacy", Setting::Flag(config.legacy))],
            Self::BestOfN(config) => vec![("legacy", Setting::Flag(config.legacy))],
            Self::EarlyStoppingSc(config) => {
                vec![("window", Setting::Whole(config.window)), ("legacy", Setting::Flag(config.legacy))]
            }
            Self::AdaptiveSc(config) => vec![
                ("criterion", Setting::Word(config.criterion.name())),
                ("confidence", Setting::Number(config.confidence)),
                ("legacy", Setting::Flag(config.legacy)),
            ],
            Self::DifficultyAdaptiveSc(config) => vec![
                ("difficulty", Setting::Word(config.difficulty.name())),
                ("judge_window", Setting::Whole(config.judge_window)),
                ("extend_window", Setting::Whole(config.extend_window)),
                ("confidence", Setting::Number(config.confidence)),
                ("legacy", Setting::Flag(config.legacy)),
            ],
            Self::OptScale(config) => vec![
                ("prior", Setting::Word(config.prior.name())),
                ("settings", Setting::Word(config.settings.name())),
                ("q", Setting::Number(config.q)),
                ("target", Setting::Number(config.target)),
                ("legacy", Setting::Flag(config.legacy)),
            ],
            Self::Oracle { draws } => vec![("draws", Setting::Word(draws.name()))],
            Self::MarkovScale(config) => vec![
                ("stop", Setting::Word(config.stop.name())),
                ("select", Setting::Word(config.select.name())),
                ("draws", Setting::Word(config.draws.name())),
                ("epsilon", Setting::Number(config.epsilon)),
                ("price", Setting::Number(config.price)),
                ("confidence", Setting::Number(config.confidence)),
                ("min_answers", Setting::Whole(config.min_answers)),
                ("scores", Setting::Flag(config.scores)),
            ],
        };
        settings.into_iter()
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

/// The parameters of a label, as they are added.
#[derive(Debug, Default)]
struct Label(Vec<String>);

impl Label {
    fn choice(&mut self, word: &str) {
        self.0.push(word.to_owned());
    }

    fn number(&mut self, name: &str, value: f64, default: f64) {
        if value != default {
            self.0.push(format!("{name}={value}"));
        }
    }

    fn legacy(&mut self, on: bool) {
        if on {
            self.choice("legacy");
        }
    }

    fn of(self, name: &str) -> String {
        if self.0.is_empty() { name.to_owned() } else { format!("{name}({})", self.0.join(", ")) }
    }
}
