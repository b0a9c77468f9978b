//! Words, bases, ratios, times and dates.

use super::{Comparison, Gold, UNRELATED, same};
use crate::parse::singular;
use crate::policy::Base;
use crate::value::{Clock, Date, Expression, Name, Unit, Value};
use crate::{Decision, Reason, Verdict};

/// Words and phrases that certainly are no number, and of which no two mean the same.
const KNOWN: [&str; 14] = [
    "yes",
    "no",
    "true",
    "false",
    "even",
    "odd",
    "undefined",
    "does not exist",
    "infinitely many",
    "integers",
    "natural numbers",
    "rational numbers",
    "complex numbers",
    "positive integers",
];

pub(super) fn words(a: &str, b: &str) -> Decision {
    let may_agree = |a: &str, b: &str| {
        matches!((a, b), ("yes", "true") | ("no", "false" | "none") | ("undefined", "does not exist"))
            || singular(a) == singular(b)
    };
    let is_negated = |a: &str, b: &str| ["not ", "not a ", "non"].iter().any(|not| a.strip_prefix(not) == Some(b));
    let are_words = !a.contains(' ') && !b.contains(' ') || KNOWN.contains(&a) && KNOWN.contains(&b);
    let run_together = |text: &str| text.chars().filter(|c| !matches!(c, '-' | ' ')).collect::<String>();
    if a == b || run_together(a) == run_together(b) {
        Decision::equal(Reason::Words)
    } else if is_negated(a, b) || is_negated(b, a) {
        Decision::different(Reason::Words)
    } else if may_agree(a, b) || may_agree(b, a) || !are_words {
        // Several words can say one thing in many ways.
        Decision::unknown(Reason::Words)
    } else {
        Decision::different(Reason::Words)
    }
}

pub(super) fn word_against(word: &str, other: &Value) -> Option<Decision> {
    let is_infinite = word == "infinitely many";
    match other {
        Value::Set(members) if members.is_empty() && word == "none" => Some(Decision::equal(Reason::Words)),
        // Without a value there is no solution, or the other way round: it depends on the question.
        Value::Set(members) if members.is_empty() && matches!(word, "undefined" | "does not exist") => None,
        Value::Scalar(number) if number.expression.has_variables() => None,
        Value::Scalar(number)
            if number.expression.infinite().is_some() && (is_infinite || word == "does not exist") =>
        {
            None
        }
        Value::Scalar(_) | Value::Tuple { .. } | Value::Set(_) if KNOWN.contains(&word) => {
            Some(Decision::different(Reason::KindsDiffer))
        }
        Value::Region(_) if KNOWN.contains(&word) && !is_infinite => Some(Decision::different(Reason::KindsDiffer)),
        _ => None,
    }
}

/// The question names the base, so a number in another base is not what was asked for, but it may be the same number.
pub(super) fn bases(a: (&str, u32), b: (&str, u32)) -> Decision {
    if a.1 == b.1 {
        same(a.0 == b.0, Reason::Algebra)
    } else if number_in(a.0, a.1) == number_in(b.0, b.1) {
        Decision::unknown(Reason::BasesDiffer)
    } else {
        Decision::different(Reason::BasesDiffer)
    }
}

/// The number that digits stand for; the digits themselves where that is too large.
fn number_in(digits: &str, base: u32) -> Result<u128, (&str, u32)> {
    let mut value: u128 = 0;
    for digit in digits.chars() {
        let digit = digit.to_digit(base).map(u128::from);
        let next = value.checked_mul(base.into()).zip(digit).and_then(|(value, digit)| value.checked_add(digit));
        value = next.ok_or((digits, base))?;
    }
    Ok(value)
}

pub(super) fn dates(a: &Date, b: &Date) -> Decision {
    let agree = |a: Option<u32>, b: Option<u32>| a.is_none() || b.is_none() || a == b;
    if a == b {
        Decision::equal(Reason::Words)
    } else if a.month != b.month || !agree(a.year, b.year) || !agree(a.day, b.day) {
        Decision::different(Reason::Words)
    } else if a.day == b.day {
        // One leaves out the year.
        Decision::equal(Reason::UnitIgnored)
    } else {
        Decision::unknown(Reason::Convention)
    }
}

