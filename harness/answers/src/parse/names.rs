//! Names of quantities that are more than a letter: `|S|`, `P(A)`, `[ABC]`, `V_1:V_2`, `\frac{AB}{CD}`, `\max f`.

use super::relation::is_name;
use super::{bracketed, nesting, split, symbol};
use crate::normalise::{Kind, Token};

/// Whether tokens on the left of an equals sign name what the right side is the value of.
pub(super) fn is_quantity(tokens: &[Token]) -> bool {
    is_change(tokens)
        || is_measured(tokens)
        || is_applied(tokens)
        || is_extreme(tokens)
        || is_quotient(tokens)
        || is_ratio(tokens)
        || is_described(tokens)
}

fn is_capital(token: &Token) -> bool {
    matches!(token.kind, Kind::Letter(letter) if letter.is_ascii_uppercase())
}

fn command(token: &Token) -> Option<&str> {
    if let Kind::Command(name) = &token.kind { Some(name) } else { None }
}

/// `\Delta p`.
fn is_change(tokens: &[Token]) -> bool {
    matches!(tokens, [delta, name @ ..] if matches!(delta.kind, Kind::Letter('Δ' | 'δ')) && is_name(name))
}

/// `|S|`, `|A \cup B|`, `|\vec v|`, `[ABC]`. The size of a small letter is an equation: `|x| = 5`.
fn is_measured(tokens: &[Token]) -> bool {
    let [open, inner @ .., close] = tokens else { return false };
    match (symbol(Some(open)), symbol(Some(close))) {
        (Some('|'), Some('|')) => {
            let is_set =
                |token: &Token| is_capital(token) || matches!(token.kind, Kind::Symbol('∪' | '∩' | '∖' | '_' | '\''));
            let is_vector =
                matches!(inner, [mark, ..] if matches!(command(mark), Some("vec" | "overrightarrow" | "mathcal")));
            !inner.is_empty() && (inner.iter().all(is_set) || is_vector && is_name(inner))
        }
        (Some('['), Some(']')) => {
            let points = match inner {
                [mark, points @ ..] if command(mark) == Some("triangle") => points,
                _ => inner,
            };
            (2..=8).contains(&points.len()) && points.iter().all(is_capital)
        }
        _ => false,
    }
}

/// `P(A \cap B)`, `E[X]`, `\mathbb{E}[X]`, `n(A)`, `\text{Var}(X)`, `\Pr(A)`.
fn is_applied(tokens: &[Token]) -> bool {
    let (name, rest) = match tokens {
        [mark, letter, rest @ ..] if matches!(command(mark), Some("mathbb" | "mathcal")) => (letter, rest),
        [name, rest @ ..] => (name, rest),
        [] => return false,
    };
    let is_function = match &name.kind {
        Kind::Letter(letter) => letter.is_uppercase() || matches!(letter, 'n' | 'f' | 'g' | 'h'),
        Kind::Word(_) => true,
        Kind::Command(name) => {
            matches!(&**name, "Pr" | "Var" | "var" | "E" | "deg" | "dim" | "det" | "arg" | "Re" | "Im")
        }
        _ => false,
    };
    let is_letters = |inner: &[Token]| {
        inner.iter().any(|token| matches!(token.kind, Kind::Letter(_) | Kind::Word(_)))
            && !inner.iter().any(|token| matches!(token.kind, Kind::Symbol('+' | '*' | '^' | '/')))
            // `f(x)` is known already, and `f(a)` may be a value of it.
            && !matches!(inner, [Token { kind: Kind::Letter(of), .. }] if of.is_lowercase())
    };
    is_function
        && match bracketed(rest) {
            Some((Kind::Symbol('(' | '['), inner, Kind::Symbol(')' | ']'))) => is_letters(inner),
            _ => false,
        }
}

