//! `expressions`: sums, differences and products with brackets. The level is the number of operations.

use crate::dice::Dice;
use crate::problem::Problem;
use crate::work::Work;

/// Largest value on the way.
const LARGEST: i64 = 999;

#[derive(Debug, Clone)]
enum Expression {
    Number(i64),
    Operation(Box<Expression>, char, Box<Expression>),
}

#[derive(Debug, Clone)]
struct Compute {
    expression: Expression,
    wording: usize,
}

/// Draws an expression of `level` operations; `None` if its numbers get too large or negative.
pub(crate) fn draw(level: u32, dice: &mut Dice) -> Option<Box<dyn Problem>> {
    let expression = tree(level, dice);
    value(&expression)?;
    Some(Box::new(Compute { expression, wording: dice.below(3) }))
}

fn tree(operations: u32, dice: &mut Dice) -> Expression {
    if operations == 0 {
        // Small numbers half the time, or hardly any product would fit.
        let largest = dice.pick([12, 99]);
        return Expression::Number(dice.between(2, largest));
    }
    let left = dice.below(operations as usize) as u32;
    let sign = dice.pick(['+', '-', '*']);
    let (a, b) = (tree(left, dice), tree(operations - 1 - left, dice));
    Expression::Operation(Box::new(a), sign, Box::new(b))
}

/// The value, if every value on the way is one that can be worked out in the head.
fn value(expression: &Expression) -> Option<i64> {
    let Expression::Operation(a, sign, b) = expression else {
        let Expression::Number(number) = expression else { return None };
        return Some(*number);
    };
    let (a, b) = (value(a)?, value(b)?);
    let result = match sign {
        '+' => a + b,
        '-' => a - b,
        // One factor is small, the other has at most two digits.
        _ if a.min(b) > 12 || a.max(b) > 99 => return None,
        _ => a * b,
    };
    (0..=LARGEST).contains(&result).then_some(result)
}

fn solve(expression: &Expression, work: &mut Work) -> i64 {
    match expression {
        Expression::Number(number) => *number,
        Expression::Operation(a, sign, b) => {
            let (a, b) = (solve(a, work), solve(b, work));
            match sign {
                '+' => work.add(a, b),
                '-' => work.subtract(a, b),
                _ => work.multiply(a, b),
            }
        }
    }
}

/// The expression, with brackets where it is not worked out from left to right, products first.
fn written(expression: &Expression) -> String {
    let Expression::Operation(a, sign, b) = expression else {
        let Expression::Number(number) = expression else { return String::new() };
        return number.to_string();
    };
    let sign_of = |side: &Expression| match side {
        Expression::Operation(_, sign, _) => Some(*sign),
        Expression::Number(_) => None,
    };
    let is_sum = |side: &Expression| matches!(sign_of(side), Some('+' | '-'));
    let left_needs = *sign == '*' && is_sum(a);
    // Also where the value is the same without: the text says in which order the steps go.
    let right_needs = if *sign == '*' { sign_of(b).is_some() } else { is_sum(b) };
    let part = |side: &Expression, needs: bool| if needs { format!("({})", written(side)) } else { written(side) };
    format!("{}{sign}{}", part(a, left_needs), part(b, right_needs))
}

impl Problem for Compute {
    fn text(&self) -> String {
        let expression = written(&self.expression);
        match self.wording {
            0 => format!("Compute {expression}."),
            1 => format!("What is {expression}?"),
            _ => format!("Work out {expression}."),
        }
    }

    fn recipe(&self) -> String {
        written(&self.expression)
    }

    fn solve(&self, work: &mut Work) -> Option<String> {
        Some(solve(&self.expression, work).to_string())
    }
}
