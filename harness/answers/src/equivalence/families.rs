//! Solutions with a parameter (`k\pi`, `k \in \mathbb{Z}`), whose letter is free to choose, and several letters of a multiple
//! choice.

use super::{Comparison, Gold};
use crate::value::{Atom, Expression, Name, Scalar, Value};
use crate::{Answer, Decision, Reason, Verdict};

/// Letters that choices are named by.
const CHOICES: std::ops::RangeInclusive<char> = 'A'..='J';

/// Solutions and the parameter in them.
struct Family<'a> {
    parameter: &'a str,
    domain: &'a str,
    solutions: Vec<&'a Value>,
}

impl<'a> Family<'a> {
    /// A list or system of which one member says what kind of number a letter is.
    fn of(members: &'a [Value]) -> Option<Self> {
        let domain_of = |member: &'a Value| match member {
            Value::Named { name, value, .. } => match &**value {
                Value::Words(domain) if name.chars().count() == 1 => Some((name.as_str(), domain.as_str())),
                _ => None,
            },
            _ => None,
        };
        let mut domains = members.iter().filter_map(domain_of);
        let (parameter, domain) = domains.next().filter(|_| domains.next().is_none())?;
        let solutions: Vec<&Value> = members.iter().filter(|member| domain_of(member).is_none()).collect();
        (!solutions.is_empty()).then_some(Self { parameter, domain, solutions })
    }

    fn name(&self) -> Option<Name> {
        self.parameter.chars().next().map(Name::Letter)
    }
}

impl Comparison<'_> {
    /// Two lists or systems of solutions with parameters; `None` where a side has none.
    pub(super) fn families(&mut self, a: &[Value], b: &[Value]) -> Option<Decision> {
        let (a, b) = (Family::of(a)?, Family::of(b)?);
        if a.domain != b.domain {
            return Some(Decision::unknown(Reason::Convention));
        }
        let renamed: Option<Vec<Value>> =
            b.solutions.iter().map(|solution| self.with_parameter(solution, &b, &a)).collect();
        let own: Vec<Value> = a.solutions.iter().map(|solution| (*solution).clone()).collect();
        let renamed = renamed?;
        let decision = self.unordered(&own, &renamed).because(Reason::NameIgnored);
        if decision.is(Verdict::Equal) {
            return Some(decision);
        }
        match (own.as_slice(), renamed.as_slice()) {
            ([own], [other]) if a.domain == "integers" => Some(self.progressions(own, other, &a.name()?)),
            _ => Some(Decision::unknown(Reason::Convention)),
        }
    }

    fn with_parameter(&mut self, solution: &Value, of: &Family<'_>, other: &Family<'_>) -> Option<Value> {
        if of.parameter == other.parameter {
            return Some(solution.clone());
        }
        self.renamed(solution, &of.name()?, &other.name()?)
    }

    /// A value with another letter for one of its letters; `None` where it holds that letter already, or is of a kind that
    /// is not looked into.
    fn renamed(&mut self, value: &Value, from: &Name, to: &Name) -> Option<Value> {
        Some(match value {
            Value::Scalar(Scalar { expression, unit, .. }) => {
                Value::Scalar(Scalar::new(expression.renamed(from, to, self.budget)?, unit.clone()))
            }
            Value::Named { name, value, .. } => {
                Value::Named { name: name.clone(), value: Box::new(self.renamed(value, from, to)?), equation: None }
            }
            Value::List(members) => Value::List(self.all_renamed(members, from, to)?),
            Value::Set(members) => Value::Set(self.all_renamed(members, from, to)?),
            Value::Tuple { open, members, close } => {
                Value::Tuple { open: *open, members: self.all_renamed(members, from, to)?, close: *close }
            }
            _ => return None,
        })
    }

    fn all_renamed(&mut self, members: &[Value], from: &Name, to: &Name) -> Option<Vec<Value>> {
        members.iter().map(|member| self.renamed(member, from, to)).collect()
    }

    /// `a + kb` and `c + kd` for all integers `k`: the same where the steps are, but for a sign, and the starts differ by
    /// whole steps.
    fn progressions(&mut self, a: &Value, b: &Value, parameter: &Name) -> Decision {
        let unknown = Decision::unknown(Reason::Convention);
        let plain = |value: &Value| match value {
            Value::Named { value, .. } => match &**value {
                Value::Scalar(number) if number.is_plain() => Some(number.expression.clone()),
                _ => None,
            },
            Value::Scalar(number) if number.is_plain() => Some(number.expression.clone()),
            _ => None,
        };
        let is_parameter = |atom: &Atom| matches!(atom, Atom::Variable(name) if name == parameter);
        let linear = |value: &Value, comparison: &mut Self| plain(value)?.linear_in(is_parameter, comparison.budget);
        let (Some(a), Some(b)) = (linear(a, self), linear(b, self)) else { return unknown };
        let is_step = a.slope.compare(&b.slope, self.budget) == Verdict::Equal
            || a.slope.compare(&b.slope.negated(), self.budget) == Verdict::Equal;
        if !is_step {
            return Decision::different(Reason::Algebra);
        }
        let Some(start) = a.constant.minus(&b.constant, self.budget) else { return unknown };
        let (Some(value), Some(step)) = (start.approximate(self.budget), b.slope.approximate(self.budget)) else {
            return unknown;
        };
        let times = (value / step).round();
        if (value / step - times).abs() > 1e-6 {
            return Decision::different(Reason::Algebra);
        }
        // Whole numbers of steps that a person writes are small.
        let whole = format!("{times}").parse().ok().map(Expression::integer);
        match whole.and_then(|times| b.slope.times(&times, self.budget)) {
            Some(steps) if start.compare(&steps, self.budget) == Verdict::Equal => Decision::equal(Reason::NameIgnored),
            _ => unknown,
        }
    }

    /// `AC` against `A, C`: choices that are right together. `None` where a side is something else.
    pub(super) fn chosen_letters(&mut self, a: &Answer, b: &Answer) -> Option<Decision> {
        if self.gold == Gold::Neither {
            return None;
        }
        let (together, listed) = match (letters_together(a.key()), letters_together(b.key())) {
            (Some(together), None) => (together, b),
            (None, Some(together)) => (together, a),
            _ => return None,
        };
        let (Value::List(members) | Value::Set(members) | Value::Logic { members, is_and: true }) = listed.value()?
        else {
            return None;
        };
        let letter = |member: &Value| match member {
            Value::Choice { letter, .. } => Some(*letter),
            _ => None,
        };
        let mut letters: Vec<char> = members.iter().map(letter).collect::<Option<_>>()?;
        letters.sort_unstable();
        Some(if letters == together { Decision::equal(Reason::Notation) } else { Decision::different(Reason::Words) })
    }
}

/// The letters of `AC` and `ABD`, in order; each stands there once.
fn letters_together(key: &str) -> Option<Vec<char>> {
    let mut letters: Vec<char> = key.chars().collect();
    letters.sort_unstable();
    let are_choices = letters.iter().all(|letter| CHOICES.contains(letter));
    let are_distinct = letters.windows(2).all(|pair| pair[0] != pair[1]);
    ((2..=6).contains(&letters.len()) && are_choices && are_distinct).then_some(letters)
}