/// `\max f`, `\min_{x} f(x)`, `\sin A`, `\cos\angle ABC`, `\gcd(a, b)`: no numbers in it.
fn is_extreme(tokens: &[Token]) -> bool {
    let [name, of @ ..] = tokens else { return false };
    let of = match of {
        [low, rest @ ..] if symbol(Some(low)) == Some('_') => {
            let end = rest.iter().position(|token| token.kind == Kind::Close);
            match rest.first().map(|token| &token.kind) {
                Some(Kind::Open) => end.and_then(|end| rest.get(end + 1..)).unwrap_or_default(),
                _ => rest.get(1..).unwrap_or_default(),
            }
        }
        _ => of,
    };
    let has_letters = of.iter().any(|token| matches!(token.kind, Kind::Letter(_)));
    let is_plain = !of.iter().any(|token| matches!(token.kind, Kind::Number(_)));
    match command(name) {
        Some("max" | "min" | "sup" | "inf" | "gcd" | "lcm" | "det" | "deg" | "dim" | "rank" | "operatorname") => {
            has_letters && is_plain
        }
        Some("sin" | "cos" | "tan" | "cot" | "sec" | "csc") => {
            let points = match of {
                [mark, points @ ..] if command(mark) == Some("angle") => points,
                _ => of,
            };
            !points.is_empty() && points.iter().all(is_capital)
        }
        _ => false,
    }
}

/// `\frac{AB}{CD}`, `AB/CD`, `\frac{S_1}{S_2}`: a quotient of names, at least one of them more than a small letter.
fn is_quotient(tokens: &[Token]) -> bool {
    let parts: Option<(&[Token], &[Token])> = match tokens {
        [frac, rest @ ..] if command(frac) == Some("frac") => argument(rest).and_then(|(top, rest)| {
            argument(rest).filter(|(_, rest)| rest.is_empty()).map(|(bottom, _)| (top, bottom))
        }),
        _ => {
            let (parts, _) = split(tokens, |kind| *kind == Kind::Symbol('/'));
            match parts.as_slice() {
                [top, bottom] => Some((*top, *bottom)),
                _ => None,
            }
        }
    };
    let is_part = |part: &[Token]| is_name(part) || is_measured(part) || is_applied(part);
    let is_quantity = |part: &[Token]| part.first().is_some_and(is_capital) || part.len() > 1;
    parts.is_some_and(|(top, bottom)| is_part(top) && is_part(bottom) && (is_quantity(top) || is_quantity(bottom)))
}

/// One argument of a command and what follows.
fn argument(tokens: &[Token]) -> Option<(&[Token], &[Token])> {
    if tokens.first()?.kind != Kind::Open {
        return tokens.split_at_checked(1);
    }
    let mut depth = 0;
    for (index, token) in tokens.iter().enumerate() {
        depth += nesting(&token.kind);
        if depth == 0 {
            return Some((tokens.get(1..index)?, tokens.get(index + 1..)?));
        }
    }
    None
}

/// `AB:BC`, `V_1 : V_2`, `a:b:c`.
fn is_ratio(tokens: &[Token]) -> bool {
    let (parts, _) = split(tokens, |kind| *kind == Kind::Symbol(':'));
    parts.len() > 1 && parts.iter().all(|part| is_name(part) || is_measured(part) || is_change(part))
}

/// `Area of triangle ABC`, `m\angle A`.
fn is_described(tokens: &[Token]) -> bool {
    match tokens {
        [Token { kind: Kind::Letter('m'), .. }, angle, points @ ..] if command(angle) == Some("angle") => {
            !points.is_empty() && points.iter().all(is_capital)
        }
        [Token { kind: Kind::Word(_), .. }, rest @ ..] => {
            let is_text = |token: &Token| {
                matches!(token.kind, Kind::Word(_) | Kind::Letter(_))
                    || matches!(command(token), Some("triangle" | "angle"))
            };
            !rest.is_empty() && rest.iter().all(is_text)
        }
        _ => false,
    }
}
