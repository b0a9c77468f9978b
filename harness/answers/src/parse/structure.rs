//! Everything but the expressions themselves: which of the notations an answer, or a part of one, is written in.

use super::nesting;
use super::{
    MAX_DEPTH, bracketed, brackets, calendar, is_word, list, quantity, relation, split, spoken, symbol, unit, vectors,
    words,
};
use crate::normalise::{Kind, Token};
use crate::value::{Budget, Region, Value};

/// A whole answer, a member or a cell.
pub(super) fn value(tokens: &[Token], depth: u32, budget: &mut Budget) -> Option<Value> {
    if tokens.is_empty() || depth > MAX_DEPTH {
        return None;
    }
    if let Some((Kind::Open, inner, Kind::Close)) = bracketed(tokens) {
        return value(inner, depth + 1, budget);
    }
    // Most answers are one number or formula.
    if is_formula(tokens)
        && let Some(mut numbers) = quantity::quantity(tokens, budget)
    {
        return numbers.pop().map(Value::Scalar);
    }
    if let Some(rest) = without_lead(tokens) {
        return value(rest, depth + 1, budget);
    }
    if let Some(range) = spoken::range(tokens, budget) {
        return Some(range);
    }
    if let Some(system) = brackets::open_cases(tokens, depth + 1, budget) {
        return Some(system);
    }
    if let Some(rewritten) = brackets::turned_brackets(tokens) {
        return value(&rewritten, depth + 1, budget);
    }
    if let Some(region) = exception(tokens, depth, budget) {
        return Some(Value::Region(region));
    }
    if let Some(value) = calendar::date(tokens).or_else(|| brackets::angle(tokens, depth, budget)) {
        return Some(value);
    }
    list::alternatives(tokens, depth, budget)
}

/// What follows `\approx`, `=`, "Answer:", "the point", "all" (as in "all x > 5"), which add nothing.
fn without_lead(tokens: &[Token]) -> Option<&[Token]> {
    let word = |index: usize, name: &str| tokens.get(index).is_some_and(|token| is_word(&token.kind, name));
    let leads = match tokens.first()?.kind {
        Kind::Symbol('≈' | '=') => 1,
        Kind::Word(_) if word(0, "answer") && matches!(symbol(tokens.get(1)), Some(':' | '=')) => 2,
        Kind::Word(_) if ["therefore", "thus", "hence", "so"].iter().any(|lead| word(0, lead)) => {
            let comma = usize::from(symbol(tokens.get(1)) == Some(','));
            // "so far"
            if matches!(tokens.get(1 + comma)?.kind, Kind::Word(_)) {
                return None;
            }
            1 + comma
        }
        Kind::Word(_) => {
            let article = usize::from(word(0, "the"));
            // "the value is 5"
            if ["answer", "value", "result", "solution"].iter().any(|lead| word(article, lead))
                && word(article + 1, "is")
                && !matches!(tokens.get(article + 2)?.kind, Kind::Word(_))
            {
                return tokens.get(article + 2..);
            }
            let is_point = word(article, "point") || word(article, "points") || word(article, "interval");
            let is_all = word(0, "all") && split(tokens, relation::is_relation).1.len() == 1;
            match (is_point && nesting(&tokens.get(article + 1)?.kind) == 1, is_all) {
                (true, _) => article + 1,
                (_, true) => 1,
                _ => return None,
            }
        }
        _ => return None,
    };
    tokens.get(leads..)
}

/// What stands between commas: one value, or two if it holds `±`.
pub(super) fn member(tokens: &[Token], depth: u32, budget: &mut Budget) -> Option<Vec<Value>> {
    if depth > MAX_DEPTH {
        return None;
    }
    if is_formula(tokens)
        && let Some(numbers) = quantity::quantity(tokens, budget)
    {
        return Some(numbers.into_iter().map(Value::Scalar).collect());
    }
    if let Some(value) = set_operation(tokens, depth, budget) {
        return value.map(|value| vec![value]);
    }
    let atomic = words::choice(tokens, depth, budget)
        .or_else(|| calendar::based(tokens))
        .or_else(|| calendar::clock(tokens))
        .or_else(|| calendar::date(tokens))
        .or_else(|| words::named_set(tokens))
        .or_else(|| plain_words(tokens));
    if let Some(value) = atomic {
        return Some(vec![value]);
    }
    if symbol(tokens.first()) == Some('∅') && tokens.len() == 1 {
        return Some(vec![Value::Set(Vec::new())]);
    }
    if let Some((open, inner, close)) = bracketed(tokens)
        && let Some(value) = brackets::in_brackets(open, inner, close, depth + 1, budget)
    {
        return Some(vec![value]);
    }
    let (parts, relations) = split(tokens, relation::is_relation);
    if !relations.is_empty() {
        return relation::relation(&parts, &relations, depth + 1, budget);
    }
    if let Some(value) = linear(tokens, depth, budget) {
        return Some(vec![value]);
    }
    if tokens.iter().any(|token| token.kind == Kind::Symbol(':') || is_word(&token.kind, "to")) {
        return calendar::ratio(tokens, budget).map(|value| vec![value]);
    }
    Some(quantity::quantity(tokens, budget)?.into_iter().map(Value::Scalar).collect())
}

/// Vectors and matrices that are not only brackets: transposed, multiplied by a number, in unit vectors.
fn linear(tokens: &[Token], depth: u32, budget: &mut Budget) -> Option<Value> {
    brackets::written_determinant(tokens, depth, budget)
        .or_else(|| vectors::transposed(tokens, depth, budget))
        .or_else(|| point(tokens, depth, budget))
        .or_else(|| vectors::multiple(tokens, depth, budget))
        .or_else(|| vectors::in_unit_vectors(tokens, budget))
        .or_else(|| calendar::residue(tokens, budget))
}

