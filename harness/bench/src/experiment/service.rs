//! Servers of an experiment: where they are, how they are asked, what they cost. Never a secret: a key is named by the
//! environment variable that holds it.

use serde_json::{Map, Value};

/// A server that is asked over HTTP.
#[derive(Debug, Clone, PartialEq)]
pub struct ServicePlan {
    /// Addresses of its replicas, without a slash at the end; at least one.
    pub base_urls: Vec<String>,
    /// The model's name on the server.
    pub model: String,
    /// The environment variable that holds the key; `None` where none is needed.
    pub api_key_env: Option<String>,
    /// Fields added to the body of every request.
    pub extra: Map<String, Value>,
    /// How much may be asked at once, and for how long.
    pub limits: Limits,
    /// What tokens cost.
    pub price: Price,
}

/// Limits of what is asked of a server.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limits {
    /// Most requests in flight; how many there are below that finds its own level.
    pub concurrency: u32,
    /// Most requests started in a minute.
    pub requests_per_minute: Option<u32>,
    /// Most tokens, prompt and completion, in a minute.
    pub tokens_per_minute: Option<u64>,
    /// Seconds until a request is given up.
    pub timeout_seconds: f64,
    /// Requests made for one draw before it is recorded as failed.
    pub attempts: u32,
}

impl Limits {
    /// What holds where nothing is given.
    pub const DEFAULT: Self = Self {
        concurrency: 64,
        requests_per_minute: None,
        tokens_per_minute: None,
        timeout_seconds: 1800.0,
        attempts: 8,
    };
}

/// Draws, or scores, of a model in this process that are under way at once where nothing is given: enough to fill the batches
/// of its threads.
pub const EMBEDDED_CONCURRENCY: u32 = 256;

/// Prices per million tokens, all in one currency; 0 where nothing is given.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Price {
    /// Prompt tokens.
    pub prompt: f64,
    /// Prompt tokens served from a cache; `None`: as [`Self::prompt`].
    pub cached: Option<f64>,
    /// Completion tokens.
    pub completion: f64,
    /// Completion tokens that are reasoning; `None`: as [`Self::completion`].
    pub reasoning: Option<f64>,
}

/// Which route of an OpenAI-compatible server answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Api {
    /// `/chat/completions`: the server applies the model's chat template.
    Chat,
    /// `/completions`: the prompt is sent as it is, for base models.
    Completions,
}

impl Api {
    /// The names in configs.
    pub const NAMES: &'static [&'static str] = &["chat", "completions"];

    /// The name in configs.
    pub fn name(self) -> &'static str {
        match self {
            Self::Chat => "chat",
            Self::Completions => "completions",
        }
    }
}

/// An OpenAI-compatible server that answers questions.
#[derive(Debug, Clone, PartialEq)]
pub struct OpenAiPlan {
    /// The server.
    pub service: ServicePlan,
    /// The route.
    pub api: Api,
    /// Whether replies are streamed.
    pub stream: bool,
    /// Texts at which the model stops; they are not part of the completion.
    pub stop: Vec<String>,
    /// Parallel draws asked for in one request (`n`); 1 asks for each by itself, with its own seed and token count.
    pub batch: u32,
    /// A `tokenizer.json` that counts tokens where the server does not tell; `None`: they are estimated.
    pub tokenizer: Option<String>,
}

/// How a score is made of step scores.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Aggregate {
    /// Their mean.
    Mean,
    /// The last.
    Last,
    /// The smallest.
    Min,
    /// Their product.
    Product,
}

impl Aggregate {
    /// Every one, in the order of [`Self::NAMES`].
    pub const ALL: [Self; 4] = [Self::Mean, Self::Last, Self::Min, Self::Product];

