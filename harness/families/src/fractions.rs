//! `fractions`: sums, differences, products and quotients of fractions in lowest terms. Levels: same denominator; one
//! denominator divides the other; a product; a sum or difference of any two; a quotient and a sum.

use crate::dice::Dice;
use crate::problem::Problem;
use crate::work::Work;

#[derive(Debug, Clone, Copy)]
struct Fraction {
    over: i64,
    under: i64,
}

#[derive(Debug, Clone)]
struct Question {
    level: u32,
    a: Fraction,
    sign: char,
    b: Fraction,
    /// The third one, at level 5.
    c: Fraction,
    wording: usize,
}

/// Draws a question of a level from 1 to 5; `None` if its answer would be negative.
pub(crate) fn draw(level: u32, dice: &mut Dice) -> Option<Box<dyn Problem>> {
    let fraction = |under: i64, dice: &mut Dice| Fraction { over: dice.between(1, under - 1), under };
    let (a, b) = match level {
        1 => {
            let under = dice.between(5, 30);
            (fraction(under, dice), fraction(under, dice))
        }
        2 => {
            let under = dice.between(2, 9);
            let multiple = under * dice.between(2, 5);
            (fraction(under, dice), fraction(multiple, dice))
        }
        _ => {
            let (first, second) = (dice.between(2, 12), dice.between(2, 12));
            (fraction(first, dice), fraction(second, dice))
        }
    };
    let third = dice.between(2, 9);
    let c = fraction(third, dice);
    let sign = match level {
        3 => '*',
        5 => '/',
        _ => dice.pick(['+', '-']),
    };
    if level == 4 && a.under == b.under || sign == '-' && a.over * b.under <= b.over * a.under {
        return None;
    }
    Some(Box::new(Question { level, a, sign, b, c, wording: dice.below(3) }))
}

fn greatest_common_divisor(a: i64, b: i64) -> i64 {
    if b == 0 { a.abs() } else { greatest_common_divisor(b, a % b) }
}

fn written(over: i64, under: i64) -> String {
    if under == 1 { over.to_string() } else { format!("{over}/{under}") }
}

/// Writes a line that brings a fraction to lowest terms, unless it is there already.
fn lowest(work: &mut Work, over: i64, under: i64) -> Fraction {
    let common = greatest_common_divisor(over, under);
    if common <= 1 {
        return Fraction { over, under };
    }
    let under_after = under / common;
    let over_after = work.note(over / common, |result| format!("{over}/{under}={}", written(result, under_after)));
    Fraction { over: over_after, under: under_after }
}

/// The sum or difference of two fractions, not yet in lowest terms.
fn sum(work: &mut Work, a: Fraction, sign: char, b: Fraction) -> Fraction {
    // One denominator that is a multiple of the other serves both; else their product does.
    let under = match (a.under % b.under, b.under % a.under) {
        (0, _) => a.under,
        (_, 0) => b.under,
        _ => work.multiply(a.under, b.under),
    };
    let mut widen = |fraction: Fraction| {
        let factor = under / fraction.under;
        if factor == 1 { fraction.over } else { work.multiply(fraction.over, factor) }
    };
    let (first, second) = (widen(a), widen(b));
    let over = if sign == '-' { work.subtract(first, second) } else { work.add(first, second) };
    Fraction { over, under }
}

impl Problem for Question {
    fn text(&self) -> String {
        let expression = self.recipe();
        match self.wording {
            0 => format!("Write {expression} in lowest terms."),
            1 => format!("What is {expression} as a fraction in lowest terms?"),
            _ => format!("Simplify {expression}."),
        }
    }

    fn recipe(&self) -> String {
        let Self { a, sign, b, c, .. } = self;
        let pair = format!("({}/{}){sign}({}/{})", a.over, a.under, b.over, b.under);
        if self.level == 5 { format!("{pair}+({}/{})", c.over, c.under) } else { pair }
    }

    fn solve(&self, work: &mut Work) -> Option<String> {
        let Self { a, sign, b, c, .. } = *self;
        let result = match sign {
            '*' => Fraction { over: work.multiply(a.over, b.over), under: work.multiply(a.under, b.under) },
            '/' => {
                let over = work.multiply(a.over, b.under);
                let under = work.multiply(a.under, b.over);
                let quotient = lowest(work, over, under);
                if quotient.under < 1 {
                    return None;
                }
                sum(work, quotient, '+', c)
            }
            _ => sum(work, a, sign, b),
        };
        if result.under < 1 {
            return None;
        }
        let Fraction { over, under } = lowest(work, result.over, result.under);
        Some(written(over, under))
    }
}
