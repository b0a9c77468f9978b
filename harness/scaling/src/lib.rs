//! Sequential scaling as a two-state Markov chain: closed forms, the answer posterior, scaling methods and statistics.
//!
//! Pure: no files, no network, no clock, no global state. A method never sees whether an answer is right: [`Draw`] has no
//! such field, so a method that peeks at the gold answer does not compile.

pub mod methods;
pub mod posterior;

pub use methods::interface::{
    Budget, Choice, ClassId, Decision, Draw, DrawMode, Method, QuestionContext, Session, Tokens,
};
