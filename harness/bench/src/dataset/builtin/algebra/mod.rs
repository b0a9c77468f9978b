//! `algebra-and-counting`: textbook problems of levels 1 to 5 whose answers are LaTeX.
//!
//! Six templates per level. Each draws small numbers, computes the answer, and gives `None` for numbers that make a
//! poor question (a zero slope, a radical that is whole). Tests check every answer against the question's numbers by
//! brute force or by substitution, not by the formulas used here.

mod first;
mod latex;
mod second;
mod third;

use super::draft::Draft;
use markovscale_families::Dice;

/// Draws a question, or nothing if the numbers drawn are unsuitable.
type Template = fn(&mut Dice) -> Option<Draft>;

const TEMPLATES: [[Template; 6]; 5] = [
    [
        first::linear_equation,
        first::fraction_sum,
        first::outfits,
        first::common_divisor,
        first::percentage,
        first::simplify_radical,
    ],
    [
        first::linear_system,
        first::midpoint,
        first::divisor_count,
        first::committee,
        first::linear_inequality,
        first::expand_product,
    ],
    [
        second::absolute_inequality,
        second::two_marbles,
        second::power_remainder,
        second::letter_arrangements,
        second::distance,
        second::base_conversion,
    ],
    [
        second::larger_root,
        second::geometric_sum,
        second::two_remainders,
        second::quadratic_inequality,
        second::blocked_paths,
        second::polynomial_remainder,
    ],
    [
        third::sum_of_cubes,
        third::bounded_solutions,
        third::neither_divisible,
        third::root_reciprocals,
        third::rational_inequality,
        third::triple_system,
    ],
];

/// Draws a question of a level; its place in the level chooses the template.
pub(super) fn draft(level: u32, place: usize, dice: &mut Dice) -> Option<Draft> {
    let templates = TEMPLATES.get((level as usize).checked_sub(1)?)?;
    templates[place % templates.len()](dice)
}

#[cfg(test)]
mod tests;
