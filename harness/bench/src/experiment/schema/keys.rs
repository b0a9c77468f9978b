//! Every key of a config.

use super::{MOST_DRAWS, ValueKind, count};
use crate::experiment::service::{Aggregate, Api, Scale, ScoredText};

/// A key of the config.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct KeySpec {
    /// The path, e.g. `backbones[].sampling.temperature`.
    pub path: &'static str,
    /// What its value may be.
    pub value: ValueKind,
    /// What holds when it is left out; `None` when it must be given.
    pub default: Option<&'static str>,
    /// What it means.
    pub about: &'static str,
}

const fn key(path: &'static str, value: ValueKind, default: Option<&'static str>, about: &'static str) -> KeySpec {
    KeySpec { path, value, default, about }
}

/// The backbone kinds that exist.
pub const BACKBONE_KINDS: &[&str] = &["openai", "embedded", "simulated", "imported"];

/// The verifier kinds that exist.
pub const VERIFIER_KINDS: &[&str] = &["none", "prm", "score", "rerank", "judge", "embedded", "simulated", "imported"];

/// Seconds in a week: longer than any request is waited for.
const WEEK: f64 = 604_800.0;

const SECONDS: ValueKind = ValueKind::Number { least: 0.0, open: true, most: WEEK };

/// A price per million tokens, or of a whole run.
const PRICE: ValueKind = ValueKind::Number { least: 0.0, open: false, most: 1e9 };

/// The value of `tuning` that fits on the questions that are scored.
pub const TEST_SET: &str = "test_set";

