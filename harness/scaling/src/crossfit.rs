//! Cross-fitting: parameters that cannot be asked about a question they saw.
//!
//! Questions are dealt to folds by a seeded hash of their ids, so neither file order nor threads matter. Parameters are
//! fitted once per fold, and the fitting closure is handed only the questions outside it. What comes out is a
//! [`Fitted`]: it remembers its fold and every question it saw, and asking it about one of those is an error, whoever
//! asks and however the parameters got there (a cross-fit, a file, another run). A method gets parameters only through
//! [`crate::QuestionContext::calibrated`], which asks that way.
//!
//! [`Fitted::on_test_set`] is the deliberate exception, to show the size of the leak: its parameters say that they
//! leak.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// Why questions could not be dealt to folds or parameters fitted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CrossFitError {
    /// With fewer than two folds every question would be scored with parameters that saw it.
    #[error(
        "{found} folds for cross-fitting, expected at least 2; with fewer, parameters see the questions they score"
    )]
    TooFewFolds {
        /// Folds asked for.
        found: u32,
    },
    /// The questions given are not those that were dealt.
    #[error("{found} questions were given to folds made of {expected}; deal and fit the same list")]
    WrongLength {
        /// Questions dealt.
        expected: usize,
        /// Questions given.
        found: usize,
    },
    /// The parameters were fitted on the question they are asked about.
    #[error(
        "question {question} would be scored with parameters that were fitted on it ({fitted}); fit on other questions, \
         or say that this shows a leak"
    )]
    SawQuestion {
        /// The question's id.
        question: String,
        /// What the parameters were fitted on.
        fitted: String,
    },
}

/// Parameters, the fold they are for, and every question they were fitted on. Can be saved and read again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Fitted<T> {
    value: T,
    fold: Option<u32>,
    /// Hashes of the ids of the questions seen, ascending.
    saw: Vec<u64>,
    leaks: bool,
}

impl<T> Fitted<T> {
    /// Parameters fitted on questions with these ids.
    pub fn on<Id: AsRef<str>>(ids: impl IntoIterator<Item = Id>, value: T) -> Self {
        Self::new(ids.into_iter().map(|id| hash(0, id.as_ref())).collect(), None, value)
    }

    /// Parameters fitted on the very questions they will be asked about. Only for showing what such tuning is worth:
    /// [`Fitted::leaks`] is true, and every number made with them has to say so.
    pub fn on_test_set(value: T) -> Self {
        Self { value, fold: None, saw: Vec::new(), leaks: true }
    }

    fn new(mut saw: Vec<u64>, fold: Option<u32>, value: T) -> Self {
        saw.sort_unstable();
        saw.dedup();
        Self { value, fold, saw, leaks: false }
    }

    /// The parameters, for scoring the question with this id.
    ///
    /// # Errors
    /// [`CrossFitError::SawQuestion`] when they were fitted on it.
    pub fn for_question(&self, id: &str) -> Result<&T, CrossFitError> {
        if self.saw.binary_search(&hash(0, id)).is_err() {
            return Ok(&self.value);
        }
        let questions = self.saw.len();
        let fitted = match self.fold {
            Some(fold) => format!("{questions} questions, all outside fold {fold}"),
            None => format!("{questions} questions"),
        };
        Err(CrossFitError::SawQuestion { question: id.to_owned(), fitted })
    }

    /// The parameters, for looking at: printing, saving, drawing.
    pub fn show(&self) -> &T {
        &self.value
    }

    /// The fold that they are for, the one they did not see; `None` when they come from no cross-fit.
    pub fn fold(&self) -> Option<u32> {
        self.fold
    }

    /// Whether they were tuned on the questions they are asked about.
    pub fn leaks(&self) -> bool {
        self.leaks
    }
}

/// Which fold each question is in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folds {
    folds: u32,
    of_question: Vec<u32>,
    /// Hash of each question's id, without the seed.
    ids: Vec<u64>,
    /// Question indices in the order of the hash: training lists use it, so that permuting the questions changes
    /// nothing.
    order: Vec<usize>,
}

