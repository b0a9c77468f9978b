//! Numbers in words, rewritten as digits before anything else is read: `twenty-one`, `two thirds`, `5 million`, `third`.

use super::symbol;
use crate::normalise::{Kind, Token};

/// The tokens with numbers in words as numbers; `None` where there are none.
pub(super) fn rewritten(tokens: &[Token]) -> Option<Vec<Token>> {
    let begins = |index: usize| raised_ordinal(tokens.get(index..).unwrap_or_default()).is_some();
    if !tokens.iter().enumerate().any(|(index, token)| is_part(token) || begins(index)) {
        return None;
    }
    let mut result: Vec<Token> = Vec::with_capacity(tokens.len());
    let mut rest = tokens;
    while let [first, ..] = rest {
        // "1/3 (one third)" says it twice.
        if result.len() > 1 && symbol(result.last()) == Some('(') && is_part(first) {
            return None;
        }
        let length = match read(rest, &mut result) {
            Some(length) => match repeated(rest.get(length..)?, result.last()) {
                Some(None) => return Some(vec![made(Kind::Command("not".to_owned()))]),
                Some(Some(more)) => length + more,
                None => length,
            },
            None if result.is_empty() && tokens.len() <= 2 && ordinal(first).is_some() => {
                result.extend([made(Kind::Number(ordinal(first)?.to_string())), made(Kind::Word("th".to_owned()))]);
                1
            }
            None => {
                result.push(first.clone());
                1
            }
        };
        rest = rest.get(length..)?;
    }
    Some(result)
}

/// Writes the number that the tokens begin with; how many of them it took.
fn read(tokens: &[Token], result: &mut Vec<Token>) -> Option<usize> {
    let first = tokens.first()?;
    if let Some(length) = raised_ordinal(tokens) {
        result.extend([first.clone(), made(Kind::Word("th".to_owned()))]);
        return Some(length);
    }
    let is_sign = lower(first).is_some_and(|word| matches!(word.as_str(), "negative" | "minus"));
    let begins_number = |token: &Token| matches!(token.kind, Kind::Number(_)) || small(token).is_some();
    if is_sign && result.is_empty() && tokens.get(1).is_some_and(begins_number) {
        result.push(made(Kind::Symbol('-')));
        return Some(1);
    }
    if matches!(first.kind, Kind::Number(_)) {
        let scale = tokens.get(1).and_then(multiple);
        let added = scale.map(|scale| [made(Kind::Symbol('*')), made(Kind::Number(scale.to_string()))]);
        if let Kind::Number(count) = &first.kind
            && let Some((part, length)) = counted_fraction(count, tokens.get(1..)?)
        {
            result.push(first.clone());
            result.extend([made(Kind::Symbol('/')), made(Kind::Number(part.to_string()))]);
            return Some(1 + length);
        }
        // `2 and 3 eighths`
        if let Some([and, Token { kind: Kind::Number(count), .. }, rest @ ..]) = tokens.get(1..)
            && lower(and).as_deref() == Some("and")
            && let Some((part, length)) = counted_fraction(count, rest)
        {
            let [plus, _, bar, bottom] = fraction_of(1, part);
            result.extend([first.clone(), plus, made(Kind::Number(count.clone())), bar, bottom]);
            return Some(3 + length);
        }
        let half = if added.is_none() { added_fraction(tokens.get(1..)?) } else { None };
        let (more, length) = match (added, half) {
            (Some(more), _) => (more.to_vec(), 1),
            (None, Some((part, length))) => (fraction_of(1, part).to_vec(), length),
            (None, None) => return None,
        };
        result.push(first.clone());
        result.extend(more);
        return Some(1 + length);
    }
    let (number, mut length) = number(tokens)?;
    result.push(Token { kind: Kind::Number(number.to_string()), space_before: first.space_before });
    let rest = tokens.get(length..)?;
    if let Some((part, more)) = fraction(number, rest) {
        result.extend([made(Kind::Symbol('/')), made(Kind::Number(part.to_string()))]);
        length += more;
    } else if let Some((part, more)) = added_fraction(rest) {
        result.extend(fraction_of(1, part));
        length += more;
    }
    Some(length)
}

