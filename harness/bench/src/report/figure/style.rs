//! Colours, dashes and markers: one hue per method family, its variants told apart by shade, dash and marker.

use std::collections::BTreeMap;

use plotters::prelude::RGBColor;

use super::canvas::Marker;

pub(super) const INK: RGBColor = RGBColor(34, 34, 34);
pub(super) const QUIET: RGBColor = RGBColor(85, 85, 85);
pub(super) const GRID: RGBColor = RGBColor(226, 226, 226);
const BOUND: RGBColor = RGBColor(110, 110, 110);

/// Families that a reader meets in every run keep their look from run to run. Okabe-Ito and Paul Tol, both safe for
/// colour-blind readers.
const KNOWN: [(&str, RGBColor, Marker); 4] = [
    ("single", RGBColor(60, 60, 60), Marker::Star),
    ("self_consistency", RGBColor(0, 114, 178), Marker::Circle),
    ("best_of_n", RGBColor(213, 94, 0), Marker::Square),
    ("mr_thinking", RGBColor(0, 140, 105), Marker::Triangle),
];
const SPARE: [(RGBColor, Marker); 8] = [
    (RGBColor(230, 159, 0), Marker::Diamond),
    (RGBColor(51, 34, 136), Marker::Pentagon),
    (RGBColor(86, 180, 233), Marker::TriangleDown),
    (RGBColor(153, 153, 51), Marker::Star),
    (RGBColor(17, 119, 51), Marker::Diamond),
    (RGBColor(136, 34, 85), Marker::Pentagon),
    (RGBColor(120, 72, 0), Marker::Square),
    (RGBColor(68, 170, 153), Marker::TriangleDown),
];
/// Shades of `markovscale`, three variants each.
const MARKOV: [RGBColor; 3] = [RGBColor(106, 27, 122), RGBColor(214, 80, 160), RGBColor(160, 110, 215)];
const MARKOV_MARKERS: [Marker; 3] = [Marker::Diamond, Marker::TriangleDown, Marker::Pentagon];
const DASHES: [Option<(f64, f64)>; 3] = [None, Some((8.0, 3.5)), Some((3.0, 3.0))];

/// How one method looks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Look {
    pub(super) color: RGBColor,
    pub(super) dash: Option<(f64, f64)>,
    pub(super) marker: Marker,
    pub(super) hollow: bool,
}

/// The look of each method, given as family and whether it is an upper bound, in the order shown.
pub(super) fn looks(methods: &[(String, bool)]) -> Vec<Look> {
    let mut variants: BTreeMap<&str, usize> = BTreeMap::new();
    let mut spare: BTreeMap<&str, usize> = BTreeMap::new();
    let mut looks = Vec::new();
    for (family, upper_bound) in methods {
        let variant = *variants.entry(family).and_modify(|count| *count += 1).or_insert(0);
        let dash = DASHES[variant % DASHES.len()];
        let look = if *upper_bound {
            let marker = [Marker::Circle, Marker::Triangle][variant % 2];
            Look { color: BOUND, dash: Some((1.6, 3.2)), marker, hollow: true }
        } else if family == "markovscale" {
            let color = MARKOV[variant / DASHES.len() % MARKOV.len()];
            Look { color, dash, marker: MARKOV_MARKERS[variant % MARKOV_MARKERS.len()], hollow: false }
        } else if let Some((_, color, marker)) = KNOWN.iter().find(|(name, ..)| name == family) {
            Look { color: *color, dash, marker: *marker, hollow: false }
        } else {
            let next = spare.len();
            let (color, marker) = SPARE[*spare.entry(family).or_insert(next) % SPARE.len()];
            Look { color, dash, marker, hollow: false }
        };
        looks.push(look);
    }
    looks
}
