//! The checked experiment: what a run does, with every default filled in and every list expanded.

use markovscale::{DifficultySource, DrawMode, MethodConfig};

use serde::{Deserialize, Serialize};

use super::service::{Collecting, OpenAiPlan, Price, RunBudget};
use super::verifier::VerifierPlan;
use crate::key::Mode;
use crate::prompt::PromptPlan;
use crate::routes::Aggregate;
use crate::vocabulary::Sampling;

/// A dataset of the experiment.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DatasetPlan {
    /// The manifest's name.
    pub name: String,
    /// Only the first questions, by a content-based order; `None` for all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
    /// Most completion tokens of one draw on this dataset; `None` for the backbone's own limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_tokens: Option<u32>,
}

/// What kind of backbone.
#[derive(Debug, Clone, PartialEq)]
pub enum BackboneKind {
    /// A language model behind an OpenAI-compatible server.
    OpenAi(Box<OpenAiPlan>),
    /// A language model that runs in this process.
    Embedded {
        /// The model's name (shipped) or the path of its folder.
        model: String,
    },
    /// A generative model instead of a language model; everything it touches says so.
    Simulated {
        /// The profile's name (shipped) or path.
        profile: String,
    },
    /// Draws that were made elsewhere and brought in by `markovscale import`; nothing can draw more of them.
    Imported {
        /// The model that answered; `simulated:PROFILE` for a simulated one.
        model: String,
        /// SHA-256 of what was imported, so that draws of different files are never taken for each other.
        content: String,
    },
}

/// A backbone of the experiment.
#[derive(Debug, Clone, PartialEq)]
pub struct BackbonePlan {
    /// Unique name in tables and folders.
    pub name: String,
    /// What it is.
    pub kind: BackboneKind,
    /// Sampling parameters.
    pub sampling: Sampling,
    /// Questions in flight at once; of a server, its limit of requests in flight.
    pub concurrency: u32,
    /// What its tokens cost; of a server, its price. A simulation's is what the model it stands for would cost.
    pub price: Price,
}

/// How many draws of each kind a question gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pool {
    /// Parallel draws per question.
    pub parallel: u32,
    /// Chains per question.
    pub chains: u32,
    /// Rounds per chain, the first answer included.
    pub rounds: u32,
}

/// How calibrated methods are tuned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tuning {
    /// Folds, at least 2: a question is scored with parameters fitted on the other folds.
    CrossFit(u32),
    /// On the very questions that are scored. Only to show what such tuning is worth: every result says so, and none is
    /// ranked.
    TestSet,
    /// What another run learned, from this file, in whose path `{backbone}` and `{dataset}` stand for the names of what is
    /// replayed; a question that its fits saw is refused.
    From(String),
}

impl Tuning {
    /// Whether a configuration is then tuned on the questions it is scored on.
    pub(super) fn leaks(&self, config: &MethodConfig) -> bool {
        *self == Self::TestSet && config.needs_calibration()
    }

    /// Whether a configuration may then be ranked: it sees no gold answer of the questions it is scored on.
    pub(super) fn ranks(&self, config: &MethodConfig) -> bool {
        !config.upper_bound() && !self.leaks(config)
    }

    /// The file of what was learned elsewhere for a backbone's draws on a dataset, where there is one.
    pub fn file(&self, backbone: &str, dataset: &str) -> Option<String> {
        let Self::From(path) = self else { return None };
        Some(path.replace("{backbone}", backbone).replace("{dataset}", dataset))
    }
}

/// How pools are replayed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReplayPlan {
    /// Random orders of a parallel pool.
    pub replicates: u32,
    /// Bootstrap resamples.
    pub resamples: u32,
    /// Label of the configuration that the others are compared with; `None` for [`Plan::reference`]'s choice, which depends on
    /// the methods: a replay may change them, so the canonical form leaves it out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
}

/// A checked experiment.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// The run's name and folder.
    pub name: String,
    /// Seed of everything random.
    pub seed: u64,
    /// Question sets, in config order.
    pub datasets: Vec<DatasetPlan>,
    /// Backbones, in config order.
    pub backbones: Vec<BackbonePlan>,
    /// Who scores.
    pub verifier: VerifierPlan,
    /// How replay makes a score of step scores; `None`: as it was stored.
    pub aggregate: Option<Aggregate>,
    /// Who decides what is drawn.
    pub collecting: Collecting,
    /// Hard limits of the whole run.
    pub budget: RunBudget,
    /// Draws per question.
    pub pool: Pool,
    /// Methods, lists expanded.
    pub methods: Vec<MethodConfig>,
    /// Budgets, ascending.
    pub budgets: Vec<u32>,
    /// Cross-fitting.
    pub tuning: Tuning,
    /// Replay parameters.
    pub replay: ReplayPlan,
    /// Prompts.
    pub prompts: PromptPlan,
}

impl Plan {
    /// The number of backbone x method configurations.
    pub fn configurations(&self) -> usize {
        self.backbones.len() * self.methods.len()
    }

    /// A backbone's sampling parameters on the dataset of this name.
    pub fn sampling(&self, backbone: &BackbonePlan, dataset: &str) -> Sampling {
        let planned = self.datasets.iter().find(|planned| planned.name == dataset);
        planned.map_or(backbone.sampling, |planned| backbone.sampling_on(planned))
    }

    /// A configuration's name in results: its label, and whether it was tuned on the questions it is scored on.
    pub fn label(&self, config: &MethodConfig) -> String {
        let label = config.label();
        if self.leaks(config) { format!("{label} [tuned on test]") } else { label }
    }

