//! Texts that can be read in two ways, where the other answer tells which is meant: `120,180` is a number or two, `2 and 1/2`
//! a mixed number or two, `12 m` a length or a product, `q/4r` a quotient by 4 or by 4r.
//!
//! Each has one value that it is read with first ([`Answer::parse`]); the other reading is looked at only when grading, and
//! only where the first was not found equal. So classes, which know no gold answer, never rest on it.

use super::{Comparison, Gold};
use crate::normalise::{Kind, Token, tokens};
use crate::parse;
use crate::value::Value;
use crate::{Answer, Decision, Reason, Verdict};

/// A second reading, and what it is worth if it is equal.
struct Reading {
    value: Value,
    equal: Decision,
}

impl Comparison<'_> {
    /// The decision by the other readings of either side; `None` where none of them is equal.
    pub(super) fn by_other_readings(&mut self, a: &Answer, b: &Answer) -> Option<Decision> {
        if self.gold == Gold::Neither || !a.may_be_read_otherwise() && !b.may_be_read_otherwise() {
            return None;
        }
        for (side, other) in [(a, b), (b, a)] {
            let Some(other) = other.value().filter(|_| side.may_be_read_otherwise()) else { continue };
            for reading in readings(side.text()) {
                let decision = if std::ptr::eq(side, a) {
                    self.values(&reading.value, other)
                } else {
                    self.values(other, &reading.value)
                };
                if decision.is(Verdict::Equal) {
                    return Some(reading.equal);
                }
            }
        }
        None
    }
}

fn readings(text: &str) -> Vec<Reading> {
    let equal = Decision::equal(Reason::Notation);
    let mut found = Vec::new();
    let mut add = |value: Option<Value>, equal| found.extend(value.map(|value| Reading { value, equal }));
    if let Some(members) = members_of_grouped(text) {
        add(tokens(&members).and_then(|tokens| parse::value(&tokens)), equal);
    }
    if let Some(tokens) = tokens(text) {
        add(mixed_number(&tokens).and_then(|tokens| parse::value(&tokens)), equal);
        add(length(&tokens).and_then(|tokens| parse::value(&tokens)), equal);
        add(parse::value_with_wide_quotients(&tokens), Decision::unknown(Reason::Convention));
        add(parse::value_with_narrow_quotients(&tokens), Decision::unknown(Reason::Convention));
    }
    found
}

/// `120,180,240` as a list. A group that begins with a zero is no member.
fn members_of_grouped(text: &str) -> Option<String> {
    let text = text.trim().trim_matches('$').trim_end_matches('.');
    let mut groups = text.split(',');
    let is_digits = |group: &str| !group.is_empty() && group.bytes().all(|byte| byte.is_ascii_digit());
    let first = groups.next()?;
    let is_number = is_digits(first.strip_prefix('-').unwrap_or(first)) && first.trim_start_matches('-').len() <= 3;
    let mut count = 0;
    for group in groups {
        if group.len() != 3 || !is_digits(group) || group.starts_with('0') {
            return None;
        }
        count += 1;
    }
    (is_number && count > 0).then(|| text.replace(',', ", "))
}

/// `2 and 1/2` as two and a half.
fn mixed_number(tokens: &[Token]) -> Option<Vec<Token>> {
    let natural = |token: &Token| match &token.kind {
        Kind::Number(digits) => digits.parse::<u64>().ok(),
        _ => None,
    };
    let (top, bottom) = match tokens.get(2..)? {
        [top, bar, bottom, ..] if bar.kind == Kind::Symbol('/') => (natural(top)?, natural(bottom)?),
        [frac, top, bottom, ..] if matches!(&frac.kind, Kind::Command(name) if name == "frac") => {
            (natural(top)?, natural(bottom)?)
        }
        _ => return None,
    };
    let is_and = matches!(&tokens[1].kind, Kind::Word(word) if word.eq_ignore_ascii_case("and"));
    natural(&tokens[0])?;
    let mut sum = tokens.to_vec();
    sum[1].kind = Kind::Symbol('+');
    (is_and && top < bottom).then_some(sum)
}

/// `12 m` as a length.
fn length(tokens: &[Token]) -> Option<Vec<Token>> {
    const UNITS: &str = "mgshLlNJWVKA";
    let place = match tokens {
        [.., Token { kind: Kind::Number(_), .. }, _] => tokens.len() - 1,
        [.., Token { kind: Kind::Number(_), .. }, _, raised, _] if raised.kind == Kind::Symbol('^') => tokens.len() - 3,
        _ => return None,
    };
    let letter = match &tokens[place] {
        Token { kind: Kind::Letter(letter), space_before: true } if UNITS.contains(*letter) => *letter,
        _ => return None,
    };
    let mut length = tokens.to_vec();
    length[place].kind = Kind::Word(letter.to_string());
    Some(length)
}
