//! Routes of servers that score: what each is asked, and how its reply is read.
//!
//! Process reward models (`prm`), pairs of texts (`score`), documents for a query (`rerank`) and chat models that judge
//! (`judge`). A kind of verifier behind a server is one file here and one line in [`ROUTES`]: its keys in a config, its
//! default name, the canonical form, what makes its scores stale and the documentation follow from its [`RouteSpec`].
//! Nothing here meets the network or a config file.

mod grade;
mod judge;
mod prm;
mod reply;
mod rerank;
mod score;
mod settings;
mod spec;
mod text;

pub(crate) use reply::{Scored, Trouble, usage};
pub use settings::{Aggregate, Scale, ScoredText};
pub use spec::{Asked, Route, RouteError, RouteSpec, Settings};
pub(crate) use text::scored_text;

/// Every kind of verifier behind a server, in the order of the documentation.
pub const ROUTES: &[&RouteSpec] = &[&prm::SPEC, &score::SPEC, &rerank::SPEC, &judge::SPEC];
