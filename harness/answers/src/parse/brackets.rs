//! What stands in brackets: tuples, points, intervals, sets, matrices, systems of equations.

use super::{MAX_DEPTH, MAX_MEMBERS, bracketed, list, nesting, relation, split, structure, symbol};
use crate::normalise::{Kind, Token};
use crate::value::{Budget, Expression, Scalar, Unit, Value};

pub(super) fn in_brackets(
    open: &Kind,
    inner: &[Token],
    close: &Kind,
    depth: u32,
    budget: &mut Budget,
) -> Option<Value> {
    if depth > MAX_DEPTH {
        return None;
    }
    let (open, close) = match (open, close) {
        (Kind::Begin(name), Kind::End(_)) => return environment(name, inner, depth, budget),
        (Kind::Symbol(open), Kind::Symbol(close)) => (*open, *close),
        _ => return None,
    };
    let (mut parts, _) = split(inner, |kind| *kind == Kind::Symbol(','));
    if parts.len() == 1 {
        // `[1; 2]`
        parts = split(inner, |kind| *kind == Kind::Symbol(';')).0;
    }
    match (open, close) {
        ('⦃', '⦄') if inner.is_empty() => Some(Value::Set(Vec::new())),
        ('⦃', '⦄') => set(inner, &parts, depth, budget),
        ('(', ')') if parts.len() == 1 => structure::value(inner, depth, budget),
        // An array within the brackets of a matrix.
        ('[', ']') if parts.len() == 1 => {
            structure::value(inner, depth, budget).filter(|value| matches!(value, Value::Matrix(_)))
        }
        ('(' | '[', ')' | ']') | ('⟨', '⟩') if (2..=MAX_MEMBERS).contains(&parts.len()) => {
            tuple(open, &parts, close, depth, budget)
        }
        _ => None,
    }
}

/// A tuple; a list of two where one member holds `±`.
fn tuple(open: char, parts: &[&[Token]], close: char, depth: u32, budget: &mut Budget) -> Option<Value> {
    let members: Vec<Value> = parts.iter().map(|part| structure::value(part, depth, budget)).collect::<Option<_>>()?;
    let is_choice = |member: &Value| matches!(member, Value::List(_));
    let choices = members.iter().filter(|member| is_choice(member)).count();
    if choices == 0 {
        return Some(Value::Tuple { open, members, close });
    }
    if choices > 1 {
        let has_opposite = parts.iter().any(|part| part.iter().any(|token| token.kind == Kind::Symbol('∓')));
        return if has_opposite { corresponding(open, &members, close) } else { None };
    }
    let (place, Value::List(values)) = members.iter().enumerate().find(|(_, member)| is_choice(member))? else {
        return None;
    };
    let chosen = |value: &Value| {
        let mut members = members.clone();
        *members.get_mut(place)? = value.clone();
        Some(Value::Tuple { open, members, close })
    };
    values.iter().map(chosen).collect::<Option<_>>().map(Value::List)
}

/// `(\pm 1, \mp 2)`: all upper signs, and all lower ones.
fn corresponding(open: char, members: &[Value], close: char) -> Option<Value> {
    let with = |sign: usize| {
        let chosen = |member: &Value| match member {
            Value::List(signs) => signs.get(sign).cloned(),
            member => Some(member.clone()),
        };
        Some(Value::Tuple { open, members: members.iter().map(chosen).collect::<Option<_>>()?, close })
    };
    Some(Value::List(vec![with(0)?, with(1)?]))
}

