//! Integration tests: the built program, seen from outside.

#![expect(clippy::expect_used, reason = "a test fails by panicking")]

mod answers;
mod commands;
mod disk;
mod fit;
mod import;
mod kill;
mod program;
mod readers;
mod verifiers;
