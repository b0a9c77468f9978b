//! Every key of a config. Each is declared once: reading, the canonical form, the documentation and the JSON Schema follow.

use std::sync::LazyLock;

use super::MOST_DRAWS;
use crate::experiment::service::{Api, Collecting};
use crate::experiment::verifier::VERIFIER_KINDS;
use crate::routes::{Aggregate, ROUTES, ScoredText};
use crate::schema::Fallback::{Flag, Means, Number, Required, Text, Whole};
use crate::schema::{Fallback, Key, ValueKind, count, key, section};

/// A key at its path.
#[derive(Debug, Clone, PartialEq)]
pub struct KeySpec {
    /// The path, e.g. `backbones[].sampling.temperature`.
    pub path: String,
    /// Its declaration.
    pub key: Key,
}

impl KeySpec {
    /// What an error says of it: what it means, without the details.
    pub(in crate::experiment) fn summary(&self) -> &'static str {
        self.key.about.split(';').next().unwrap_or_default()
    }
}

/// The backbone kinds that exist.
pub const BACKBONE_KINDS: &[&str] = &["openai", "embedded", "simulated", "imported"];

/// Seconds in a week: longer than any request is waited for.
const WEEK: f64 = 604_800.0;

/// A price per million tokens.
const PRICE: ValueKind = ValueKind::Number { least: 0.0, open: false, most: 1e9 };

/// The value of `tuning` that fits on the questions that are scored.
pub const TEST_SET: &str = "test_set";

const NO_LIMIT: Fallback = Means("no limit");
const BELOW: Fallback = Means("as below");

/// A section of keys with defaults of their own.
const fn block(name: &'static str, about: &'static str, keys: &'static [Key]) -> Key {
    section(name, ValueKind::Section, BELOW, about, keys)
}

const fn above_zero(most: f64) -> ValueKind {
    ValueKind::Number { least: 0.0, open: true, most }
}

/// How much is asked of a server, a backbone's or a verifier's.
const LIMITS: Key = block(
    "limits",
    "how much is asked of the server",
    &[
        key(
            "concurrency",
            count(1, 65_536),
            Whole(64),
            "maximum number of requests in flight; how many there are below that finds its own level",
        ),
        key("requests_per_minute", count(1, 100_000_000), NO_LIMIT, "maximum number of requests started in a minute"),
        key(
            "tokens_per_minute",
            count(1, 1 << 50),
            NO_LIMIT,
            "maximum number of tokens, prompt and completion, in a minute",
        ),
        key(
            "timeout_seconds",
            above_zero(WEEK),
            Number(1800.0),
            "seconds until a request is given up; of a stream, until its next piece",
        ),
        key("attempts", count(1, 100), Whole(8), "requests made for one draw or score before it is recorded as failed"),
    ],
);

/// What tokens cost, a backbone's or a verifier's.
const PRICES: Key = section(
    "price",
    ValueKind::Section,
    Means("free"),
    "prices per million tokens, all in one currency; what is no server may have prices too, to see what it would cost",
    &[
        key("prompt", PRICE, Number(0.0), "prompt tokens; of a verifier, tokens that it reads"),
        key("cached", PRICE, Means("as `prompt`"), "prompt tokens served from a cache"),
        key("completion", PRICE, Number(0.0), "completion tokens; of a verifier, tokens that it writes"),
        key("reasoning", PRICE, Means("as `completion`"), "completion tokens that are reasoning"),
    ],
);

const API_KEY: Key =
    key("api_key_env", ValueKind::Text, Means("no key"), "the environment variable that holds the key, never a key");

const EXTRA: Key = key(
    "extra",
    ValueKind::Free,
    Means("nothing"),
    "fields added to the body of every request, e.g. `{top_k: 20}`; a `null` takes a field out",
);

const DATASET: &[Key] = &[
    key("name", ValueKind::Name, Required, "name of the dataset's manifest"),
    key(
        "limit",
        count(1, 100_000_000),
        Means("all questions"),
        "use only this many questions, chosen by content and not by row",
    ),
    key(
        "max_tokens",
        count(1, 10_000_000),
        Means("the backbone's"),
        "maximum number of completion tokens of one draw on this dataset",
    ),
];

const SAMPLING: &[Key] = &[
    key("temperature", ValueKind::Number { least: 0.0, open: false, most: 2.0 }, Number(0.7), "softmax temperature"),
    key("top_p", above_zero(1.0), Number(0.95), "nucleus mass"),
    key("max_tokens", count(1, 10_000_000), Whole(16_384), "maximum number of completion tokens of one draw"),
];

