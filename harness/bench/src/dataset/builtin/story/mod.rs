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
mod work;

use ledger::{Ledger, Quantity};

use super::Draft;
use markovscale_families::Dice;

/// What the answer counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unit {
    /// Things, people, litres: whole numbers.
    Things,
    /// Money; quantities are cents.
    Cents,
}

/// Someone in a story.
#[derive(Debug, Clone, Copy)]
struct Person {
    name: &'static str,
    they: &'static str,
    their: &'static str,
}

/// A story being told.
#[derive(Debug, Clone)]
struct Story {
    dice: Dice,
    ledger: Ledger,
    sentences: Vec<String>,
    person: Person,
    friend: Person,
    /// The running total.
    total: Quantity,
    /// What the story is about, plural, for the sentences of later stages.
    things: &'static str,
    /// The closing question.
    ask: String,
    unit: Unit,
    /// What the running total has become: stages look at it to see whether they fit.
    phase: &'static str,
    /// Whether part of a trip went by ferry.
    ferried: bool,
    /// Days gone by since Monday.
    day: usize,
}

/// Says a sentence and moves the total on; `None` if the numbers or the story so far do not fit.
type Tell = fn(&mut Story) -> Option<()>;

/// A stage of a family.
struct Stage {
    /// How many operations it does.
    steps: usize,
    tell: Tell,
}

/// A kind of story.
struct Family {
    name: &'static str,
    open: Tell,
    /// In the order in which they can follow the opening.
    stages: &'static [Stage],
}

const fn stage(steps: usize, tell: Tell) -> Stage {
    Stage { steps, tell }
}

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

impl Story {
    fn new(mut dice: Dice) -> Self {
        const fn she(name: &'static str) -> Person {
            Person { name, they: "she", their: "her" }
        }
        const fn he(name: &'static str) -> Person {
            Person { name, they: "he", their: "his" }
        }
        const PEOPLE: [Person; 24] = [
            she("Amara"),
            he("Bjorn"),
            she("Chiara"),
            he("Dmitri"),
            she("Esme"),
            he("Farid"),
            she("Greta"),
            he("Hiro"),
            she("Ines"),
            he("Jonas"),
            she("Keiko"),
            he("Luca"),
            she("Mirela"),
            he("Nuno"),
            she("Oriane"),
            he("Pavel"),
            she("Rosalind"),
            he("Samir"),
            she("Tuuli"),
            he("Umberto"),
            she("Veda"),
            he("Wim"),
            she("Yasmin"),
            he("Zoltan"),
        ];
        let first = dice.below(PEOPLE.len());
        let second = (first + 1 + dice.below(PEOPLE.len() - 1)) % PEOPLE.len();
        Self {
            dice,
            ledger: Ledger::default(),
            sentences: Vec::new(),
            person: PEOPLE[first],
            friend: PEOPLE[second],
            total: Quantity::given(0),
            things: "",
            ask: String::new(),
            unit: Unit::Things,
            phase: "",
            ferried: false,
            day: 0,
        }
    }

    /// A number that the story gives.
    fn given(&mut self, low: i64, high: i64) -> Quantity {
        Quantity::given(self.dice.between(low, high))
    }

    /// A number that divides the total.
    fn divisor(&mut self, low: i64, high: i64) -> Option<Quantity> {
        let divisors: Vec<i64> = (low..=high).filter(|divisor| self.total.value % divisor == 0).collect();
        self.dice.choose(&divisors).map(Quantity::given)
    }

    /// A part of the total that leaves a good deal.
    fn part(&mut self) -> Option<Quantity> {
        (self.total.value >= 6).then(|| self.given(2, self.total.value * 3 / 5))
    }

    /// An amount of money in cents: whole dollars, or with 25, 50 or 75 cents.
    fn price(&mut self, low: i64, high: i64) -> Quantity {
        let cents = self.dice.pick([0, 0, 0, 50, 50, 25, 75]);
        Quantity::given(100 * self.dice.between(low, high) + cents)
    }

    fn say(&mut self, sentence: String) {
        self.sentences.push(sentence);
    }

    fn ask(&mut self, question: String) {
        self.ask = question;
    }

    fn add(&mut self, more: Quantity) {
        self.total = self.ledger.add(self.total, more);
    }

    fn subtract(&mut self, less: Quantity) -> Option<()> {
        self.total = self.ledger.subtract(self.total, less)?;
        Some(())
    }

    fn multiply(&mut self, factor: Quantity) {
        self.total = self.ledger.multiply(self.total, factor);
    }

    fn divide(&mut self, divisor: Quantity) -> Option<()> {
        self.total = self.ledger.divide(self.total, divisor)?;
        Some(())
    }

    fn product(&mut self, one: Quantity, other: Quantity) -> Quantity {
        self.ledger.multiply(one, other)
    }

    /// `On Tuesday`, one day later each time; `None` when the week is over.
    fn next_day(&mut self) -> Option<&'static str> {
        const DAYS: [&str; 6] = ["On Tuesday", "On Wednesday", "On Thursday", "On Friday", "On Saturday", "On Sunday"];
        let day = DAYS.get(self.day).copied();
        self.day += 1;
        day
    }
}

/// An amount with its sign: `$3.50`.
fn dollars_of(amount: Quantity) -> String {
    format!("${}", ledger::dollars(amount.value))
}

/// The text with its first letter in upper case.
fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests;
