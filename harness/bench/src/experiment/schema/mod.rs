//! Every key of a config and every parameter of a method, as data: the reader checks against it, unknown names are
//! matched with it, and the documentation is tested against it.

mod keys;
mod methods;

pub use keys::{BACKBONE_KINDS, KEYS, KeySpec, TEST_SET, TOP};
pub(super) use keys::{find, keys_under, names_under};
pub(super) use methods::method;
pub use methods::{METHODS, MethodSpec, ParameterSpec, describe_methods};

pub use crate::schema::ValueKind;
use crate::schema::count;

/// Most draws of one kind per question: keeps a slip of the finger from asking for more than memory holds.
const MOST_DRAWS: u64 = 65_536;
