//! Equivalence classes of answers, formed without the gold answer.

use std::collections::HashMap;

use markovscale_answers::{Answer, classes};

/// Answers as ids, in order of first appearance.
pub(crate) struct Classes {
    /// Equivalence class of each answer.
    pub(crate) of_answer: Vec<Option<u32>>,
    /// Exact text of each answer.
    pub(crate) of_text: Vec<Option<u32>>,
    /// One answer of each class.
    pub(crate) representatives: Vec<Answer>,
}

/// Classes of answers given as texts; each distinct text is parsed once.
pub(crate) fn classes_of_texts(answers: &[Option<&str>]) -> Classes {
    let mut distinct: HashMap<&str, usize> = HashMap::new();
    let mut parsed: Vec<Option<Answer>> = Vec::new();
    let places: Vec<Option<usize>> = answers
        .iter()
        .map(|text| {
            text.map(|text| {
                *distinct.entry(text).or_insert_with(|| {
                    parsed.push(Some(Answer::parse(text)));
                    parsed.len() - 1
                })
            })
        })
        .collect();
    let (ids, representatives) = classes(&parsed);
    Classes {
        of_answer: places.iter().map(|place| place.and_then(|p| ids[p])).collect(),
        of_text: places.iter().map(|place| place.and_then(|p| u32::try_from(p).ok())).collect(),
        representatives,
    }
}
