//! Levels 1 and 2.

use num_integer::Integer;

use super::super::draft::Draft;
use super::latex::{fraction, linear, polynomial, radical, square_part};
use markovscale_families::Dice;

pub(super) fn linear_equation(dice: &mut Dice) -> Option<Draft> {
    let (a, b, c) = (dice.between(2, 12), dice.signed(20), dice.signed(30));
    (c != b).then_some(())?;
    let left = polynomial(&[a, b]);
    let text = match dice.below(3) {
        0 => format!("Solve the equation ${left} = {c}$ for $x$."),
        1 => format!("Which value of $x$ satisfies ${left} = {c}$?"),
        _ => format!("For what $x$ does ${left}$ take the value ${c}$?"),
    };
    Some(Draft { text, gold: fraction(c - b, a), subject: "Algebra", recipe: ("linear_equation", vec![a, b, c]) })
}

pub(super) fn fraction_sum(dice: &mut Dice) -> Option<Draft> {
    let (b, d) = (dice.between(3, 15), dice.between(3, 15));
    let (a, c) = (dice.between(1, b - 1), dice.between(1, d - 1));
    (b != d && a.gcd(&b) == 1 && c.gcd(&d) == 1).then_some(())?;
    let plus = dice.below(2) == 0;
    let (sign, factor) = if plus { ("+", 1) } else { ("-", -1) };
    let text = match dice.below(2) {
        0 => {
            format!("Compute $\\frac{{{a}}}{{{b}}} {sign} \\frac{{{c}}}{{{d}}}$ and write the result in lowest terms.")
        }
        _ => format!("Write $\\frac{{{a}}}{{{b}}} {sign} \\frac{{{c}}}{{{d}}}$ as a single fraction in lowest terms."),
    };
    let gold = fraction(a * d + factor * c * b, b * d);
    Some(Draft { text, gold, subject: "Prealgebra", recipe: ("fraction_sum", vec![a, b, factor * c, d]) })
}

pub(super) fn outfits(dice: &mut Dice) -> Option<Draft> {
    let (a, b, c) = (dice.between(3, 9), dice.between(2, 8), dice.between(2, 7));
    let text = match dice.below(3) {
        0 => format!(
            "A cafe offers {a} soups, {b} main dishes and {c} desserts. How many different meals of one soup, one main \
             dish and one dessert are there?"
        ),
        1 => format!(
            "A costume is made of one of {a} hats, one of {b} coats and one of {c} masks. How many costumes are possible?"
        ),
        _ => format!(
            "A code starts with one of {a} letters, goes on with one of {b} digits and ends with one of {c} symbols. How \
             many codes are possible?"
        ),
    };
    let recipe = ("outfits", vec![a, b, c]);
    Some(Draft { text, gold: (a * b * c).to_string(), subject: "Counting & Probability", recipe })
}

pub(super) fn common_divisor(dice: &mut Dice) -> Option<Draft> {
    let common = dice.between(3, 18);
    let (a, b) = (common * dice.between(2, 12), common * dice.between(2, 12));
    (a != b).then_some(())?;
    let multiple = dice.below(2);
    let (gold, name) =
        if multiple == 1 { (a.lcm(&b), "least common multiple") } else { (a.gcd(&b), "greatest common divisor") };
    let text = format!("Find the {name} of ${a}$ and ${b}$.");
    let recipe = ("common_divisor", vec![a, b, multiple as i64]);
    Some(Draft { text, gold: gold.to_string(), subject: "Number Theory", recipe })
}

pub(super) fn percentage(dice: &mut Dice) -> Option<Draft> {
    let (percent, whole) = (5 * dice.between(1, 19), 4 * dice.between(5, 90));
    (percent * whole % 100 == 0).then_some(())?;
    let part = percent * whole / 100;
    let text = match dice.below(3) {
        0 => format!("What is ${percent}\\%$ of ${whole}$?"),
        1 => format!("Of the ${whole}$ seats in a hall, ${percent}\\%$ are taken. How many seats are taken?"),
        _ => format!("A tank for ${whole}$ liters is filled to ${percent}\\%$. How many liters does it contain?"),
    };
    let recipe = ("percentage", vec![percent, whole]);
    Some(Draft { text, gold: part.to_string(), subject: "Prealgebra", recipe })
}

pub(super) fn simplify_radical(dice: &mut Dice) -> Option<Draft> {
    let (root, rest) = (dice.between(2, 11), dice.pick([2, 3, 5, 6, 7, 10, 11, 13]));
    let number = root * root * rest;
    let text = match dice.below(2) {
        0 => format!("Simplify $\\sqrt{{{number}}}$."),
        _ => format!(
            "Write $\\sqrt{{{number}}}$ in the form $a\\sqrt{{b}}$ with the smallest possible whole number $b$."
        ),
    };
    let (factor, radicand) = square_part(number);
    Some(Draft {
        text,
        gold: radical(factor, radicand),
        subject: "Algebra",
        recipe: ("simplify_radical", vec![number]),
    })
}

