//! Question + previous answer -> messages; and what replies conclude.

mod error;
mod extraction;
mod family;
mod plan;
mod reading;
pub mod reasoning;
mod set;
mod template;
#[cfg(test)]
mod tests;

pub use error::PromptError;
pub(crate) use extraction::{Extracted, extracted};
pub use extraction::{answer_of, correct};
pub use family::Family;
pub use plan::PromptPlan;
pub use reading::{rating, verdict, verdict_name, verdict_of_name};
pub use set::{GradePrompt, PromptSet, is_path, shipped_names};
