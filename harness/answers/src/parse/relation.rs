//! Equations, inequalities and chains of them, membership.

use super::function::begins_factor;
use super::{list, names, quantity, split, structure, symbol};
use crate::Verdict;
use crate::normalise::{Kind, Token, key};
use crate::value::{Atom, Budget, End, Expression, Function, Quadratic, Region, Scalar, Value, root};

/// Longest chain of inequalities.
const MAX_CHAIN: usize = 8;

/// Whether a token relates two sides.
pub(super) fn is_relation(kind: &Kind) -> bool {
    matches!(kind, Kind::Symbol('=' | '<' | '>' | '≤' | '≥' | '≈' | '≠'))
}

/// Sides and the relations between them, at least one: one value, or several if a side holds `±`.
pub(super) fn relation(parts: &[&[Token]], relations: &[&Kind], depth: u32, budget: &mut Budget) -> Option<Vec<Value>> {
    let symbols: Vec<char> =
        relations.iter().filter_map(|kind| if let Kind::Symbol(c) = kind { Some(*c) } else { None }).collect();
    if symbols.iter().all(|symbol| matches!(symbol, '=' | '≈')) {
        return equation(parts, &symbols, depth, budget);
    }
    let value = match (parts, symbols.as_slice()) {
        ([left, right], ['≠']) => not_equal(left, right, budget)?,
        _ => inequalities(parts, &symbols, budget)?,
    };
    Some(vec![value])
}

fn equation(parts: &[&[Token]], symbols: &[char], depth: u32, budget: &mut Budget) -> Option<Vec<Value>> {
    let [first, between @ .., last] = parts else {
        return None;
    };
    // `x := 5`
    let first: &[Token] = match *first {
        [name @ .., mark] if symbol(Some(mark)) == Some(':') => name,
        _ => first,
    };
    let first = length_of_segment(first).unwrap_or(first);
    if is_name(first) && !between.is_empty() && between.iter().all(|part| is_name(part)) && !is_name(last) {
        // `x = y = 2`; read once, as what is nested in it may be long.
        let value = list::one_of_a_list(structure::member(last, depth, budget)?)?;
        let names = std::iter::once(&first).chain(between);
        let systems = names.map(|name| name_of(name, value.clone(), budget)).collect();
        return Some(vec![Value::System(systems)]);
    }
    let derivative = derivative(first);
    let first = derivative.as_deref().unwrap_or(first);
    if derivative.is_some() || is_name(first) || is_tuple_of_names(first) || names::is_quantity(first) {
        return named(first, last, depth, budget);
    }
    if between.is_empty() && symbols == ['='] && is_name(last) && quantity::quantity(first, budget).is_some() {
        return named(last, first, depth, budget);
    }
    if parts.len() > 2 || symbols.contains(&'≈') {
        // `10 / 2 = 4 + 1 = 5` ends at its answer; `\pi ≈ 3.14` begins with it.
        let exact = if symbols.last() == Some(&'≈') { first } else { last };
        return structure::member(exact, depth, budget);
    }
    let (left, right) = (quantity::expression(first, budget), quantity::expression(last, budget));
    let difference = match (left, right) {
        (Some(left), Some(right)) => left.minus(&right, budget)?,
        // `12 \text{ eggs} / 4 = 3 \text{ eggs}`
        _ if !first.iter().any(|token| matches!(token.kind, Kind::Letter(_))) => {
            return structure::member(last, depth, budget);
        }
        _ => return None,
    };
    if !difference.has_variables() {
        // `10 / 2 = 5` ends at its answer; `2 = 2` and `2 = 3` have none.
        let is_answer =
            difference.compare(&Expression::integer(0), budget) == Verdict::Equal && key(first) != key(last);
        return if is_answer { structure::member(last, depth, budget) } else { None };
    }
    if is_sum_of_names(first) {
        return named(first, last, depth, budget);
    }
    Some(vec![Value::Equation(difference)])
}

