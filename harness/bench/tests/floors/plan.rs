//! The floors of each crate, from the ground up. A room uses rooms on floors below its own, and never another room of its
//! own floor: what two rooms share lies below both.

/// Rooms of a crate that stand side by side.
pub(crate) struct Floor {
    /// Its modules.
    pub(crate) rooms: &'static [&'static str],
    /// What it answers, one sentence.
    pub(crate) answers: &'static str,
}

/// A crate, and what its floors allow.
pub(crate) struct House {
    /// Its folder beside this crate's.
    pub(crate) folder: &'static str,
    /// From the ground up.
    pub(crate) floors: &'static [Floor],
    /// Files that may use each other in a circle, each group with its reason; `parse/` is every file of that room. A group may
    /// shrink, not grow.
    pub(crate) circles: &'static [(&'static [&'static str], &'static str)],
}

const fn floor(rooms: &'static [&'static str], answers: &'static str) -> Floor {
    Floor { rooms, answers }
}

impl House {
    /// Whether an entry of a group names a file.
    pub(crate) fn names(entry: &str, file: &str) -> bool {
        entry == file || entry.strip_suffix('/').is_some_and(|room| file == room || file.starts_with(entry))
    }
}

pub(crate) const BENCH: House = House {
    folder: ".",
    floors: &[
        floor(
            &["content", "key", "vocabulary", "suggest"],
            "What is a draw called, which words do all rooms share, what does a model's message say, and which known name is \
             nearest to a misspelt one?",
        ),
        floor(&["schema"], "What is a key of a config, and what may its value be?"),
        floor(
            &["dataset", "prompt", "models"],
            "Which questions are asked, in which words, and which models run in this process?",
        ),
        floor(
            &["routes"],
            "What does each kind of verifier read of its config, send to its server, and read of a reply?",
        ),
        floor(&["experiment"], "What is to be done: is this YAML an experiment, and which one?"),
        floor(&["net"], "How is one request brought to a server and its reply back, whatever goes wrong?"),
        floor(
            &["resources", "trace"],
            "Which servers and models does this process hold, and what does a run's folder hold?",
        ),
        floor(&["backbone", "results"], "What does a model answer, and how are results stored as tables?"),
        floor(&["verifier"], "How good is an answer, to a verifier?"),
        floor(&["collect"], "Which draws and scores are missing, and how are they made without losing one?"),
        floor(&["sessions"], "What does a method want next, given the draws so far, and when does it stop?"),
        floor(&["export", "replay"], "What would each method have decided, and what would that have cost?"),
        floor(
            &["answers", "calibrate", "forecast", "import", "live", "report"],
            "What does a run say in tables, about its grading and about what it still lacks; and how else does a run come \
             to be?",
        ),
        floor(&["doctor", "fit"], "Could this experiment run here, and what do chains say about re-answering?"),
        floor(&["cli"], "What did the user ask for, and what is printed?"),
    ],
    circles: BENCH_CIRCLES,
};

pub(crate) const ANSWERS: House = House {
    folder: "../answers",
    floors: &[
        floor(
            &["ambiguity", "policy", "verdict"],
            "What can a comparison come to, which conventions does it follow, and which texts have two readings?",
        ),
        floor(&["decision"], "On what does a verdict rest?"),
        floor(&["value"], "What mathematical object is it, and when are two the same?"),
        floor(&["normalise"], "Which tokens does a text hold?"),
        floor(&["parse"], "Which value do tokens write?"),
        floor(&["answer"], "What is an answer, read once?"),
        floor(&["equivalence"], "Are two answers the same?"),
        floor(
            &["classes", "extract", "grading"],
            "Which answer does a text give, is it right, and which answers agree?",
        ),
    ],
    circles: ANSWERS_CIRCLES,
};

const BENCH_CIRCLES: &[(&[&str], &str)] =
    &[(&["results/columns", "results/table"], "a row may add columns to its table")];

pub(crate) const SCALING: House = House {
    folder: "../scaling",
    floors: &[
        floor(
            &["chain", "crossfit", "optimise", "statistics", "words"],
            "What are a chain of answers, a fold, an interval and an optimum, and how is a word of a config read?",
        ),
        floor(&["draw"], "What does a method see of a draw?"),
        floor(&["rates"], "How often does re-answering help and harm?"),
        floor(&["assumptions", "curve"], "Do chains behave as the model assumes, and how does accuracy grow?"),
        floor(&["posterior"], "How probable is it that an answer is right, given all that was seen?"),
        floor(&["simulate"], "Which draws would a question give if the model were true?"),
        floor(&["methods"], "Draw again or stop, and which answer is returned?"),
    ],
    circles: SCALING_CIRCLES,
};

const SCALING_CIRCLES: &[(&[&str], &str)] = &[
    (&["rates/coupled", "rates/empirical", "rates/outlook"], "posteriors of questions and what they promise"),
    (&["posterior/fit", "posterior/fit/emission", "posterior/fit/history"], "parts of one likelihood"),
    (&["simulate", "simulate/question"], "questions and their sizes"),
    (&["statistics/accuracy", "statistics/paired"], "a difference is judged by what differs"),
    (&["methods/optscale/descent", "methods/optscale/truncated_normal"], "a density and its fit"),
    (&["methods/optscale", "methods/optscale/tuning"], "what is tuned and how"),
    (
        &["assumptions", "assumptions/homogeneity", "assumptions/order", "assumptions/redraw"],
        "the list of tests and what all share",
    ),
];

/// A grammar is recursive, and so are what it reads and how that is compared.
const ANSWERS_CIRCLES: &[(&[&str], &str)] = &[
    (&["parse/"], "recursive descent"),
    (&["value/expression", "value/polynomial"], "atoms of polynomials hold expressions"),
    (&["equivalence/"], "a member is compared as the whole is"),
    (&["normalise/"], "a name is normalised like a text"),
    (&["extract/"], "every rule gives what `extract` collects"),
];
