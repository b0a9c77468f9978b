//! Every key of a config and every parameter of a method, as data: the reader checks against it, unknown names are
//! matched with it, and the documentation is tested against it.

mod keys;
mod methods;

pub use keys::{BACKBONE_KINDS, KEYS, KeySpec, TEST_SET, VERIFIER_KINDS};
pub(super) use keys::{find, names_under};
pub(super) use methods::method;
pub use methods::{METHODS, MethodSpec, ParameterSpec, describe_methods};

use crate::suggest::quoted;

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

/// Most draws of one kind per question: keeps a slip of the finger from asking for more than memory holds.
const MOST_DRAWS: u64 = 65_536;

const fn count(least: u64, most: u64) -> ValueKind {
    ValueKind::Whole { least, most }
}
