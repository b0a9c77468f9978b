//! Manifest -> questions.

mod question;

pub use question::{Dataset, Question};