    /// Whether a configuration was tuned on the questions it is scored on.
    pub fn leaks(&self, config: &MethodConfig) -> bool {
        self.tuning.leaks(config)
    }

    /// Whether a configuration may be ranked and compared: no upper bound, and not tuned on the questions it is scored on.
    pub fn ranked(&self, config: &MethodConfig) -> bool {
        self.tuning.ranks(config)
    }

    /// The configuration that the others are compared with: `replay.reference`, or else the first `self_consistency`, or
    /// else the first that may be ranked. `None` when none may.
    pub fn reference(&self) -> Option<&MethodConfig> {
        let ranked = || self.methods.iter().filter(|config| self.ranked(config));
        match &self.replay.reference {
            Some(label) => ranked().find(|config| config.label() == *label),
            None => ranked().find(|config| config.name() == "self_consistency").or_else(|| ranked().next()),
        }
    }

    /// Draws per question and backbone when the pools are full, critiques and ratings included. A kind of draw that no
    /// method uses is not drawn and not counted.
    pub fn draws_per_question(&self) -> u64 {
        self.drawn().iter().map(Drawn::draws).sum()
    }

    /// Of those, the draws that answer the question, which a verifier scores.
    pub fn answers_per_question(&self) -> u64 {
        self.drawn().iter().map(Drawn::answers).sum()
    }

    /// What every question gets, in trace order; a kind of draw that no method uses is left out. Live it is the most that a
    /// question can get: as many as the largest budget, of one chain.
    pub fn drawn(&self) -> Vec<Drawn> {
        let Pool { parallel, chains, rounds } = match self.collecting {
            Collecting::Pool => self.pool,
            Collecting::Live => {
                let most = self.budgets.iter().copied().max().unwrap_or(0);
                Pool { parallel: self.pool.parallel.min(most), chains: 1, rounds: self.pool.rounds.min(most) }
            }
        };
        let kinds = [
            (self.uses(DrawMode::Parallel), Drawn { mode: Mode::Parallel, chains: parallel, rows: 1 }),
            (self.uses(DrawMode::Sequential), Drawn { mode: Mode::Sequential, chains, rows: rounds }),
            // A critique stands between each two answers.
            (self.uses(DrawMode::Refine), Drawn { mode: Mode::Refine, chains, rows: (2 * rounds).saturating_sub(1) }),
            (self.uses(DrawMode::Forced), Drawn { mode: Mode::Forced, chains, rows: rounds }),
            (self.uses_judge(), Drawn { mode: Mode::Judge, chains: 1, rows: 1 }),
        ];
        kinds.into_iter().filter(|(used, _)| *used).map(|(_, drawn)| drawn).collect()
    }

    /// The pool without the kind of draw that no method uses.
    pub fn drawn_pool(&self) -> Pool {
        let parallel = if self.uses(DrawMode::Parallel) { self.pool.parallel } else { 0 };
        let chains = if self.uses(DrawMode::Sequential) { self.pool.chains } else { 0 };
        Pool { parallel, chains, rounds: self.pool.rounds }
    }

    /// Whether every draw was imported: the run itself then holds the questions, and nothing is ever drawn.
    pub fn imported(&self) -> bool {
        self.backbones.iter().all(BackbonePlan::imported)
    }

    /// Whether some method draws in this mode.
    pub fn uses(&self, mode: DrawMode) -> bool {
        self.methods.iter().any(|config| config.draws() == mode)
    }

    /// Whether some method wants questions' difficulties as the backbone rates them.
    pub fn uses_judge(&self) -> bool {
        self.methods.iter().any(|config| config.method().ranks_by(DifficultySource::Judge))
    }
}

/// The draws of one kind that every question gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Drawn {
    /// How they are asked for.
    pub mode: Mode,
    /// Chains; a parallel draw is a chain of one row.
    pub chains: u32,
    /// Rows of a chain, critiques included.
    pub rows: u32,
}

impl Drawn {
    /// All rows.
    pub fn draws(&self) -> u64 {
        u64::from(self.chains) * u64::from(self.rows)
    }

    /// The rows that answer the question: of a critique-and-revise chain every other one, none of a judge's.
    pub fn answers(&self) -> u64 {
        let rows = match self.mode {
            Mode::Parallel | Mode::Sequential | Mode::Forced => self.rows,
            Mode::Refine => self.rows.div_ceil(2),
            Mode::Judge => 0,
        };
        u64::from(self.chains) * u64::from(rows)
    }
}

impl BackbonePlan {
    /// The sampling parameters on a dataset, which may have a token limit of its own.
    pub fn sampling_on(&self, dataset: &DatasetPlan) -> Sampling {
        Sampling { max_tokens: dataset.max_tokens.unwrap_or(self.sampling.max_tokens), ..self.sampling }
    }

    /// What answers, as traces name it: a model's name, or `simulated:PROFILE`.
    pub fn model(&self) -> String {
        match &self.kind {
            BackboneKind::Simulated { profile } => format!("simulated:{profile}"),
            BackboneKind::Imported { model, .. } | BackboneKind::Embedded { model } => model.clone(),
            BackboneKind::OpenAi(openai) => openai.service.model.clone(),
        }
    }

    /// Whether a simulation answers instead of a language model.
    pub fn simulated(&self) -> bool {
        match &self.kind {
            BackboneKind::Simulated { .. } => true,
            BackboneKind::Imported { model, .. } => model.starts_with("simulated:"),
            BackboneKind::OpenAi(_) | BackboneKind::Embedded { .. } => false,
        }
    }

    /// Whether its draws were imported, so that none can be added.
    pub fn imported(&self) -> bool {
        matches!(self.kind, BackboneKind::Imported { .. })
    }
}
