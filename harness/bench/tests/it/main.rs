//! Integration tests: the built program, seen from outside.

mod commands;
mod disk;
mod kill;
mod program;
mod readers;
