//! `mini-...`: questions for the models that come along, which learnt from others of the same five families.
//!
//! Each family has a set to test on, one to calibrate on and one whose answers verifiers learn from; no two share a
//! question, and none has one that a model was trained on (see `markovscale-families`).

use markovscale_families::{Family, Split, VERSION, questions};

use crate::dataset::digest::question_id;
use crate::dataset::question::{Dataset, Question};

/// The set of that name; `None` if there is none.
pub(super) fn generate(name: &str) -> Option<Dataset> {
    let rest = name.strip_prefix("mini-")?;
    let (family, split, per_level) = match rest.split_once('-') {
        None => (rest, Split::Test, 50),
        Some((family, "calibration")) => (family, Split::Calibration, 40),
        Some((family, "verifier")) => (family, Split::Verifier, 100),
        Some(_) => return None,
    };
    let family = Family::ALL.into_iter().find(|known| known.name() == family)?;
    let questions = questions(family, split, per_level).into_iter().map(|question| Question {
        id: question_id(&question.text),
        text: question.text,
        gold: question.answer,
        level: Some(question.level),
        subject: Some(family.name().to_owned()),
    });
    Some(Dataset { name: name.to_owned(), revision: format!("built-in-{VERSION}"), questions: questions.collect() })
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::dataset::builtin::NAMES;

    #[test]
    fn no_question_is_in_two_of_the_sets() {
        let mut ids = HashSet::new();
        let (mut sets, mut questions) = (0, 0);
        for dataset in NAMES.into_iter().filter_map(generate) {
            sets += 1;
            questions += dataset.questions.len();
            ids.extend(dataset.questions.into_iter().map(|question| question.id));
        }
        assert_eq!((sets, questions, ids.len()), (15, 5 * (250 + 200 + 500), 4750));
    }
}
