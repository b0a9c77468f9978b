//! Level 5.

use super::super::draft::Draft;
use super::first::choose;
use super::latex::{fraction, linear, polynomial};
use markovscale_families::Dice;

pub(super) fn sum_of_cubes(dice: &mut Dice) -> Option<Draft> {
    let (sum, product) = (dice.signed(9), dice.signed(14));
    let (text, gold, kind) = match dice.below(3) {
        0 => ("x^3 + y^3", (sum * sum * sum - 3 * sum * product).to_string(), 0),
        1 => ("x^4 + y^4", ((sum * sum - 2 * product).pow(2) - 2 * product * product).to_string(), 1),
        _ => ("\\frac{x}{y} + \\frac{y}{x}", fraction(sum * sum - 2 * product, product), 2),
    };
    let text = format!("Two complex numbers satisfy $x + y = {sum}$ and $xy = {product}$. Find ${text}$.");
    Some(Draft { text, gold, subject: "Algebra", recipe: ("sum_of_cubes", vec![sum, product, kind]) })
}

pub(super) fn bounded_solutions(dice: &mut Dice) -> Option<Draft> {
    let (total, lowest, cap) = (dice.between(14, 28), dice.between(1, 2), dice.between(7, 12));
    // Shifted to start at zero, each of three unknowns may be at most `room`; inclusion-exclusion over those above it.
    let (rest, room) = (total - 3 * lowest, cap - lowest);
    let gold: i64 = (0..=3)
        .map(|above| {
            let left = rest - above * (room + 1);
            let ways = if left < 0 { 0 } else { choose(left + 2, 2) };
            if above % 2 == 0 { choose(3, above) * ways } else { -choose(3, above) * ways }
        })
        .sum();
    (gold > 3).then_some(())?;
    let text = match dice.below(2) {
        0 => format!(
            "How many ordered triples $(a, b, c)$ of integers with ${lowest} \\le a, b, c \\le {cap}$ satisfy \
             $a + b + c = {total}$?"
        ),
        _ => format!(
            "In how many ways can ${total}$ identical tokens be placed into three different drawers so that every drawer \
             gets at least ${lowest}$ and at most ${cap}$ of them?"
        ),
    };
    let recipe = ("bounded_solutions", vec![total, lowest, cap]);
    Some(Draft { text, gold: gold.to_string(), subject: "Counting & Probability", recipe })
}

pub(super) fn neither_divisible(dice: &mut Dice) -> Option<Draft> {
    let top = 50 * dice.between(6, 40);
    let [a, b, c] =
        dice.pick([[2, 3, 5], [2, 5, 7], [3, 5, 7], [2, 3, 11], [3, 4, 7], [4, 5, 9], [5, 6, 7], [2, 7, 9]]);
    let count = |divisor: i64| top / divisor;
    // The divisors are pairwise coprime, so their products are the least common multiples.
    let (gold, what) = match dice.below(2) {
        0 => {
            let any = count(a) + count(b) + count(c) - count(a * b) - count(a * c) - count(b * c) + count(a * b * c);
            (top - any, 0)
        }
        _ => (count(a) + count(b) - 2 * count(a * b) - count(a * c) - count(b * c) + 2 * count(a * b * c), 1),
    };
    let condition = if what == 0 {
        format!("are divisible by none of ${a}$, ${b}$ and ${c}$")
    } else {
        format!("are divisible by exactly one of ${a}$ and ${b}$, and not by ${c}$")
    };
    let text = format!("How many of the integers from $1$ to ${top}$ {condition}?");
    let recipe = ("neither_divisible", vec![top, a, b, c, what]);
    Some(Draft { text, gold: gold.to_string(), subject: "Number Theory", recipe })
}

pub(super) fn root_reciprocals(dice: &mut Dice) -> Option<Draft> {
    let (b, c, d) = (dice.signed(8), dice.signed(9), dice.signed(9));
    let cubic = polynomial(&[1, b, c, d]);
    // By Vieta: r + s + t = -b, rs + rt + st = c, rst = -d.
    let (expression, gold, kind) = match dice.below(2) {
        0 => ("\\frac{1}{r} + \\frac{1}{s} + \\frac{1}{t}", fraction(c, -d), 0),
        _ => ("\\frac{1}{rs} + \\frac{1}{rt} + \\frac{1}{st}", fraction(-b, -d), 1),
    };
    let text = format!("Let $r$, $s$ and $t$ be the complex roots of ${cubic}$. Compute ${expression}$.");
    Some(Draft { text, gold, subject: "Intermediate Algebra", recipe: ("root_reciprocals", vec![b, c, d, kind]) })
}

pub(super) fn rational_inequality(dice: &mut Dice) -> Option<Draft> {
    let (a, b, c) = (dice.signed(9), dice.signed(9), dice.between(2, 5));
    (a != b).then_some(())?;
    // (x + a) / (x + b) <= c  <=>  ((c - 1) x + cb - a) / (x + b) >= 0: zero at `zero`, a pole at -b.
    let (zero_top, zero_bottom) = (a - c * b, c - 1);
    let pole_left = -b * zero_bottom < zero_top;
    let zero = fraction(zero_top, zero_bottom);
    let pole = -b;
    let gold = if pole_left {
        format!("(-\\infty, {pole}) \\cup [{zero}, \\infty)")
    } else {
        format!("(-\\infty, {zero}] \\cup ({pole}, \\infty)")
    };
    let text = format!(
        "Solve $\\frac{{{}}}{{{}}} \\le {c}$ over the real numbers. Write the solution set as a union of intervals.",
        polynomial(&[1, a]),
        polynomial(&[1, b])
    );
    Some(Draft { text, gold, subject: "Intermediate Algebra", recipe: ("rational_inequality", vec![a, b, c]) })
}

pub(super) fn triple_system(dice: &mut Dice) -> Option<Draft> {
    let solution = [dice.signed(7), dice.signed(7), dice.signed(7)];
    let rows: Vec<[i64; 3]> = (0..3).map(|_| [dice.signed(4), dice.signed(4), dice.signed(4)]).collect();
    let [p, q, r] = [rows[0], rows[1], rows[2]];
    let determinant =
        p[0] * (q[1] * r[2] - q[2] * r[1]) - p[1] * (q[0] * r[2] - q[2] * r[0]) + p[2] * (q[0] * r[1] - q[1] * r[0]);
    (determinant != 0).then_some(())?;
    let equation = |row: &[i64; 3]| {
        let value: i64 = row.iter().zip(&solution).map(|(factor, unknown)| factor * unknown).sum();
        (format!("{} = {value}", linear(&[(row[0], 'x'), (row[1], 'y'), (row[2], 'z')])), value)
    };
    let equations: Vec<(String, i64)> = rows.iter().map(equation).collect();
    let text = format!(
        "Find the ordered triple $(x, y, z)$ with \\[\\begin{{aligned}} {} \\end{{aligned}}\\]",
        equations.iter().map(|(line, _)| line.replacen('=', "&=", 1)).collect::<Vec<_>>().join(" \\\\ ")
    );
    let recipe = rows.iter().zip(&equations).flat_map(|(row, (_, value))| [row[0], row[1], row[2], *value]).collect();
    let gold = format!("({}, {}, {})", solution[0], solution[1], solution[2]);
    Some(Draft { text, gold, subject: "Algebra", recipe: ("triple_system", recipe) })
}
