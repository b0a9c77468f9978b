//! Question + previous answer -> messages.

mod error;
mod message;
mod set;
mod template;
#[cfg(test)]
mod tests;

pub use error::PromptError;
pub use message::{Message, Role};
pub use set::{PromptSet, is_path, shipped_names};