/// Every key, sections before what they hold.
pub const KEYS: &[KeySpec] = &[
    key("name", ValueKind::Name, None, "the run's name and folder"),
    key("seed", count(0, u64::MAX), Some("0"), "seed of everything random"),
    key("datasets", ValueKind::List, None, "question sets: a name, or a map of the keys below"),
    key("datasets[].name", ValueKind::Name, None, "name of the dataset's manifest"),
    key("datasets[].limit", count(1, 100_000_000), Some("all questions"), "use only this many questions"),
    key(
        "datasets[].max_tokens",
        count(1, 10_000_000),
        Some("the backbone's"),
        "most completion tokens of one draw on this dataset",
    ),
    key("backbones", ValueKind::List, None, "the models that answer"),
    key("backbones[].name", ValueKind::Name, None, "unique name in tables and folders"),
    key("backbones[].kind", ValueKind::Choice(BACKBONE_KINDS), None, "what answers"),
    key("backbones[].profile", ValueKind::Text, Some("the backbone's name"), "a shipped profile or a path"),
    key(
        "backbones[].model",
        ValueKind::Text,
        Some("the backbone's name"),
        "the model's name on the server, a shipped model or its folder, or what gave imported draws",
    ),
    key("backbones[].content", ValueKind::Text, Some("not known"), "SHA-256 of imported draws"),
    key("backbones[].sampling", ValueKind::Section, Some("as below"), "sampling parameters"),
    key(
        "backbones[].sampling.temperature",
        ValueKind::Number { least: 0.0, open: false, most: 2.0 },
        Some("0.7"),
        "softmax temperature",
    ),
    key(
        "backbones[].sampling.top_p",
        ValueKind::Number { least: 0.0, open: true, most: 1.0 },
        Some("0.95"),
        "nucleus mass",
    ),
    key("backbones[].sampling.max_tokens", count(1, 10_000_000), Some("16384"), "most completion tokens of one draw"),
    key(
        "backbones[].concurrency",
        count(1, 65_536),
        Some("64; 256 with `embedded`"),
        "questions or chains in flight at once",
    ),
    key(
        "backbones[].base_url",
        ValueKind::Texts,
        Some("required with `openai`"),
        "the server's address, e.g. http://localhost:8000/v1, or those of its replicas",
    ),
    key("backbones[].api_key_env", ValueKind::Text, Some("no key"), "the environment variable that holds the key"),
    key("backbones[].api", ValueKind::Choice(Api::NAMES), Some("chat"), "which route of the server answers"),
    key("backbones[].stream", ValueKind::Flag, Some("false"), "whether replies are streamed"),
    key("backbones[].stop", ValueKind::Texts, Some("none"), "texts at which the model stops"),
    key(
        "backbones[].batch",
        count(1, 128),
        Some("1"),
        "parallel draws of one request (`n`), where the server honours it",
    ),
    key(
        "backbones[].tokenizer",
        ValueKind::Text,
        Some("estimate"),
        "a tokenizer.json that counts what the server does not",
    ),
    key("backbones[].extra", ValueKind::Free, Some("nothing"), "fields added to every request"),
    key("backbones[].limits", ValueKind::Section, Some("as below"), "how much is asked of the server"),
    key("backbones[].limits.concurrency", count(1, 65_536), Some("64"), "most requests in flight"),
    key("backbones[].limits.requests_per_minute", count(1, 100_000_000), Some("no limit"), "most requests a minute"),
    key("backbones[].limits.tokens_per_minute", count(1, 1 << 50), Some("no limit"), "most tokens a minute"),
    key("backbones[].limits.timeout_seconds", SECONDS, Some("1800"), "seconds until a request is given up"),
    key("backbones[].limits.attempts", count(1, 100), Some("8"), "requests made for a draw before it has failed"),
    key(
        "backbones[].price",
        ValueKind::Section,
        Some("free"),
        "prices per million tokens, all in one currency; a simulation may have one too",
    ),
    key("backbones[].price.prompt", PRICE, Some("0"), "prompt tokens"),
    key("backbones[].price.cached", PRICE, Some("as `prompt`"), "prompt tokens from a cache"),
    key("backbones[].price.completion", PRICE, Some("0"), "completion tokens"),
    key("backbones[].price.reasoning", PRICE, Some("as `completion`"), "completion tokens that are reasoning"),
    key("verifier", ValueKind::Section, Some("none"), "who scores draws: a kind, or a map of the keys below"),
    key("verifier.kind", ValueKind::Choice(VERIFIER_KINDS), None, "what scores"),
    key(
        "verifier.name",
        ValueKind::Name,
        Some("the kind; with `embedded` the model; required with `imported`"),
        "its name in the traces; scores of one name are of one verifier",
    ),
    key(
        "verifier.base_url",
        ValueKind::Texts,
        Some("required with a server"),
        "the server's address, or its replicas'",
    ),
    key(
        "verifier.model",
        ValueKind::Text,
        Some("required with a server or `embedded`"),
        "the model's name on the server, or a shipped model or its folder",
    ),
    key("verifier.api_key_env", ValueKind::Text, Some("no key"), "the environment variable that holds the key"),
    key(
        "verifier.aggregate",
        ValueKind::Choice(Aggregate::NAMES),
        Some("as stored"),
        "how replay makes a score of step scores",
    ),
    key(
        "verifier.scale",
        ValueKind::Choice(Scale::NAMES),
        Some("probability"),
        "what the server's numbers are; logits pass through the logistic function",
    ),
    key(
        "verifier.text",
        ValueKind::Choice(ScoredText::NAMES),
        Some("whole with `prm`, answer otherwise"),
        "what is scored: all that was written, or what follows the reasoning",
    ),
    key("verifier.step_token", ValueKind::Text, Some("<extra_0>"), "what a `prm` wants after every step"),
    key("verifier.prompt", ValueKind::Text, Some("grade"), "the prompt of a `judge`: a shipped name or a path"),
    key("verifier.extra", ValueKind::Free, Some("nothing"), "fields added to every request"),
    key("verifier.limits", ValueKind::Section, Some("as below"), "how much is asked of the server"),
    key("verifier.limits.concurrency", count(1, 65_536), Some("64"), "most requests in flight"),
    key("verifier.limits.requests_per_minute", count(1, 100_000_000), Some("no limit"), "most requests a minute"),
    key("verifier.limits.tokens_per_minute", count(1, 1 << 50), Some("no limit"), "most tokens a minute"),
    key("verifier.limits.timeout_seconds", SECONDS, Some("1800"), "seconds until a request is given up"),
    key("verifier.limits.attempts", count(1, 100), Some("8"), "requests made for a score before it has failed"),
    key("verifier.price", ValueKind::Section, Some("free"), "prices per million tokens, all in one currency"),
    key("verifier.price.prompt", PRICE, Some("0"), "tokens that the verifier reads"),
    key("verifier.price.cached", PRICE, Some("as `prompt`"), "of those, from a cache"),
    key("verifier.price.completion", PRICE, Some("0"), "tokens that the verifier writes"),
    key("verifier.price.reasoning", PRICE, Some("as `completion`"), "of those, reasoning"),
    key(
        "collect",
        ValueKind::Choice(&["pool", "live"]),
        Some("pool"),
        "draw whole pools, or only what methods decide to draw",
    ),
    key("budget", ValueKind::Section, Some("no limit"), "hard limits of the whole run"),
    key("budget.tokens", count(1, 1 << 60), Some("no limit"), "most tokens: prompt, completion and verifier"),
    key("budget.price", ValueKind::Number { least: 0.0, open: true, most: 1e12 }, Some("no limit"), "most money"),
    key(
        "budget.hours",
        ValueKind::Number { least: 0.0, open: true, most: 1e6 },
        Some("no limit"),
        "most hours of work",
    ),
    key("pool", ValueKind::Section, Some("as below"), "draws per question"),
    key("pool.parallel", count(1, MOST_DRAWS), Some("64"), "parallel draws per question"),
    key("pool.chains", count(1, MOST_DRAWS), Some("2"), "chains per question"),
    key("pool.rounds", count(1, MOST_DRAWS), Some("64"), "rounds per chain, the first answer included"),
    key("methods", ValueKind::List, None, "a method's name, or a map from the name to its parameters"),
    key("budgets", ValueKind::List, None, "most answers per question, one result each"),
    key("budgets[]", count(1, MOST_DRAWS), None, "a number of answers"),
    key(
        "tuning",
        ValueKind::Section,
        Some("as below"),
        "how calibrated methods are fitted; `test_set` in place of the map fits on the scored questions, to show that leak",
    ),
    key("tuning.crossfit", count(2, 1_000), Some("5"), "folds; a question is scored with what the others taught"),
    key(
        "tuning.from",
        ValueKind::Text,
        Some("fit anew"),
        "a file RUN/learned/backbone=B/dataset=D.json of a run on other questions, used instead of fitting",
    ),
    key("replay", ValueKind::Section, Some("as below"), "how stored pools are replayed"),
    key("replay.replicates", count(1, 1_000_000), Some("200"), "random orders of a parallel pool"),
    key("replay.resamples", count(1, 1_000_000), Some("1000"), "bootstrap resamples of an interval"),
    key(
        "replay.reference",
        ValueKind::Text,
        Some("self_consistency, if there"),
        "the configuration that the others are compared with, as tables name it",
    ),
    key("prompts", ValueKind::Section, Some("as below"), "prompt files: shipped names or paths"),
    key("prompts.answer", ValueKind::Text, Some("plain"), "for first answers and parallel draws"),
    key("prompts.re_answer", ValueKind::Text, Some("re-answer"), "for later rounds of a chain"),
    key("prompts.critique", ValueKind::Text, Some("critique"), "for checking an answer before it is revised"),
    key("prompts.refine", ValueKind::Text, Some("refine"), "for answering again with a critique"),
    key("prompts.judge", ValueKind::Text, Some("judge"), "for rating a question's difficulty"),
    key("prompts.continuation", ValueKind::Text, Some("Wait"), "words that a reasoning text is made to go on with"),
];

/// The key at this path.
pub(in crate::experiment) fn find(path: &str) -> Option<&'static KeySpec> {
    KEYS.iter().find(|key| key.path == path)
}

/// The names allowed directly under `section` (empty for the top level), in table order.
pub(in crate::experiment) fn names_under(section: &str) -> Vec<&'static str> {
    KEYS.iter()
        .filter_map(|key| {
            let rest = if section.is_empty() { key.path } else { key.path.strip_prefix(section)?.strip_prefix('.')? };
            (!rest.contains(['.', '['])).then_some(rest)
        })
        .collect()
}
