//! Enumerations that configs, labels and files write as words.

/// A value that is written as a word.
pub trait Word: Copy + 'static {
    /// The word.
    fn word(self) -> &'static str;
    /// The value of a word; `None` when no value is called that.
    fn of_word(word: &str) -> Option<Self>;
}

/// Declares an enumeration with the word of each value. The words are stated once: names, reading and files follow.
macro_rules! words {
    (
        $(#[$meta:meta])*
        pub enum $name:ident {
            $($(#[$variant_meta:meta])* $variant:ident = $word:literal,)+
        }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $name {
            $($(#[$variant_meta])* #[serde(rename = $word)] $variant,)+
        }

        impl $name {
            /// Every value.
            pub const ALL: [Self; [$($word),+].len()] = [$(Self::$variant),+];
            /// The words of all values, in the same order.
            pub const NAMES: &'static [&'static str] = &[$($word),+];

            /// The word used in configs, labels, files and tables.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)+
                }
            }

            /// The value of a word; `None` when no value is called that.
            pub fn from_name(name: &str) -> Option<Self> {
                Self::ALL.into_iter().find(|value| value.name() == name)
            }
        }

        impl $crate::words::Word for $name {
            fn word(self) -> &'static str {
                self.name()
            }

            fn of_word(word: &str) -> Option<Self> {
                Self::from_name(word)
            }
        }
    };
}

pub(crate) use words;
