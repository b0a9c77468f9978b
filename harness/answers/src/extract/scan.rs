//! Searching a text from its end, and small readings of what stands at a place.
//!
//! A completion is long and its answer stands near the end, so every rule starts there. Positions are always those of
//! ASCII bytes, so that slicing at them is safe in UTF-8.

/// Bytes looked at one by one before a search by blocks is started: where hits are dense, starting one costs more.
const STEPS_AHEAD: usize = 8;
/// Bytes tested at once.
const BLOCK: usize = 64;

/// Counts work in tests: steps of searches, and bytes that a rule reads again. Costs nothing elsewhere.
#[cfg(not(test))]
#[inline]
pub(super) fn count(_steps: usize) {}

#[cfg(test)]
thread_local! {
    static STEPS: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

#[cfg(test)]
pub(super) fn count(steps: usize) {
    STEPS.with(|all| all.set(all.get() + steps));
}

/// The steps that were counted while a closure ran.
#[cfg(test)]
pub(super) fn counted(run: impl FnOnce()) -> usize {
    STEPS.with(|all| all.set(0));
    run();
    STEPS.with(std::cell::Cell::get)
}

/// The places of some bytes (one to three), from the end of a text to its start.
pub(super) struct Backwards<'t, const N: usize> {
    bytes: &'t [u8],
    wanted: [u8; N],
    end: usize,
}

impl<'t, const N: usize> Backwards<'t, N> {
    /// Every place of `wanted`, which must be ASCII.
    pub(super) fn new(text: &'t str, wanted: &[u8; N]) -> Self {
        debug_assert!(wanted.is_ascii());
        Self { bytes: text.as_bytes(), wanted: *wanted, end: text.len() }
    }

    fn by_blocks(&self, bytes: &[u8]) -> Option<usize> {
        match *self.wanted.as_slice() {
            [a] => memchr::memrchr(a, bytes),
            [a, b] => memchr::memrchr2(a, b, bytes),
            [a, b, c] => memchr::memrchr3(a, b, c, bytes),
            _ => bytes.iter().rposition(|byte| self.wanted.contains(byte)),
        }
    }
}

impl<const N: usize> Iterator for Backwards<'_, N> {
    type Item = usize;

    #[expect(clippy::manual_contains, reason = "`contains` calls a search for the one byte, which is slower")]
    #[inline]
    fn next(&mut self) -> Option<usize> {
        count(1);
        for _ in 0..STEPS_AHEAD {
            self.end = self.end.checked_sub(1)?;
            let byte = self.bytes[self.end];
            if self.wanted.iter().any(|wanted| *wanted == byte) {
                return Some(self.end);
            }
        }
        let found = self.by_blocks(&self.bytes[..self.end]);
        self.end = found.unwrap_or(0);
        found
    }
}

/// Whether the text holds the word anywhere: one fast pass that spares a slow one.
pub(super) fn holds(text: &str, word: &str) -> bool {
    memchr::memmem::find(text.as_bytes(), word.as_bytes()).is_some()
}

/// The last line of a text.
pub(super) fn last_line(text: &str) -> &str {
    memchr::memrchr(b'\n', text.as_bytes()).map_or(text, |at| &text[at + 1..])
}

/// The place of the last digit.
pub(super) fn last_digit(text: &str) -> Option<usize> {
    let mut end = text.len();
    for block in text.as_bytes().rchunks(BLOCK) {
        // Without an early exit, so that the whole block is tested at once.
        if block.iter().fold(false, |found, byte| found | byte.is_ascii_digit()) {
            return Some(end - block.len() + block.iter().rposition(u8::is_ascii_digit)?);
        }
        end -= block.len();
    }
    None
}

/// Whether an odd number of backslashes stands right before `at`, so that what stands there is escaped.
pub(super) fn is_escaped(bytes: &[u8], at: usize) -> bool {
    bytes[..at].iter().rev().take_while(|byte| **byte == b'\\').count() % 2 == 1
}

/// At most the last `most` bytes of a text, from a character on.
pub(super) fn last_bytes(text: &str, most: usize) -> &str {
    text.get(text.ceil_char_boundary(text.len().saturating_sub(most))..).unwrap_or_default()
}

/// At most the first `most` bytes of a text, up to a character.
pub(super) fn first_bytes(text: &str, most: usize) -> &str {
    text.get(..text.floor_char_boundary(most)).unwrap_or_default()
}

/// What follows the whole word `word` at the start of a text, in whatever case it is written.
pub(super) fn strip_whole_word<'t>(text: &'t str, word: &str) -> Option<&'t str> {
    let (start, rest) = text.split_at_checked(word.len())?;
    (start.eq_ignore_ascii_case(word) && !rest.starts_with(char::is_alphanumeric)).then_some(rest)
}

/// Whether a text ends with a word, in whatever case it is written.
pub(super) fn ends_with_word(text: &str, word: &str) -> bool {
    let end = text.len().checked_sub(word.len()).and_then(|at| text.get(at..));
    end.is_some_and(|end| end.eq_ignore_ascii_case(word))
}

/// Without surrounding white space, Markdown emphasis, quotation marks and colons, and without closing punctuation.
pub(super) fn clean(text: &str) -> &str {
    let around = |c: char| {
        c.is_whitespace()
            || matches!(c, '*' | ':' | '`' | '"' | '“' | '”' | '‘' | '’' | '«' | '»' | '：')
            || super::surface::is_picture(c)
    };
    let text = text.trim_matches(around).trim_end_matches(|c: char| around(c) || matches!(c, '.' | ',' | ';' | '。'));
    // `__18__` and `~~18~~`
    ["__", "~~", "=="].iter().fold(text, |text, mark| {
        let inner = text.strip_prefix(*mark).unwrap_or(text);
        inner.strip_suffix(*mark).unwrap_or(inner)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn finds_every_place_from_the_end(text in "[ab{}\\\\ é]{0,200}") {
            let found: Vec<usize> = Backwards::new(&text, b"{}a").collect();
            let expected: Vec<usize> =
                text.match_indices(['{', '}', 'a']).map(|(at, _)| at).collect::<Vec<_>>().into_iter().rev().collect();
            prop_assert_eq!(found, expected);
        }

        #[test]
        fn cuts_at_characters(text in "\\PC{0,20}", most in 0usize..30) {
            prop_assert!(text.ends_with(last_bytes(&text, most)) && last_bytes(&text, most).len() <= most);
            prop_assert!(text.starts_with(first_bytes(&text, most)) && first_bytes(&text, most).len() <= most);
        }
    }

    #[test]
    fn an_even_number_of_backslashes_escapes_nothing() {
        assert!(is_escaped(b"\\{", 1) && is_escaped(b"\\\\\\{", 3));
        assert!(!is_escaped(b"{", 0) && !is_escaped(b"\\\\{", 2));
    }
}
