//! Ranges, ticks and their labels.

use crate::report::text::tokens;

/// An axis from data to a share of its length.
#[derive(Debug, Clone)]
pub(super) struct Axis {
    low: f64,
    high: f64,
    log: bool,
    /// Places of labelled grid lines, with labels.
    pub(super) ticks: Vec<(f64, String)>,
}

impl Axis {
    /// Where a value lies: 0 at the low end, 1 at the high end.
    pub(super) fn share(&self, value: f64) -> f64 {
        let scale = |value: f64| {
            if self.log { value.max(f64::MIN_POSITIVE).ln() } else { value }
        };
        let (low, high) = (scale(self.low), scale(self.high));
        ((scale(value) - low) / (high - low)).clamp(0.0, 1.0)
    }
}

/// Accuracy in percent, at least four points tall, ends on ticks within [0, 100].
pub(super) fn percent(values: impl Iterator<Item = f64>) -> Axis {
    let (low, high) = extent(values).unwrap_or((0.0, 100.0));
    let (low, high) = if high - low < 4.0 {
        let low = ((low + high) / 2.0 - 2.0).clamp(0.0, 96.0);
        (low, low + 4.0)
    } else {
        (low, high)
    };
    let step = [1.0, 2.0, 5.0, 10.0, 20.0].into_iter().find(|step| (high - low) / step <= 6.0).unwrap_or(25.0);
    let (low, high) = (((low / step).floor() * step).max(0.0), ((high / step).ceil() * step).min(100.0));
    let count = ((high - low) / step).round() as u32;
    let ticks = (0..=count).map(|index| low + f64::from(index) * step).map(|tick| (tick, format!("{tick:.0}")));
    Axis { low, high, log: false, ticks: ticks.collect() }
}

/// Tokens on a log axis; ticks at 1, 2 and 5 times powers of ten, thinned where there are many.
pub(super) fn token_axis(values: impl Iterator<Item = f64>) -> Axis {
    let (low, high) = extent(values.filter(|value| *value > 0.0)).unwrap_or((1.0, 10.0));
    let (low, high) = if high / low < 2.0 { (low / 2.0, high * 2.0) } else { (low / 1.15, high * 1.15) };
    let decades = (low.log10().floor() as i32)..=(high.log10().ceil() as i32);
    let mantissas: &[f64] = if (high / low).log10() > 2.2 { &[1.0] } else { &[1.0, 2.0, 5.0] };
    let ticks = decades
        .flat_map(|decade| mantissas.iter().map(move |mantissa| mantissa * 10f64.powi(decade)))
        .filter(|tick| (low..=high).contains(tick))
        .map(|tick| (tick, short(tick)));
    Axis { low, high, log: true, ticks: ticks.collect() }
}

/// `2k` rather than `2.00k`.
fn short(tick: f64) -> String {
    let text = if tick < 1.0 { tick.to_string() } else { tokens(tick) };
    match text.find('.') {
        Some(_) if tick >= 1.0 => {
            let (digits, unit) = text.split_at(text.find(['k', 'M']).unwrap_or(text.len()));
            format!("{}{unit}", digits.trim_end_matches('0').trim_end_matches('.'))
        }
        _ => text,
    }
}

/// Budgets on a log2 axis; ticks at the budgets themselves, or at powers of two where there are many.
pub(super) fn budget_axis(budgets: &[u32]) -> Axis {
    let (low, high) = extent(budgets.iter().map(|budget| f64::from(*budget))).unwrap_or((1.0, 2.0));
    let (low, high) = (low.max(1.0), high.max(1.0));
    let margin = if high > low { (high / low).powf(0.03) } else { 2.0 };
    let mut shown: Vec<u32> = budgets.to_vec();
    shown.sort_unstable();
    shown.dedup();
    if shown.len() > 9 {
        shown.retain(|budget| budget.is_power_of_two());
    }
    let ticks = shown.into_iter().map(|budget| (f64::from(budget), budget.to_string())).collect();
    Axis { low: low / margin, high: high * margin, log: true, ticks }
}

fn extent(values: impl Iterator<Item = f64>) -> Option<(f64, f64)> {
    values.fold(None, |seen, value| {
        Some(seen.map_or((value, value), |(low, high): (f64, f64)| (low.min(value), high.max(value))))
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn ticks_read_well() {
        let labels = |axis: Axis| axis.ticks.into_iter().map(|(_, label)| label).collect::<Vec<_>>();
        assert_eq!(labels(token_axis([900.0, 60_000.0].into_iter())), ["1k", "2k", "5k", "10k", "20k", "50k"]);
        assert_eq!(labels(percent([41.0, 62.0].into_iter())), ["40", "45", "50", "55", "60", "65"]);
        assert_eq!(labels(budget_axis(&[1, 2, 4, 64])), ["1", "2", "4", "64"]);
    }

    proptest! {
        #[test]
        fn percent_axes_hold_their_values(values in prop::collection::vec(0.0..=100.0, 1..20)) {
            let axis = percent(values.iter().copied());
            prop_assert!(axis.low >= 0.0 && axis.high <= 100.0 && axis.ticks.len() >= 2 && axis.ticks.len() <= 9);
            for value in values {
                prop_assert!(axis.low <= value + 1e-9 && value <= axis.high + 1e-9);
            }
        }

        #[test]
        fn token_axes_are_finite(values in prop::collection::vec(0.0..1e9f64, 0..20)) {
            let axis = token_axis(values.iter().copied());
            for value in values {
                prop_assert!((0.0..=1.0).contains(&axis.share(value)));
            }
        }
    }
}