/// Whether one side of an equation is only a name: `x`, `x_1`, `f(x)`, `f^{-1}(x)`, `\theta`, `Area`, `AB`, `\angle ABC`.
pub(super) fn is_name(tokens: &[Token]) -> bool {
    let is_letter = |token: &Token| match &token.kind {
        Kind::Letter(letter) => !matches!(letter, 'i'),
        Kind::Command(name) => !begins_factor(name),
        Kind::Word(_) => true,
        _ => false,
    };
    let is_capital = |token: &Token| matches!(token.kind, Kind::Letter(letter) if letter.is_ascii_uppercase());
    match tokens {
        [] => false,
        [name] => is_letter(name),
        [mark, points @ ..] if is_mark(mark) && points.iter().all(|point| is_capital(point) || is_letter(point)) => {
            true
        }
        [name, low, ..] if symbol(Some(low)) == Some('_') => is_letter(name) && is_subscript(&tokens[2..]),
        _ if tokens.iter().all(is_capital) => true,
        _ if tokens.iter().all(|token| matches!(token.kind, Kind::Word(_))) => true,
        [name, rest @ ..] if is_letter(name) => is_arguments(rest),
        _ => false,
    }
}

/// `\frac{dy}{dx}` as `dy/dx`, which is the name of a function.
fn derivative(tokens: &[Token]) -> Option<Vec<Token>> {
    let letters: Vec<&Token> = tokens.iter().filter(|token| matches!(token.kind, Kind::Letter(_))).collect();
    let [over, of, under, by] = letters.as_slice() else {
        return None;
    };
    // Four letters in two groups behind `\frac`, or around a bar.
    if !quantity::is_derivative(tokens) || !matches!(tokens.len(), 5 | 9) {
        return None;
    }
    let bar = Token { kind: Kind::Symbol('/'), space_before: false };
    Some([*over, *of, &bar, *under, *by].map(Clone::clone).to_vec())
}

/// The ends of a segment in `|AB| = 5` and `\overline{AB} = 5`, where only its length can be meant.
fn length_of_segment(tokens: &[Token]) -> Option<&[Token]> {
    let is_line = |token: &Token| matches!(&token.kind, Kind::Command(name) if name == "overline");
    let is_bar = |token: &Token| symbol(Some(token)) == Some('|');
    let ends = match tokens {
        [bar, ends @ .., end] if is_bar(bar) && is_bar(end) => ends,
        [line, open, ends @ .., close] if is_line(line) && (&open.kind, &close.kind) == (&Kind::Open, &Kind::Close) => {
            ends
        }
        _ => return None,
    };
    let is_end = |token: &Token| matches!(token.kind, Kind::Letter(letter) if letter.is_ascii_uppercase());
    (ends.len() == 2 && ends.iter().all(is_end)).then_some(ends)
}

/// `m + n`, as in `m + n = 7`.
fn is_sum_of_names(tokens: &[Token]) -> bool {
    tokens.iter().enumerate().all(|(index, token)| match token.kind {
        Kind::Letter(_) => index % 2 == 0,
        Kind::Symbol('+') => index % 2 == 1,
        _ => false,
    })
}

/// `\angle`, `\vec`, `\overline`: what stands before the letters of a name.
fn is_mark(token: &Token) -> bool {
    matches!(&token.kind, Kind::Command(name) if matches!(
        &**name,
        "angle" | "vec" | "overline" | "overrightarrow" | "hat" | "bar" | "triangle" | "measuredangle" | "widehat"
    ))
}

/// One token, or one group.
fn is_subscript(tokens: &[Token]) -> bool {
    match tokens {
        [_] => true,
        [open, inner @ .., close] => {
            open.kind == Kind::Open
                && close.kind == Kind::Close
                && inner.iter().all(|token| !matches!(token.kind, Kind::Open | Kind::Close))
        }
        [] => false,
    }
}

/// `(x)`, `(x, y)`, `^{-1}(x)`, `'(x)`, `(2)`.
fn is_arguments(tokens: &[Token]) -> bool {
    let tokens = match tokens {
        [raised, open, minus, one, close, rest @ ..]
            if symbol(Some(raised)) == Some('^')
                && (&open.kind, &close.kind) == (&Kind::Open, &Kind::Close)
                && symbol(Some(minus)) == Some('-')
                && one.kind == Kind::Number("1".to_owned()) =>
        {
            rest
        }
        [prime, rest @ ..] if matches!(symbol(Some(prime)), Some('\'' | '′')) => rest,
        _ => tokens,
    };
    let [open, inner @ .., close] = tokens else {
        return false;
    };
    let is_argument = |token: &Token| matches!(token.kind, Kind::Letter(_) | Kind::Number(_) | Kind::Symbol(','));
    (symbol(Some(open)), symbol(Some(close))) == (Some('('), Some(')')) && !inner.is_empty() && inner.iter().all(is_argument)
        // `a(b)` may be a product, `f(x)` and `P(2)` are not.
        && (inner.len() > 1 || inner.iter().all(|token| matches!(token.kind, Kind::Letter('n' | 'r'..='z') | Kind::Number(_))))
}

