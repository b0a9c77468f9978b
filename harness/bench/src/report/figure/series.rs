//! What a figure shows: per dataset and method the points along the horizontal axis, in percent.

use super::style::{Look, looks};
use super::x_axis::XAxis;
use crate::report::context::ReportContext;
use crate::report::order::ordered;
use crate::report::text::method_label;
use crate::results::Outcome;

/// Up to this many methods, all bands stay readable and lines carry their own labels.
pub(super) const FEW: usize = 4;

/// A method of the figure.
pub(super) struct Shown {
    pub(super) method: String,
    pub(super) label: String,
    pub(super) upper_bound: bool,
    /// Whether its intervals are drawn as a band along its line.
    pub(super) banded: bool,
    pub(super) look: Look,
}

/// One outcome as drawn.
#[derive(Clone, Copy)]
pub(super) struct Mark {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) low: f64,
    pub(super) high: f64,
}

/// The methods shown, in the context's order.
pub(super) fn methods(outcomes: &[&Outcome], context: &ReportContext) -> Vec<Shown> {
    let names = ordered(&context.methods, outcomes.iter().map(|outcome| outcome.method.as_str()));
    let found: Vec<&&Outcome> =
        names.iter().filter_map(|name| outcomes.iter().find(|outcome| outcome.method == *name)).collect();
    let families: Vec<(String, bool)> =
        found.iter().map(|outcome| (outcome.family.clone(), outcome.upper_bound)).collect();
    // Bands of a dozen methods would hide each other: with many, only the last configuration of each family has one, and
    // neither bounds nor the constant baseline.
    let banded = |index: usize| {
        let (family, bound) = &families[index];
        let last = families.iter().rposition(|(other, _)| other == family) == Some(index);
        families.len() <= FEW || (last && !bound && family != "single")
    };
    let shown = found.iter().zip(looks(&families)).enumerate().map(|(index, (outcome, look))| Shown {
        banded: banded(index),
        method: outcome.method.clone(),
        label: method_label(&outcome.method, outcome.upper_bound),
        upper_bound: outcome.upper_bound,
        look,
    });
    shown.collect()
}

/// A method's points on one dataset, by budget. A log axis has no zero: such points are left out.
pub(super) fn marks(outcomes: &[&Outcome], dataset: &str, method: &str, x_axis: XAxis) -> Vec<Mark> {
    let mut own: Vec<&&Outcome> =
        outcomes.iter().filter(|outcome| outcome.dataset == dataset && outcome.method == method).collect();
    own.sort_by_key(|outcome| outcome.budget);
    let marks = own.into_iter().map(|outcome| Mark {
        x: match x_axis {
            XAxis::Cost(cost) => cost.of(outcome),
            XAxis::Budget => f64::from(outcome.budget),
        },
        y: outcome.accuracy.point * 100.0,
        low: outcome.accuracy.low * 100.0,
        high: outcome.accuracy.high * 100.0,
    });
    marks.filter(|mark| mark.x > 0.0).collect()
}
