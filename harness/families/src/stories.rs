//! `stories`: something is had, and then things happen to it. The level is the number of operations.

use crate::dice::Dice;
use crate::problem::Problem;
use crate::work::Work;

/// Largest number of things in a story.
const LARGEST: i64 = 500;

const PEOPLE: [(&str, &str); 16] = [
    ("Mia", "She"),
    ("Omar", "He"),
    ("Lena", "She"),
    ("Raj", "He"),
    ("Zoe", "She"),
    ("Tom", "He"),
    ("Ana", "She"),
    ("Kofi", "He"),
    ("Yuki", "She"),
    ("Ben", "He"),
    ("Nora", "She"),
    ("Ivan", "He"),
    ("Lucia", "She"),
    ("Sam", "He"),
    ("Ada", "She"),
    ("Paul", "He"),
];

const THINGS: [&str; 16] = [
    "apples", "stamps", "shells", "pencils", "coins", "marbles", "cards", "books", "buttons", "stones", "cookies",
    "tickets", "beads", "plums", "flowers", "eggs",
];

/// What happens to the things.
#[derive(Debug, Clone, Copy)]
enum Happening {
    /// So many come.
    Gain(i64),
    /// So many go.
    Lose(i64),
    /// So many packs come, with so many in each.
    Packs(i64, i64),
    /// There are so many times as many.
    Times(i64),
    /// Half of them go.
    Halve,
    /// They are shared among so many; what each gets is asked for.
    Share(i64),
    /// They are sold for so much each; the money is asked for.
    Sell(i64),
    /// A friend has so many more; what both have is asked for.
    Together(i64),
}

impl Happening {
    fn operations(self) -> u32 {
        if matches!(self, Self::Packs(..) | Self::Together(_)) { 2 } else { 1 }
    }

    /// Whether the story must end with it, since what it leaves is of another kind.
    fn ends(self) -> bool {
        matches!(self, Self::Share(_) | Self::Sell(_) | Self::Together(_))
    }

    fn apply(self, work: &mut Work, total: i64) -> Option<i64> {
        Some(match self {
            Self::Gain(number) => work.add(total, number),
            Self::Lose(number) => work.subtract(total, number),
            Self::Packs(packs, each) => {
                let number = work.multiply(packs, each);
                work.add(total, number)
            }
            Self::Times(factor) | Self::Sell(factor) => work.multiply(total, factor),
            Self::Halve => work.divide(total, 2)?,
            Self::Share(parts) => work.divide(total, parts)?,
            Self::Together(more) => {
                let other = work.add(total, more);
                work.add(total, other)
            }
        })
    }

    fn recipe(self) -> String {
        match self {
            Self::Gain(number) => format!("+{number}"),
            Self::Lose(number) => format!("-{number}"),
            Self::Packs(packs, each) => format!("+{packs}x{each}"),
            Self::Times(factor) => format!("*{factor}"),
            Self::Halve => "/2".to_owned(),
            Self::Share(parts) => format!("/{parts}"),
            Self::Sell(price) => format!("*{price}"),
            Self::Together(more) => format!("+(+{more})"),
        }
    }
}

#[derive(Debug, Clone)]
struct Story {
    start: i64,
    happenings: Vec<Happening>,
    /// The words of each happening, and those of the opening before them.
    wordings: Vec<usize>,
    person: usize,
    friend: usize,
    things: usize,
}

/// Draws a story of `level` operations; `None` if its numbers do not fit.
pub(crate) fn draw(level: u32, dice: &mut Dice) -> Option<Box<dyn Problem>> {
    let start = dice.between(3, 60);
    let (mut total, mut left) = (start, level);
    let mut happenings = Vec::new();
    while left > 0 {
        let happening = happen(total, dice)?;
        left = left.checked_sub(happening.operations())?;
        if happening.ends() && left > 0 {
            return None;
        }
        total = happening.apply(&mut Work::default(), total)?;
        if !(1..=LARGEST).contains(&total) {
            return None;
        }
        happenings.push(happening);
    }
    let wordings = (0..=happenings.len()).map(|_| dice.below(3)).collect();
    let person = dice.below(PEOPLE.len());
    let friend = (person + 1 + dice.below(PEOPLE.len() - 1)) % PEOPLE.len();
    Some(Box::new(Story { start, happenings, wordings, person, friend, things: dice.below(THINGS.len()) }))
}

