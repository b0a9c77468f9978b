//! What language models are taught: questions with worked answers, and questions with an earlier answer, right or
//! plausibly wrong, to answer anew.

use crate::dice::Dice;
use crate::problem::Problem;
use crate::work::{Slip, SlipKind, Work};
use crate::{Family, LEVELS, Question, Split, VERSION, draw, seed};

/// Lessons in ten that have an earlier answer.
const RE_ANSWERS_IN_TEN: usize = 4;

/// Earlier answers in ten that are right.
const RIGHT_IN_TEN: usize = 4;

/// What is asked in a lesson.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// The question alone.
    Answer,
    /// The question with an earlier answer that is right.
    ReAnswerRight,
    /// The question with an earlier answer that is wrong.
    ReAnswerWrong,
}

impl Mode {
    /// Its name in records.
    pub fn name(self) -> &'static str {
        match self {
            Self::Answer => "answer",
            Self::ReAnswerRight => "re-answer right",
            Self::ReAnswerWrong => "re-answer wrong",
        }
    }
}

/// One thing to learn: what is asked and what is to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lesson {
    /// The question behind it.
    pub question: Question,
    /// Whether an earlier answer is shown.
    pub mode: Mode,
    /// What is asked.
    pub prompt: String,
    /// The worked steps, then the answer in a box, a line each.
    pub completion: String,
}

/// What is asked of a model that is shown an earlier answer: the shipped prompt `terse-re-answer`.
pub fn re_answer_prompt(question: &str, earlier: &str) -> String {
    format!("{question}\nEarlier answer: {earlier}")
}

/// The lesson of that number; the same for ever. Families and levels are equally frequent.
pub fn lesson(split: Split, number: u64) -> Lesson {
    let mut dice = Dice::new(seed(&format!("{VERSION} lesson {} {number}", split.name())));
    loop {
        let family = dice.pick(Family::ALL);
        let level = dice.between(1, i64::from(LEVELS)) as u32;
        // What does not fit is drawn again at the same level, or hard levels would be rare.
        let (problem, question) = loop {
            if let Some(drawn) = draw(family, level, split, &mut dice) {
                break drawn;
            }
        };
        if let Some(lesson) = teach(&*problem, question, &mut dice) {
            return lesson;
        }
    }
}

fn teach(problem: &dyn Problem, question: Question, dice: &mut Dice) -> Option<Lesson> {
    let (mode, prompt) = if dice.below(10) >= RE_ANSWERS_IN_TEN {
        (Mode::Answer, question.text.clone())
    } else if dice.below(10) < RIGHT_IN_TEN {
        (Mode::ReAnswerRight, re_answer_prompt(&question.text, &question.answer))
    } else {
        (Mode::ReAnswerWrong, re_answer_prompt(&question.text, &wrong_answer(problem, &question, dice)?))
    };
    let mut completion = question.steps.join("\n");
    if !completion.is_empty() {
        completion.push('\n');
    }
    completion.push_str(&format!("\\boxed{{{}}}", question.answer));
    Some(Lesson { question, mode, prompt, completion })
}

/// An answer that a slip on the way leads to; `None` if several tries led nowhere or back to the right one.
fn wrong_answer(problem: &dyn Problem, question: &Question, dice: &mut Dice) -> Option<String> {
    let mut right = Work::default();
    problem.solve(&mut right)?;
    let operations = right.results().len();
    (0..8).find_map(|_| {
        let stops_early = operations > 1 && dice.below(6) == 0;
        let answer = if stops_early {
            right.results().get(dice.below(operations - 1)).map(i64::to_string)
        } else {
            let kind = match dice.below(4) {
                0 => SlipKind::Confused,
                1 => SlipKind::Off(dice.pick([10, -10])),
                _ => SlipKind::Off(dice.pick([1, -1, 2, -2])),
            };
            problem.solve(&mut Work::with(Some(Slip { at: dice.below(operations), kind })))
        };
        answer.filter(|answer| *answer != question.answer)
    })
}
