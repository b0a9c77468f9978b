//! What was imported -> the experiment that describes it: pools as large as every question's, and the methods that those
//! pools allow. `--set` changes it like any other experiment.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::error::ImportError;
use crate::experiment::{Plan, parse};
use crate::key::Mode;
use crate::vocabulary::Sampling;

/// With fewer questions than this nothing is calibrated by default: its folds would be a handful of questions.
const ENOUGH_TO_CALIBRATE: usize = 20;

/// A backbone whose draws were imported.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct BackboneContents {
    pub(super) name: String,
    pub(super) model: String,
    pub(super) sampling: Sampling,
}

/// A data set whose questions were answered.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct DatasetContents {
    pub(super) name: String,
    /// A token limit of its own.
    pub(super) max_tokens: Option<u32>,
    pub(super) questions: usize,
}

/// How many chains, of how many rows each, every question of a partition has; a parallel draw is a chain of one row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Extent {
    pub(super) chains: u32,
    pub(super) rows: u32,
}

/// Everything that was imported, without the draws themselves.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Contents {
    pub(super) run: String,
    pub(super) backbones: Vec<BackboneContents>,
    pub(super) datasets: Vec<DatasetContents>,
    /// By backbone and data set: the kinds of draws there are.
    pub(super) pools: BTreeMap<(String, String), BTreeMap<Mode, Extent>>,
    /// Hash of what was imported.
    pub(super) content: String,
    /// Whose scores every answer has.
    pub(super) verifier: Option<String>,
}

impl Contents {
    /// The experiment. What not every backbone and data set has is left out, and said in `warnings`.
    pub(super) fn plan(&self, overrides: &[String], warnings: &mut Vec<String>) -> Result<Plan, ImportError> {
        let extents = self.common(warnings)?;
        let text = self.experiment(&extents).to_string();
        let name = format!("the experiment of the import `{}`", self.run);
        parse(&text, &name, overrides).map_err(|error| ImportError::Config(Box::new(error)))
    }

    /// The kinds of draws that every partition has, as far as every one of them has them.
    fn common(&self, warnings: &mut Vec<String>) -> Result<BTreeMap<Mode, Extent>, ImportError> {
        let partitions: Vec<(&str, &str)> = self
            .backbones
            .iter()
            .flat_map(|backbone| self.datasets.iter().map(move |dataset| (&*backbone.name, &*dataset.name)))
            .collect();
        let mut common = BTreeMap::new();
        for mode in Mode::ALL {
            let extent = |(backbone, dataset): &(&str, &str)| -> Option<Extent> {
                self.pools.get(&((*backbone).to_owned(), (*dataset).to_owned()))?.get(&mode).copied()
            };
            let (have, lack): (Vec<_>, Vec<_>) = partitions.iter().partition(|partition| extent(partition).is_some());
            let least = have
                .iter()
                .copied()
                .filter_map(extent)
                .reduce(|a, b| Extent { chains: a.chains.min(b.chains), rows: a.rows.min(b.rows) });
            match (least, lack.first()) {
                (Some(least), None) => drop(common.insert(mode, least)),
                (Some(_), Some((backbone, dataset))) => warnings.push(format!(
                    "{} draws are stored but left out of the experiment: {} of {} partitions lack them (first: {backbone} \
                     on {dataset}); `markovscale replay {} --set datasets=[...] --set methods=[...]` uses them where \
                     they are",
                    mode.name(),
                    lack.len(),
                    partitions.len(),
                    self.run,
                )),
                (None, _) => {}
            }
        }
        if common.keys().all(|mode| *mode == Mode::Judge) {
            return Err(ImportError::Usage(
                "no kind of draw is there for every backbone on every data set, so no experiment can use them together; \
                 import them as runs of their own (--dataset, --backbone)"
                    .to_owned(),
            ));
        }
        Ok(common)
    }