const BACKBONE: &[Key] = &[
    key("name", ValueKind::Name, Required, "unique name in tables and folders"),
    key(
        "kind",
        ValueKind::Choice(BACKBONE_KINDS),
        Required,
        "what answers; `openai` is a language model behind any OpenAI-compatible server ([servers.md](servers.md)); \
         `embedded` is a small language model that runs in the process, on the CPU; `simulated` is a generative model, not a \
         language model; `imported` draws were made elsewhere ([import.md](import.md)) and none can be added",
    ),
    key(
        "profile",
        ValueKind::Text,
        Means("the backbone's name"),
        "a shipped profile, or a path relative to the working directory; only with `simulated`",
    ),
    key(
        "model",
        ValueKind::Text,
        Means("the backbone's name"),
        "the model's name on the server; with `embedded` a shipped model, or the path of a folder (it contains `/`) with \
         `config.json`, `model.safetensors`, `tokenizer.json` and `tokenizer_config.json` as the Hugging Face hub has them; \
         or what gave imported draws, `simulated:PROFILE` for a simulated one",
    ),
    key(
        "content",
        ValueKind::Text,
        Means("not known"),
        "SHA-256 of imported draws, written by `import`; draws of other files are never mixed with them",
    ),
    block("sampling", "sampling parameters", SAMPLING),
    key(
        "concurrency",
        count(1, 65_536),
        Means("64; 256 with `embedded`"),
        "questions or chains in flight at once, which changes no draw; a server has `limits.concurrency` instead",
    ),
    key(
        "base_url",
        ValueKind::Texts,
        Means("required with `openai`"),
        "the server's address, e.g. `http://localhost:8000/v1`, or those of its replicas",
    ),
    API_KEY,
    key(
        "api",
        ValueKind::Choice(Api::NAMES),
        Text(Api::Chat.name()),
        "`/chat/completions`, where the server applies the model's chat template, or `/completions`, where the prompt is \
         sent as it is",
    ),
    key(
        "stream",
        ValueKind::Flag,
        Flag(false),
        "whether replies are streamed; a stream that stalls is noticed before it is over",
    ),
    key("stop", ValueKind::Texts, Means("none"), "texts at which the model stops"),
    key("batch", count(1, 128), Whole(1), "parallel draws asked for in one request (`n`), where the server honours it"),
    key(
        "tokenizer",
        ValueKind::Text,
        Means("estimate"),
        "a `tokenizer.json` that counts tokens where the server does not report them",
    ),
    EXTRA,
    LIMITS,
    PRICES,
];

/// Of a verifier, whatever its kind; the kinds' own keys follow them.
const VERIFIER: &[Key] = &[
    key(
        "kind",
        ValueKind::Choice(VERIFIER_KINDS),
        Required,
        "what scores; `prm`, `score`, `rerank` and `judge` are servers ([servers.md](servers.md)); `embedded` is a small \
         process reward model that runs in the process: it scores every line that is not blank; `imported` scores came with \
         imported draws",
    ),
    key(
        "name",
        ValueKind::Name,
        Means("the kind; with `embedded` the model; required with `imported`"),
        "its name in the traces, `scores/verifier=NAME` in the run's folder; scores of one name are of one verifier",
    ),
    key(
        "base_url",
        ValueKind::Texts,
        Means("required with a server"),
        "the server's address, or those of its replicas",
    ),
    key(
        "model",
        ValueKind::Text,
        Means("required with a server or `embedded`"),
        "the model's name on the server; with `embedded` a shipped model or the path of a folder, whose weights have \
         `score.weight`",
    ),
    API_KEY,
    key(
        "aggregate",
        ValueKind::Choice(Aggregate::NAMES),
        Means("as stored"),
        "how replay makes a score of step scores; chosen when replaying, so one scoring serves all four: stored is the \
         mean, with `embedded` the last",
    ),
    key(
        "text",
        ValueKind::Choice(ScoredText::NAMES),
        Means("whole with `prm`, answer otherwise"),
        "what is scored: all that was written, reasoning included, or what follows the reasoning (`</think>`), where \
         anything does",
    ),
    EXTRA,
    LIMITS,
    PRICES,
];

const BUDGET: &[Key] = &[
    key("tokens", count(1, 1 << 60), NO_LIMIT, "maximum number of tokens: prompt, completion and verifier"),
    key("price", above_zero(1e12), NO_LIMIT, "maximum amount of money, in the currency of the prices"),
    key(
        "hours",
        above_zero(1e6),
        NO_LIMIT,
        "maximum hours of collecting and scoring, all sessions together; of one that was killed up to 30 seconds are \
         forgotten",
    ),
];

const POOL: &[Key] = &[
    key("parallel", count(1, MOST_DRAWS), Whole(64), "parallel draws per question"),
    key(
        "chains",
        count(1, MOST_DRAWS),
        Whole(2),
        "chains of re-answers per question; as many of refinements and of forced texts, where a method uses them",
    ),
    key("rounds", count(1, MOST_DRAWS), Whole(64), "rounds per chain, the first answer included"),
];

const TUNING: &[Key] = &[
    key("crossfit", count(2, 1_000), Whole(5), "folds; a question is scored with parameters fitted on the other folds"),
    key(
        "from",
        ValueKind::Text,
        Means("fitted by this run"),
        "a file `RUN/learned/backbone=B/dataset=D.json` that another run's replay wrote, used instead of fitting; \
         `{backbone}` and `{dataset}` in it stand for what is being replayed, so that one line serves a grid \
         (`runs/calibration/learned/backbone={backbone}/dataset={dataset}-calibration.json`); a question that its fits saw \
         is refused",
    ),
];

