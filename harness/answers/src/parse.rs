//! Tokens to values: the structure around expressions (lists, tuples, intervals, sets, unions, matrices, equations).
//!
//! A value is returned only where the whole answer was understood; one part that is not makes the whole `None`.

mod brackets;
mod calendar;
mod function;
mod list;
mod names;
mod number;
mod number_words;
mod quantity;
mod relation;
mod rewriting;
mod scalar;
mod spoken;
mod structure;
mod unit;
mod unit_names;
mod vectors;
mod words;

pub(crate) use scalar::radians;
pub(crate) use unit_names::{measure, singular};

use crate::normalise::{Kind, Token};
use crate::value::{Budget, Value};

/// Deepest nesting of structures and of expressions.
const MAX_DEPTH: u32 = 30;
/// Most members of a list, tuple, set or matrix row.
const MAX_MEMBERS: usize = 64;

/// The value of an answer, if it was understood.
pub(crate) fn value(tokens: &[Token]) -> Option<Value> {
    let mut budget = Budget::new();
    let rewritten = rewriting::rewritten(tokens);
    structure::value(rewritten.as_deref().unwrap_or(tokens), 0, &mut budget)
}

/// The value of an answer whose quotients reach as far as they can: `q/4\pi r^2` as `q/(4\pi r^2)`. `None` as well where there
/// is no such quotient.
pub(crate) fn value_with_wide_quotients(tokens: &[Token]) -> Option<Value> {
    value(&rewriting::with_wide_quotients(tokens, false)?)
}

/// The value of an answer whose quotients end at the first factor behind the bar: `t/RC` as `(t/R)C`. `None` as well where
/// they do so anyway.
pub(crate) fn value_with_narrow_quotients(tokens: &[Token]) -> Option<Value> {
    rewriting::with_wide_quotients(tokens, true)?;
    structure::value(tokens, 0, &mut Budget::new())
}

/// The sign that a token is.
fn symbol(token: Option<&Token>) -> Option<char> {
    match token {
        Some(Token { kind: Kind::Symbol(c), .. }) => Some(*c),
        _ => None,
    }
}

fn is_word(kind: &Kind, word: &str) -> bool {
    matches!(kind, Kind::Word(text) if text.eq_ignore_ascii_case(word))
}

/// How much a token opens (1) or closes (-1).
fn nesting(kind: &Kind) -> i32 {
    match kind {
        Kind::Open | Kind::Begin(_) | Kind::Symbol('(' | '[' | '⦃' | '⟨') => 1,
        Kind::Close | Kind::End(_) | Kind::Symbol(')' | ']' | '⦄' | '⟩') => -1,
        _ => 0,
    }
}

/// Splits where `separates` holds outside of all brackets; returns the parts and the tokens between them.
fn split(tokens: &[Token], separates: impl Fn(&Kind) -> bool) -> (Vec<&[Token]>, Vec<&Kind>) {
    let mut parts = Vec::new();
    let mut separators = Vec::new();
    let mut depth = 0;
    let mut start = 0;
    for (index, Token { kind, .. }) in tokens.iter().enumerate() {
        depth += nesting(kind);
        if depth == 0 && separates(kind) {
            parts.push(&tokens[start..index]);
            separators.push(kind);
            start = index + 1;
        }
    }
    parts.push(&tokens[start..]);
    (parts, separators)
}

/// What stands between the first and the last token, if these are a bracket and the one that closes it.
fn bracketed(tokens: &[Token]) -> Option<(&Kind, &[Token], &Kind)> {
    let [first, inner @ .., last] = tokens else {
        return None;
    };
    if nesting(&first.kind) != 1 || nesting(&last.kind) != -1 {
        return None;
    }
    let mut depth = 0;
    for token in inner {
        depth += nesting(&token.kind);
        if depth < 0 {
            return None;
        }
    }
    (depth == 0).then_some((&first.kind, inner, &last.kind))
}
