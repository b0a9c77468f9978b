//! Everything but the expressions themselves.

use super::{MAX_DEPTH, MAX_MEMBERS, bracketed, scalar, split};
use crate::normalise::{Kind, Token, key};
use crate::value::{Atom, Budget, Expression, Scalar, Unit, Value};

/// A whole answer, a member or a cell.
pub(super) fn value(tokens: &[Token], depth: u32, budget: &mut Budget) -> Option<Value> {
    if tokens.is_empty() || depth > MAX_DEPTH {
        return None;
    }
    if let Some((Kind::Open, inner, Kind::Close)) = bracketed(tokens) {
        return value(inner, depth + 1, budget);
    }
    let is_joint = |kind: &Kind| matches!(kind, Kind::Symbol(',' | ';')) || is_word(kind, "and") || is_word(kind, "or");
    let (mut parts, joints) = split(tokens, is_joint);
    parts.retain(|part| !part.is_empty());
    match parts.as_slice() {
        [] => None,
        [only] => one_of_a_list(member(only, depth, budget)?),
        _ => {
            let members = members(&parts, depth, budget)?;
            // `x < 3 or x > 5` is a union.
            let are_intervals = members.iter().all(|member| matches!(member, Value::Tuple { .. }));
            let only_or = joints.iter().all(|joint| is_word(joint, "or"));
            Some(if are_intervals && only_or { Value::Union(members) } else { Value::Set(members) })
        }
    }
}

fn is_word(kind: &Kind, word: &str) -> bool {
    matches!(kind, Kind::Word(text) if text.eq_ignore_ascii_case(word))
}

fn one_of_a_list(mut values: Vec<Value>) -> Option<Value> {
    if values.len() > 1 { Some(Value::Set(values)) } else { values.pop() }
}

/// The members of a list; one with `±` is two.
fn members(parts: &[&[Token]], depth: u32, budget: &mut Budget) -> Option<Vec<Value>> {
    let mut members = Vec::with_capacity(parts.len());
    for part in parts {
        members.extend(member(part, depth + 1, budget)?);
        if members.len() > MAX_MEMBERS {
            return None;
        }
    }
    Some(members)
}

/// What stands between commas: one value, or two if it holds `±`.
fn member(tokens: &[Token], depth: u32, budget: &mut Budget) -> Option<Vec<Value>> {
    if depth > MAX_DEPTH {
        return None;
    }
    let (parts, _) = split(tokens, |kind| *kind == Kind::Symbol('∪'));
    if parts.len() > 1 {
        return Some(vec![Value::Union(self::members(&parts, depth, budget)?)]);
    }
    // `x \in [0, 1]`: the name adds nothing.
    let (parts, _) = split(tokens, |kind| *kind == Kind::Symbol('∈'));
    if let [_, set] = parts.as_slice() {
        return member(set, depth + 1, budget);
    }
    if let Some(value) = choice(tokens).or_else(|| based(tokens)).or_else(|| words(tokens)) {
        return Some(vec![value]);
    }
    if let [Token { kind: Kind::Symbol('∅'), .. }] = tokens {
        return Some(vec![Value::Set(Vec::new())]);
    }
    if let Some((open, inner, close)) = bracketed(tokens)
        && let Some(value) = in_brackets(open, inner, close, depth + 1, budget)
    {
        return Some(vec![value]);
    }
    let is_relation = |kind: &Kind| matches!(kind, Kind::Symbol('=' | '<' | '>' | '≤' | '≥' | '≈'));
    let (parts, relations) = split(tokens, is_relation);
    if !relations.is_empty() {
        return relation(&parts, &relations, depth + 1, budget);
    }
    Some(scalar::parse(tokens, budget)?.into_iter().map(Value::Scalar).collect())
}

/// `(B)`, `B`, `\text{(B)}`.
fn choice(tokens: &[Token]) -> Option<Value> {
    let letter = match tokens {
        [letter] => letter,
        [open, letter, close] if open.kind == Kind::Symbol('(') && close.kind == Kind::Symbol(')') => letter,
        _ => return None,
    };
    match &letter.kind {
        Kind::Letter(c) if c.is_ascii_uppercase() => Some(Value::Choice(*c)),
        Kind::Word(word) => match word.as_bytes() {
            [letter @ b'A'..=b'Z'] => Some(Value::Choice(char::from(*letter))),
            _ => None,
        },
        _ => None,
    }
}