/// `{1, 2}`, `{x | x > 3}`, `{x : 0 < x < 1}`, `{x \in \mathbb{R} \mid x \ne 0}`.
fn set(inner: &[Token], parts: &[&[Token]], depth: u32, budget: &mut Budget) -> Option<Value> {
    let bar = inner.iter().position(|token| matches!(token.kind, Kind::Symbol('|' | ':')));
    if let Some(bar) = bar
        && let (Some(head), Some(condition)) = (inner.get(..bar), inner.get(bar + 1..))
        && let Some(letter) = relation::bound_name(head, depth + 1, budget)
    {
        return match structure::value(condition, depth + 1, budget)? {
            Value::Named { name, value, .. } if name == letter => match *value {
                region @ Value::Region(_) => Some(region),
                Value::Scalar(_) | Value::List(_) => one_set(*value),
                _ => None,
            },
            _ => None,
        };
    }
    let members = list::members(parts, depth, budget)?;
    match members.as_slice() {
        [Value::Named { value, .. }] if matches!(**value, Value::Region(_)) => members.into_iter().next(),
        _ => Some(Value::Set(members)),
    }
}

fn one_set(value: Value) -> Option<Value> {
    Some(match value {
        Value::List(members) => Value::Set(members),
        value => Value::Set(vec![value]),
    })
}

fn environment(name: &str, inner: &[Token], depth: u32, budget: &mut Budget) -> Option<Value> {
    match name {
        "pmatrix" | "bmatrix" | "Bmatrix" | "matrix" | "smallmatrix" | "array" => matrix(inner, depth, budget),
        "cases" | "aligned" | "gathered" | "align" | "align*" | "split" => system(inner, depth, budget),
        "vmatrix" => determinant(&matrix(inner, depth, budget)?, budget),
        _ => None,
    }
}

/// `\left\{\begin{array}{l}…\end{array}\right.`, as `cases` were written before there were any.
pub(super) fn open_cases(tokens: &[Token], depth: u32, budget: &mut Budget) -> Option<Value> {
    let [brace, array @ ..] = tokens else { return None };
    match bracketed(array)? {
        (Kind::Begin(name), inner, Kind::End(_))
            if symbol(Some(brace)) == Some('⦃') && matches!(&**name, "array" | "aligned" | "matrix") =>
        {
            system(inner, depth, budget)
        }
        _ => None,
    }
}

/// `\det\begin{pmatrix}…`, `\left|\begin{array}…\end{array}\right|`.
pub(super) fn written_determinant(tokens: &[Token], depth: u32, budget: &mut Budget) -> Option<Value> {
    let array = match tokens {
        [Token { kind: Kind::Command(name), .. }, array @ ..] if name == "det" => array,
        [open, array @ .., close] if (symbol(Some(open)), symbol(Some(close))) == (Some('|'), Some('|')) => array,
        _ => return None,
    };
    match bracketed(array)? {
        (Kind::Begin(_), inner, Kind::End(_)) => determinant(&matrix(inner, depth, budget)?, budget),
        _ => None,
    }
}

/// The determinant of a matrix of up to four rows, along its first row.
fn determinant(matrix: &Value, budget: &mut Budget) -> Option<Value> {
    let Value::Matrix(rows) = matrix else { return None };
    let entry = |cell: &Value| match cell {
        Value::Scalar(number) if number.is_plain() => Some(number.expression.clone()),
        _ => None,
    };
    let rows: Vec<Vec<Expression>> =
        rows.iter().map(|row| row.iter().map(entry).collect::<Option<_>>()).collect::<Option<_>>()?;
    if rows.len() > 4 || rows.iter().any(|row| row.len() != rows.len()) {
        return None;
    }
    Some(Value::Scalar(Scalar::new(expanded(&rows, budget)?, Unit::None)))
}

fn expanded(rows: &[Vec<Expression>], budget: &mut Budget) -> Option<Expression> {
    let Some((first, rest)) = rows.split_first() else {
        return Some(Expression::integer(1));
    };
    let mut sum = Expression::integer(0);
    for (column, entry) in first.iter().enumerate() {
        let without = |row: &Vec<Expression>| {
            row.iter().enumerate().filter(|(other, _)| *other != column).map(|(_, entry)| entry.clone()).collect()
        };
        let minor: Vec<Vec<Expression>> = rest.iter().map(without).collect();
        let term = entry.times(&expanded(&minor, budget)?, budget)?;
        sum = sum.add(if column % 2 == 0 { term } else { term.negate() }, budget)?;
    }
    Some(sum)
}

