//! What the config tests share: a small valid config, and errors as a terminal shows them.

mod docs;
mod methods;
mod overrides;
mod pins;
mod plans;
mod properties;
mod refusals;
mod secrets;

use std::path::PathBuf;

use miette::{Diagnostic, GraphicalReportHandler, GraphicalTheme};

use super::*;

/// A small valid config; tests change it.
const BASE: &str = "\
name: small
seed: 7
datasets: [one, {name: two, limit: 100}]
backbones:
  - {name: weak, kind: simulated}
  - name: strong
    kind: simulated
    sampling: {temperature: 0.6}
verifier: simulated
pool: {parallel: 16, chains: 2, rounds: 8}
methods:
  - self_consistency
  - best_of_n
  - markovscale: {stop: [gate, map], select: posterior}
budgets: [4, 1, 2]
";

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read(source: &str, overrides: &[&str]) -> Result<Plan, ConfigError> {
    let overrides: Vec<String> = overrides.iter().map(|text| (*text).to_owned()).collect();
    parse(source, "small.yaml", &overrides)
}

fn plan(source: &str) -> Plan {
    read(source, &[]).unwrap_or_else(|error| panic!("{}", render(&error)))
}

/// As a terminal without colours shows it.
fn render(error: &ConfigError) -> String {
    let mut text = String::new();
    let handler = GraphicalReportHandler::new_themed(GraphicalTheme::unicode_nocolor()).with_width(110);
    handler.render_report(&mut text, error as &dyn Diagnostic).expect("rendered");
    text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n")
}

fn broken(source: &str, overrides: &[&str]) -> String {
    match read(source, overrides) {
        Ok(plan) => panic!("should be refused, but reads as {plan:?}"),
        Err(error) => render(&error),
    }
}

/// The base with one stretch replaced, which must be there.
fn with(from: &str, to: &str) -> String {
    assert!(BASE.contains(from), "{from}");
    BASE.replacen(from, to, 1)
}
