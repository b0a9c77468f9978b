//! Token counts where the server does not tell them, and the shares of draws that one request brought.

use std::sync::{Arc, Mutex, PoisonError};

use tokenizers::Tokenizer;

use crate::net::{ServiceError, estimated_tokens};

/// Tokenizers that were read, by path: a backbone is set up for every dataset, and reading one takes a while.
static READ: Mutex<Vec<(String, Arc<Tokenizer>)>> = Mutex::new(Vec::new());

/// Counts tokens of a text.
pub(super) struct Counter(Option<Arc<Tokenizer>>);

impl std::fmt::Debug for Counter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Counter").field(&self.is_exact()).finish()
    }
}

impl Counter {
    /// By a `tokenizer.json`; without one, by the number of characters.
    ///
    /// # Errors
    /// When the file cannot be read or is no tokenizer.
    pub(super) fn open(path: Option<&str>) -> Result<Self, ServiceError> {
        let Some(path) = path else { return Ok(Self(None)) };
        let mut read = READ.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, tokenizer)) = read.iter().find(|(of, _)| of == path) {
            return Ok(Self(Some(Arc::clone(tokenizer))));
        }
        let wrong = |reason: String| ServiceError::File {
            path: path.to_owned(),
            reason: format!("{reason}; `tokenizer` wants the `tokenizer.json` of the model's repository"),
        };
        let bytes = std::fs::read(path).map_err(|error| wrong(error.to_string()))?;
        let tokenizer = Tokenizer::from_bytes(&bytes).map_err(|error| wrong(error.to_string()))?;
        let tokenizer = Arc::new(tokenizer);
        read.push((path.to_owned(), Arc::clone(&tokenizer)));
        Ok(Self(Some(tokenizer)))
    }

    /// Whether it counts and does not estimate.
    pub(super) fn is_exact(&self) -> bool {
        self.0.is_some()
    }

    /// Tokens of a text, without those that mark its beginning and end.
    pub(super) fn tokens(&self, text: &str) -> u64 {
        let counted = self.0.as_ref().and_then(|tokenizer| tokenizer.encode_fast(text, false).ok());
        counted.map_or_else(|| estimate(text), |encoding| encoding.len() as u64)
    }
}

/// About how many tokens a text has.
pub(super) fn estimate(text: &str) -> u64 {
    estimated_tokens(text.chars().count()).0
}

/// Splits a count in proportion to weights; the shares add up to it exactly. What rounding leaves goes to the largest
/// remainders, the earlier of equal ones first.
pub(super) fn split(total: u64, weights: &[u64]) -> Vec<u64> {
    let sum: u128 = weights.iter().map(|weight| u128::from(*weight)).sum();
    let even = sum == 0;
    let of = if even { weights.len().max(1) as u128 } else { sum };
    let products: Vec<u128> =
        weights.iter().map(|weight| u128::from(total) * if even { 1 } else { u128::from(*weight) }).collect();
    let mut shares: Vec<u64> = products.iter().map(|product| u64::try_from(product / of).unwrap_or(u64::MAX)).collect();
    let left = total - shares.iter().sum::<u64>().min(total);
    let mut order: Vec<usize> = (0..weights.len()).collect();
    order.sort_by_key(|index| std::cmp::Reverse(products[*index] % of));
    for index in order.into_iter().take(usize::try_from(left).unwrap_or(usize::MAX)) {
        shares[index] += 1;
    }
    shares
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Words of a small vocabulary, split at spaces.
    const WORDS: &str = r#"{"version": "1.0", "truncation": null, "padding": null, "added_tokens": [], "normalizer": null,
        "pre_tokenizer": {"type": "WhitespaceSplit"}, "post_processor": null, "decoder": null,
        "model": {"type": "WordLevel", "vocab": {"one": 0, "two": 1, "?": 2}, "unk_token": "?"}}"#;

    #[test]
    fn a_tokenizer_file_counts_and_without_one_characters_do() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tokenizer.json");
        std::fs::write(&path, WORDS).unwrap();
        let counter = Counter::open(path.to_str()).unwrap();
        assert_eq!((counter.tokens("one two  three"), counter.is_exact()), (3, true));
        let estimate = Counter::open(None).unwrap();
        assert_eq!((estimate.tokens("one two"), estimate.is_exact()), (2, false));
    }

    #[test]
    fn what_is_no_tokenizer_is_refused_with_a_remedy() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.json");
        std::fs::write(&path, "{}").unwrap();
        for path in [path.to_str(), Some("no/such/file.json")] {
            let error = Counter::open(path).unwrap_err().to_string();
            assert!(error.contains(path.unwrap()) && error.contains("wants the `tokenizer.json`"), "{error}");
        }
    }

    #[test]
    fn shares_are_in_proportion() {
        assert_eq!(split(10, &[1, 1]), [5, 5]);
        assert_eq!(split(10, &[1, 2]), [3, 7]);
        assert_eq!(split(10, &[1, 1, 1]), [4, 3, 3]);
        assert_eq!(split(7, &[0, 0]), [4, 3]);
        assert_eq!(split(7, &[]), Vec::<u64>::new());
    }

    proptest! {
        #[test]
        fn shares_add_up(total in 0_u64..1_000_000, weights in prop::collection::vec(0_u64..100_000, 1..40)) {
            prop_assert_eq!(split(total, &weights).iter().sum::<u64>(), total);
        }
    }
}