impl Comparison<'_> {
    pub(super) fn ratios(&mut self, a: &[Expression], b: &[Expression]) -> Decision {
        if a.len() != b.len() {
            return Decision::different(Reason::MemberCount);
        }
        let (Some(a_first), Some(b_first)) = (a.first(), b.first()) else {
            return UNRELATED;
        };
        let mut result = Decision::equal(Reason::Algebra);
        for (a, b) in a.iter().zip(b).skip(1) {
            let products = a.times(b_first, self.budget).zip(b.times(a_first, self.budget));
            result = result.and(match products {
                Some((left, right)) => self.expressions(&left, &right),
                None => Decision::unknown(Reason::Undecided),
            });
        }
        result
    }

    /// `3:4` is the number 3/4.
    pub(super) fn ratio(&mut self, parts: &[Expression], other: &Value) -> Option<Decision> {
        let Value::Scalar(number) = other else {
            return None;
        };
        let [top, bottom] = parts else {
            return Some(Decision::different(Reason::KindsDiffer));
        };
        let quotient = top.divided_by(bottom, self.budget).filter(|_| number.unit == Unit::None)?;
        Some(self.expressions(&quotient, &number.expression).because(Reason::Notation))
    }

    pub(super) fn clocks(&mut self, a: Clock, b: Clock) -> Decision {
        let face = |clock: Clock| (clock.hour, clock.minute, clock.second);
        if a.seconds() == b.seconds() {
            return Decision::equal(Reason::Words);
        }
        match (a.afternoon, b.afternoon) {
            (None, None) => match (a.as_ratio(), b.as_ratio()) {
                (Some(a), Some(b)) if self.ratios(&a, &b).is(Verdict::Equal) => Decision::unknown(Reason::Convention),
                _ => Decision::different(Reason::Words),
            },
            // `3:30` leaves out which half of the day.
            (None, Some(_)) | (Some(_), None) if face(a) == face(b) => Decision::equal(Reason::UnitIgnored),
            _ => Decision::different(Reason::Words),
        }
    }

    pub(super) fn clock(&mut self, a: Clock, other: &Value) -> Option<Decision> {
        match other {
            Value::Ratio(parts) => a.as_ratio().map(|own| self.ratios(&own, parts)),
            Value::Scalar(number) if a.afternoon.is_some() && a.minute == 0 && number.is_plain() => {
                let hour = Expression::integer(i64::from(a.hour));
                Some(self.expressions(&hour, &number.expression).because(Reason::UnitIgnored))
            }
            Value::Scalar(number) if number.is_plain() => match a.as_ratio() {
                Some(parts) => self.ratio(&parts, other),
                None => Some(Decision::different(Reason::KindsDiffer)),
            },
            _ => None,
        }
    }

    /// Two classes of numbers that differ by a multiple of something.
    pub(super) fn residues(&mut self, a: (&Expression, &Expression), b: (&Expression, &Expression)) -> Decision {
        let moduli = self.expressions(a.1, b.1);
        if !moduli.is(Verdict::Equal) {
            return moduli;
        }
        let quotient = a.0.minus(b.0, self.budget).and_then(|difference| difference.divided_by(a.1, self.budget));
        match quotient.and_then(|quotient| quotient.as_rational()) {
            Some(times) => same(times.is_integer(), Reason::Algebra),
            None => self.expressions(a.0, b.0),
        }
    }

    /// `3 \pmod 7` against `3`, which leaves out the modulus.
    pub(super) fn residue(&mut self, value: &Expression, modulus: &Expression, other: &Value) -> Option<Decision> {
        let Value::Scalar(number) = other else {
            return None;
        };
        Some(match self.expressions(value, &number.expression) {
            equal if equal.is(Verdict::Equal) => equal.because(Reason::UnitIgnored),
            // Another member of the class.
            _ if self.residues((value, modulus), (&number.expression, modulus)).is(Verdict::Equal) => {
                Decision::unknown(Reason::Convention)
            }
            // `7k + 3` may be the same class.
            _ if number.expression.has_variables() => Decision::unknown(Reason::Convention),
            other => other,
        })
    }

    /// A letter of a multiple choice, which may be a variable as well.
    pub(super) fn choice(&mut self, letter: char, content: Option<&Value>, other: &Value) -> Option<Decision> {
        if let Some(content) = content {
            return Some(self.values(content, other).because(Reason::Notation));
        }
        let Value::Scalar(number) = other else {
            return None;
        };
        if number.expression.as_rational().is_some() {
            // Whether choice (B) is 12 is for the question to tell.
            return Some(Decision::unknown(Reason::Convention));
        }
        let lower = Expression::variable(Name::Letter(letter.to_ascii_lowercase()));
        let is_same_letter = number.is_plain() && number.expression == lower;
        Some(match (is_same_letter, self.gold, letter) {
            (true, Gold::First, 'A'..='E') => Decision::equal(Reason::Words),
            (true, ..) => Decision::unknown(Reason::Convention),
            (false, ..) => Decision::different(Reason::KindsDiffer),
        })
    }

    /// Digits in a base against a plain number.
    pub(super) fn based(&mut self, digits: &str, base: u32, other: &Value) -> Option<Decision> {
        let Value::Scalar(number) = other else {
            return None;
        };
        if number.expression.has_variables() {
            return None;
        }
        let reads = |value: Result<u128, (&str, u32)>, comparison: &mut Self| {
            let value = Expression::integer(i64::try_from(value.ok()?).ok()?);
            Some(comparison.expressions(&value, &number.expression).is(Verdict::Equal))
        };
        let same_digits = reads(digits.parse().map_err(|_| (digits, base)), self)?;
        let same_number = reads(number_in(digits, base), self)?;
        Some(match (same_digits, same_number) {
            (true, true) => Decision::equal(Reason::Algebra),
            (true, false) if self.policy.base == Base::FromGold && self.gold == Gold::First => {
                Decision::equal(Reason::BaseIgnored)
            }
            (true, false) if self.policy.base == Base::Required => Decision::different(Reason::BasesDiffer),
            (true, false) | (false, true) => Decision::unknown(Reason::Convention),
            (false, false) => Decision::different(Reason::Algebra),
        })
    }
}

impl Clock {
    /// `3:30` as a ratio.
    fn as_ratio(self) -> Option<Vec<Expression>> {
        let parts = || [self.hour, self.minute].map(|part| Expression::integer(i64::from(part))).to_vec();
        (self.afternoon.is_none() && self.second == 0).then(parts)
    }
}
