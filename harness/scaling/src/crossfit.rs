//! Cross-fitting: parameters that cannot be asked about a question they saw.
//!
//! Questions are dealt to folds by a seeded hash of their ids, so neither file order nor threads matter. Parameters are
//! fitted once per fold, and the fitting closure is handed only the questions outside it; [`CrossFit::for_question`]
//! gives the parameters of the question's own fold. Nothing else gives parameters.

use rayon::prelude::*;

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
}

/// Which fold each question is in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folds {
    folds: u32,
    of_question: Vec<u32>,
    /// Question indices in the order of the hash: training lists use it, so that permuting the questions changes nothing.
    order: Vec<usize>,
}

impl Folds {
    /// Deals questions to folds. The sizes of folds, in distinct ids, differ by at most one; equal ids (several chains of
    /// one question) share a fold. With fewer questions than folds some folds stay empty, which harms nothing.
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
        Ok(Self { folds, of_question, order })
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
}

/// Parameters fitted once per fold on the questions outside it.
#[derive(Debug, Clone)]
pub struct CrossFit<T> {
    folds: Folds,
    fitted: Vec<T>,
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
        let fitted = (0..folds.folds).into_par_iter().map(|fold| fit(&folds.training(fold, questions))).collect();
        Ok(Self { folds, fitted })
    }
}

impl<T> CrossFit<T> {
    /// The parameters that did not see the question at this index; `None` beyond the questions dealt.
    pub fn for_question(&self, index: usize) -> Option<&T> {
        self.fitted.get(self.folds.of_question(index)? as usize)
    }

    /// Which fold each question is in.
    pub fn folds(&self) -> &Folds {
        &self.folds
    }
}

/// FNV-1a of the id, mixed with the seed by the finaliser of SplitMix64. The standard hasher may change between releases.
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
            let seen = crossfit.for_question(index).unwrap();
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
            assert_eq!(left.for_question(index), right.for_question(39 - index));
        }
    }

    #[test]
    fn the_seed_deals_anew_and_one_question_is_enough() {
        let ids = ids(50);
        assert_ne!(Folds::assign(&ids, 5, 1).unwrap(), Folds::assign(&ids, 5, 2).unwrap());
        let one = CrossFit::fit(Folds::assign(&ids[..1], 5, 1).unwrap(), &ids[..1], <[_]>::len).unwrap();
        assert_eq!(one.for_question(0), Some(&0));
    }

    #[test]
    fn refuses_what_would_leak() {
        assert_eq!(Folds::assign(&ids(5), 1, 0), Err(CrossFitError::TooFewFolds { found: 1 }));
        let folds = Folds::assign(&ids(5), 2, 0).unwrap();
        assert!(CrossFit::fit(folds, &ids(6), |_| ()).is_err());
    }
}
