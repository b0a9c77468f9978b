//! Sets of real numbers that are unions of finitely many intervals, in one form: sorted, and none touching the next.
//!
//! Ends are constants whose order is known; where it is not, there is no region, and the answer is compared as written.

use std::cmp::Ordering;

use super::{Budget, Expression};
use crate::Verdict;

/// Most intervals of a region.
const MAX_INTERVALS: usize = 64;

/// One interval. A point is closed at both of its equal ends.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Interval {
    pub(crate) low: End,
    pub(crate) high: End,
}

/// Where an interval ends. Infinite ends are open.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct End {
    pub(crate) at: Expression,
    pub(crate) closed: bool,
}

impl End {
    pub(crate) fn new(at: Expression, closed: bool) -> Self {
        Self { at, closed }
    }

    fn flipped(&self) -> Self {
        Self { at: self.at.clone(), closed: !self.closed }
    }
}

/// A set of real numbers.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Region(Vec<Interval>);

impl Region {
    /// All real numbers.
    pub(crate) fn everything() -> Self {
        let low = End::new(Expression::infinity().negated(), false);
        Self(vec![Interval { low, high: End::new(Expression::infinity(), false) }])
    }

    /// What lies between two ends. `None` where an end is no real constant, or they are not in order.
    pub(crate) fn between(mut low: End, mut high: End, budget: &mut Budget) -> Option<Self> {
        if !low.at.is_end(budget) || !high.at.is_end(budget) {
            return None;
        }
        if low.at.infinite() == Some(Ordering::Greater) || high.at.infinite() == Some(Ordering::Less) {
            return None;
        }
        low.closed &= low.at.infinite().is_none();
        high.closed &= high.at.infinite().is_none();
        match low.at.order(&high.at, budget)? {
            Ordering::Less => Some(Self(vec![Interval { low, high }])),
            Ordering::Equal if low.closed && high.closed => Some(Self(vec![Interval { low, high }])),
            Ordering::Equal | Ordering::Greater => None,
        }
    }

    /// One number.
    pub(crate) fn point(at: &Expression, budget: &mut Budget) -> Option<Self> {
        Self::between(End::new(at.clone(), true), End::new(at.clone(), true), budget)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether nothing is left out.
    pub(crate) fn is_everything(&self) -> bool {
        *self == Self::everything()
    }

    /// The number, if this is a single one.
    pub(crate) fn as_point(&self) -> Option<&Expression> {
        match self.0.as_slice() {
            [Interval { low, high }] if low.closed && high.closed && low.at == high.at => Some(&low.at),
            _ => None,
        }
    }

    /// All that lies in any of the parts.
    pub(crate) fn union<'a>(parts: impl IntoIterator<Item = &'a Self>, budget: &mut Budget) -> Option<Self> {
        let intervals: Vec<Interval> = parts.into_iter().flat_map(|part| part.0.iter().cloned()).collect();
        if intervals.len() > MAX_INTERVALS {
            return None;
        }
        let mut merged: Vec<Interval> = Vec::with_capacity(intervals.len());
        for next in sorted(intervals, budget)? {
            let Some(last) = merged.last_mut() else {
                merged.push(next);
                continue;
            };
            let touches = match last.high.at.order(&next.low.at, budget)? {
                Ordering::Greater => true,
                Ordering::Equal => last.high.closed || next.low.closed,
                Ordering::Less => false,
            };
            if !touches {
                merged.push(next);
                continue;
            }
            match last.high.at.order(&next.high.at, budget)? {
                Ordering::Less => last.high = next.high,
                Ordering::Equal => last.high.closed |= next.high.closed,
                Ordering::Greater => {}
            }
        }
        Some(Self(merged))
    }

    /// All real numbers but these.
    pub(crate) fn complement(&self) -> Self {
        let mut left = Vec::with_capacity(self.0.len() + 1);
        let mut low = Some(End::new(Expression::infinity().negated(), false));
        for interval in &self.0 {
            if let Some(low) = low.take()
                && interval.low.at.infinite().is_none()
            {
                left.push(Interval { low, high: interval.low.flipped() });
            }
            low = interval.high.at.infinite().is_none().then(|| interval.high.flipped());
        }
        left.extend(low.map(|low| Interval { low, high: End::new(Expression::infinity(), false) }));
        Self(left)
    }

    /// All that lies in both.
    pub(crate) fn intersection(&self, other: &Self, budget: &mut Budget) -> Option<Self> {
        Some(Self::union([&self.complement(), &other.complement()], budget)?.complement())
    }

