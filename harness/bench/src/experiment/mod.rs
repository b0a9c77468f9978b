//! YAML -> a checked, expanded plan. Running accepts only a [`Plan`].
//!
//! The text becomes a tree whose every key knows its place (`tree`), overrides edit the tree (`overrides`), and one
//! reader (`decode`) checks it against the tables of [`schema`]. That is a private raw form with unknown keys denied,
//! like a derived one, but it can report several problems at once and tell a value of the file from one of the command
//! line.

mod canonical;
mod check;
mod decode;
mod error;
mod json;
mod load;
mod methods;
mod overrides;
mod plan;
mod price;
mod reader;
pub mod schema;
mod secret;
mod service;
mod source;
#[cfg(test)]
mod tests;
mod tree;
mod verifier;

pub use crate::routes::{Aggregate, Scale, ScoredText};
pub use error::{ConfigError, Problem};
pub use load::{load, parse};
pub use plan::{BackboneKind, BackbonePlan, DatasetPlan, Drawn, Plan, Pool, ReplayPlan, Tuning};
pub use price::{Money, Prices};
pub(crate) use reader::is_safe_name;
pub use service::{Api, Collecting, Limits, OpenAiPlan, Price, RunBudget, ServicePlan};
pub use verifier::{
    EMBEDDED_CONCURRENCY, Naming, Origin, PROCESSES, ProcessSpec, ProcessVerifier, VERIFIER_KINDS, VerifierPlan,
    VerifierService,
};