impl Folds {
    /// Deals questions to folds. The sizes of folds, in distinct ids, differ by at most one; equal ids (several chains
    /// of one question) share a fold. With fewer questions than folds some folds stay empty, which harms nothing.
    ///
    /// # Errors
    /// [`CrossFitError::TooFewFolds`] for fewer than 2.
    pub fn assign<Id: AsRef<str>>(ids: &[Id], folds: u32, seed: u64) -> Result<Self, CrossFitError> {
        if folds < 2 {
            return Err(CrossFitError::TooFewFolds { found: folds });
        }
        let hashes: Vec<u64> = ids.iter().map(|id| hash(seed, id.as_ref())).collect();
        let mut order: Vec<usize> = (0..ids.len()).collect();
        // Stable, so entries of one id keep their order; the id decides between equal hashes.
        order.sort_by(|&left, &right| (hashes[left], ids[left].as_ref()).cmp(&(hashes[right], ids[right].as_ref())));
        let mut of_question = vec![0; ids.len()];
        let mut dealt = 0u32;
        for (rank, &index) in order.iter().enumerate() {
            if rank > 0 && ids[order[rank - 1]].as_ref() != ids[index].as_ref() {
                dealt = (dealt + 1) % folds;
            }
            of_question[index] = dealt;
        }
        let ids = ids.iter().map(|id| hash(0, id.as_ref())).collect();
        Ok(Self { folds, of_question, ids, order })
    }

    /// Number of folds.
    pub fn folds(&self) -> u32 {
        self.folds
    }

    /// The fold of the question at this index; `None` beyond the questions dealt.
    pub fn of_question(&self, index: usize) -> Option<u32> {
        self.of_question.get(index).copied()
    }

    /// The questions that parameters for this fold may see: all outside it, in an order that does not depend on theirs.
    fn training<'a, Q>(&self, fold: u32, questions: &'a [Q]) -> Vec<&'a Q> {
        let outside = |index: &&usize| self.of_question.get(**index) != Some(&fold);
        self.order.iter().filter(outside).filter_map(|&index| questions.get(index)).collect()
    }

    /// The ids (as hashes) of [`Folds::training`].
    fn training_ids(&self, fold: u32) -> Vec<u64> {
        self.of_question.iter().zip(&self.ids).filter(|(of, _)| **of != fold).map(|(_, id)| *id).collect()
    }
}

/// Parameters fitted once per fold on the questions outside it.
#[derive(Debug, Clone)]
pub struct CrossFit<T> {
    folds: Folds,
    fitted: Vec<Fitted<T>>,
}

impl<T: Send> CrossFit<T> {
    /// Fits parameters for every fold, folds in parallel. The closure sees the questions outside the fold, in an order
    /// that does not depend on theirs; the result depends neither on threads nor on the order of questions.
    ///
    /// # Errors
    /// [`CrossFitError::WrongLength`] when there is not one question for each id dealt.
    pub fn fit<Q: Sync>(folds: Folds, questions: &[Q], fit: impl Fn(&[&Q]) -> T + Sync) -> Result<Self, CrossFitError> {
        if questions.len() != folds.of_question.len() {
            return Err(CrossFitError::WrongLength { expected: folds.of_question.len(), found: questions.len() });
        }
        let fitted = (0..folds.folds)
            .into_par_iter()
            .map(|fold| Fitted::new(folds.training_ids(fold), Some(fold), fit(&folds.training(fold, questions))));
        let fitted = fitted.collect();
        Ok(Self { folds, fitted })
    }
}

impl<T> CrossFit<T> {
    /// The parameters for the question at this index; `None` beyond the questions dealt.
    pub fn for_question(&self, index: usize) -> Option<&Fitted<T>> {
        self.fitted.get(self.folds.of_question(index)? as usize)
    }

    /// Every fit, by fold: to be saved.
    pub fn into_fits(self) -> Vec<Fitted<T>> {
        self.fitted
    }

    /// Which fold each question is in.
    pub fn folds(&self) -> &Folds {
        &self.folds
    }
}

