//! Every key of a config and every parameter of a method, as data: the reader checks against it, unknown names are
//! matched with it, and the documentation is tested against it.

use markovscale::DrawMode;

use super::service::{Aggregate, Api, Scale, ScoredText};

/// What a value may be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum ValueKind {
    /// A map with keys of its own.
    Section,
    /// A list; its items are described under the same path followed by `[]`.
    List,
    /// Any text that is not empty.
    Text,
    /// A name that can be a folder: letters, digits, `.`, `_`, `-`.
    Name,
    /// A whole number.
    Whole {
        /// The smallest allowed.
        least: u64,
        /// The largest allowed.
        most: u64,
    },
    /// A number.
    Number {
        /// The lower bound.
        least: f64,
        /// Whether the lower bound itself is allowed.
        open: bool,
        /// The largest allowed.
        most: f64,
    },
    /// One of these words.
    Choice(&'static [&'static str]),
    /// `true` or `false`.
    Flag,
    /// A text, or a list of texts.
    Texts,
    /// A map of anything: what is not ours to check.
    Free,
}

impl ValueKind {
    /// The kind in words, for "expected ...".
    pub fn describe(self) -> String {
        match self {
            Self::Section => "a map of keys and values".to_owned(),
            Self::List => "a list".to_owned(),
            Self::Text => "a text".to_owned(),
            Self::Name => {
                "a name of letters, digits, `.`, `_` and `-` that starts with a letter or digit (100 at most)"
                    .to_owned()
            }
            Self::Whole { least, most } if most == u64::MAX => format!("a whole number of at least {least}"),
            Self::Whole { least, most } => format!("a whole number from {least} to {most}"),
            Self::Number { least, open: true, most } => format!("a number above {least} and up to {most}"),
            Self::Number { least, open: false, most } => format!("a number from {least} to {most}"),
            Self::Flag => "`true` or `false`".to_owned(),
            Self::Texts => "a text or a list of texts".to_owned(),
            Self::Free => "a map of keys and values".to_owned(),
            Self::Choice([only]) => format!("`{only}`"),
            Self::Choice(words) => format!("one of {}", quoted(words)),
        }
    }
}

/// Words in backticks, separated by commas.
pub(super) fn quoted(words: &[&str]) -> String {
    words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}

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

/// Most draws of one kind per question: keeps a slip of the finger from asking for more than memory holds.
const MOST_DRAWS: u64 = 65_536;

const fn count(least: u64, most: u64) -> ValueKind {
    ValueKind::Whole { least, most }
}

const fn key(path: &'static str, value: ValueKind, default: Option<&'static str>, about: &'static str) -> KeySpec {
    KeySpec { path, value, default, about }
}

/// The backbone kinds that exist.
pub const BACKBONE_KINDS: &[&str] = &["openai", "simulated", "imported"];

/// The verifier kinds that exist.
pub const VERIFIER_KINDS: &[&str] = &["none", "prm", "score", "rerank", "judge", "simulated", "imported"];

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
        "the model's name on the server, or that gave imported draws",
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
    key("backbones[].concurrency", count(1, 65_536), Some("64"), "questions in flight at once"),
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
        Some("the kind; required with `imported`"),
        "its name in the traces; scores of one name are of one verifier",
    ),
    key(
        "verifier.base_url",
        ValueKind::Texts,
        Some("required with a server"),
        "the server's address, or its replicas'",
    ),
    key("verifier.model", ValueKind::Text, Some("required with a server"), "the model's name on the server"),
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
pub(super) fn find(path: &str) -> Option<&'static KeySpec> {
    KEYS.iter().find(|key| key.path == path)
}

/// The names allowed directly under `section` (empty for the top level), in table order.
pub(super) fn names_under(section: &str) -> Vec<&'static str> {
    KEYS.iter()
        .filter_map(|key| {
            let rest = if section.is_empty() { key.path } else { key.path.strip_prefix(section)?.strip_prefix('.')? };
            (!rest.contains(['.', '['])).then_some(rest)
        })
        .collect()
}

/// A parameter's value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Setting {
    /// One of a parameter's words.
    Word(&'static str),
    /// A whole number.
    Whole(u32),
    /// A number.
    Number(f64),
    /// Yes or no.
    Flag(bool),
}

/// A parameter of a method.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ParameterSpec {
    /// Its key.
    pub name: &'static str,
    /// What its value may be; a list of such values expands to one configuration each.
    pub value: ValueKind,
    /// The value when left out.
    pub default: Setting,
    /// What it means.
    pub about: &'static str,
}

