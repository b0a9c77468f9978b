//! Every key of a config as data, and the words for those and for the parameters of methods: the reader checks against it, unknown names are
//! matched with it, and the documentation is tested against it.

mod help;
mod keys;

pub use help::describe_methods;
pub use keys::{BACKBONE_KINDS, KEYS, KeySpec, TEST_SET, TOP};
pub(super) use keys::{find, keys_under, names_under};

use markovscale::ParameterKind;

pub use crate::schema::ValueKind;

/// The maximum number of draws of one kind per question, as of methods.
const MOST_DRAWS: u64 = markovscale::methods::spec::MOST_DRAWS as u64;

impl From<ParameterKind> for ValueKind {
    fn from(kind: ParameterKind) -> Self {
        match kind {
            ParameterKind::Words(words) => Self::Choice(words),
            ParameterKind::Whole { least, most } => Self::Whole { least: u64::from(least), most: u64::from(most) },
            ParameterKind::Number { least, open, most } => Self::Number { least, open, most },
            ParameterKind::Flag => Self::Flag,
        }
    }
}
