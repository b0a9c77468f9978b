//! Whether two answers are the same.

use crate::Answer;
use crate::parse::radians;
use crate::value::{Budget, Expression, Scalar, Unit, Value};

/// Whether two answers are the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The same mathematical object.
    Equal,
    /// Different objects.
    Different,
    /// Not decided. Counts as different when classes are formed and as not right when graded.
    Unknown,
}

/// Whether two answers are mathematically the same.
///
/// Reflexive and symmetric. Not transitive, because an answer may leave something open that another settles: `50\%` equals
/// `50` and `0.5`, `5` equals `5\text{ cm}` and `x = 5`.
///
/// - Polynomials, rational expressions, and numbers built from rationals, square roots, π and `i` are decided exactly.
///   Expressions with other functions that are not the same by form are decided by their values at a few fixed points.
/// - A unit or a name on one side only is ignored; two different units are [`Verdict::Unknown`].
/// - Brackets of tuples and intervals count; the order of sets, lists and unions does not.
/// - [`Verdict::Unknown`] where a side was not understood and the normalised texts differ.
pub fn equivalent(a: &Answer, b: &Answer) -> Verdict {
    equivalent_within(a, b, &mut Budget::new())
}

/// [`equivalent`], for a given amount of work; [`Verdict::Unknown`] where it does not suffice.
pub(crate) fn equivalent_within(a: &Answer, b: &Answer, budget: &mut Budget) -> Verdict {
    if a.key() == b.key() {
        return Verdict::Equal;
    }
    // One order for both, so that the verdict is symmetric even where the budget runs out.
    let (a, b) = if a.key() <= b.key() { (a, b) } else { (b, a) };
    match (a.value(), b.value()) {
        (Some(a), Some(b)) => compare(a, b, budget),
        _ => Verdict::Unknown,
    }
}

fn verdict(same: Option<bool>) -> Verdict {
    match same {
        Some(true) => Verdict::Equal,
        Some(false) => Verdict::Different,
        None => Verdict::Unknown,
    }
}

fn compare(a: &Value, b: &Value, budget: &mut Budget) -> Verdict {
    match (a, b) {
        (Value::Named { .. }, _) | (_, Value::Named { .. }) => compare_named(a, b, budget),
        (Value::Scalar(a), Value::Scalar(b)) => compare_scalars(a, b, budget),
        (Value::Choice(a), Value::Choice(b)) => verdict(Some(a == b)),
        (Value::Words(a), Value::Words(b)) => match (a == b, a.contains(' ') || b.contains(' ')) {
            (true, _) => Verdict::Equal,
            (false, false) => Verdict::Different,
            // "an ellipse" and "ellipse" may be the same.
            (false, true) => Verdict::Unknown,
        },
        (Value::Based { digits: a, base: a_base }, Value::Based { digits: b, base: b_base }) => {
            // The question names the base: the same number in another base is not what was asked for.
            verdict(Some(a == b && a_base == b_base))
        }
        (Value::Tuple { open: a_open, members: a, close: a_close }, Value::Tuple { open, members, close }) => {
            if (a_open, a_close) != (open, close) || a.len() != members.len() {
                return Verdict::Different;
            }
            compare_in_order(a.iter().zip(members), budget)
        }
        (Value::Set(a), Value::Set(b)) | (Value::Union(a), Value::Union(b)) => compare_unordered(a, b, budget),
        (Value::Matrix(a), Value::Matrix(b)) => {
            if a.len() != b.len() || a.iter().zip(b).any(|(a, b)| a.len() != b.len()) {
                return Verdict::Different;
            }
            compare_in_order(a.iter().flatten().zip(b.iter().flatten()), budget)
        }
        (Value::Equation(a), Value::Equation(b)) => verdict(a.is_proportional(b, false, budget)),
        (
            Value::Inequality { difference: a, or_equal: a_closed },
            Value::Inequality { difference: b, or_equal: b_closed },
        ) => verdict(if a_closed == b_closed { a.is_proportional(b, true, budget) } else { Some(false) }),
        _ if is_single_number(a) != is_single_number(b) && is_composite(a) != is_composite(b) => Verdict::Different,
        _ => Verdict::Unknown,
    }
}

fn is_single_number(value: &Value) -> bool {
    matches!(value, Value::Scalar(_))
}

/// Whether a value certainly is not one number.
fn is_composite(value: &Value) -> bool {
    match value {
        Value::Tuple { members, .. } | Value::Set(members) => members.len() != 1,
        Value::Union(_) => true,
        Value::Matrix(rows) => rows.len() != 1 || rows.iter().any(|row| row.len() != 1),
        _ => false,
    }
}

