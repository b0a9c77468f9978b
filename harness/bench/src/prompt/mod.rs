//! Question + previous answer -> messages; and what replies conclude that are no answers.

mod concluded;
mod error;
mod family;
mod plan;
mod reading;
pub mod reasoning;
mod set;
mod template;
#[cfg(test)]
mod tests;

pub(crate) use concluded::{Concluded, concluded};
pub use concluded::{answer_of, correct};
pub use error::PromptError;
pub use family::Family;
pub use plan::PromptPlan;
pub use reading::{rating, verdict, verdict_name, verdict_of_name};
pub use set::{GradePrompt, PromptSet, is_path, shipped_names};