fn happen(total: i64, dice: &mut Dice) -> Option<Happening> {
    let happening = match dice.below(10) {
        0 | 1 => Happening::Gain(dice.between(2, 60)),
        2 | 3 => Happening::Lose(dice.between(1, 60)),
        4 | 5 => Happening::Packs(dice.between(2, 6), dice.between(2, 12)),
        6 => Happening::Times(dice.between(2, 4)),
        7 => Happening::Halve,
        8 => Happening::Share(dice.between(3, 6)),
        _ if dice.below(2) == 0 => Happening::Sell(dice.between(2, 6)),
        _ => Happening::Together(dice.between(2, 30)),
    };
    // Products and quotients of what can be worked out in the head.
    let fits = !matches!(happening, Happening::Times(_) | Happening::Sell(_)) || total <= 99;
    fits.then_some(happening)
}

impl Story {
    fn sentence(&self, happening: Happening, wording: usize) -> String {
        let ((_, she), friend, things) = (PEOPLE[self.person], PEOPLE[self.friend].0, THINGS[self.things]);
        let words: [String; 3] = match happening {
            Happening::Gain(n) => [
                format!("{she} buys {n} more."),
                format!("{she} gets {n} from {friend}."),
                format!("Then {friend} brings {n} more {things}."),
            ],
            Happening::Lose(n) => [
                format!("{she} gives {n} to {friend}."),
                format!("{she} loses {n} of them."),
                format!("Then {n} {things} are taken away."),
            ],
            Happening::Packs(packs, each) => [
                format!("{she} buys {packs} bags with {each} {things} each."),
                format!("{she} finds {packs} boxes of {each} {things}."),
                format!("{friend} brings {packs} packs with {each} in each pack."),
            ],
            Happening::Times(factor) => [
                format!("A week later {she2} has {factor} times as many.", she2 = she.to_lowercase()),
                format!("Then the number of {things} grows to {factor} times what it was."),
                format!("Soon there are {factor} times as many {things}."),
            ],
            Happening::Halve => [
                format!("{she} gives half of them to {friend}."),
                format!("{she} sells half of the {things}."),
                "Half of them get lost.".to_owned(),
            ],
            Happening::Share(parts) => [
                format!("{she} shares them equally among {parts} friends. How many does each friend get?"),
                format!("{she} puts them in {parts} equal rows. How many {things} are in a row?"),
                format!("They are split evenly into {parts} boxes. How many are in each box?"),
            ],
            Happening::Sell(price) => [
                format!("{she} sells them for {price} dollars each. How many dollars is that?"),
                format!("Each is worth {price} dollars. How much are they worth together?"),
                format!("{she} swaps each for {price} nuts. How many nuts is that?"),
            ],
            Happening::Together(more) => [
                format!("{friend} has {more} more than that. How many do they have together?"),
                format!("{friend} owns {more} {things} more. How many {things} do both have?"),
                format!("{friend} has {more} more. How many have they in all?"),
            ],
        };
        let [first, second, third] = words;
        match wording {
            0 => first,
            1 => second,
            _ => third,
        }
    }
}

impl Problem for Story {
    fn text(&self) -> String {
        let ((name, she), things, start) = (PEOPLE[self.person], THINGS[self.things], self.start);
        let mut sentences = vec![match self.wordings[0] {
            0 => format!("{name} has {start} {things}."),
            1 => format!("{name} starts with {start} {things}."),
            _ => format!("There are {start} {things} in the basket of {name}."),
        }];
        let wordings = self.wordings.iter().skip(1);
        sentences.extend(self.happenings.iter().zip(wordings).map(|(it, wording)| self.sentence(*it, *wording)));
        if self.happenings.last().is_none_or(|last| !last.ends()) {
            sentences.push(format!("How many {things} does {} have now?", she.to_lowercase()));
        }
        sentences.join(" ")
    }

    fn recipe(&self) -> String {
        let happenings: Vec<String> = self.happenings.iter().map(|happening| happening.recipe()).collect();
        format!("{} {}", self.start, happenings.join(" "))
    }

    fn solve(&self, work: &mut Work) -> Option<String> {
        let mut total = self.start;
        for happening in &self.happenings {
            total = happening.apply(work, total)?;
        }
        Some(total.to_string())
    }
}
