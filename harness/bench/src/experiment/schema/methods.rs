//! Every method and its parameters.

use markovscale::{DrawMode, Setting};

use super::{MOST_DRAWS, ValueKind, count};

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
            ParameterSpec {
                name: "scores",
                value: ValueKind::Flag,
                default: Setting::Flag(true),
                about: "whether verifier scores are looked at and paid for; without them the answers alone decide",
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
pub(in crate::experiment) fn method(name: &str) -> Option<&'static MethodSpec> {
    METHODS.iter().find(|method| method.name == name)
}
