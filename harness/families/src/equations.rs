//! `equations`: linear equations in one unknown. Levels: x + a = b; ax + b = c; ax + b = cx + d; a(x + b) = cx + d;
//! a(x + b) + c(x + d) = e.

use crate::dice::Dice;
use crate::problem::Problem;
use crate::work::Work;

/// An equation by the numbers in it; what they mean depends on the level.
#[derive(Debug, Clone)]
struct Equation {
    level: u32,
    numbers: Vec<i64>,
    unknown: char,
    wording: usize,
}

/// Draws an equation whose solution is a whole number from 1 to 20; `None` if its numbers get negative.
pub(crate) fn draw(level: u32, dice: &mut Dice) -> Option<Box<dyn Problem>> {
    let x = dice.between(1, 20);
    let (a, b, c, d) = (dice.between(2, 9), dice.between(1, 20), dice.between(1, 8), dice.between(1, 20));
    let numbers = match level {
        1 => {
            let b = dice.between(1, 99);
            vec![b, x + b + dice.between(0, 40)]
        }
        2 => vec![a, b, a * x + b],
        3 if c < a => vec![a, b, c, (a - c) * x + b],
        4 if c < a => vec![a, b, c, a * (x + b) - c * x],
        5 => vec![a, b, c, d, a * (x + b) + c * (x + d)],
        _ => return None,
    };
    let unknown = dice.pick(['x', 'y', 'n', 't']);
    Some(Box::new(Equation { level, numbers, unknown, wording: dice.below(3) }))
}

/// `3x`, but `x` for one of it.
fn times(factor: i64, unknown: char) -> String {
    if factor == 1 { unknown.to_string() } else { format!("{factor}{unknown}") }
}

impl Equation {
    fn written(&self, x: char) -> String {
        match (self.level, &self.numbers[..]) {
            (1, [b, c]) => format!("{x}+{b}={c}"),
            (2, [a, b, c]) => format!("{}+{b}={c}", times(*a, x)),
            (3, [a, b, c, d]) => format!("{}+{b}={}+{d}", times(*a, x), times(*c, x)),
            (4, [a, b, c, d]) => format!("{a}({x}+{b})={}+{d}", times(*c, x)),
            (_, [a, b, c, d, e]) => {
                let second = if *c == 1 { String::new() } else { c.to_string() };
                format!("{a}({x}+{b})+{second}({x}+{d})={e}")
            }
            _ => String::new(),
        }
    }
}

impl Problem for Equation {
    fn text(&self) -> String {
        let x = self.unknown;
        let equation = self.written(x);
        match self.wording {
            0 => format!("Solve {equation} for {x}."),
            1 => format!("Find {x} if {equation}."),
            _ => format!("What is {x} when {equation}?"),
        }
    }

    fn recipe(&self) -> String {
        self.written('x')
    }

    fn solve(&self, work: &mut Work) -> Option<String> {
        let solution = match (self.level, &self.numbers[..]) {
            (1, [b, c]) => work.subtract(*c, *b),
            (2, [a, b, c]) => {
                let rest = work.subtract(*c, *b);
                work.divide(rest, *a)?
            }
            (3, [a, b, c, d]) => {
                let factor = work.subtract(*a, *c);
                let rest = work.subtract(*d, *b);
                work.divide(rest, factor)?
            }
            (4, [a, b, c, d]) => {
                let constant = work.multiply(*a, *b);
                let factor = work.subtract(*a, *c);
                let rest = work.subtract(*d, constant);
                work.divide(rest, factor)?
            }
            (_, [a, b, c, d, e]) => {
                let first = work.multiply(*a, *b);
                let second = work.multiply(*c, *d);
                let constant = work.add(first, second);
                let factor = work.add(*a, *c);
                let rest = work.subtract(*e, constant);
                work.divide(rest, factor)?
            }
            _ => return None,
        };
        Some(solution.to_string())
    }
}
