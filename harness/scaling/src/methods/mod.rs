//! Every scaling method, one file each, behind the interface of [`interface`].
//!
//! Rules common to all, kept in one place ([`common`]): a missing or cut-off answer never votes and is never returned
//! while another answer exists, yet its tokens count; ties go to the class seen first.

pub mod adaptive_sc;
pub mod best_of_n;
pub mod budget_forcing;
pub mod common;
pub mod config;
pub mod difficulty_adaptive_sc;
pub mod early_stopping_sc;
pub mod explanation;
pub mod interface;
pub mod learned;
pub mod markovscale;
pub mod mr_thinking;
pub mod optscale;
pub mod oracle;
pub mod play;
pub mod self_consistency;
pub mod self_refine;
pub mod single;
pub mod spec;
mod votes;
pub mod weighted_self_consistency;

#[cfg(test)]
mod tests;