/// `(x, y)`.
fn is_tuple_of_names(tokens: &[Token]) -> bool {
    let [open, inner @ .., close] = tokens else {
        return false;
    };
    let (parts, _) = split(inner, |kind| *kind == Kind::Symbol(','));
    (symbol(Some(open)), symbol(Some(close))) == (Some('('), Some(')'))
        && parts.len() > 1
        && parts.iter().all(|part| is_name(part))
}

fn name_key(tokens: &[Token]) -> String {
    key(tokens).trim_end().to_owned()
}

fn named(name: &[Token], right: &[Token], depth: u32, budget: &mut Budget) -> Option<Vec<Value>> {
    let values = structure::member(right, depth, budget)?;
    Some(values.into_iter().map(|value| name_of(name, value, budget)).collect())
}

/// A name for a value, and the equation that says so where both are expressions.
fn name_of(name: &[Token], value: Value, budget: &mut Budget) -> Value {
    let equation = match &value {
        Value::Scalar(Scalar { expression, .. }) => {
            quantity::expression(name, budget).and_then(|left| left.minus(expression, budget))
        }
        _ => None,
    };
    Value::Named { name: name_key(name), value: Box::new(value), equation }
}

/// The name before the bar of a set: `x`, or `x \in \mathbb{R}`.
pub(super) fn bound_name(tokens: &[Token], depth: u32, budget: &mut Budget) -> Option<String> {
    let (parts, _) = split(tokens, |kind| *kind == Kind::Symbol('∈'));
    match parts.as_slice() {
        [name] if is_name(name) && name.len() <= 4 => Some(name_key(name)),
        [name, set] if is_name(name) => {
            let all = structure::value(set, depth, budget)?.as_region(budget)?;
            all.is_everything().then(|| name_key(name))
        }
        _ => None,
    }
}

/// `x \in [0, 1]`.
pub(super) fn contained(name: &[Token], set: &[Token], depth: u32, budget: &mut Budget) -> Option<Value> {
    let set = structure::value(set, depth, budget)?;
    let value = match &set {
        Value::Tuple { .. } => set.as_region(budget).map_or(set, Value::Region),
        _ => set,
    };
    is_name(name).then(|| Value::Named { name: name_key(name), value: Box::new(value), equation: None })
}

/// `x \notin [0, 1]`.
pub(super) fn not_contained(name: &[Token], set: &[Token], depth: u32, budget: &mut Budget) -> Option<Value> {
    let region = structure::value(set, depth, budget)?.as_region(budget)?.complement();
    is_name(name).then(|| Value::Named { name: name_key(name), value: Box::new(Value::Region(region)), equation: None })
}

/// `x \ne 0`.
fn not_equal(left: &[Token], right: &[Token], budget: &mut Budget) -> Option<Value> {
    let (name, values) = if is_name(left) { (left, right) } else { (right, left) };
    if !is_name(name) {
        return None;
    }
    let mut excluded = Vec::new();
    for value in quantity::quantity(values, budget)? {
        excluded.push(Region::point(&value.expression, budget).filter(|_| value.is_plain())?);
    }
    let region = Region::union(&excluded, budget)?.complement();
    Some(Value::Named { name: name_key(name), value: Box::new(Value::Region(region)), equation: None })
}

/// Inequalities that say where one letter lies are a region; others keep the difference of their sides.
fn inequalities(parts: &[&[Token]], symbols: &[char], budget: &mut Budget) -> Option<Value> {
    if parts.len() > MAX_CHAIN || symbols.iter().any(|symbol| !matches!(symbol, '<' | '>' | '≤' | '≥')) {
        return None;
    }
    let sides: Vec<Expression> = parts.iter().map(|part| quantity::expression(part, budget)).collect::<Option<_>>()?;
    let is_less = |symbol: &char| matches!(symbol, '<' | '≤');
    // `1 < x > 3` is no chain.
    if symbols.iter().any(|symbol| is_less(symbol) != symbols.first().is_some_and(is_less)) {
        return None;
    }
    let mut steps = Vec::with_capacity(symbols.len());
    for (pair, symbol) in sides.windows(2).zip(symbols) {
        let [left, right] = pair else { return None };
        let (small, large) = if is_less(symbol) { (left, right) } else { (right, left) };
        if small.infinite().is_some() || large.infinite().is_some() {
            continue;
        }
        steps.push((large.minus(small, budget)?, matches!(symbol, '≤' | '≥')));
    }
    if steps.is_empty() {
        // `-\infty < x < \infty`
        let name = parts.iter().find(|part| is_name(part)).map(|part| name_key(part))?;
        return Some(Value::Named { name, value: Box::new(Value::Region(Region::everything())), equation: None });
    }
    let solved: Option<Vec<(String, Region)>> =
        steps.iter().map(|(difference, or_equal)| solution(difference, *or_equal, budget)).collect();
    if let Some((name, region)) = solved.and_then(|solved| all_on_one_name(&solved, budget)) {
        return Some(Value::Named { name, value: Box::new(Value::Region(region)), equation: None });
    }
    list::one_of_a_list(
        steps.into_iter().map(|(difference, or_equal)| Value::Inequality { difference, or_equal }).collect(),
    )
}

