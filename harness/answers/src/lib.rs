//! Extract a final answer from text, decide mathematical equivalence, form answer classes. Pure: no files, no network.
//!
//! The interface is fixed; what stands behind it grows. The way of an answer:
//!
//! 1. [`extract()`] finds the answer in a completion (box, "the answer is", `####`, last number).
//! 2. [`Answer::parse`] normalises it once: LaTeX to tokens, tokens to an exact value where they are understood.
//! 3. [`equivalent`] compares two prepared answers; it is reflexive and symmetric, but not transitive (see there).
//! 4. [`classes()`] groups a question's answers by it.
//!
//! Nothing here panics or runs long on hostile text: length, nesting, degree and size of coefficients are bounded, and
//! what exceeds a bound is compared by its normalised text alone.

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
