//! Integration tests: the built program, seen from outside.

#![expect(clippy::expect_used, reason = "a test fails by panicking")]

mod answers;
mod budget;
mod commands;
mod disk;
mod doctor;
#[cfg(feature = "embedded")]
mod embedded;
mod faults;
mod fit;
mod import;
mod keys;
mod kill;
mod kill_served;
mod live;
mod program;
mod readers;
mod scripted;
mod servers;
mod verifiers;