/// `(5)` behind a number in words, which says it again: how many tokens it takes; the inner `None` where it says another.
fn repeated(tokens: &[Token], said: Option<&Token>) -> Option<Option<usize>> {
    let [open, digits, close, ..] = tokens else { return None };
    let (Kind::Number(said), Kind::Number(digits)) = (&said?.kind, &digits.kind) else { return None };
    let is_bracket = symbol(Some(open)) == Some('(') && symbol(Some(close)) == Some(')');
    is_bracket.then(|| (said == digits).then_some(3))
}

/// `+ 1/2`.
fn fraction_of(top: u64, bottom: u64) -> [Token; 4] {
    let number = |value: u64| made(Kind::Number(value.to_string()));
    [made(Kind::Symbol('+')), number(top), made(Kind::Symbol('/')), number(bottom)]
}

/// `and a half`: the denominator and how many tokens it takes.
fn added_fraction(tokens: &[Token]) -> Option<(u64, usize)> {
    let [and, one, rest @ ..] = tokens else {
        return None;
    };
    let is_one = one.kind == Kind::Letter('a') || matches!(lower(one)?.as_str(), "a" | "one");
    let (part, length) = fraction(1, rest).filter(|_| is_one && lower(and).as_deref() == Some("and"))?;
    Some((part, length + 2))
}

fn made(kind: Kind) -> Token {
    Token { kind, space_before: true }
}

fn lower(token: &Token) -> Option<String> {
    if let Kind::Word(word) = &token.kind { Some(word.to_lowercase()) } else { None }
}

fn is_part(token: &Token) -> bool {
    matches!(token.kind, Kind::Word(_)) && is_number_word(token)
}

fn is_number_word(token: &Token) -> bool {
    let is_half_or_sign =
        lower(token).is_some_and(|word| matches!(word.as_str(), "half" | "quarter" | "negative" | "minus"));
    is_half_or_sign
        || counted_fraction("1", std::slice::from_ref(token)).is_some()
        || counted_fraction("2", std::slice::from_ref(token)).is_some()
        || small(token).is_some()
        || multiple(token).is_some()
        || ordinal(token).is_some()
}

/// `5^{th}`, `2^{\text{nd}}`: how many tokens it takes.
fn raised_ordinal(tokens: &[Token]) -> Option<usize> {
    let is_ending = |a: char, b: char| matches!((a, b), ('t', 'h') | ('s', 't') | ('n', 'd') | ('r', 'd'));
    match tokens {
        [number, raised, open, first, second, close, ..]
            if symbol(Some(raised)) == Some('^') && open.kind == Kind::Open && close.kind == Kind::Close =>
        {
            let (Kind::Number(_), Kind::Letter(a), Kind::Letter(b)) = (&number.kind, &first.kind, &second.kind) else {
                return None;
            };
            is_ending(*a, *b).then_some(6)
        }
        [number, raised, ending, ..] if symbol(Some(raised)) == Some('^') => {
            let is_number = matches!(number.kind, Kind::Number(_));
            let ending = lower(ending)?;
            (is_number && matches!(ending.as_str(), "th" | "st" | "nd" | "rd")).then_some(3)
        }
        _ => None,
    }
}

/// Zero to ninety-nine in one word.
fn small(token: &Token) -> Option<u64> {
    const ONES: [&str; 20] = [
        "zero",
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
        "thirteen",
        "fourteen",
        "fifteen",
        "sixteen",
        "seventeen",
        "eighteen",
        "nineteen",
    ];
    const TENS: [&str; 8] = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
    let word = lower(token)?;
    let ones = ONES.iter().zip(0..).find(|(name, _)| **name == word).map(|(_, value)| value);
    ones.or_else(|| TENS.iter().zip(2..).find(|(name, _)| **name == word).map(|(_, value): (_, u64)| value * 10))
}

