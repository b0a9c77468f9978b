//! Vectors and matrices that are not only brackets.

use super::brackets::in_brackets;
use super::{bracketed, nesting, quantity, symbol};
use crate::Verdict;
use crate::normalise::{Kind, Token};
use crate::value::{Budget, Expression, Scalar, Unit, Value};

/// `(1,2)^T` is a column.
pub(super) fn transposed(tokens: &[Token], depth: u32, budget: &mut Budget) -> Option<Value> {
    let [before @ .., raised, mark] = tokens else {
        return None;
    };
    let is_mark = match &mark.kind {
        Kind::Letter('T') => true,
        Kind::Command(name) => matches!(&**name, "top" | "intercal" | "mathsf"),
        Kind::Word(word) => word == "T",
        _ => false,
    };
    if symbol(Some(raised)) != Some('^') || !is_mark {
        return None;
    }
    let (open, inner, close) = bracketed(before)?;
    match in_brackets(open, inner, close, depth + 1, budget)? {
        Value::Tuple { members, .. } => Some(Value::Matrix(members.into_iter().map(|member| vec![member]).collect())),
        Value::Matrix(rows) => {
            let width = rows.first()?.len();
            let column = |index: usize| rows.iter().map(|row| row.get(index).cloned()).collect::<Option<Vec<_>>>();
            Some(Value::Matrix((0..width).map(column).collect::<Option<_>>()?))
        }
        _ => None,
    }
}

/// `-\begin{pmatrix}…`, `\frac{1}{5} (1, 2)`: a number times a vector or matrix.
pub(super) fn multiple(tokens: &[Token], depth: u32, budget: &mut Budget) -> Option<Value> {
    let start = tokens.iter().position(|token| {
        nesting(&token.kind) == 1 && matches!(token.kind, Kind::Begin(_) | Kind::Symbol('(' | '⟨' | '['))
    })?;
    let (before, vector) = tokens.split_at_checked(start).filter(|(before, _)| !before.is_empty())?;
    let (open, inner, close) = bracketed(vector)?;
    let factor = match before {
        [minus] if symbol(Some(minus)) == Some('-') => Expression::integer(-1),
        [number @ .., product] if symbol(Some(product)) == Some('*') => quantity::expression(number, budget)?,
        _ => quantity::expression(before, budget)?,
    };
    if factor.has_variables() {
        return None;
    }
    scaled(&in_brackets(open, inner, close, depth + 1, budget)?, &factor, budget)
}

fn scaled(value: &Value, factor: &Expression, budget: &mut Budget) -> Option<Value> {
    match value {
        Value::Scalar(Scalar { expression, unit: Unit::None, .. }) => {
            Some(Value::Scalar(Scalar::new(expression.times(factor, budget)?, Unit::None)))
        }
        Value::Tuple { open, members, close } => {
            let members = members.iter().map(|member| scaled_number(member, factor, budget)).collect::<Option<_>>()?;
            Some(Value::Tuple { open: *open, members, close: *close })
        }
        Value::Matrix(rows) => {
            let row =
                |row: &Vec<Value>| row.iter().map(|cell| scaled_number(cell, factor, budget)).collect::<Option<_>>();
            Some(Value::Matrix(rows.iter().map(row).collect::<Option<_>>()?))
        }
        _ => None,
    }
}

fn scaled_number(value: &Value, factor: &Expression, budget: &mut Budget) -> Option<Value> {
    if matches!(value, Value::Scalar(_)) { scaled(value, factor, budget) } else { None }
}

/// `\mathbf{i} + 2\mathbf{j}`, `3i + 4j - k`: coordinates in unit vectors. A `j` tells them from a complex number.
pub(super) fn in_unit_vectors(tokens: &[Token], budget: &mut Budget) -> Option<Value> {
    let axis = |token: &Token| match &token.kind {
        Kind::Letter('i') => Some(0),
        Kind::Letter('j') => Some(1),
        Kind::Letter('k') => Some(2),
        Kind::Command(name) => ["imath", "jmath"].iter().position(|known| known == name),
        Kind::Word(word) => ["i", "j", "k"].iter().position(|name| name == word),
        _ => None,
    };
    if !tokens.iter().any(|token| axis(token) == Some(1)) {
        return None;
    }
    let is_accent = |token: &Token| matches!(&token.kind, Kind::Command(name) if matches!(&**name, "hat" | "vec"));
    let at = |point: [i64; 3], budget: &mut Budget| {
        let mut numbers = Vec::with_capacity(tokens.len() + 8);
        for token in tokens.iter().filter(|token| !is_accent(token)) {
            match axis(token) {
                Some(axis) => {
                    let number = Kind::Number(point.get(axis)?.to_string());
                    // Braces keep the number from running into one before it.
                    numbers.extend([Kind::Open, number, Kind::Close].map(|kind| Token { kind, space_before: false }));
                }
                None => numbers.push(token.clone()),
            }
        }
        quantity::expression(&numbers, budget).filter(|value| !value.has_variables())
    };
    let members = [at([1, 0, 0], budget)?, at([0, 1, 0], budget)?, at([0, 0, 1], budget)?];
    let mut sum = at([0, 0, 0], budget)?;
    if !sum.is_zero() {
        return None;
    }
    for member in &members {
        sum = sum.plus(member, budget)?;
    }
    // Not linear: `ij`.
    if sum.compare(&at([1, 1, 1], budget)?, budget) != Verdict::Equal {
        return None;
    }
    let is_plane = !tokens.iter().any(|token| axis(token) == Some(2));
    let scalar = |expression| Value::Scalar(Scalar::new(expression, Unit::None));
    let members = members.into_iter().take(if is_plane { 2 } else { 3 }).map(scalar).collect();
    Some(Value::Tuple { open: '⟨', members, close: '⟩' })
}
