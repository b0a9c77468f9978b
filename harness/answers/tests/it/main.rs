//! Answers against the gold answers of real benchmarks, which lie beside the repository and are never part of it, and
//! against pairs of answers labelled by hand and by rule, which are.
#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "functions shared by tests: clippy's exemption covers test functions only"
)]

mod by_rule;
mod golds;
mod grade_example;
mod kinds;
mod pairs;
mod rewordings;
mod support;
