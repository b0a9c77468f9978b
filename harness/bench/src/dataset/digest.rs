//! Digests of questions: ids that survive row order and file format, and one digest for a whole set.
//!
//! Both look at normalised text (trimmed, `\n` line ends), so the same question read from JSON, CSV or Parquet is the
//! same question. They are stored in traces and manifests: changing them is a change of format.

use std::borrow::Cow;

use sha2::{Digest, Sha256};

use super::question::Question;
use crate::key::{QuestionId, hex, sha256_hex};

/// Hexadecimal digits of a question id after its `q-`.
const ID_DIGITS: usize = 16;

/// The text as digests and models see it: trimmed, with `\n` line ends.
pub(super) fn normalise(text: &str) -> Cow<'_, str> {
    let trimmed = text.trim();
    if trimmed.contains('\r') {
        Cow::Owned(trimmed.replace("\r\n", "\n").replace('\r', "\n"))
    } else {
        Cow::Borrowed(trimmed)
    }
}

/// A question's id: `q-` and the first 16 hexadecimal digits of the SHA-256 of its normalised text.
pub fn question_id(text: &str) -> QuestionId {
    let mut id = String::from("q-");
    id.push_str(&sha256_hex(normalise(text).as_bytes())[..ID_DIGITS]);
    QuestionId(id)
}

/// SHA-256 of a set of questions, as 64 hexadecimal digits: of the sorted digests of each question's text and gold.
///
/// It does not depend on the order of rows (the hub and copies of it order MATH-500 differently), on the file format, or
/// on whether a whole number is written `025`, `25` or `25.0`.
pub fn content_sha256(questions: &[Question]) -> String {
    let mut each: Vec<[u8; 32]> = questions
        .iter()
        .map(|question| {
            let mut hash = Sha256::new();
            for part in [normalise(&question.text).as_ref(), canonical_gold(&question.gold).as_ref()] {
                hash.update((part.len() as u64).to_le_bytes());
                hash.update(part.as_bytes());
            }
            hash.finalize().into()
        })
        .collect();
    each.sort_unstable();
    let mut hash = Sha256::new();
    for digest in each {
        hash.update(digest);
    }
    hex(&hash.finalize())
}

/// A whole number without leading zeros and without `.0`; anything else only normalised.
fn canonical_gold(gold: &str) -> Cow<'_, str> {
    let gold = normalise(gold);
    let (sign, digits) = match gold.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", gold.as_ref()),
    };
    let whole = strip_zero_fraction(digits);
    if whole.is_empty() || !whole.bytes().all(|byte| byte.is_ascii_digit()) {
        return gold;
    }
    match whole.trim_start_matches('0') {
        "" => Cow::Borrowed("0"),
        significant => Cow::Owned(format!("{sign}{significant}")),
    }
}

/// `27.0` as `27`; a number with another fraction as it is.
pub(super) fn strip_zero_fraction(number: &str) -> &str {
    match number.split_once('.') {
        Some((whole, zeros)) if !zeros.is_empty() && zeros.bytes().all(|byte| byte == b'0') => whole,
        _ => number,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn question(text: &str, gold: &str) -> Question {
        Question { id: question_id(text), text: text.to_owned(), gold: gold.to_owned(), level: None, subject: None }
    }

    #[test]
    fn an_id_is_the_start_of_the_hash_of_the_trimmed_text() {
        // `printf abc | sha256sum`
        assert_eq!(question_id(" abc\r\n").0, "q-ba7816bf8f01cfea");
        assert_eq!(question_id("a\r\nb"), question_id("a\nb"));
        assert_ne!(question_id("a b"), question_id("a\nb"));
    }

    #[test]
    fn the_content_digest_ignores_order_and_spelling_of_whole_numbers_only() {
        let reference = content_sha256(&[question("x", "25"), question("y", "-3")]);
        assert_eq!(reference, content_sha256(&[question("y ", "-3.0"), question("x", "025")]));
        assert_ne!(reference, content_sha256(&[question("x", "-3"), question("y", "25")]), "golds belong to questions");
        assert_ne!(reference, content_sha256(&[question("x", "2.5"), question("y", "-3")]));
        assert_eq!(canonical_gold("-0.0"), "0");
        assert_eq!(canonical_gold("1,200"), "1,200");
        assert_eq!(canonical_gold(".0"), ".0");
    }
}
