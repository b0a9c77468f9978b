//! Integration tests: the built program, seen from outside.

#![expect(clippy::expect_used, reason = "a test fails by panicking")]

mod answers;
mod commands;
mod disk;
mod doctor;
mod faults;
mod fit;
mod import;
mod keys;
mod kill;
mod kill_served;
mod program;
mod readers;
mod scripted;
mod servers;
mod verifiers;