    /// The names in configs.
    pub const NAMES: &'static [&'static str] = &["mean", "last", "min", "product"];

    /// The name in configs.
    pub fn name(self) -> &'static str {
        match self {
            Self::Mean => "mean",
            Self::Last => "last",
            Self::Min => "min",
            Self::Product => "product",
        }
    }

    /// The aggregate of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|aggregate| aggregate.name() == name)
    }

    /// The score of these steps; `None` when there are none.
    pub fn of(self, steps: &[f64]) -> Option<f64> {
        let last = *steps.last()?;
        Some(match self {
            Self::Mean => steps.iter().sum::<f64>() / steps.len() as f64,
            Self::Last => last,
            Self::Min => steps.iter().copied().fold(f64::INFINITY, f64::min),
            Self::Product => steps.iter().product(),
        })
    }
}

/// What kind of server scores.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VerifierRoute {
    /// A process reward model behind vLLM's `/pooling`: step scores.
    Prm,
    /// `/score` of vLLM and others: the score of a pair of texts.
    Score,
    /// `/rerank` (Jina, Cohere, vLLM, text-embeddings-inference): relevance of a document.
    Rerank,
    /// Any chat model that is asked whether the answer is right.
    Judge,
}

impl VerifierRoute {
    /// The kind's name in configs.
    pub fn name(self) -> &'static str {
        match self {
            Self::Prm => "prm",
            Self::Score => "score",
            Self::Rerank => "rerank",
            Self::Judge => "judge",
        }
    }
}

/// What the numbers of a verifier's server are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scale {
    /// Probabilities, in [0, 1]; others are refused.
    Probability,
    /// Logits, any number: they pass through the logistic function.
    Logit,
}

impl Scale {
    /// The names in configs.
    pub const NAMES: &'static [&'static str] = &["probability", "logit"];

    /// The name in configs.
    pub fn name(self) -> &'static str {
        match self {
            Self::Probability => "probability",
            Self::Logit => "logit",
        }
    }
}

/// What of a completion a verifier reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScoredText {
    /// All of it, reasoning included, without the tags around the reasoning.
    Whole,
    /// What follows the reasoning, where anything does; else all of it.
    Answer,
}

impl ScoredText {
    /// The names in configs.
    pub const NAMES: &'static [&'static str] = &["whole", "answer"];

    /// The name in configs.
    pub fn name(self) -> &'static str {
        match self {
            Self::Whole => "whole",
            Self::Answer => "answer",
        }
    }
}

/// A server that scores draws.
#[derive(Debug, Clone, PartialEq)]
pub struct VerifierService {
    /// The verifier's name in traces.
    pub name: String,
    /// How it is asked.
    pub route: VerifierRoute,
    /// The server.
    pub service: ServicePlan,
    /// What its numbers are; a `judge` gives none but probabilities.
    pub scale: Scale,
    /// What of a completion it reads.
    pub text: ScoredText,
    /// What stands after every step that a `prm` scores.
    pub step_token: String,
    /// The prompt of a `judge`, by name (shipped) or path.
    pub prompt: String,
}

/// Who decides what is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Collecting {
    /// The whole pool, whatever methods will look at.
    #[default]
    Pool,
    /// Each method draws what it decides to and nothing else.
    Live,
}

/// Hard limits of a whole run; a run that reaches one finishes what is in flight, stops, and goes on when it is raised.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct RunBudget {
    /// Most tokens of all kinds: prompt, completion, verifier.
    pub tokens: Option<u64>,
    /// Most money, in the currency of the prices.
    pub price: Option<f64>,
    /// Most hours of work, all sessions together.
    pub hours: Option<f64>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_score_is_made_of_its_steps() {
        let steps = [0.5, 0.25, 0.75];
        let of = |aggregate: Aggregate| aggregate.of(&steps);
        assert_eq!(Aggregate::ALL.map(of), [Some(0.5), Some(0.75), Some(0.25), Some(0.09375)]);
        assert_eq!(Aggregate::Mean.of(&[]), None);
        for name in Aggregate::NAMES {
            assert_eq!(Aggregate::from_name(name).map(Aggregate::name), Some(*name));
        }
    }
}