fn rows(inner: &[Token]) -> Option<Vec<&[Token]>> {
    let (mut rows, _) = split(inner, |kind| *kind == Kind::Row);
    rows.retain(|row| !row.is_empty());
    (!rows.is_empty() && rows.len() <= MAX_MEMBERS).then_some(rows)
}

fn matrix(inner: &[Token], depth: u32, budget: &mut Budget) -> Option<Value> {
    let row = |tokens: &&[Token]| {
        let (cells, _) = split(tokens, |kind| *kind == Kind::Symbol('&'));
        if cells.len() > MAX_MEMBERS {
            return None;
        }
        cells.iter().map(|cell| structure::value(cell, depth, budget)).collect()
    };
    Some(Value::Matrix(rows(inner)?.iter().map(row).collect::<Option<_>>()?))
}

/// Equations below one another. A `&` is only for alignment where all rows are still understood without it.
fn system(inner: &[Token], depth: u32, budget: &mut Budget) -> Option<Value> {
    let mut joined: Vec<Token> = Vec::with_capacity(inner.len());
    for row in rows(inner)? {
        if !joined.is_empty() {
            joined.push(Token { kind: Kind::Symbol(','), space_before: false });
        }
        let (cells, _) = split(row, |kind| *kind == Kind::Symbol('&'));
        // `x & x > 0` is a case, and its second cell a condition.
        let is_case = |cell: &&[Token]| {
            cell.first().is_some_and(|token| !relation::is_relation(&token.kind))
                && split(cell, relation::is_relation).0.len() > 1
        };
        if cells.iter().skip(1).any(is_case) {
            return None;
        }
        joined.extend(row.iter().filter(|token| token.kind != Kind::Symbol('&')).cloned());
    }
    while symbol(joined.last()) == Some(',') {
        joined.pop();
    }
    list::alternatives(&joined, depth, budget)
}

/// `<1, 2>` as a vector.
pub(super) fn angle(tokens: &[Token], depth: u32, budget: &mut Budget) -> Option<Value> {
    let [open, inner @ .., close] = tokens else {
        return None;
    };
    if (symbol(Some(open)), symbol(Some(close))) != (Some('<'), Some('>')) {
        return None;
    }
    let (parts, _) = split(inner, |kind| *kind == Kind::Symbol(','));
    (2..=MAX_MEMBERS).contains(&parts.len()).then(|| tuple('⟨', &parts, '⟩', depth + 1, budget)).flatten()
}

/// `]1,2[`, `[1,2[`: square brackets that open where they stand behind an operator and close where they stand behind an
/// operand. The tokens with round brackets instead; `None` where the brackets match as they stand.
pub(super) fn turned_brackets(tokens: &[Token]) -> Option<Vec<Token>> {
    if !tokens.iter().any(|token| matches!(token.kind, Kind::Symbol('[' | ']'))) || are_balanced(tokens) {
        return None;
    }
    let mut rewritten: Vec<Token> = Vec::with_capacity(tokens.len());
    for token in tokens {
        let follows_operand = rewritten.last().is_some_and(|before| {
            matches!(before.kind, Kind::Number(_) | Kind::Letter(_) | Kind::Close | Kind::Symbol('π' | '∞' | ')' | '!'))
        });
        let kind = match (&token.kind, follows_operand) {
            (Kind::Symbol(']'), false) => Kind::Symbol('('),
            (Kind::Symbol('['), true) => Kind::Symbol(')'),
            (kind, _) => kind.clone(),
        };
        rewritten.push(Token { kind, space_before: token.space_before });
    }
    are_balanced(&rewritten).then_some(rewritten)
}

fn are_balanced(tokens: &[Token]) -> bool {
    let mut depth = 0;
    for token in tokens {
        depth += nesting(&token.kind);
        if depth < 0 {
            return false;
        }
    }
    depth == 0
}