    fn experiment(&self, extents: &BTreeMap<Mode, Extent>) -> Value {
        let backbones: Vec<Value> = self.backbones.iter().map(|backbone| self.backbone(backbone)).collect();
        let datasets: Vec<Value> = self.datasets.iter().map(dataset).collect();
        let verifier = self.verifier.as_ref().map_or(json!("none"), |name| json!({"kind": "imported", "name": name}));
        let parallel = extents.get(&Mode::Parallel).map_or(1, |extent| extent.chains);
        let chained = |mode: Mode| {
            let extent = extents.get(&mode)?;
            // Of a critique-and-revise chain every other row is an answer.
            let rounds = if mode == Mode::Refine { extent.rows.div_ceil(2) } else { extent.rows };
            Some((extent.chains, rounds))
        };
        let chains: Vec<(u32, u32)> =
            [Mode::Sequential, Mode::Refine, Mode::Forced].map(chained).into_iter().flatten().collect();
        let number = chains.iter().map(|(number, _)| *number).min().unwrap_or(1);
        let rounds = chains.iter().map(|(_, rounds)| *rounds).min();
        let answers = extents.contains_key(&Mode::Parallel).then_some(parallel);
        let largest = answers.into_iter().chain(rounds).min().unwrap_or(1);
        let questions = self.datasets.iter().map(|dataset| dataset.questions).min().unwrap_or(0);
        json!({
            "name": self.run,
            "datasets": datasets,
            "backbones": backbones,
            "verifier": verifier,
            "pool": {"parallel": parallel, "chains": number, "rounds": rounds.unwrap_or(1)},
            "methods": methods(extents, self.verifier.is_some(), questions),
            "budgets": budgets(largest),
            "tuning": {"crossfit": questions.clamp(2, 5)},
        })
    }

    fn backbone(&self, backbone: &BackboneContents) -> Value {
        let Sampling { temperature, top_p, max_tokens } = backbone.sampling;
        json!({
            "name": backbone.name,
            "kind": "imported",
            "model": backbone.model,
            "content": self.content,
            "sampling": {"temperature": temperature, "top_p": top_p, "max_tokens": max_tokens},
        })
    }
}

fn dataset(dataset: &DatasetContents) -> Value {
    match dataset.max_tokens {
        Some(max_tokens) => json!({"name": dataset.name, "max_tokens": max_tokens}),
        None => json!({"name": dataset.name}),
    }
}

/// Powers of two up to the largest possible budget.
fn budgets(largest: u32) -> Vec<u32> {
    std::iter::successors(Some(1_u32), |budget| budget.checked_mul(2)).take_while(|budget| *budget <= largest).collect()
}

/// The methods that these draws allow: the baselines of each kind, and MarkovScale where it can learn.
fn methods(extents: &BTreeMap<Mode, Extent>, scored: bool, questions: usize) -> Vec<Value> {
    let calibrates = questions >= ENOUGH_TO_CALIBRATE;
    let (mut methods, mut oracles) = (Vec::new(), Vec::new());
    if extents.contains_key(&Mode::Parallel) {
        oracles.push("parallel");
        methods.extend(["single", "self_consistency", "early_stopping_sc", "adaptive_sc"].map(|name| json!(name)));
        if scored {
            methods.extend(["weighted_self_consistency", "best_of_n", "optscale"].map(|name| json!(name)));
        }
    }
    if extents.contains_key(&Mode::Judge) && extents.contains_key(&Mode::Parallel) {
        methods.push(json!("difficulty_adaptive_sc"));
    }
    if extents.contains_key(&Mode::Sequential) {
        oracles.push("sequential");
        methods.push(json!("mr_thinking"));
        match (calibrates, scored) {
            (true, _) => methods.push(json!({"markovscale": {"stop": ["gate", "map"]}})),
            (false, true) => methods.push(json!({"markovscale": {"stop": "zero"}})),
            (false, false) => {}
        }
    }
    if extents.contains_key(&Mode::Refine) {
        methods.push(json!("self_refine"));
    }
    if extents.contains_key(&Mode::Forced) {
        methods.push(json!("budget_forcing"));
    }
    if !oracles.is_empty() {
        methods.push(json!({"oracle": {"draws": oracles}}));
    }
    methods
}
