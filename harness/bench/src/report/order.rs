//! The order in which a report shows things, whatever the order in which replay finished.

use std::collections::BTreeSet;

use super::context::ReportContext;
use crate::results::{Comparison, EqualTokens, Outcome};

/// Names in the order asked for, followed by names that the order does not know, as they come.
pub(super) fn ordered<'a>(order: &[String], present: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let found: Vec<&str> = present.filter(|name| seen.insert(*name)).collect();
    let known = order.iter().filter(|name| found.contains(&name.as_str())).cloned();
    let unknown = found.iter().filter(|name| !order.iter().any(|known| known == *name)).map(|name| (*name).to_owned());
    known.chain(unknown).collect()
}

/// Where a name stands in [`ordered`].
pub(super) fn place<'a>(order: &[String], present: impl Iterator<Item = &'a str>) -> impl Fn(&str) -> Option<usize> {
    let names = ordered(order, present);
    move |name| names.iter().position(|known| known == name)
}

/// What a row of results is about.
pub(super) struct Subject<'r> {
    pub(super) backbone: &'r str,
    /// Which of several tables of a backbone it belongs to.
    part: &'r str,
    dataset: Option<&'r str>,
    /// Its method, and another where it compares two.
    methods: [&'r str; 2],
    budget: u32,
    pub(super) simulated: bool,
}

/// A row of results.
pub(super) trait Placed {
    fn subject(&self) -> Subject<'_>;
}

impl Placed for Outcome {
    fn subject(&self) -> Subject<'_> {
        let Self { backbone, simulated, dataset, method, budget, .. } = self;
        let (simulated, budget, methods) = (*simulated, *budget, [method.as_str(); 2]);
        Subject { backbone, part: "", dataset: Some(dataset), methods, budget, simulated }
    }
}

impl Placed for Comparison {
    fn subject(&self) -> Subject<'_> {
        let Self { backbone, simulated, dataset, method, budget, .. } = self;
        let (simulated, budget, methods) = (*simulated, *budget, [method.as_str(); 2]);
        Subject { backbone, part: "", dataset: Some(dataset), methods, budget, simulated }
    }
}

impl Placed for EqualTokens {
    fn subject(&self) -> Subject<'_> {
        let Self { backbone, simulated, dataset, tokens, method, baseline, .. } = self;
        let (simulated, methods) = (*simulated, [method.as_str(), baseline]);
        Subject { backbone, part: tokens.name(), dataset: dataset.as_deref(), methods, budget: 0, simulated }
    }
}

/// Rows in the context's order: by backbone, dataset (their mean first), method and budget.
pub(super) fn sorted<'r, R: Placed>(rows: &'r [R], context: &ReportContext) -> Vec<&'r R> {
    let subjects = || rows.iter().map(Placed::subject);
    let backbone = place(&context.backbones, subjects().map(|subject| subject.backbone));
    let dataset = place(&context.datasets, subjects().filter_map(|subject| subject.dataset));
    let method = place(&context.methods, subjects().flat_map(|subject| subject.methods));
    let mut sorted: Vec<&R> = rows.iter().collect();
    sorted.sort_by_cached_key(|row| {
        let subject = row.subject();
        let (dataset, methods) = (subject.dataset.and_then(&dataset), subject.methods.map(&method));
        (backbone(subject.backbone), subject.part.to_owned(), dataset, methods, subject.budget)
    });
    sorted
}
