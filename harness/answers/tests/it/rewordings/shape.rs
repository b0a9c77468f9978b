//! What the text of a gold answer looks like. Decides only which rules apply to it.

/// The shape of a gold answer, with the texts of its parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Shape {
    Integer(i64),
    /// Digits, and how many of them are decimals.
    Decimal(i64, u32),
    /// A fraction of integers.
    Fraction(i64, i64),
    /// A number before a fraction: whole, numerator, denominator.
    Mixed(i64, i64, i64),
    /// Any other single expression.
    Expression,
    /// A number of degrees.
    Degrees(String),
    /// An amount in dollars, with its value's text.
    Money(String),
    /// A number and a unit in `\text` or `\mbox`.
    Unit(String),
    /// Brackets around parts.
    Brackets(char, Vec<String>, char),
    /// A list or a set in braces.
    Set(Vec<String>),
    Union(Vec<String>),
    Membership(String),
    PlusMinus,
    Equation(String, String),
    /// The cells of a `pmatrix`.
    Matrix(Vec<Vec<String>>),
    Based(String, String),
    Word(String),
    Choice(char),
}

impl Shape {
    pub(super) fn of(gold: &str) -> Self {
        let gold = gold.trim();
        words(gold)
            .or_else(|| marked(gold))
            .or_else(|| composite(gold))
            .or_else(|| number(&gold.replace("\\!", "").replace(' ', "")))
            .unwrap_or(Self::Expression)
    }

    /// Whether it is one number or expression, to which more can be added.
    pub(super) fn is_scalar(&self) -> bool {
        matches!(self, Self::Integer(_) | Self::Decimal(..) | Self::Fraction(..) | Self::Mixed(..) | Self::Expression)
    }

    /// How it is written among others: the comma of `1,234` would divide two numbers in brackets.
    pub(super) fn alone(&self, gold: &str) -> String {
        match self {
            Self::Integer(value) => value.to_string(),
            _ => gold.to_owned(),
        }
    }

    /// Certainly an interval, not a point.
    pub(super) fn is_interval(&self) -> bool {
        match self {
            Self::Brackets(open, parts, close) => {
                parts.len() == 2 && ((*open, *close) != ('(', ')') || parts.iter().any(|part| part.contains("\\infty")))
            }
            _ => false,
        }
    }
}

fn words(gold: &str) -> Option<Shape> {
    if let Some(inner) = gold.strip_prefix("\\text{").and_then(|rest| rest.strip_suffix('}')) {
        let letter = inner.strip_prefix('(').and_then(|rest| rest.strip_suffix(')'));
        return Some(match letter.and_then(|letter| letter.chars().next()) {
            Some(letter) => Shape::Choice(letter),
            None => Shape::Word(inner.to_owned()),
        });
    }
    let at = gold.find("\\text{").or_else(|| gold.find("\\mbox{"))?;
    Some(Shape::Unit(gold[..at].trim().to_owned()))
}

fn marked(gold: &str) -> Option<Shape> {
    if let Some(matrix) = gold.strip_prefix("\\begin{pmatrix}").and_then(|rest| rest.strip_suffix("\\end{pmatrix}")) {
        let cells = |row: &str| row.split('&').map(|cell| cell.trim().to_owned()).collect();
        return Some(Shape::Matrix(matrix.split("\\\\").filter(|row| !row.trim().is_empty()).map(cells).collect()));
    }
    if gold.contains("\\cup") {
        return Some(Shape::Union(gold.split("\\cup").map(|part| part.trim().to_owned()).collect()));
    }
    if let Some((_, set)) = gold.split_once("\\in ") {
        return Some(Shape::Membership(set.trim().to_owned()));
    }
    if let Some((left, right)) = gold.split_once('=') {
        return Some(Shape::Equation(left.trim().to_owned(), right.trim().to_owned()));
    }
    if let Some(value) = gold.strip_suffix("^\\circ") {
        return Some(Shape::Degrees(value.trim().to_owned()));
    }
    if let Some(value) = gold.strip_prefix("\\$") {
        return Some(Shape::Money(value.replace("\\!", "").replace([' ', ','], "")));
    }
    let (digits, base) = gold.split_once('_')?;
    let base = base.trim_matches(['{', '}']);
    let are_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    (are_digits(digits) && are_digits(base)).then(|| Shape::Based(digits.to_owned(), base.to_owned()))
}

