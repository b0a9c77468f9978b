//! What a key of a config is: its name, what its value may be, what holds where it is left out, what it means.
//!
//! A key is declared once. Reading, the canonical form, the documentation and the JSON Schema follow from the declaration.

use serde_json::Value;

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
    /// A prompt: the name of a shipped one, or a path.
    Prompt,
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
        /// Whether the lower bound itself is refused.
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
            Self::Section | Self::Free => "a map of keys and values".to_owned(),
            Self::List => "a list".to_owned(),
            Self::Text | Self::Prompt => "a text".to_owned(),
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
            Self::Choice([only]) => format!("`{only}`"),
            Self::Choice(words) => format!("one of {}", quoted(words)),
        }
    }
}

/// A whole number between two bounds.
pub(crate) const fn count(least: u64, most: u64) -> ValueKind {
    ValueKind::Whole { least, most }
}

/// What holds where a key is left out.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Fallback {
    /// It must be given.
    Required,
    /// This whole number.
    Whole(u64),
    /// This number.
    Number(f64),
    /// This text or word.
    Text(&'static str),
    /// Yes or no.
    Flag(bool),
    /// No value of this key; says what happens instead.
    Means(&'static str),
}

impl Fallback {
    /// The value of the key; null where it has none.
    pub(crate) fn json(self) -> Value {
        match self {
            Self::Whole(number) => number.into(),
            Self::Number(number) => number.into(),
            Self::Text(text) => text.into(),
            Self::Flag(flag) => flag.into(),
            Self::Required | Self::Means(_) => Value::Null,
        }
    }
}

/// A key of a config.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Key {
    /// Its name.
    pub name: &'static str,
    /// What its value may be.
    pub value: ValueKind,
    /// What holds when it is left out.
    pub default: Fallback,
    /// What it means, in Markdown. An error shows what stands before the first semicolon.
    pub about: &'static str,
    /// Keys of a section, or of the items of a list.
    pub keys: &'static [Key],
}

/// A key without keys of its own.
pub(crate) const fn key(name: &'static str, value: ValueKind, default: Fallback, about: &'static str) -> Key {
    Key { name, value, default, about, keys: &[] }
}

/// A list, or a map, with keys of its own.
pub(crate) const fn section(
    name: &'static str,
    value: ValueKind,
    default: Fallback,
    about: &'static str,
    keys: &'static [Key],
) -> Key {
    Key { name, value, default, about, keys }
}

/// An enum whose variants are words of a config: each word stands once, beside its variant.
macro_rules! words {
    (
        $(#[$of_enum:meta])*
        pub enum $name:ident { $($(#[$of_variant:meta])* $variant:ident = $word:literal,)+ }
    ) => {
        $(#[$of_enum])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
        pub enum $name {
            $($(#[$of_variant])* #[serde(rename = $word)] $variant,)+
        }

        impl $name {
            /// Every one, in the order of [`Self::NAMES`].
            pub const ALL: [Self; [$($word,)+].len()] = [$(Self::$variant,)+];

            /// The words in configs.
            pub const NAMES: &'static [&'static str] = &[$($word,)+];

            /// The word in configs.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)+
                }
            }

            /// The one of this word.
            pub fn from_name(name: &str) -> Option<Self> {
                Self::ALL.into_iter().find(|known| known.name() == name)
            }
        }
    };
}
pub(crate) use words;
