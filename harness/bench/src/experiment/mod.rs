//! YAML -> a checked, expanded plan. Running accepts only a [`Plan`].

mod plan;

pub use plan::{BackboneKind, BackbonePlan, DatasetPlan, Plan, Pool, PromptPlan, ReplayPlan, Tuning, VerifierPlan};
