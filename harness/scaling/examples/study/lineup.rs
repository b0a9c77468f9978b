//! Who takes part.

use markovscale::{
    AdaptiveConfig, BestOfNConfig, Criterion, DifficultyAdaptiveConfig, DifficultySource, DrawMode,
    EarlyStoppingConfig, MarkovScaleConfig, MethodConfig, MrThinking, OptScaleConfig, Oracle, PriorSource, Select,
    SelfConsistencyConfig, SettingsSource, Single, StopRule, WeightedSelfConsistencyConfig,
};

/// What a configuration is in the tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    Baseline,
    MarkovScale,
    /// Never ranked, compared or on a frontier.
    UpperBound,
}

/// One configuration.
pub(crate) struct Entry {
    pub(crate) label: String,
    pub(crate) config: MethodConfig,
    pub(crate) role: Role,
}

/// Every configuration, in the order of the tables. All numbers are the defaults of the configuration.
pub(crate) fn lineup() -> Vec<Entry> {
    let adaptive = |criterion| MethodConfig::from(AdaptiveConfig { criterion, ..AdaptiveConfig::default() });
    let first_score =
        DifficultyAdaptiveConfig { difficulty: DifficultySource::FirstScore, ..DifficultyAdaptiveConfig::default() };
    let mut configs = vec![
        MethodConfig::from(Single),
        MethodConfig::from(SelfConsistencyConfig::default()),
        MethodConfig::from(WeightedSelfConsistencyConfig::default()),
        MethodConfig::from(BestOfNConfig::default()),
        MethodConfig::from(EarlyStoppingConfig::default()),
        adaptive(Criterion::Beta),
        adaptive(Criterion::Dirichlet),
        MethodConfig::from(first_score),
        MethodConfig::from(OptScaleConfig::default()),
        tuned_optscale(),
        MethodConfig::from(MrThinking),
    ];
    configs.extend([
        markovscale(StopRule::Gate, Select::Posterior, DrawMode::Sequential),
        markovscale(StopRule::Map, Select::Last, DrawMode::Sequential),
        markovscale(StopRule::Map, Select::BestScore, DrawMode::Sequential),
        markovscale(StopRule::Map, Select::Posterior, DrawMode::Sequential),
        markovscale(StopRule::Zero, Select::Posterior, DrawMode::Sequential),
        markovscale(StopRule::Confidence, Select::Posterior, DrawMode::Sequential),
        markovscale(StopRule::Optimal, Select::Posterior, DrawMode::Sequential),
        markovscale(StopRule::Confidence, Select::Posterior, DrawMode::Parallel),
        markovscale(StopRule::Optimal, Select::Posterior, DrawMode::Parallel),
        MethodConfig::from(Oracle { draws: DrawMode::Parallel }),
        MethodConfig::from(Oracle { draws: DrawMode::Sequential }),
    ]);
    configs.into_iter().map(entry).collect()
}

/// The configurations whose tuning is shown with and without the leak.
pub(crate) fn leak_lineup() -> Vec<Entry> {
    let configs = [
        tuned_optscale(),
        markovscale(StopRule::Optimal, Select::Posterior, DrawMode::Sequential),
        markovscale(StopRule::Optimal, Select::Posterior, DrawMode::Parallel),
    ];
    configs.into_iter().map(entry).collect()
}

fn entry(config: MethodConfig) -> Entry {
    let role = match config.name() {
        _ if config.upper_bound() => Role::UpperBound,
        "markovscale" => Role::MarkovScale,
        _ => Role::Baseline,
    };
    Entry { label: config.label(), config, role }
}

fn tuned_optscale() -> MethodConfig {
    MethodConfig::from(OptScaleConfig {
        prior: PriorSource::Fitted,
        settings: SettingsSource::Tuned,
        ..OptScaleConfig::default()
    })
}

fn markovscale(stop: StopRule, select: Select, draws: DrawMode) -> MethodConfig {
    MethodConfig::from(MarkovScaleConfig { stop, select, draws, ..MarkovScaleConfig::default() })
}

impl Entry {
    /// `stop: confidence` or `optimal` with `select: posterior`, which the summary is about.
    pub(crate) fn leading(&self) -> bool {
        let Some(config) = self.config.parameters::<MarkovScaleConfig>() else { return false };
        matches!(config.stop, StopRule::Confidence | StopRule::Optimal) && config.select == Select::Posterior
    }
}
