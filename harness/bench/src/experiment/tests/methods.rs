//! Methods in configs and in help: both follow from their specs.

use std::collections::HashSet;

use markovscale::METHODS;

use super::*;
use crate::experiment::schema::describe_methods;

/// Every method with several values of every parameter.
const GRID: &str = "
name: grid
datasets: [arithmetic-stories]
backbones: [{name: b, kind: simulated}]
verifier: simulated
methods:
  - single
  - self_consistency: {legacy: [false, true]}
  - weighted_self_consistency: {legacy: [false, true]}
  - best_of_n: {legacy: [false, true]}
  - early_stopping_sc: {window: [5, 3], legacy: [false, true]}
  - adaptive_sc: {criterion: [beta, dirichlet], confidence: [0.95, 0.8], legacy: [false, true]}
  - difficulty_adaptive_sc:
      difficulty: [dataset_level, judge, first_score]
      judge_window: [5, 3]
      extend_window: [4, 2]
      confidence: 0.9
      legacy: [false, true]
  - mr_thinking
  - self_refine
  - budget_forcing
  - optscale: {prior: [none, fitted], settings: [fixed, tuned], q: [0.1, 0.2], target: [0.9, 0.8], legacy: [false, true]}
  - oracle: {draws: [parallel, sequential, refine, forced]}
  - markovscale:
      stop: [gate, map, zero, confidence, optimal]
      select: [last, best_score, posterior]
      epsilon: [0.01, 0.02]
      price: [0.001, 0.01]
  - markovscale:
      stop: [confidence, optimal]
      select: [last, posterior]
      draws: [sequential, parallel]
      confidence: [0.95, 0.9]
      min_answers: [1, 2]
      scores: false
budgets: [1, 2]
";

/// Labels name rows of stored results and what was learned; the hash says whether a run's config has changed.
#[test]
fn labels_and_the_hash_of_a_grid_stay_what_they_are() {
    let plan = plan(GRID);
    let labels: Vec<String> = plan.methods.iter().map(|config| config.label()).collect();
    let distinct: HashSet<&String> = labels.iter().collect();
    assert_eq!(distinct.len(), labels.len(), "labels are unique");
    insta::assert_snapshot!(format!("{}\n{}", plan.hash(), labels.join("\n")));
    assert_eq!(read(&plan.to_yaml(), &[]).expect("valid"), plan);
}

#[test]
fn the_help_lists_every_method_and_parameter() {
    let help = describe_methods();
    for spec in METHODS {
        let start = help.lines().position(|line| line.starts_with(&format!("{} ", spec.name)));
        let start = start.unwrap_or_else(|| panic!("{} is missing:\n{help}", spec.name));
        for (line, parameter) in help.lines().skip(start + 1).zip(spec.parameters) {
            assert!(line.starts_with(&format!("  {} ", parameter.name)), "{}: {line}", spec.name);
            assert!(line.ends_with(&format!(", default {}", (parameter.default)())), "{line}");
        }
    }
}