fn composite(gold: &str) -> Option<Shape> {
    let plain = gold.replace("\\left", "").replace("\\right", "");
    let plain = plain.trim();
    if let Some(inner) = plain.strip_prefix("\\{").and_then(|rest| rest.strip_suffix("\\}")) {
        return Some(Shape::Set(parts(inner)));
    }
    let (open, close) = (plain.chars().next()?, plain.chars().next_back()?);
    if matches!(open, '(' | '[') && matches!(close, ')' | ']') && closes_at_the_end(plain) {
        let inner = parts(&plain[1..plain.len() - 1]);
        return (inner.len() > 1).then_some(Shape::Brackets(open, inner, close));
    }
    if number(&gold.replace("\\!", "").replace(' ', "")).is_some() {
        return None;
    }
    let members = parts(gold);
    if members.len() > 1 {
        return Some(Shape::Set(members));
    }
    gold.contains("\\pm").then_some(Shape::PlusMinus)
}

fn depth_change(c: char) -> i32 {
    match c {
        '(' | '[' | '{' => 1,
        ')' | ']' | '}' => -1,
        _ => 0,
    }
}

/// Whether the bracket that opens a text closes at its end.
fn closes_at_the_end(text: &str) -> bool {
    let mut depth = 0;
    text.char_indices().all(|(at, c)| {
        depth += depth_change(c);
        depth > 0 || at + c.len_utf8() == text.len()
    })
}

/// What stands between the commas outside all brackets.
fn parts(text: &str) -> Vec<String> {
    let mut depth = 0;
    let mut parts = vec![String::new()];
    for c in text.chars() {
        depth += depth_change(c);
        match parts.last_mut() {
            Some(part) if c != ',' || depth > 0 => part.push(c),
            _ => parts.push(String::new()),
        }
    }
    parts.iter().map(|part| part.trim().to_owned()).collect()
}

fn number(text: &str) -> Option<Shape> {
    let (minus, digits) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    let without_groups = digits.replace(',', "");
    let groups: Vec<&str> = digits.split(',').collect();
    let grouped = groups.len() == 1 || groups[1..].iter().all(|group| group.len() == 3);
    if let (true, Ok(value)) = (grouped, without_groups.parse::<i64>()) {
        return Some(Shape::Integer(minus * value));
    }
    if let Some((whole, decimals)) = digits.split_once('.') {
        let value = format!("{whole}{decimals}").parse::<i64>().ok()?;
        return Some(Shape::Decimal(minus * value, u32::try_from(decimals.len()).ok()?));
    }
    let at = digits.find("\\frac").or_else(|| digits.find("\\dfrac"))?;
    let (whole, fraction) = digits.split_at(at);
    let (top, bottom) = arguments(fraction.trim_start_matches("\\frac").trim_start_matches("\\dfrac"))?;
    match whole {
        "" => Some(Shape::Fraction(minus * top, bottom)),
        _ => Some(Shape::Mixed(minus * whole.parse::<i64>().ok()?, top, bottom)),
    }
}

/// The arguments of `\frac`: `{1}{2}`, `12`, `1{2}`.
fn arguments(text: &str) -> Option<(i64, i64)> {
    let (top, rest) = argument(text)?;
    let (bottom, rest) = argument(rest)?;
    rest.is_empty().then_some((top, bottom))
}

fn argument(text: &str) -> Option<(i64, &str)> {
    let (inner, rest) = match text.strip_prefix('{') {
        Some(rest) => rest.split_once('}')?,
        None => text.split_at_checked(1)?,
    };
    Some((inner.parse().ok()?, rest))
}