const REPLAY: &[Key] = &[
    key("replicates", count(1, 1_000_000), Whole(200), "random orders of a question's parallel draws"),
    key("resamples", count(1, 1_000_000), Whole(1_000), "bootstrap resamples of an interval"),
    key(
        "reference",
        ValueKind::Text,
        Means("self_consistency, if there"),
        "the configuration that the others are compared with, as tables name it, e.g. `markovscale(map, posterior)`; by \
         default the first `self_consistency`, or else the first method that may be ranked",
    ),
];

const PROMPTS: &[Key] = &[
    key("answer", ValueKind::Prompt, Text("plain"), "for first answers and parallel draws"),
    key("re_answer", ValueKind::Prompt, Text("re-answer"), "for later rounds of a chain"),
    key("critique", ValueKind::Prompt, Text("critique"), "for checking an answer before it is revised"),
    key("refine", ValueKind::Prompt, Text("refine"), "for answering again with a critique"),
    key("judge", ValueKind::Prompt, Text("judge"), "for rating a question's difficulty"),
    key(
        "continuation",
        ValueKind::Text,
        Text("Wait"),
        "words after which a reasoning text is made to continue; not a prompt's name",
    ),
];

/// The keys of the top level, each with its own.
pub const TOP: &[Key] = &[
    key("name", ValueKind::Name, Required, "the run's name and its folder"),
    key("seed", count(0, u64::MAX), Whole(0), "seed of everything random"),
    section("datasets", ValueKind::List, Required, "question sets: a name, or a map of the keys below", DATASET),
    section("backbones", ValueKind::List, Required, "the models that answer", BACKBONE),
    section(
        "verifier",
        ValueKind::Section,
        Means("none"),
        "who scores draws: a kind, or a map of the keys below; `simulated` is the same as `{kind: simulated}`",
        VERIFIER,
    ),
    key(
        "collect",
        ValueKind::Choice(Collecting::NAMES),
        Text(Collecting::Pool.name()),
        "draw whole pools, which serve every method and budget, or only what each method decides to draw \
         ([live.md](live.md))",
    ),
    section(
        "budget",
        ValueKind::Section,
        NO_LIMIT,
        "hard limits of the whole run, whatever it already holds included; one that is reached lets requests in flight \
         finish, and a run whose limit is raised continues ([servers.md](servers.md#money))",
        BUDGET,
    ),
    block("pool", "draws stored per question", POOL),
    key("methods", ValueKind::List, Required, "what is judged: a method's name, or `{name: {parameter: value}}`"),
    key(
        "budgets",
        ValueKind::List,
        Required,
        "maximum numbers of answers per question, one result each; sorted when read",
    ),
    key(
        "budgets[]",
        count(1, MOST_DRAWS),
        Required,
        "a number of answers, at most `pool.parallel` for parallel methods and `pool.rounds` for those that draw chains",
    ),
    block(
        "tuning",
        "how calibrated methods are fitted; `test_set` instead of the map fits on the very questions that are scored, to \
         show the size of that leak: results are marked `[tuned on test]` and never ranked",
        TUNING,
    ),
    block("replay", "how stored draws are replayed", REPLAY),
    block("prompts", "prompts: shipped names, or paths relative to the working directory", PROMPTS),
];

/// Every key at its path, sections before what they hold.
pub static KEYS: LazyLock<Vec<KeySpec>> = LazyLock::new(|| {
    let mut keys = Vec::new();
    add(&mut keys, "", TOP);
    keys
});

fn add(keys: &mut Vec<KeySpec>, within: &str, declared: &[Key]) {
    for key in declared {
        let path = format!("{within}{}", key.name);
        keys.push(KeySpec { path: path.clone(), key: *key });
        let items = if key.value == ValueKind::List { "[]" } else { "" };
        add(keys, &format!("{path}{items}."), key.keys);
        if path == "verifier" {
            add(keys, "verifier.", &own_keys());
        }
    }
}

/// The keys of one or more routes, each once.
fn own_keys() -> Vec<Key> {
    let mut own: Vec<Key> = Vec::new();
    for key in ROUTES.iter().flat_map(|route| route.keys) {
        if !own.iter().any(|known| known.name == key.name) {
            own.push(*key);
        }
    }
    own
}

/// The key at this path.
pub(in crate::experiment) fn find(path: &str) -> Option<&'static KeySpec> {
    KEYS.iter().find(|key| key.path == path)
}

/// The keys directly under `section` (empty for the top level), in table order.
pub(in crate::experiment) fn keys_under(section: &str) -> Vec<&'static Key> {
    let direct = |spec: &&'static KeySpec| {
        let rest = match section {
            "" => Some(spec.path.as_str()),
            section => spec.path.strip_prefix(section).and_then(|rest| rest.strip_prefix('.')),
        };
        rest.is_some_and(|rest| !rest.contains(['.', '[']))
    };
    KEYS.iter().filter(direct).map(|spec| &spec.key).collect()
}

/// The names of those keys.
pub(in crate::experiment) fn names_under(section: &str) -> Vec<&'static str> {
    keys_under(section).into_iter().map(|key| key.name).collect()
}
