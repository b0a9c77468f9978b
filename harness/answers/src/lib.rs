//! Extract a final answer from text, decide mathematical equivalence, form answer classes. Pure: no files, no network, no
//! clock, no state; the same result on any thread and machine.
//!
//! ```
//! use markovscale_answers::{Answer, Policy, Verdict, classes, extract_answer, grade};
//!
//! // Where the answer stands in a completion, and which rule says so.
//! let found = extract_answer("Adding up, the answer is $\\frac{2}{4}$.", Default::default()).expect("it gives one");
//! assert_eq!((found.answer.text(), found.rule.name()), ("\\frac{2}{4}", "phrase"));
//!
//! // Whether it is the gold answer, and why.
//! let decision = grade(&Answer::parse("0.5"), &found.answer, &Policy::default());
//! assert_eq!((decision.verdict, decision.reason.explain()), (Verdict::Equal, "exact arithmetic and algebra"));
//!
//! // What mathematics leaves open is a switch: here the unit that only the answer has.
//! let (gold, answer) = (Answer::parse("12"), Answer::parse("12 cm"));
//! assert_eq!(grade(&gold, &answer, &Policy::default()).verdict, Verdict::Equal);
//! assert_eq!(grade(&gold, &answer, &Policy::strict()).verdict, Verdict::Different);
//!
//! // Which of a question's answers are the same; a missing one is in no class.
//! let answers = ["1/2", "0.5", "2"].map(|text| Some(Answer::parse(text)));
//! let (numbers, plainest) = classes(&[&answers[..], &[None]].concat());
//! assert_eq!(numbers, [Some(0), Some(0), Some(1), None]);
//! assert_eq!(plainest.len(), 2);
//! ```
//!
//! The way of an answer:
//!
//! 1. [`extract_answer`] finds it in a completion (box, "the answer is", `####`, last number), [`read`] also where it is
//!    not known whether a text is a completion or an answer.
//! 2. [`Answer::parse`] normalises it once: LaTeX to tokens, tokens to an exact value where they are understood.
//! 3. [`grade`] compares it with the gold answer under a [`Policy`], with a [`Reason`]; [`equivalent`] compares two answers
//!    of which neither is gold. It is reflexive and symmetric, but not transitive (see there).
//! 4. [`classes()`] groups a question's answers by it.
//!
//! `examples/grade.rs` grades a JSON Lines file in twenty lines; `harness/answers-python` is the same for Python.
//!
//! Nothing here panics or runs long on hostile text: length, nesting, degree and size of coefficients are bounded, and
//! what exceeds a bound is compared by its normalised text alone.

mod ambiguity;
mod answer;
mod classes;
mod decision;
mod equivalence;
mod extract;
mod grading;
mod normalise;
mod parse;
pub mod policy;
mod value;
mod verdict;

pub use answer::Answer;
pub use classes::classes;
pub use decision::{Decision, Reason};
pub use equivalence::equivalent;
pub use extract::{
    ExtractOptions, Extraction, ExtractionRule, ReadAs, Reading, extract, extract_answer, gsm8k_gold, read, read_gold,
};
pub use grading::{Grader, grade};
pub use policy::Policy;
pub use verdict::Verdict;