pub(super) fn linear_system(dice: &mut Dice) -> Option<Draft> {
    let (x, y) = (dice.signed(9), dice.signed(9));
    let (a, b, c, d) = (dice.signed(6), dice.signed(6), dice.signed(6), dice.signed(6));
    (a * d != b * c).then_some(())?;
    let (e, f) = (a * x + b * y, c * x + d * y);
    let (one, other) = (linear(&[(a, 'x'), (b, 'y')]), linear(&[(c, 'x'), (d, 'y')]));
    let text = format!("Find the ordered pair $(x, y)$ that satisfies both ${one} = {e}$ and ${other} = {f}$.");
    let recipe = ("linear_system", vec![a, b, e, c, d, f]);
    Some(Draft { text, gold: format!("({x}, {y})"), subject: "Algebra", recipe })
}

pub(super) fn midpoint(dice: &mut Dice) -> Option<Draft> {
    let (a, b, c, d) = (dice.signed(12), dice.signed(12), dice.signed(12), dice.signed(12));
    (a != c && b != d).then_some(())?;
    let text = match dice.below(2) {
        0 => format!("Find the midpoint of the segment from $({a}, {b})$ to $({c}, {d})$."),
        _ => {
            format!("The points $({a}, {b})$ and $({c}, {d})$ are the ends of a diameter of a circle. Find its center.")
        }
    };
    let gold = format!("({}, {})", fraction(a + c, 2), fraction(b + d, 2));
    Some(Draft { text, gold, subject: "Geometry", recipe: ("midpoint", vec![a, b, c, d]) })
}

pub(super) fn divisor_count(dice: &mut Dice) -> Option<Draft> {
    let exponents = [dice.between(1, 4), dice.between(0, 3), dice.between(0, 2), dice.between(0, 1)];
    let number = 2_i64.pow(exponents[0] as u32)
        * 3_i64.pow(exponents[1] as u32)
        * 5_i64.pow(exponents[2] as u32)
        * 7_i64.pow(exponents[3] as u32);
    (number >= 24).then_some(())?;
    let count: i64 = exponents.iter().map(|exponent| exponent + 1).product();
    let even = dice.below(2);
    let (gold, what) = if even == 1 { (count / (exponents[0] + 1) * exponents[0], "even ") } else { (count, "") };
    let text = format!("How many positive {what}divisors does ${number}$ have?");
    let recipe = ("divisor_count", vec![number, even as i64]);
    Some(Draft { text, gold: gold.to_string(), subject: "Number Theory", recipe })
}

/// How many ways there are to choose `k` of `n`.
pub(super) fn choose(n: i64, k: i64) -> i64 {
    if k < 0 || k > n { 0 } else { (1..=k).fold(1, |product, step| product * (n - k + step) / step) }
}

pub(super) fn committee(dice: &mut Dice) -> Option<Draft> {
    let (women, men) = (dice.between(4, 9), dice.between(4, 9));
    let (from_women, from_men) = (dice.between(1, 3), dice.between(1, 3));
    let text = format!(
        "From {women} pianists and {men} violinists, a group with exactly {from_women} of the pianists and exactly \
         {from_men} of the violinists is chosen. In how many ways can this be done?"
    );
    let gold = choose(women, from_women) * choose(men, from_men);
    let recipe = ("committee", vec![women, men, from_women, from_men]);
    Some(Draft { text, gold: gold.to_string(), subject: "Counting & Probability", recipe })
}

pub(super) fn linear_inequality(dice: &mut Dice) -> Option<Draft> {
    let (a, b, c) = (dice.signed(9), dice.signed(15), dice.signed(25));
    (a.abs() > 1).then_some(())?;
    let (sign, strict, upward) =
        dice.pick([("<", true, false), ("\\le", false, false), (">", true, true), ("\\ge", false, true)]);
    let text = format!("Solve ${} {sign} {c}$ and give the solution set in interval notation.", polynomial(&[a, b]));
    let bound = fraction(c - b, a);
    let gold = match (upward == (a > 0), strict) {
        (true, true) => format!("({bound}, \\infty)"),
        (true, false) => format!("[{bound}, \\infty)"),
        (false, true) => format!("(-\\infty, {bound})"),
        (false, false) => format!("(-\\infty, {bound}]"),
    };
    let recipe = ("linear_inequality", vec![a, b, c, i64::from(strict), i64::from(upward)]);
    Some(Draft { text, gold, subject: "Algebra", recipe })
}

pub(super) fn expand_product(dice: &mut Dice) -> Option<Draft> {
    let (a, b, c, d) = (dice.between(1, 7), dice.signed(9), dice.between(1, 7), dice.signed(9));
    (a * d + b * c != 0).then_some(())?;
    let (one, other) = (polynomial(&[a, b]), polynomial(&[c, d]));
    let text = match dice.below(2) {
        0 => format!("Expand and simplify $({one})({other})$."),
        _ => format!("A rectangle has sides of lengths ${one}$ and ${other}$. Write its area as a polynomial in $x$."),
    };
    let gold = polynomial(&[a * c, a * d + b * c, b * d]);
    Some(Draft { text, gold, subject: "Algebra", recipe: ("expand_product", vec![a, b, c, d]) })
}
