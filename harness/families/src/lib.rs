//! Five families of questions with computed answers and worked steps, made by seeded code.
//!
//! Questions to train a model on, to train a verifier on, to calibrate on and to test on never share a recipe (what is to
//! be worked out, without names and wording): a hash of the recipe says which of the four a question is for, so that they
//! are disjoint whatever is drawn, in whatever order and amount.

mod dice;
mod equations;
mod expressions;
mod fractions;
mod lessons;
mod problem;
mod remainders;
mod stories;
#[cfg(test)]
mod tests;
mod work;

use std::collections::HashSet;

use sha2::{Digest, Sha256};

pub use dice::Dice;
pub use lessons::{Lesson, Mode, lesson, re_answer_prompt};

use problem::Problem;
use work::Work;

/// Levels run from 1 to this.
pub const LEVELS: u32 = 5;

/// Part of every seed of a question set, and of the sets' revision: raised when a generator changes.
pub const VERSION: &str = "1";

/// A kind of question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Family {
    /// Stories in one to five steps.
    Stories,
    /// Sums, differences and products with brackets.
    Expressions,
    /// Linear equations in one unknown.
    Equations,
    /// Modular arithmetic.
    Remainders,
    /// Fractions in lowest terms.
    Fractions,
}

impl Family {
    /// Every one.
    pub const ALL: [Self; 5] = [Self::Stories, Self::Expressions, Self::Equations, Self::Remainders, Self::Fractions];

    /// Its name in datasets and records.
    pub fn name(self) -> &'static str {
        match self {
            Self::Stories => "stories",
            Self::Expressions => "expressions",
            Self::Equations => "equations",
            Self::Remainders => "remainders",
            Self::Fractions => "fractions",
        }
    }

    fn draw(self, level: u32, dice: &mut Dice) -> Option<Box<dyn Problem>> {
        match self {
            Self::Stories => stories::draw(level, dice),
            Self::Expressions => expressions::draw(level, dice),
            Self::Equations => equations::draw(level, dice),
            Self::Remainders => remainders::draw(level, dice),
            Self::Fractions => fractions::draw(level, dice),
        }
    }
}

/// What a question is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Split {
    /// Language models learn from it.
    Train,
    /// Verifiers learn from what models answer to it.
    Verifier,
    /// Methods are tuned on it.
    Calibration,
    /// Results come from it alone.
    Test,
}

impl Split {
    /// Every one.
    pub const ALL: [Self; 4] = [Self::Train, Self::Verifier, Self::Calibration, Self::Test];

    /// Its name in datasets and on command lines.
    pub fn name(self) -> &'static str {
        match self {
            Self::Train => "train",
            Self::Verifier => "verifier",
            Self::Calibration => "calibration",
            Self::Test => "test",
        }
    }

    /// The split that a question of this recipe belongs to: seven in ten are for training, one for each other purpose.
    fn of(family: Family, recipe: &str) -> Self {
        let digest = Sha256::digest(format!("{} {recipe}", family.name()));
        match u16::from_le_bytes([digest[0], digest[1]]) % 10 {
            0..=6 => Self::Train,
            7 => Self::Verifier,
            8 => Self::Calibration,
            _ => Self::Test,
        }
    }
}

/// A question with its answer and how to get there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// Its family.
    pub family: Family,
    /// From 1 to [`LEVELS`].
    pub level: u32,
    /// The question as it is asked.
    pub text: String,
    /// What is asked for, without names and wording.
    pub recipe: String,
    /// The worked steps, a line each.
    pub steps: Vec<String>,
    /// The answer.
    pub answer: String,
}

/// A problem of a split, with its text and recipe; `None` if what the dice show does not fit or is for another split.
fn draw(family: Family, level: u32, split: Split, dice: &mut Dice) -> Option<(Box<dyn Problem>, Question)> {
    let problem = family.draw(level, dice)?;
    let recipe = problem.recipe();
    if Split::of(family, &recipe) != split {
        return None;
    }
    let mut work = Work::default();
    let answer = problem.solve(&mut work)?;
    let question = Question { family, level, text: problem.text(), recipe, steps: work.lines(), answer };
    Some((problem, question))
}

/// Draws after which a set stays incomplete; a test shows that none does.
const ATTEMPTS_PER_QUESTION: u32 = 20_000;

/// A set of questions without two of one recipe, `per_level` of each level, level by level. The same set for ever.
pub fn questions(family: Family, split: Split, per_level: usize) -> Vec<Question> {
    let mut questions = Vec::with_capacity(per_level * LEVELS as usize);
    let mut recipes = HashSet::new();
    for level in 1..=LEVELS {
        for place in 0..per_level {
            for attempt in 0..ATTEMPTS_PER_QUESTION {
                let address = format!("{VERSION} {} {} {level} {place} {attempt}", family.name(), split.name());
                let Some((_, question)) = draw(family, level, split, &mut Dice::new(seed(&address))) else { continue };
                if recipes.insert(question.recipe.clone()) {
                    questions.push(question);
                    break;
                }
            }
        }
    }
    questions
}

/// A seed that depends on this text alone.
fn seed(text: &str) -> u64 {
    let digest = Sha256::digest(text);
    digest.iter().take(8).fold(0, |seed, byte| seed << 8 | u64::from(*byte))
}
