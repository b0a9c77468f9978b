//! `remainders`: modular arithmetic. Levels: the remainder of a number; of a sum; of a product; of a product and a sum;
//! of a power.

use crate::dice::Dice;
use crate::problem::Problem;
use crate::work::Work;

#[derive(Debug, Clone)]
struct Remainder {
    level: u32,
    a: i64,
    b: i64,
    c: i64,
    divisor: i64,
    wording: usize,
}

/// Draws a question of a level from 1 to 5.
pub(crate) fn draw(level: u32, dice: &mut Dice) -> Option<Box<dyn Problem>> {
    let (a, b) = match level {
        1 => (dice.between(20, 150), 0),
        2 => (dice.between(11, 99), dice.between(11, 99)),
        3 | 4 => (dice.between(3, 12), dice.between(3, 19)),
        _ => (dice.between(2, 20), dice.between(3, 6)),
    };
    let c = dice.between(2, 40);
    let divisor = dice.between(3, if level == 5 { 19 } else { 13 });
    Some(Box::new(Remainder { level, a, b, c, divisor, wording: dice.below(2) }))
}

/// The remainder of a number, in two lines: the largest multiple, then what is left.
fn reduce(work: &mut Work, number: i64, divisor: i64) -> i64 {
    if (0..divisor).contains(&number) {
        return number;
    }
    let multiple = work.multiply(divisor, number.div_euclid(divisor));
    work.subtract(number, multiple)
}

impl Remainder {
    fn written(&self) -> String {
        let Self { a, b, c, .. } = self;
        match self.level {
            1 => a.to_string(),
            2 => format!("{a}+{b}"),
            3 => format!("{a}*{b}"),
            4 => format!("{a}*{b}+{c}"),
            _ => format!("{a}^{b}"),
        }
    }
}

impl Problem for Remainder {
    fn text(&self) -> String {
        let (number, divisor) = (self.written(), self.divisor);
        match self.wording {
            0 => format!("What is the remainder when {number} is divided by {divisor}?"),
            _ if self.level == 1 => format!("Find {number} mod {divisor}."),
            _ => format!("Find ({number}) mod {divisor}."),
        }
    }

    fn recipe(&self) -> String {
        format!("{} mod {}", self.written(), self.divisor)
    }

    fn solve(&self, work: &mut Work) -> Option<String> {
        let Self { a, b, c, divisor, .. } = *self;
        let number = match self.level {
            1 => a,
            2 => work.add(a, b),
            3 => work.multiply(a, b),
            4 => {
                let product = work.multiply(a, b);
                work.add(product, c)
            }
            _ => {
                // Reduced after every factor, so that numbers stay small.
                let base = reduce(work, a, divisor);
                let mut power = base;
                for _ in 1..b {
                    let product = work.multiply(power, base);
                    power = reduce(work, product, divisor);
                }
                power
            }
        };
        Some(reduce(work, number, divisor).to_string())
    }
}
