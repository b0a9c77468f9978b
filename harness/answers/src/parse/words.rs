//! Answers that are words, letters of a multiple choice, or names of sets.

use super::{structure, symbol};
use crate::normalise::{Kind, Token};
use crate::value::{Budget, End, Expression, Region, Value};

/// `(B)`, `B`, `\text{(B)}`, `B.`, `(B) 5`, `Option B`.
pub(super) fn choice(tokens: &[Token], depth: u32, budget: &mut Budget) -> Option<Value> {
    let tokens = match tokens {
        [Token { kind: Kind::Word(word), .. }, rest @ ..]
            if matches!(word.to_lowercase().as_str(), "option" | "choice" | "answer") =>
        {
            rest
        }
        _ => tokens,
    };
    let (letter, rest, is_marked) = match tokens {
        [letter] => (letter, &[][..], true),
        [open, letter, close, rest @ ..] if symbol(Some(open)) == Some('(') && symbol(Some(close)) == Some(')') => {
            (letter, rest, is_choice_letter(letter))
        }
        [open, letter, close] if symbol(Some(open)) == Some('[') && symbol(Some(close)) == Some(']') => {
            (letter, &[][..], is_choice_letter(letter))
        }
        [letter, mark, rest @ ..] if matches!(symbol(Some(mark)), Some(')' | '.' | ':')) => (letter, rest, true),
        _ => return None,
    };
    let letter = capital(letter)?;
    // Nobody offers more than ten choices: `(X) 5` is something else.
    if !is_marked || !rest.is_empty() && letter > 'J' {
        return None;
    }
    match structure::value(rest, depth + 1, budget) {
        // Several letters are no choice with a text.
        Some(Value::Choice { .. }) => None,
        content => Some(Value::Choice { letter, content: content.map(Box::new) }),
    }
}

fn is_choice_letter(token: &Token) -> bool {
    capital(token).is_some()
}

fn capital(token: &Token) -> Option<char> {
    match &token.kind {
        Kind::Letter(c) if c.is_ascii_uppercase() => Some(*c),
        Kind::Word(word) => match word.as_bytes() {
            [letter @ b'A'..=b'Z'] => Some(char::from(*letter)),
            _ => None,
        },
        _ => None,
    }
}

/// Nothing but words; the phrases for sets become sets.
pub(super) fn words(tokens: &[Token]) -> Option<Value> {
    let text = text(tokens)?;
    Some(match text.as_str() {
        "no solution"
        | "no solutions"
        | "no real solution"
        | "no real solutions"
        | "empty set"
        | "no solution exists"
        | "no solutions exist"
        | "there is no solution"
        | "there are no solutions"
        | "has no solution"
        | "there are no real solutions"
        | "empty"
        | "null set" => Value::Set(Vec::new()),
        "all real numbers"
        | "all reals"
        | "any real number"
        | "real numbers"
        | "all real values"
        | "all real"
        | "reals"
        | "every real number"
        | "set of all real numbers"
        | "set of real numbers" => Value::Region(Region::everything()),
        "positive real numbers" | "all positive real numbers" | "positive reals" => half_line('^', Some('+'), false)?,
        "negative real numbers" | "all negative real numbers" | "negative reals" => half_line('^', Some('-'), false)?,
        "nonnegative real numbers"
        | "all nonnegative real numbers"
        | "non negative real numbers"
        | "all non negative real numbers"
        | "nonnegative reals" => half_line('_', Some('≥'), true)?,
        "not defined" | "is undefined" => Value::Words("undefined".to_owned()),
        "dne" | "doesn't exist" | "doesnt exist" | "limit does not exist" => Value::Words("does not exist".to_owned()),
        "infinitely many"
        | "infinitely many solutions"
        | "infinite"
        | "infinite solutions"
        | "infinite number of solutions"
        | "infinite number"
        | "there are infinitely many"
        | "there are infinitely many solutions" => Value::Words("infinitely many".to_owned()),
        "integers" | "all integers" | "any integer" | "set of integers" => Value::Words("integers".to_owned()),
        _ => Value::Words(day_of_week(&text).map_or(text, str::to_owned)),
    })
}