/// Words that multiply what stands before them.
fn multiple(token: &Token) -> Option<u64> {
    Some(match lower(token)?.as_str() {
        "dozen" => 12,
        "hundred" => 100,
        "thousand" => 1_000,
        "million" => 1_000_000,
        "billion" => 1_000_000_000,
        "trillion" => 1_000_000_000_000,
        _ => return None,
    })
}

fn ordinal(token: &Token) -> Option<u64> {
    const ORDINALS: [&str; 12] = [
        "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh",
        "twelfth",
    ];
    let word = lower(token)?;
    ORDINALS.iter().zip(1..).find(|(name, _)| **name == word).map(|(_, value)| value)
}

/// `twenty-one`, `three hundred and five`, `two thousand`: the number and how many tokens it takes.
fn number(tokens: &[Token]) -> Option<(u64, usize)> {
    let mut total: u64 = 0;
    let first = tokens.first()?;
    // "a dozen", "a hundred"
    let is_article = first.kind == Kind::Letter('a') || lower(first).as_deref() == Some("a");
    let mut current = if is_article && tokens.get(1).and_then(multiple).is_some() { 1 } else { small(first)? };
    let mut last = current;
    let mut length = 1;
    loop {
        let next = tokens.get(length);
        let is_joined = symbol(next) == Some('-') || next.and_then(lower).as_deref() == Some("and") && last >= 100;
        let ahead = if is_joined { length + 1 } else { length };
        let Some(token) = tokens.get(ahead) else { break };
        if let Some(value) = small(token) {
            let continues = last >= 100 || (20..100).contains(&last) && (1..10).contains(&value);
            if !continues {
                break;
            }
            current = current.checked_add(value)?;
            last = value;
        } else if let Some(scale) = multiple(token).filter(|_| symbol(next) != Some('-')) {
            current = current.checked_mul(scale)?;
            if scale >= 1_000 {
                total = total.checked_add(current)?;
                current = 0;
            }
            last = scale;
        } else {
            break;
        }
        length = ahead + 1;
    }
    // "two-sheeted" is no number.
    let is_prefix = symbol(tokens.get(length)) == Some('-')
        && matches!(tokens.get(length + 1), Some(Token { kind: Kind::Word(_), .. }))
        && fraction(current, tokens.get(length..)?).is_none();
    if is_prefix { None } else { Some((total.checked_add(current)?, length)) }
}

/// `tenths` behind digits: the denominator and how many tokens it takes. Quarters are coins, too, and seconds are time.
fn counted_fraction(count: &str, tokens: &[Token]) -> Option<(u64, usize)> {
    let count: u64 = count.parse().ok()?;
    let word = lower(tokens.first()?)?;
    let is_plural = word.ends_with('s') || word == "halves";
    if is_plural != (count != 1) || word.starts_with("quarter") {
        return None;
    }
    fraction(count, tokens)
}

/// `half`, `-thirds` behind a number: the denominator and how many tokens it takes.
fn fraction(count: u64, tokens: &[Token]) -> Option<(u64, usize)> {
    let skipped = usize::from(symbol(tokens.first()) == Some('-'));
    let word = lower(tokens.get(skipped)?)?;
    let singular = if count == 1 { word.as_str() } else { word.strip_suffix('s').unwrap_or(&word) };
    let part = match singular {
        "half" | "halve" => 2,
        "third" => 3,
        "quarter" | "fourth" => 4,
        "fifth" => 5,
        "sixth" => 6,
        "seventh" => 7,
        "eighth" => 8,
        "ninth" => 9,
        "tenth" => 10,
        "eleventh" => 11,
        "twelfth" => 12,
        "fifteenth" => 15,
        "sixteenth" => 16,
        "twentieth" => 20,
        "hundredth" => 100,
        "thousandth" => 1_000,
        _ => return None,
    };
    Some((part, skipped + 1))
}
