//! Every scaling method, one file each, behind the interface of [`interface`].
//!
//! Rules common to all, kept in one place ([`common`]): a missing or cut-off answer never votes and is never returned
//! while another answer exists, yet its tokens count; ties go to the class seen first.

pub mod common;
pub mod config;
pub mod explanation;
pub mod interface;
pub mod learned;
mod lessons;
pub mod play;
pub mod spec;
mod votes;

pub mod adaptive_sc;
pub mod adaptive_weighted_sc;
pub mod bayes_factor;
pub mod best_of_n;
pub mod budget_forcing;
pub mod difficulty_adaptive_sc;
pub mod early_stopping_sc;
pub mod markovscale;
pub mod mr_thinking;
pub mod optscale;
pub mod oracle;
pub mod self_consistency;
pub mod self_refine;
pub mod single;
pub mod weighted_self_consistency;

#[cfg(test)]
mod tests;

/// Every method, in the order of the documentation: the only list of them.
pub const METHODS: &[&spec::MethodSpec] = &[
    &single::SPEC,
    &self_consistency::SPEC,
    &weighted_self_consistency::SPEC,
    &best_of_n::SPEC,
    &early_stopping_sc::SPEC,
    &adaptive_sc::SPEC,
    &bayes_factor::SPEC,
    &adaptive_weighted_sc::SPEC,
    &difficulty_adaptive_sc::SPEC,
    &mr_thinking::SPEC,
    &self_refine::SPEC,
    &budget_forcing::SPEC,
    &optscale::SPEC,
    &oracle::SPEC,
    &markovscale::SPEC,
];