/// A method.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MethodSpec {
    /// Its name.
    pub name: &'static str,
    /// Where its draws come from; `None` when its parameter `draws` says so.
    pub draws: Option<DrawMode>,
    /// What it does.
    pub about: &'static str,
    /// Its parameters.
    pub parameters: &'static [ParameterSpec],
}

const DRAW_MODES: &[&str] = &["parallel", "sequential", "refine", "forced"];

/// What `legacy` means on every method that has it.
const LEGACY: ParameterSpec = ParameterSpec {
    name: "legacy",
    value: ValueKind::Flag,
    default: Setting::Flag(false),
    about: "as published code: raw strings vote, and so do missing answers",
};

const CONFIDENCE: ParameterSpec = ParameterSpec {
    name: "confidence",
    value: ValueKind::Number { least: 0.0, open: false, most: 1.0 },
    default: Setting::Number(0.95),
    about: "probability that the leader is the majority at which drawing stops; 1 is never reached",
};

/// Every method that exists.
pub const METHODS: &[MethodSpec] = &[
    MethodSpec { name: "single", draws: Some(DrawMode::Parallel), about: "one answer", parameters: &[] },
    MethodSpec {
        name: "self_consistency",
        draws: Some(DrawMode::Parallel),
        about: "the most frequent of N parallel answers",
        parameters: &[LEGACY],
    },
    MethodSpec {
        name: "weighted_self_consistency",
        draws: Some(DrawMode::Parallel),
        about: "the answer with the largest sum of verifier scores; needs a verifier",
        parameters: &[LEGACY],
    },
    MethodSpec {
        name: "best_of_n",
        draws: Some(DrawMode::Parallel),
        about: "the parallel answer with the highest verifier score; needs a verifier",
        parameters: &[ParameterSpec {
            about: "as published code: a missing answer can have the highest score",
            ..LEGACY
        }],
    },
    MethodSpec {
        name: "early_stopping_sc",
        draws: Some(DrawMode::Parallel),
        about: "ESC: the majority, stopping when a whole window of draws agrees",
        parameters: &[
            ParameterSpec {
                name: "window",
                value: count(1, MOST_DRAWS),
                default: Setting::Whole(5),
                about: "draws of a window",
            },
            LEGACY,
        ],
    },
    MethodSpec {
        name: "adaptive_sc",
        draws: Some(DrawMode::Parallel),
        about: "ASC: the majority, stopping when the leader is probably the majority",
        parameters: &[
            ParameterSpec {
                name: "criterion",
                value: ValueKind::Choice(&["beta", "dirichlet"]),
                default: Setting::Word("beta"),
                about: "the leader against the runner-up, or against every class seen",
            },
            CONFIDENCE,
            LEGACY,
        ],
    },
    MethodSpec {
        name: "difficulty_adaptive_sc",
        draws: Some(DrawMode::Parallel),
        about: "DSC: one draw for easy questions, ASC in windows for the others",
        parameters: &[
            ParameterSpec {
                name: "difficulty",
                value: ValueKind::Choice(&["dataset_level", "judge", "first_score"]),
                default: Setting::Word("judge"),
                about: "what ranks the questions, and is paid for; `first_score` needs a verifier",
            },
            ParameterSpec {
                name: "judge_window",
                value: count(1, MOST_DRAWS),
                default: Setting::Whole(5),
                about: "draws that must agree for a question to look easy, and a hard question's first window",
            },
            ParameterSpec {
                name: "extend_window",
                value: count(1, MOST_DRAWS),
                default: Setting::Whole(4),
                about: "draws added between tests",
            },
            CONFIDENCE,
            LEGACY,
        ],
    },
    MethodSpec {
        name: "mr_thinking",
        draws: Some(DrawMode::Sequential),
        about: "the last answer of a chain of N",
        parameters: &[],
    },
    MethodSpec {
        name: "self_refine",
        draws: Some(DrawMode::Refine),
        about: "the last answer of a chain with critiques, which stop it when they approve",
        parameters: &[],
    },
    MethodSpec {
        name: "budget_forcing",
        draws: Some(DrawMode::Forced),
        about: "what one reasoning text concludes after N - 1 continuations (s1)",
        parameters: &[],
    },
    MethodSpec {
        name: "optscale",
        draws: Some(DrawMode::Parallel),
        about: "as many draws as the scores of the first few ask for, the highest score; needs a verifier",
        parameters: &[
            ParameterSpec {
                name: "prior",
                value: ValueKind::Choice(&["none", "fitted"]),
                default: Setting::Word("none"),
                about: "fit scores alone (OptScale-0), or with a prior from other questions (OptScale-t)",
            },
            ParameterSpec {
                name: "settings",
                value: ValueKind::Choice(&["fixed", "tuned"]),
                default: Setting::Word("fixed"),
                about: "`q` and `target` as given, or tuned on other questions",
            },
            ParameterSpec {
                name: "q",
                value: ValueKind::Number { least: 0.0, open: true, most: 1.0 },
                default: Setting::Number(0.1),
                about: "probability allowed for missing the target",
            },
            ParameterSpec {
                name: "target",
                value: ValueKind::Number { least: 0.0, open: false, most: 1.0 },
                default: Setting::Number(0.9),
                about: "score to reach",
            },
            ParameterSpec { about: "as published code: missing answers enter the fit and can win", ..LEGACY },
        ],
    },
    MethodSpec {
        name: "oracle",
        draws: None,
        about: "an upper bound, never ranked: right if any of N draws is",
        parameters: &[ParameterSpec {
            name: "draws",
            value: ValueKind::Choice(DRAW_MODES),
            default: Setting::Word("parallel"),
            about: "independent draws, or which kind of chain",
        }],
    },
    MethodSpec {
        name: "markovscale",
        draws: None,
        about: "answers again while the answer posterior says that it is worth it",
        parameters: &[
            ParameterSpec {
                name: "stop",
                value: ValueKind::Choice(&["gate", "map", "zero", "confidence", "optimal"]),
                default: Setting::Word("map"),
                about: "decide once after the first answer (`gate`), or after every answer by the predicted gain (`map`; \
                        `zero`: without calibration), by the answer's probability, or by a policy fitted on other questions",
            },
            ParameterSpec {
                name: "select",
                value: ValueKind::Choice(&["last", "best_score", "posterior"]),
                default: Setting::Word("posterior"),
                about: "which answer is returned; `best_score` needs a verifier",
            },
            ParameterSpec {
                name: "draws",
                value: ValueKind::Choice(&["sequential", "parallel"]),
                default: Setting::Word("sequential"),
                about: "a chain or independent draws; parallel only with `stop: confidence` or `optimal`",
            },
            ParameterSpec {
                name: "epsilon",
                value: ValueKind::Number { least: 0.0, open: false, most: 1.0 },
                default: Setting::Number(0.01),
                about: "gain in accuracy below which another round is not worth it",
            },
            ParameterSpec {
                name: "price",
                value: ValueKind::Number { least: 0.0, open: false, most: 1.0 },
                default: Setting::Number(0.001),
                about: "price of one more draw in accuracy, for `map`, `zero` and `optimal`",
            },
            ParameterSpec {
                name: "confidence",
                value: ValueKind::Number { least: 0.0, open: true, most: 1.0 },
                default: Setting::Number(0.95),
                about: "probability of the answer at which `stop: confidence` stops",
            },
            ParameterSpec {
                name: "min_answers",
                value: count(1, MOST_DRAWS),
                default: Setting::Whole(1),
                about: "answers drawn before stopping is considered",
            },
        ],
    },
];