/// FNV-1a of the id, mixed with the seed by the finaliser of SplitMix64. The standard hasher may change between
/// releases.
fn hash(seed: u64, id: &str) -> u64 {
    let fnv = id
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
    let mut mixed = fnv ^ seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn ids(count: usize) -> Vec<String> {
        (0..count).map(|index| format!("question-{index}")).collect()
    }

    #[test]
    fn no_training_set_contains_its_questions() {
        let ids = ids(103);
        let folds = Folds::assign(&ids, 5, 7).unwrap();
        let crossfit = CrossFit::fit(folds, &ids, |training| -> HashSet<String> {
            training.iter().map(|id| (*id).clone()).collect()
        })
        .unwrap();
        for (index, id) in ids.iter().enumerate() {
            let seen = crossfit.for_question(index).unwrap().for_question(id).unwrap();
            assert!(!seen.contains(id), "{id} was seen");
            assert!((82..=83).contains(&seen.len()), "everything outside the fold is used: {}", seen.len());
        }
        assert!(crossfit.for_question(ids.len()).is_none());
    }

    #[test]
    fn chains_of_one_question_share_a_fold() {
        let ids: Vec<String> = (0..60).map(|index| format!("question-{}", index % 20)).collect();
        let folds = Folds::assign(&ids, 4, 1).unwrap();
        for index in 0..60 {
            assert_eq!(folds.of_question(index), folds.of_question(index % 20));
        }
    }

    #[test]
    fn the_order_of_questions_changes_nothing() {
        let forward = ids(40);
        let backward: Vec<String> = forward.iter().rev().cloned().collect();
        let fit = |ids: &[String]| {
            CrossFit::fit(Folds::assign(ids, 3, 9).unwrap(), ids, |training| {
                training.iter().map(|id| id.as_str()).collect::<Vec<_>>().join(" ")
            })
            .unwrap()
        };
        let (left, right) = (fit(&forward), fit(&backward));
        for index in 0..40 {
            assert_eq!(left.for_question(index).unwrap().show(), right.for_question(39 - index).unwrap().show());
        }
    }

    #[test]
    fn the_seed_deals_anew_and_one_question_is_enough() {
        let ids = ids(50);
        assert_ne!(Folds::assign(&ids, 5, 1).unwrap(), Folds::assign(&ids, 5, 2).unwrap());
        let one = CrossFit::fit(Folds::assign(&ids[..1], 5, 1).unwrap(), &ids[..1], |training| training.len()).unwrap();
        assert_eq!(one.for_question(0).unwrap().for_question(&ids[0]), Ok(&0));
    }

    #[test]
    fn parameters_refuse_every_question_they_saw() {
        let ids = ids(30);
        let crossfit = CrossFit::fit(Folds::assign(&ids, 3, 7).unwrap(), &ids, |training| training.len()).unwrap();
        for asked in 0..30 {
            for (index, id) in ids.iter().enumerate() {
                let parameters = crossfit.for_question(asked).unwrap();
                let same = crossfit.folds().of_question(asked) == crossfit.folds().of_question(index);
                assert_eq!(parameters.for_question(id).is_ok(), same, "{id} with the parameters of question {asked}");
            }
        }
        assert_eq!(crossfit.for_question(0).unwrap().for_question("new"), Ok(&20));
        let saved = serde_json::to_string(&Fitted::on(["a", "b"], 1)).unwrap();
        let read: Fitted<i32> = serde_json::from_str(&saved).unwrap();
        let error = read.for_question("b").unwrap_err().to_string();
        assert!(error.contains("question b") && error.contains("2 questions"), "{error}");
        assert_eq!(read.for_question("c"), Ok(&1));
        let leaking = Fitted::on_test_set(1);
        assert!(leaking.leaks() && leaking.for_question("a").is_ok() && !read.leaks());
    }

    #[test]
    fn refuses_what_would_leak() {
        assert_eq!(Folds::assign(&ids(5), 1, 0), Err(CrossFitError::TooFewFolds { found: 1 }));
        let folds = Folds::assign(&ids(5), 2, 0).unwrap();
        assert!(CrossFit::fit(folds, &ids(6), |_| ()).is_err());
    }
}