    /// What lies here and not there.
    pub(crate) fn without(&self, other: &Self, budget: &mut Budget) -> Option<Self> {
        self.intersection(&other.complement(), budget)
    }

    /// Whether both are the same set.
    pub(crate) fn compare(&self, other: &Self, budget: &mut Budget) -> Verdict {
        if self.0.len() != other.0.len() {
            return Verdict::Different;
        }
        let mut result = Verdict::Equal;
        for (a, b) in self.0.iter().zip(&other.0) {
            for (a, b) in [(&a.low, &b.low), (&a.high, &b.high)] {
                if a.closed != b.closed {
                    return Verdict::Different;
                }
                match a.at.compare(&b.at, budget) {
                    Verdict::Equal => {}
                    Verdict::Different => return Verdict::Different,
                    Verdict::Unknown => result = Verdict::Unknown,
                }
            }
        }
        result
    }
}

/// Intervals by their lower ends, closed ones first; inserted one by one, as an order may be unknown.
fn sorted(intervals: Vec<Interval>, budget: &mut Budget) -> Option<Vec<Interval>> {
    let mut sorted: Vec<Interval> = Vec::with_capacity(intervals.len());
    for interval in intervals {
        let mut place = sorted.len();
        while let Some(before) = place.checked_sub(1).and_then(|index| sorted.get(index)) {
            let order = interval.low.at.order(&before.low.at, budget)?;
            if order == Ordering::Less || order == Ordering::Equal && interval.low.closed && !before.low.closed {
                place -= 1;
            } else {
                break;
            }
        }
        sorted.insert(place, interval);
    }
    Some(sorted)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn interval(low: i64, low_closed: bool, high: i64, high_closed: bool) -> Region {
        let (low, high) =
            (End::new(Expression::integer(low), low_closed), End::new(Expression::integer(high), high_closed));
        Region::between(low, high, &mut Budget::new()).unwrap()
    }

    /// Intervals with ends among few numbers, so that they touch and overlap.
    fn region() -> impl Strategy<Value = Region> {
        prop::collection::vec((-3i64..4, any::<bool>(), 1i64..3, any::<bool>()), 0..4).prop_map(|parts| {
            let parts: Vec<Region> =
                parts.into_iter().map(|(low, closed, length, end)| interval(low, closed, low + length, end)).collect();
            Region::union(&parts, &mut Budget::new()).unwrap()
        })
    }

    /// Whether a half-integer or integer lies in a region.
    fn contains(region: &Region, halves: i64, budget: &mut Budget) -> bool {
        let at = Expression::integer(halves).divided_by(&Expression::integer(2), budget).unwrap();
        region.0.iter().any(|interval| {
            let above = at.order(&interval.low.at, budget).unwrap();
            let below = at.order(&interval.high.at, budget).unwrap();
            (above.is_gt() || above.is_eq() && interval.low.closed)
                && (below.is_lt() || below.is_eq() && interval.high.closed)
        })
    }

    proptest! {
        #[test]
        fn operations_are_those_of_sets(a in region(), b in region()) {
            let budget = &mut Budget::of(1_000_000);
            let union = Region::union([&a, &b], budget).unwrap();
            let common = a.intersection(&b, budget).unwrap();
            let less = a.without(&b, budget).unwrap();
            for halves in -10..20 {
                let (in_a, in_b) = (contains(&a, halves, budget), contains(&b, halves, budget));
                prop_assert_eq!(contains(&union, halves, budget), in_a || in_b);
                prop_assert_eq!(contains(&common, halves, budget), in_a && in_b);
                prop_assert_eq!(contains(&less, halves, budget), in_a && !in_b);
                prop_assert_eq!(contains(&a.complement(), halves, budget), !in_a);
            }
            // One form: the same set is the same value.
            prop_assert_eq!(a.complement().complement(), a.clone());
            prop_assert_eq!(Region::union([&less, &common], budget).unwrap(), a);
        }
    }

    #[test]
    fn ends_out_of_order_bound_nothing() {
        let between = |low: i64, high: i64, closed| {
            let ends = [low, high].map(|at| End::new(Expression::integer(at), closed));
            let [low, high] = ends;
            Region::between(low, high, &mut Budget::new())
        };
        assert!(between(2, 1, true).is_none());
        assert!(between(1, 1, false).is_none());
        assert_eq!(between(1, 1, true).unwrap().as_point(), Some(&Expression::integer(1)));
    }
}
