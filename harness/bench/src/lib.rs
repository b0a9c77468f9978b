//! The experiment harness behind the `markovscale` command. Modules stand on floors, and each uses only what lies below it:
//! `tests/floors/plan.rs` lists them and a test holds them. A draw's way is
//! experiment -> dataset -> prompt -> backbone -> verifier -> collect -> trace -> replay -> results -> report.
//! Beside it, `live` plays methods while draws are made: it asks as `collect` does and decides as `replay` does, by the
//! same `sessions`. And `answers` looks at what was decided about answers: a run's, or those of a user's own file. `models`
//! are language models that run in this process; backbones and verifiers ask them as they ask the servers of `net`.

pub mod answers;
pub mod backbone;
pub mod calibrate;
pub mod cli;
pub mod collect;
mod content;
pub mod dataset;
pub mod doctor;
pub mod experiment;
pub mod export;
pub mod fit;
pub mod forecast;
pub mod import;
pub mod key;
pub mod live;
pub mod models;
pub mod net;
pub mod prompt;
pub mod replay;
pub mod report;
pub mod resources;
pub mod results;
pub mod routes;
pub mod schema;
mod sessions;
pub mod suggest;
pub mod trace;
pub mod verifier;
pub mod vocabulary;
