//! Whether two answers are the same.
//!
//! Values are compared by kind; what two kinds have to do with one another (a tuple and an interval, a list and a set, a
//! number and an equation `x = 5`) is decided here, numbers with their units in `numbers`, members in `collections`,
//! names in `names`, words, times and bases in `notations`.

mod collections;
mod families;
mod names;
mod notations;
mod numbers;
mod readings;

use crate::value::{Budget, Value};
use crate::{Answer, Decision, Policy, Reason, Verdict};

/// Whether two answers are mathematically the same, neither being gold.
///
/// Reflexive and symmetric. Not transitive, because an answer may leave something open that another settles: `50\%` equals
/// `50` and `0.5`, `5` equals `5\text{ cm}` and `x = 5`. The conventions are those of [`Policy::default`], but for what
/// needs a gold answer: decimals are exact, and a base on one side only is [`Verdict::Unknown`].
///
/// - Polynomials, rational expressions, and numbers built from rationals, square roots, π and `i` are decided exactly;
///   other functions by form or by values.
/// - Brackets of tuples and intervals count; the order of sets, lists, systems and unions does not.
/// - [`Verdict::Unknown`] where a side was not understood and the normalised texts differ.
pub fn equivalent(a: &Answer, b: &Answer) -> Verdict {
    equivalent_within(a, b, &mut Budget::new())
}

/// [`equivalent`], for a given amount of work; [`Verdict::Unknown`] where it does not suffice.
pub(crate) fn equivalent_within(a: &Answer, b: &Answer, budget: &mut Budget) -> Verdict {
    Comparison::new(&Policy::default(), Gold::Neither, budget).decide(a, b).verdict
}

/// Which of two answers, as they stand in a call, is gold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Gold {
    Neither,
    First,
    Second,
}

/// One comparison: its conventions, and the work that is left for it.
pub(crate) struct Comparison<'a> {
    policy: &'a Policy,
    gold: Gold,
    budget: &'a mut Budget,
    /// Pairs of values that may still be looked at.
    steps_left: u32,
    /// Within a set, where `\{1\}` is a member and not another way to write 1.
    in_set: bool,
}

/// Most pairs of values, whole ones and members, that are looked at in one comparison: sets within sets meet each other
/// over and over.
const MAX_STEPS: u32 = 20_000;

impl<'a> Comparison<'a> {
    pub(crate) fn new(policy: &'a Policy, gold: Gold, budget: &'a mut Budget) -> Self {
        Self { policy, gold, budget, steps_left: MAX_STEPS, in_set: false }
    }

    pub(crate) fn decide(&mut self, a: &Answer, b: &Answer) -> Decision {
        if a.key() == b.key() {
            return Decision::equal(Reason::SameText);
        }
        let (Some(a_value), Some(b_value)) = (a.value(), b.value()) else {
            return Decision::unknown(Reason::NotUnderstood);
        };
        // One order for both, so that the verdict is symmetric even where the budget runs out.
        let decision = if a.key() <= b.key() {
            self.values(a_value, b_value)
        } else {
            self.swapped(|comparison| comparison.values(b_value, a_value))
        };
        if !decision.is(Verdict::Equal)
            && let Some(decision) = self.chosen_letters(a, b).or_else(|| self.by_other_readings(a, b))
        {
            return decision;
        }
        // What was left undone may have made the difference.
        if !decision.is(Verdict::Equal) && (self.budget.left() == 0 || self.steps_left == 0) {
            return Decision::unknown(Reason::OutOfSteps);
        }
        decision
    }

    /// A part of the comparison with its sides exchanged.
    fn swapped(&mut self, part: impl FnOnce(&mut Self) -> Decision) -> Decision {
        let exchanged = |gold| match gold {
            Gold::Neither => Gold::Neither,
            Gold::First => Gold::Second,
            Gold::Second => Gold::First,
        };
        self.gold = exchanged(self.gold);
        let decision = part(self);
        self.gold = exchanged(self.gold);
        decision
    }

    /// Two values, of one kind or of two that have something to do with one another.
    fn values(&mut self, a: &Value, b: &Value) -> Decision {
        let Some(left) = self.steps_left.checked_sub(1) else {
            return Decision::unknown(Reason::OutOfSteps);
        };
        self.steps_left = left;
        if let Some(decision) = self.same_kind(a, b) {
            return decision;
        }
        match self.one_way(a, b) {
            Some(decision) => decision,
            None => self.swapped(|comparison| comparison.one_way(b, a).unwrap_or(UNRELATED)),
        }
    }