/// `204_5`.
fn based(tokens: &[Token]) -> Option<Value> {
    let [Token { kind: Kind::Number(digits), .. }, low, Token { kind: Kind::Number(base), .. }] = tokens else {
        return None;
    };
    let base = base.parse().ok().filter(|base| low.kind == Kind::Symbol('_') && (2..=36).contains(base))?;
    let digits = digits.trim_start_matches('0');
    digits.chars().all(|digit| digit.is_digit(base)).then(|| Value::Based { digits: digits.to_owned(), base })
}

/// Nothing but words.
fn words(tokens: &[Token]) -> Option<Value> {
    let mut text = String::new();
    for token in tokens {
        match &token.kind {
            Kind::Word(word) => {
                if !text.is_empty() && token.space_before {
                    text.push(' ');
                }
                text.push_str(&word.to_lowercase());
            }
            Kind::Symbol(mark @ ('-' | '\'' | '’')) if !text.is_empty() => text.push(*mark),
            _ => return None,
        }
    }
    (!text.is_empty()).then_some(Value::Words(text))
}

fn in_brackets(open: &Kind, inner: &[Token], close: &Kind, depth: u32, budget: &mut Budget) -> Option<Value> {
    let (open, close) = match (open, close) {
        (Kind::Begin(name), Kind::End(_)) => return matrix(name, inner, depth, budget),
        (Kind::Symbol(open), Kind::Symbol(close)) => (*open, *close),
        _ => return None,
    };
    let (parts, _) = split(inner, |kind| *kind == Kind::Symbol(','));
    match (open, close) {
        ('⦃', '⦄') if inner.is_empty() => Some(Value::Set(Vec::new())),
        ('⦃', '⦄') => Some(Value::Set(self::members(&parts, depth, budget)?)),
        ('(', ')') if parts.len() == 1 => value(inner, depth, budget),
        ('(' | '[', ')' | ']') | ('⟨', '⟩') if (2..=MAX_MEMBERS).contains(&parts.len()) => {
            let members = parts.iter().map(|part| value(part, depth, budget)).collect::<Option<_>>()?;
            Some(Value::Tuple { open, members, close })
        }
        _ => None,
    }
}

fn matrix(name: &str, inner: &[Token], depth: u32, budget: &mut Budget) -> Option<Value> {
    if !matches!(name, "pmatrix" | "bmatrix" | "Bmatrix" | "matrix" | "smallmatrix") {
        return None;
    }
    let (mut rows, _) = split(inner, |kind| *kind == Kind::Row);
    rows.retain(|row| !row.is_empty());
    if rows.len() > MAX_MEMBERS {
        return None;
    }
    let row = |tokens: &&[Token]| {
        let (cells, _) = split(tokens, |kind| *kind == Kind::Symbol('&'));
        if cells.len() > MAX_MEMBERS {
            return None;
        }
        cells.iter().map(|cell| value(cell, depth, budget)).collect()
    };
    Some(Value::Matrix(rows.iter().map(row).collect::<Option<_>>()?))
}

/// Equations, chains of them, and inequalities.
fn relation(parts: &[&[Token]], relations: &[&Kind], depth: u32, budget: &mut Budget) -> Option<Vec<Value>> {
    let (first, last) = (parts.first()?, parts.last()?);
    if relations.iter().all(|kind| matches!(kind, Kind::Symbol('=' | '≈'))) {
        if is_name(first) {
            return named(first, last, depth, budget);
        }
        if parts.len() > 2 || relations.iter().any(|kind| **kind == Kind::Symbol('≈')) {
            // `10 / 2 = 4 + 1 = 5` ends at its answer; `\pi ≈ 3.14` begins with it.
            let exact = if **relations.last()? == Kind::Symbol('≈') { first } else { last };
            return member(exact, depth, budget);
        }
        let (left, right) = (expression(first, budget)?, expression(last, budget)?);
        let difference = left.minus(&right, budget)?;
        if !difference.has_variables() {
            return member(last, depth, budget);
        }
        return Some(vec![Value::Equation(difference)]);
    }
    let sides: Vec<Expression> = parts.iter().map(|part| expression(part, budget)).collect::<Option<_>>()?;
    let symbols: Vec<char> =
        relations.iter().filter_map(|kind| if let Kind::Symbol(c) = kind { Some(*c) } else { None }).collect();
    inequality(&sides, &symbols, budget).map(|value| vec![value])
}

