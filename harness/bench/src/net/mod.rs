//! Requests to servers: replicas, limits, retries. Knows nothing of what is asked, and stores nothing.
//!
//! One [`Service`] stands for one server of the experiment for as long as the process works, so that what was learned of
//! it (how much at once, which replica is down) holds for every partition of the grid.

mod aimd;
mod balance;
mod client;
mod error;
mod estimate;
mod exchange;
mod failure;
mod files;
mod identity;
mod json;
mod pace;
mod retry;
mod server_stats;
mod service;
mod services;
mod slots;
mod stop;
#[cfg(test)]
mod tests;
mod trust;
mod words;

pub use error::ServiceError;
pub use estimate::estimated_tokens;
pub use exchange::{Page, Post, Read, Refused, Replied, RequestFailure, Unreadable};
pub use files::open_files;
pub use identity::ServiceIdentity;
pub use json::{json, put_extra};
pub use server_stats::ServerStats;
pub use service::Service;
pub use services::Services;
pub use stop::StopFlag;
pub use words::PromptRefusal;
pub(crate) use words::{own_words, refusal_of_prompt, words_of_error};
