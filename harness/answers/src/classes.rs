//! Answer classes: which of a question's answers are the same.

use std::collections::HashMap;

use crate::equivalence::equivalent_within;
use crate::value::Budget;
use crate::{Answer, Verdict};

/// Work for all comparisons of one call, about a second. Only pools of enormous expressions come near it; what is then
/// left is compared without arithmetic.
const ALL_COMPARISONS: u32 = 1_000_000;

/// Classes of a question's answers: for each answer (missing ones stay `None`) the index of its class, numbered by first
/// appearance, and one representative per class (the class's first answer).
///
/// Equivalence is not transitive (`50\%` equals both `50` and `0.5`), so the order counts: an answer joins the first
/// class whose representative it equals, and opens a new class if there is none. Answers with the same text always share
/// a class.
pub fn classes(answers: &[Option<Answer>]) -> (Vec<Option<u32>>, Vec<Answer>) {
    let mut representatives: Vec<&Answer> = Vec::new();
    // Most answers repeat one another to the letter; only texts not seen before are compared.
    let mut class_of_text: HashMap<&str, u32> = HashMap::new();
    let mut work_left = ALL_COMPARISONS;
    let ids = answers
        .iter()
        .map(|answer| {
            let answer = answer.as_ref()?;
            if let Some(&class) = class_of_text.get(answer.text()) {
                return Some(class);
            }
            let found = representatives.iter().position(|known| are_equal(known, answer, &mut work_left));
            let index = found.unwrap_or_else(|| {
                representatives.push(answer);
                representatives.len() - 1
            });
            let class = u32::try_from(index).ok()?;
            class_of_text.insert(answer.text(), class);
            Some(class)
        })
        .collect();
    (ids, representatives.into_iter().cloned().collect())
}

fn are_equal(a: &Answer, b: &Answer, work_left: &mut u32) -> bool {
    let granted = Budget::ONE_ANSWER.min(*work_left);
    let mut budget = Budget::of(granted);
    let verdict = equivalent_within(a, b, &mut budget);
    *work_left -= granted - budget.left();
    verdict == Verdict::Equal
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(texts: &[&str]) -> Vec<Option<Answer>> {
        texts.iter().map(|text| (!text.is_empty()).then(|| Answer::parse(text))).collect()
    }

    #[test]
    fn numbers_classes_by_first_appearance_and_leaves_missing_answers_out() {
        let (ids, representatives) = classes(&read(&["0.5", "", "3", "\\frac12", "3.0", "4", "0.5"]));
        assert_eq!(ids, [Some(0), None, Some(1), Some(0), Some(1), Some(2), Some(0)]);
        assert_eq!(representatives.iter().map(Answer::text).collect::<Vec<_>>(), ["0.5", "3", "4"]);
    }

    #[test]
    fn joins_the_first_class_whose_representative_it_equals() {
        assert_eq!(classes(&read(&["0.5", "50", "50\\%"])).0, [Some(0), Some(1), Some(0)]);
        assert_eq!(classes(&read(&["50", "0.5", "50\\%"])).0, [Some(0), Some(1), Some(0)]);
        assert_eq!(classes(&read(&["50\\%", "50", "0.5"])).0, [Some(0), Some(0), Some(0)]);
    }

    #[test]
    fn a_pool_of_enormous_expressions_ends_quickly_and_keeps_plain_answers_together() {
        let mut texts: Vec<String> = (0..150).map(|n| format!("\\frac{{(x+y+{n})^5}}{{(x+z+{n})^5}}")).collect();
        texts.extend(["0.5".to_owned(), "\\frac12".to_owned()]);
        let answers: Vec<_> = texts.iter().map(|text| Some(Answer::parse(text))).collect();
        let start = std::time::Instant::now();
        let (ids, _) = classes(&answers);
        assert!(start.elapsed().as_secs() < 20, "{:?}", start.elapsed());
        assert_eq!(ids[150], ids[151]);
    }

    #[test]
    fn no_answers_make_no_classes() {
        assert_eq!(classes(&[]), (vec![], vec![]));
        assert_eq!(classes(&[None, None]), (vec![None, None], vec![]));
    }
}