/// `\mathbb{R}` and its like.
pub(super) fn named_set(tokens: &[Token]) -> Option<Value> {
    let (letter, rest) = match tokens {
        [Token { kind: Kind::Command(name), .. }, Token { kind: Kind::Letter(letter), .. }, rest @ ..]
            if matches!(name.as_str(), "mathbb" | "Bbb") =>
        {
            (*letter, rest)
        }
        [Token { kind: Kind::Letter(letter @ ('ℝ' | 'ℤ' | 'ℕ' | 'ℚ' | 'ℂ')), .. }, rest @ ..] => {
            (*letter, rest)
        }
        [Token { kind: Kind::Command(name), .. }] if name == "R" || name == "reals" => ('R', &[][..]),
        _ => return None,
    };
    let name = match (letter, rest) {
        ('R' | 'ℝ', []) => return Some(Value::Region(Region::everything())),
        ('R' | 'ℝ', [mark, sign @ ..]) => {
            let has_zero = sign.iter().any(|token| token.kind == Kind::Number("0".to_owned()));
            return half_line(symbol(Some(mark))?, sign.iter().find_map(|token| symbol(Some(token))), has_zero);
        }
        ('Z' | 'ℤ', []) => "integers",
        ('N' | 'ℕ', []) => "natural numbers",
        ('Q' | 'ℚ', []) => "rational numbers",
        ('C' | 'ℂ', []) => "complex numbers",
        ('Z' | 'ℤ', [raised, plus]) if symbol(Some(raised)) == Some('^') && symbol(Some(plus)) == Some('+') => {
            "positive integers"
        }
        _ => return None,
    };
    Some(Value::Words(name.to_owned()))
}

/// The positive numbers of `\mathbb{R}^+` and `\mathbb{R}_{>0}`, and their like.
fn half_line(mark: char, sign: Option<char>, has_zero: bool) -> Option<Value> {
    let (positive, closed) = match (mark, sign?, has_zero) {
        ('^' | '_', '+', false) | ('_', '>', true) => (true, false),
        ('^' | '_', '-', false) | ('_', '<', true) => (false, false),
        ('_', '≥', true) => (true, true),
        ('_', '≤', true) => (false, true),
        _ => return None,
    };
    let zero = End::new(Expression::integer(0), closed);
    let region = if positive {
        Region::between(zero, End::new(Expression::infinity(), false), &mut Budget::new())
    } else {
        Region::between(End::new(Expression::infinity().negated(), false), zero, &mut Budget::new())
    };
    region.map(Value::Region)
}

/// Words in lower case without articles. Letters that stand together between words are a word that looked like a product.
pub(super) fn text(tokens: &[Token]) -> Option<String> {
    let is_long = |token: &Token| matches!(&token.kind, Kind::Word(word) if word.chars().count() > 1);
    if !tokens.iter().any(is_long) || !matches!(tokens.first()?.kind, Kind::Word(_) | Kind::Letter(_)) {
        return None;
    }
    let mut text = String::new();
    for token in tokens {
        if token.space_before && !text.is_empty() && !text.ends_with(' ') {
            text.push(' ');
        }
        match &token.kind {
            Kind::Word(word) => text.push_str(&word.to_lowercase()),
            Kind::Letter(letter) if letter.is_alphabetic() => text.extend(letter.to_lowercase()),
            Kind::Symbol('’' | '′') => text.push('\''),
            Kind::Symbol('-') => text.push(if token.space_before { '-' } else { ' ' }),
            Kind::Symbol(mark @ ('\'' | '.' | '!')) => text.push(*mark),
            _ => return None,
        }
    }
    let text = text.trim_end_matches('!');
    let mut words: Vec<&str> = text.split_whitespace().filter(|word| !matches!(*word, "a" | "an" | "the")).collect();
    // "on Thursday", "it cannot be determined"
    if words.len() > 1 && matches!(words.first(), Some(&("on" | "it"))) {
        words.remove(0);
    }
    // Only articles: the letter was meant.
    if words.is_empty() { None } else { Some(words.join(" ")) }
}

/// Short names of days in full. Months are dates.
fn day_of_week(word: &str) -> Option<&'static str> {
    Some(match word {
        "mon" => "monday",
        "tue" | "tues" => "tuesday",
        "wed" => "wednesday",
        "thu" | "thur" | "thurs" => "thursday",
        "fri" => "friday",
        "sat" => "saturday",
        "sun" => "sunday",
        _ => return None,
    })
}