/// At least one side is named.
fn compare_named(a: &Value, b: &Value, budget: &mut Budget) -> Verdict {
    match (a, b) {
        (
            Value::Named { name: a_name, value: a, equation: a_equation },
            Value::Named { name: b_name, value: b, equation: b_equation },
        ) => match (a_equation, b_equation) {
            _ if a_name == b_name => compare(a, b, budget),
            // `y = 2x` and `x = y / 2`.
            (Some(a), Some(b)) => verdict(a.is_proportional(b, false, budget)),
            _ => Verdict::Unknown,
        },
        (Value::Named { equation: Some(a), .. }, Value::Equation(b))
        | (Value::Equation(a), Value::Named { equation: Some(b), .. }) => verdict(a.is_proportional(b, false, budget)),
        (Value::Named { value, .. }, other) | (other, Value::Named { value, .. }) => compare(value, other, budget),
        _ => Verdict::Unknown,
    }
}

fn compare_scalars(a: &Scalar, b: &Scalar, budget: &mut Budget) -> Verdict {
    let plain = a.expression.compare(&b.expression, budget);
    if a.unit == b.unit {
        return plain;
    }
    let converted = match (&a.unit, &b.unit) {
        (Unit::Percent, Unit::None) => percent(&a.expression, budget).map(|a| a.compare(&b.expression, budget)),
        (Unit::None, Unit::Percent) => percent(&b.expression, budget).map(|b| a.expression.compare(&b, budget)),
        (Unit::Degree, Unit::None) => radians(&a.expression, budget).map(|a| a.compare(&b.expression, budget)),
        (Unit::None, Unit::Degree) => radians(&b.expression, budget).map(|b| a.expression.compare(&b, budget)),
        (Unit::None, Unit::Other(_)) | (Unit::Other(_), Unit::None) => return plain,
        // Metres and centimetres, or two spellings of one unit: not known here.
        _ => return Verdict::Unknown,
    };
    // The number as written, or the number it stands for.
    match (plain, converted) {
        (Verdict::Equal, _) | (_, Some(Verdict::Equal)) => Verdict::Equal,
        (Verdict::Different, Some(Verdict::Different)) => Verdict::Different,
        _ => Verdict::Unknown,
    }
}

fn percent(value: &Expression, budget: &mut Budget) -> Option<Expression> {
    value.divided_by(&Expression::integer(100), budget)
}

fn compare_in_order<'a>(pairs: impl Iterator<Item = (&'a Value, &'a Value)>, budget: &mut Budget) -> Verdict {
    let mut result = Verdict::Equal;
    for (a, b) in pairs {
        match compare(a, b, budget) {
            Verdict::Equal => {}
            Verdict::Different => return Verdict::Different,
            Verdict::Unknown => result = Verdict::Unknown,
        }
    }
    result
}

/// Equal where each member of one side has a partner of its own on the other. A largest matching is looked for, not a
/// greedy one: equivalence is not transitive, and the verdict must not depend on the order of the sides.
fn compare_unordered(a: &[Value], b: &[Value], budget: &mut Budget) -> Verdict {
    if a.len() != b.len() {
        return Verdict::Different;
    }
    let verdicts: Vec<Vec<Verdict>> = a.iter().map(|a| b.iter().map(|b| compare(a, b, budget)).collect()).collect();
    let matches_all = |allowed: &dyn Fn(Verdict) -> bool| {
        let mut partner = vec![None; b.len()];
        (0..a.len()).all(|row| {
            let mut visited = vec![false; b.len()];
            find_partner(row, &verdicts, allowed, &mut visited, &mut partner)
        })
    };
    if matches_all(&|verdict| verdict == Verdict::Equal) {
        Verdict::Equal
    } else if matches_all(&|verdict| verdict != Verdict::Different) {
        Verdict::Unknown
    } else {
        Verdict::Different
    }
}

/// One step of Kuhn's matching: finds `row` a column, moving earlier rows aside where they have another.
fn find_partner(
    row: usize,
    verdicts: &[Vec<Verdict>],
    allowed: &dyn Fn(Verdict) -> bool,
    visited: &mut [bool],
    partner: &mut [Option<usize>],
) -> bool {
    for column in 0..partner.len() {
        if visited[column] || !allowed(verdicts[row][column]) {
            continue;
        }
        visited[column] = true;
        let is_free = match partner[column] {
            None => true,
            Some(other) => find_partner(other, verdicts, allowed, visited, partner),
        };
        if is_free {
            partner[column] = Some(row);
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests;