/// Whether the left side of an equation is only a name: `x`, `x_1`, `f(x)`, `\theta`, `Area`.
fn is_name(tokens: &[Token]) -> bool {
    let is_letter = |kind: &Kind| matches!(kind, Kind::Letter(_) | Kind::Command(_) | Kind::Word(_));
    match tokens {
        [name] => is_letter(&name.kind),
        [name, low, _] if low.kind == Kind::Symbol('_') => is_letter(&name.kind),
        [name, open, argument, close] => {
            is_letter(&name.kind)
                && (open.kind == Kind::Symbol('('), close.kind == Kind::Symbol(')')) == (true, true)
                && is_letter(&argument.kind)
        }
        _ => false,
    }
}

fn named(name: &[Token], right: &[Token], depth: u32, budget: &mut Budget) -> Option<Vec<Value>> {
    let left = expression(name, budget);
    let values = member(right, depth, budget)?;
    let named = |value: Value| {
        let equation = match (&left, &value) {
            (Some(left), Value::Scalar(Scalar { expression, .. })) => left.minus(expression, budget),
            _ => None,
        };
        Value::Named { name: key(name), value: Box::new(value), equation }
    };
    Some(values.into_iter().map(named).collect())
}

/// An expression without unit and `±`.
fn expression(tokens: &[Token], budget: &mut Budget) -> Option<Expression> {
    match <[Scalar; 1]>::try_from(scalar::parse(tokens, budget)?) {
        Ok([Scalar { expression, unit: Unit::None }]) => Some(expression),
        _ => None,
    }
}

/// Inequalities about one bare letter are intervals; others keep the difference of their sides.
fn inequality(sides: &[Expression], symbols: &[char], budget: &mut Budget) -> Option<Value> {
    let is_less = |symbol: char| matches!(symbol, '<' | '≤');
    let is_more = |symbol: char| matches!(symbol, '>' | '≥');
    let or_equal = |symbol: char| matches!(symbol, '≤' | '≥');
    let infinity = || Expression::atom(Atom::Infinity);
    match (sides, symbols) {
        ([a, b], &[symbol]) if is_less(symbol) || is_more(symbol) => {
            let (small, large) = if is_less(symbol) { (a, b) } else { (b, a) };
            Some(match (small.is_variable(), large.is_variable()) {
                (true, false) if !large.has_variables() => {
                    interval(infinity().negated(), false, large.clone(), or_equal(symbol))
                }
                (false, true) if !small.has_variables() => interval(small.clone(), or_equal(symbol), infinity(), false),
                _ => Value::Inequality { difference: large.minus(small, budget)?, or_equal: or_equal(symbol) },
            })
        }
        ([a, x, b], &[left, right]) if x.is_variable() && !a.has_variables() && !b.has_variables() => {
            if is_less(left) && is_less(right) {
                Some(interval(a.clone(), or_equal(left), b.clone(), or_equal(right)))
            } else if is_more(left) && is_more(right) {
                Some(interval(b.clone(), or_equal(right), a.clone(), or_equal(left)))
            } else {
                None
            }
        }
        _ => None,
    }
}

fn interval(low: Expression, low_closed: bool, high: Expression, high_closed: bool) -> Value {
    let end = |expression| Value::Scalar(Scalar { expression, unit: Unit::None });
    Value::Tuple {
        open: if low_closed { '[' } else { '(' },
        members: vec![end(low), end(high)],
        close: if high_closed { ']' } else { ')' },
    }
}