    /// Two values of one kind.
    fn same_kind(&mut self, a: &Value, b: &Value) -> Option<Decision> {
        Some(match (a, b) {
            (Value::Scalar(a), Value::Scalar(b)) => self.scalars(a, b),
            (Value::Choice { letter: a, content: a_content }, Value::Choice { letter: b, content: b_content }) => {
                match (a_content, b_content) {
                    _ if a != b => Decision::different(Reason::Words),
                    // `(D) 12` against `(D) 13`: one of them was misread.
                    (Some(a), Some(b)) if self.values(a, b).is(Verdict::Different) => {
                        Decision::different(Reason::Words)
                    }
                    _ => Decision::equal(Reason::Words),
                }
            }
            (Value::Words(a), Value::Words(b)) => notations::words(a, b),
            (Value::Based { digits: a, base: a_base }, Value::Based { digits: b, base: b_base }) => {
                notations::bases((a, *a_base), (b, *b_base))
            }
            (Value::Ratio(a), Value::Ratio(b)) => self.ratios(a, b),
            (Value::Residue { value: a, modulus: a_modulus }, Value::Residue { value: b, modulus: b_modulus }) => {
                self.residues((a, a_modulus), (b, b_modulus))
            }
            (Value::Clock(a), Value::Clock(b)) => self.clocks(*a, *b),
            (Value::Date(a), Value::Date(b)) => notations::dates(a, b),
            (Value::Tuple { open, members, close }, Value::Tuple { open: b_open, members: b, close: b_close }) => {
                self.tuples((*open, members, *close), (*b_open, b, *b_close))
            }
            (Value::List(a), Value::List(b)) => self.lists(a, b),
            (Value::Set(a), Value::Set(b)) => self.sets(a, b),
            (Value::Union(a), Value::Union(b)) => self.unordered(a, b),
            (Value::Region(a), Value::Region(b)) => decided(a.compare(b, self.budget), Reason::Sets),
            (Value::Logic { is_and, members: a }, Value::Logic { is_and: b_is_and, members: b }) => {
                match self.unordered(a, b) {
                    decision if decision.is(Verdict::Different) || is_and == b_is_and => decision,
                    _ => Decision::different(Reason::KindsDiffer),
                }
            }
            (Value::Matrix(a), Value::Matrix(b)) => self.matrices(a, b),
            (Value::Named { .. }, Value::Named { .. }) => self.two_named(a, b),
            (Value::System(a), Value::System(b)) => self.systems(a, b),
            (Value::Equation(a), Value::Equation(b)) => self.equations(a, b),
            (
                Value::Inequality { difference: a, or_equal: a_closed },
                Value::Inequality { difference: b, or_equal: b_closed },
            ) => match (a_closed == b_closed).then(|| a.is_proportional(b, true, self.budget)) {
                Some(Some(proportional)) => same(proportional, Reason::Algebra),
                Some(None) => Decision::unknown(Reason::Undecided),
                None => Decision::different(Reason::Sets),
            },
            _ => return None,
        })
    }

    /// Two values of different kinds, looked at from the first one.
    fn one_way(&mut self, a: &Value, b: &Value) -> Option<Decision> {
        match (a, b) {
            (Value::Named { .. } | Value::System(_), _) => self.named(a, b),
            (Value::Clock(a), _) => self.clock(*a, b),
            (Value::Residue { value, modulus }, _) => self.residue(value, modulus, b),
            (Value::Ratio(a), _) => self.ratio(a, b),
            (Value::Based { digits, base }, _) => self.based(digits, *base, b),
            (Value::Words(a), _) => notations::word_against(a, b),
            (Value::Choice { letter, content }, _) => self.choice(*letter, content.as_deref(), b),
            (Value::Inequality { .. }, Value::Equation(_) | Value::Named { equation: Some(_), .. }) => {
                Some(Decision::different(Reason::KindsDiffer))
            }
            (
                Value::Tuple { .. }
                | Value::List(_)
                | Value::Logic { .. }
                | Value::Set(_)
                | Value::Union(_)
                | Value::Region(_)
                | Value::Matrix(_),
                _,
            ) => self.collection(a, b),
            _ => None,
        }
    }
}

/// Nothing is known of how two kinds relate.
const UNRELATED: Decision = Decision::unknown(Reason::KindsDiffer);

fn same(same: bool, reason: Reason) -> Decision {
    if same { Decision::equal(reason) } else { Decision::different(reason) }
}

/// A verdict of exact or numerical work.
fn decided(verdict: Verdict, reason: Reason) -> Decision {
    match verdict {
        Verdict::Unknown => Decision::unknown(Reason::Undecided),
        verdict => Decision { verdict, reason },
    }
}

#[cfg(test)]
mod tests;