/// Whether tokens can be nothing but one number or expression without unit: no other notation needs to be looked for.
fn is_formula(tokens: &[Token]) -> bool {
    let number = |token: &Token| matches!(token.kind, Kind::Number(_));
    let unsigned = match tokens {
        [sign, rest @ ..] if sign.kind == Kind::Symbol('-') => rest,
        _ => tokens,
    };
    match unsigned {
        [only] => return number(only),
        // Three numbers may be a date.
        [top, bar, bottom] if bar.kind == Kind::Symbol('/') => return number(top) && number(bottom),
        _ => {}
    }
    let mut has_operator = false;
    for token in tokens {
        match &token.kind {
            Kind::Symbol('+' | '*' | '^') => has_operator = true,
            Kind::Command(name) if matches!(name.as_str(), "frac" | "sqrt") => has_operator = true,
            // A raised T transposes, and a `j` makes a vector.
            Kind::Letter('T' | 'j') => return false,
            Kind::Number(_)
            | Kind::Letter(_)
            | Kind::Open
            | Kind::Close
            | Kind::Symbol('-' | '/' | '(' | ')' | 'π') => {}
            _ => return false,
        }
    }
    has_operator
}

/// Words, unless they end in a unit of measure: `x cm` is a quantity.
fn plain_words(tokens: &[Token]) -> Option<Value> {
    let ends_in_unit = match tokens {
        [Token { kind: Kind::Letter(_), .. }, unit @ ..] => unit::unit(unit).is_some_and(|unit| unit.is_measure()),
        _ => false,
    };
    if ends_in_unit { None } else { words::words(tokens) }
}

/// `∈`, `∪`, `∩`, `∖`, loosest first; the inner `None` where the operation was not understood.
fn set_operation(tokens: &[Token], depth: u32, budget: &mut Budget) -> Option<Option<Value>> {
    if !tokens.iter().any(|token| matches!(token.kind, Kind::Symbol('∈' | '∉' | '∪' | '∩' | '∖' | '-'))) {
        return None;
    }
    let sides = |operator: char| split(tokens, |kind| *kind == Kind::Symbol(operator)).0;
    if let [name, set] = sides('∈').as_slice() {
        return Some(relation::contained(name, set, depth + 1, budget));
    }
    if let [name, set] = sides('∉').as_slice() {
        return Some(relation::not_contained(name, set, depth + 1, budget));
    }
    if let parts @ [_, _, ..] = sides('∪').as_slice() {
        return Some(list::members(parts, depth + 1, budget).map(|parts| list::union(parts, budget)));
    }
    if let parts @ [_, _, ..] = sides('∩').as_slice() {
        return Some(intersection(parts, depth + 1, budget).map(Value::Region));
    }
    if let [all, rest @ ..] = sides('∖').as_slice()
        && !rest.is_empty()
    {
        return Some(difference(all, rest, depth + 1, budget).map(Value::Region));
    }
    // `\mathbb{R} - \{0\}`
    let (parts, _) = split(tokens, |kind| *kind == Kind::Symbol('-'));
    match parts.as_slice() {
        [all, less] if symbol(less.first()) == Some('⦃') && !all.is_empty() => {
            Some(difference(all, &[less], depth + 1, budget).map(Value::Region))
        }
        _ => None,
    }
}

fn region(tokens: &[Token], depth: u32, budget: &mut Budget) -> Option<Region> {
    match value(tokens, depth, budget)? {
        Value::Scalar(number) if number.is_plain() => Region::point(&number.expression, budget),
        value => value.as_region(budget),
    }
}

fn intersection(parts: &[&[Token]], depth: u32, budget: &mut Budget) -> Option<Region> {
    let mut common = Region::everything();
    for part in parts {
        common = common.intersection(&region(part, depth, budget)?, budget)?;
    }
    Some(common)
}

fn difference(all: &[Token], less: &[&[Token]], depth: u32, budget: &mut Budget) -> Option<Region> {
    let mut left = region(all, depth, budget)?;
    for part in less {
        left = left.without(&region(part, depth, budget)?, budget)?;
    }
    Some(left)
}

/// `all real numbers except 2`, `all reals except x = 1, 2`.
fn exception(tokens: &[Token], depth: u32, budget: &mut Budget) -> Option<Region> {
    let place = tokens.iter().position(|token| is_word(&token.kind, "except"))?;
    let (all, mut less) = (tokens.get(..place)?, tokens.get(place + 1..)?);
    while let [first, rest @ ..] = less
        && (is_word(&first.kind, "for") || is_word(&first.kind, "that"))
    {
        less = rest;
    }
    let all = region(all, depth + 1, budget)?;
    let less = match value(less, depth + 1, budget)? {
        Value::Named { value, .. } => *value,
        value => value,
    };
    let members = if let Value::List(members) = less { members } else { vec![less] };
    let excluded = match members.as_slice() {
        [region @ (Value::Region(_) | Value::Set(_))] => region.as_region(budget)?,
        members => Value::Set(members.to_vec()).as_region(budget)?,
    };
    all.without(&excluded, budget)
}

/// `A(1, 2)`: a point and its name.
fn point(tokens: &[Token], depth: u32, budget: &mut Budget) -> Option<Value> {
    let [Token { kind: Kind::Letter(name), .. }, rest @ ..] = tokens else {
        return None;
    };
    let (open, inner, close) = bracketed(rest)?;
    if !name.is_ascii_uppercase() || symbol(rest.first()) != Some('(') {
        return None;
    }
    let value = brackets::in_brackets(open, inner, close, depth + 1, budget)?;
    matches!(value, Value::Tuple { .. }).then(|| Value::Named {
        name: name.to_string(),
        value: Box::new(value),
        equation: None,
    })
}