fn all_on_one_name(solved: &[(String, Region)], budget: &mut Budget) -> Option<(String, Region)> {
    let (name, _) = solved.first()?;
    let mut common = Region::everything();
    for (other, region) in solved {
        common = common.intersection(region, budget).filter(|_| other == name)?;
    }
    Some((name.clone(), common))
}

/// Where `difference > 0` (or `≥`), if that is linear or quadratic in one letter, or linear in the absolute value of what
/// is linear.
fn solution(difference: &Expression, or_equal: bool, budget: &mut Budget) -> Option<(String, Region)> {
    if let Some(linear) = difference.linear_in(|atom| matches!(atom, Atom::Variable(_)), budget) {
        let Atom::Variable(name) = &linear.letter else { return None };
        let bound = linear.constant.negated().divided_by(&linear.slope, budget)?;
        let is_rising = linear.slope.sign(budget)?.is_gt();
        return Some((name.to_string(), beyond(bound, or_equal, is_rising, budget)?));
    }
    if let Some(quadratic) = difference.quadratic(budget) {
        return quadratic_solution(&quadratic, or_equal, budget);
    }
    let outer = difference.linear_in(|atom| matches!(atom, Atom::Function(Function::Abs, _)), budget)?;
    let Atom::Function(_, arguments) = &outer.letter else { return None };
    let [inner] = arguments.as_slice() else { return None };
    let bound = outer.constant.negated().divided_by(&outer.slope, budget)?;
    // `|u| > bound` where either of two holds, `|u| < bound` where both do.
    let is_rising = outer.slope.sign(budget)?.is_gt();
    let sides = if is_rising {
        [inner.minus(&bound, budget)?, inner.negated().minus(&bound, budget)?]
    } else {
        [bound.minus(inner, budget)?, bound.plus(inner, budget)?]
    };
    let [(name, first), (_, second)] =
        sides.map(|side| solution(&side, or_equal, budget)).into_iter().collect::<Option<Vec<_>>>()?.try_into().ok()?;
    let region =
        if is_rising { Region::union([&first, &second], budget)? } else { first.intersection(&second, budget)? };
    Some((name, region))
}

/// Where `square x^2 + slope x + constant > 0` (or `≥`).
fn quadratic_solution(quadratic: &Quadratic, or_equal: bool, budget: &mut Budget) -> Option<(String, Region)> {
    let Quadratic { letter, square, slope, constant } = quadratic;
    let four = Expression::integer(4).times(square, budget)?.times(constant, budget)?;
    let discriminant = slope.times(slope, budget)?.minus(&four, budget)?;
    let opens_up = square.sign(budget)?.is_gt();
    // Roots that coincide, or none, are left to the other answer's being written alike.
    if !discriminant.sign(budget)?.is_gt() {
        return None;
    }
    let root = root(&discriminant, 2, budget)?;
    let double = square.times(&Expression::integer(2), budget)?;
    let below = slope.negated().minus(&root, budget)?.divided_by(&double, budget)?;
    let above = slope.negated().plus(&root, budget)?.divided_by(&double, budget)?;
    let (low, high) = if opens_up { (below, above) } else { (above, below) };
    // Between the roots, with the ends that do not belong to the outside.
    let closed = or_equal != opens_up;
    let between = Region::between(End::new(low, closed), End::new(high, closed), budget)?;
    Some((letter.to_string(), if opens_up { between.complement() } else { between }))
}

/// All numbers above a bound, or below.
fn beyond(bound: Expression, closed: bool, above: bool, budget: &mut Budget) -> Option<Region> {
    let bound = End::new(bound, closed);
    if above {
        Region::between(bound, End::new(Expression::infinity(), false), budget)
    } else {
        Region::between(End::new(Expression::infinity().negated(), false), bound, budget)
    }
}
