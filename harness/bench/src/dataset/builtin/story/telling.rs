//! How a story is told: who is in it, what has happened, and the sentences and sums so far.

use markovscale_families::Dice;

use super::ledger::{self, Ledger, Quantity};

/// What the answer counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    /// Things, people, litres: whole numbers.
    Things,
    /// Money; quantities are cents.
    Cents,
}

/// Someone in a story.
#[derive(Debug, Clone, Copy)]
pub(super) struct Person {
    pub(super) name: &'static str,
    pub(super) they: &'static str,
    pub(super) their: &'static str,
}

/// A story being told.
#[derive(Debug, Clone)]
pub(super) struct Story {
    pub(super) dice: Dice,
    pub(super) ledger: Ledger,
    pub(super) sentences: Vec<String>,
    pub(super) person: Person,
    pub(super) friend: Person,
    /// The running total.
    pub(super) total: Quantity,
    /// What the story is about, plural, for the sentences of later stages.
    pub(super) things: &'static str,
    /// The closing question.
    pub(super) ask: String,
    pub(super) unit: Unit,
    /// What the running total has become: stages look at it to see whether they fit.
    pub(super) phase: &'static str,
    /// Whether part of a trip went by ferry.
    pub(super) ferried: bool,
    /// Days gone by since Monday.
    pub(super) day: usize,
}

/// Says a sentence and moves the total on; `None` if the numbers or the story so far do not fit.
pub(super) type Tell = fn(&mut Story) -> Option<()>;

/// A stage of a family.
pub(super) struct Stage {
    /// How many operations it does.
    pub(super) steps: usize,
    pub(super) tell: Tell,
}

/// A kind of story.
pub(super) struct Family {
    pub(super) name: &'static str,
    pub(super) open: Tell,
    /// In the order in which they can follow the opening.
    pub(super) stages: &'static [Stage],
}

pub(super) const fn stage(steps: usize, tell: Tell) -> Stage {
    Stage { steps, tell }
}

impl Story {
    pub(super) fn new(mut dice: Dice) -> Self {
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
    pub(super) fn given(&mut self, low: i64, high: i64) -> Quantity {
        Quantity::given(self.dice.between(low, high))
    }

    /// A number that divides the total.
    pub(super) fn divisor(&mut self, low: i64, high: i64) -> Option<Quantity> {
        let divisors: Vec<i64> = (low..=high).filter(|divisor| self.total.value % divisor == 0).collect();
        self.dice.choose(&divisors).map(Quantity::given)
    }

    /// A part of the total that leaves a good deal.
    pub(super) fn part(&mut self) -> Option<Quantity> {
        (self.total.value >= 6).then(|| self.given(2, self.total.value * 3 / 5))
    }

    /// An amount of money in cents: whole dollars, or with 25, 50 or 75 cents.
    pub(super) fn price(&mut self, low: i64, high: i64) -> Quantity {
        let cents = self.dice.pick([0, 0, 0, 50, 50, 25, 75]);
        Quantity::given(100 * self.dice.between(low, high) + cents)
    }

    pub(super) fn say(&mut self, sentence: String) {
        self.sentences.push(sentence);
    }

    pub(super) fn ask(&mut self, question: String) {
        self.ask = question;
    }

    pub(super) fn add(&mut self, more: Quantity) {
        self.total = self.ledger.add(self.total, more);
    }

    pub(super) fn subtract(&mut self, less: Quantity) -> Option<()> {
        self.total = self.ledger.subtract(self.total, less)?;
        Some(())
    }

    pub(super) fn multiply(&mut self, factor: Quantity) {
        self.total = self.ledger.multiply(self.total, factor);
    }

    pub(super) fn divide(&mut self, divisor: Quantity) -> Option<()> {
        self.total = self.ledger.divide(self.total, divisor)?;
        Some(())
    }

    pub(super) fn product(&mut self, one: Quantity, other: Quantity) -> Quantity {
        self.ledger.multiply(one, other)
    }

    /// `On Tuesday`, one day later each time; `None` when the week is over.
    pub(super) fn next_day(&mut self) -> Option<&'static str> {
        const DAYS: [&str; 6] = ["On Tuesday", "On Wednesday", "On Thursday", "On Friday", "On Saturday", "On Sunday"];
        let day = DAYS.get(self.day).copied();
        self.day += 1;
        day
    }
}

/// An amount with its sign: `$3.50`.
pub(super) fn dollars_of(amount: Quantity) -> String {
    format!("${}", ledger::dollars(amount.value))
}

/// The text with its first letter in upper case.
pub(super) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