/// The methods and their parameters as lines of text, for `--help`.
pub fn describe_methods() -> String {
    let mut text = String::new();
    for method in METHODS {
        text.push_str(&format!("{:<27}{}\n", method.name, method.about));
        for ParameterSpec { name, value, default, about } in method.parameters {
            text.push_str(&format!("  {name:<25}{about}: {}, default {default}\n", value.describe()));
        }
    }
    text
}

/// The method of that name.
pub(super) fn method(name: &str) -> Option<&'static MethodSpec> {
    METHODS.iter().find(|method| method.name == name)
}

/// The nearest of `known` to `found`, if it is near enough to be what was meant.
pub(super) fn nearest<'a>(found: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let plain = |text: &str| text.to_lowercase().replace(['-', ' '], "_");
    let found = plain(found);
    known
        .into_iter()
        .filter_map(|name| {
            let known = plain(name);
            let similarity = strsim::jaro_winkler(&found, &known);
            // Jaro-Winkler misses one slip in a short word (`mpa` for `map`).
            let slips = strsim::osa_distance(&found, &known);
            let near = similarity >= 0.75 || (slips <= 1 && found.chars().count() >= 3);
            near.then(|| (similarity.max(strsim::normalized_damerau_levenshtein(&found, &known)), name))
        })
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, name)| name)
}

/// Help for a name that does not exist: the nearest one, and all there are.
pub(crate) fn name_help(found: &str, known: &[&str]) -> String {
    let all = match known {
        [] => "no name is known here".to_owned(),
        [only] => format!("this version has only `{only}`"),
        several => format!("there are {}", quoted(several)),
    };
    match nearest(found, known.iter().copied()) {
        Some(name) => format!("did you mean `{name}`? ({all})"),
        None => all,
    }
}
