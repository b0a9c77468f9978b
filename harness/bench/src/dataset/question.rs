//! A question and a set of them.

use crate::key::QuestionId;

/// One benchmark question.
#[derive(Debug, Clone, PartialEq)]
pub struct Question {
    /// Stable, content-based.
    pub id: QuestionId,
    /// The question as the model sees it.
    pub text: String,
    /// The right answer as the dataset writes it. Only grading, simulation and replay read it; no method can.
    pub gold: String,
    /// Difficulty where the dataset gives one (MATH: 1 to 5; arithmetic-stories: number of steps).
    pub level: Option<u32>,
    /// Subject where the dataset gives one.
    pub subject: Option<String>,
}

/// A loaded, checked question set.
#[derive(Debug, Clone, PartialEq)]
pub struct Dataset {
    /// The manifest's name.
    pub name: String,
    /// The revision of the source, or the generator's version for a built-in set.
    pub revision: String,
    /// The questions in file order.
    pub questions: Vec<Question>,
}

impl Dataset {
    /// At most `limit` of the questions, chosen by their content-based ids and kept in file order: the same ones whatever
    /// the order of the rows, and a larger limit only adds questions.
    pub fn limited(&self, limit: Option<u32>) -> Self {
        let mut ids: Vec<&QuestionId> = self.questions.iter().map(|question| &question.id).collect();
        ids.sort();
        ids.truncate(limit.map_or(usize::MAX, |limit| limit as usize));
        let chosen: std::collections::HashSet<&QuestionId> = ids.into_iter().collect();
        let questions = self.questions.iter().filter(|question| chosen.contains(&question.id)).cloned().collect();
        Self { name: self.name.clone(), revision: self.revision.clone(), questions }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_ignores_row_order_and_a_larger_one_only_adds() {
        let question = |n: u32| Question {
            id: QuestionId(format!("q-{:04x}", n * 7919 % 65536)),
            text: n.to_string(),
            gold: "1".to_owned(),
            level: None,
            subject: None,
        };
        let set = |questions: Vec<Question>| Dataset { name: "d".into(), revision: "1".into(), questions };
        let rows = set((0..20).map(question).collect());
        let reversed = set((0..20).rev().map(question).collect());
        let ids = |set: &Dataset, limit| {
            let mut ids: Vec<_> = set.limited(Some(limit)).questions.into_iter().map(|q| q.id).collect();
            ids.sort();
            ids
        };
        assert_eq!(ids(&rows, 7), ids(&reversed, 7));
        assert_eq!(ids(&rows, 7), ids(&rows, 12)[..7]);
        assert_eq!(rows.limited(Some(99)), rows);
        assert_eq!(rows.limited(None), rows);
        let order: Vec<_> = rows.limited(Some(7)).questions;
        assert!(order.iter().is_sorted_by_key(|q| q.text.parse::<u32>().unwrap()), "file order is kept");
    }
}
