//! `arithmetic-stories`: everyday stories whose answer takes two to six operations.
//!
//! A story is a chain: a family opens it with a first quantity, then some of the family's stages follow in their natural
//! order, each of which says a sentence and does one or two operations on the running total. Every operation is written
//! down as a [`ledger::Step`]; the gold answer is the last result and the level is the number of steps.

mod goods;
mod ledger;
mod money;
mod people;
mod places;
mod telling;
mod work;

use markovscale_families::Dice;

use telling::{Family, Story, Unit};

use super::draft::Draft;

const FAMILIES: [&Family; 15] = [
    &goods::STICKERS,
    &work::FACTORY,
    &money::SHOPPING,
    &places::TRIP,
    &goods::BAKERY,
    &people::COMPARISON,
    &money::SAVING,
    &places::GARDEN,
    &goods::HONEY,
    &people::READING,
    &work::WAGES,
    &places::TANK,
    &people::CLUB,
    &work::CATERING,
    &money::FAIR,
];

/// Draws a story of `level` steps; `None` if the numbers drawn make no good story.
pub(super) fn draft(level: u32, place: usize, dice: &mut Dice) -> Option<Draft> {
    // The shift by level lets every family appear early and late in the set.
    let family = FAMILIES[(place + level as usize) % FAMILIES.len()];
    let story = tell(family, level as usize, dice.clone())?;
    let gold = match story.unit {
        Unit::Things => story.total.value.to_string(),
        Unit::Cents => ledger::dollars(story.total.value),
    };
    let text = format!("{} {}", story.sentences.join(" "), story.ask);
    Some(Draft { text, gold, subject: "Arithmetic", recipe: (family.name, story.ledger.recipe()) })
}

fn tell(family: &Family, steps: usize, dice: Dice) -> Option<Story> {
    /// Totals stay in a range that a story can be about.
    const LARGEST: i64 = 500_000;
    let mut story = Story::new(dice);
    (family.open)(&mut story)?;
    let mut open_steps = steps.checked_sub(story.ledger.len())?;
    let mut chosen = Vec::new();
    for index in story.dice.shuffled(family.stages.len()) {
        if family.stages[index].steps <= open_steps {
            open_steps -= family.stages[index].steps;
            chosen.push(index);
        }
    }
    chosen.sort_unstable();
    for index in chosen {
        (family.stages[index].tell)(&mut story)?;
    }
    let fits = story.ledger.len() == steps && (2..=LARGEST).contains(&story.total.value) && !story.ask.is_empty();
    fits.then_some(story)
}

#[cfg(test)]
mod tests;
