//! Where a solution's steps end.

/// The token at which each step ends. A step is a line that is not blank: it ends at the token that holds its line feed,
/// without one at the last token. `offsets` are the bytes of each token. Empty for a blank text.
pub(super) fn ends(text: &str, offsets: &[(usize, usize)]) -> Vec<usize> {
    let mut ends = Vec::new();
    let mut after = 0;
    for line in text.split_inclusive('\n') {
        after += line.len();
        if line.trim().is_empty() {
            continue;
        }
        let holds = offsets.iter().position(|&(_, end)| end >= after).filter(|_| line.ends_with('\n'));
        ends.extend(holds.or(offsets.len().checked_sub(1)));
    }
    ends
}

#[cfg(test)]
mod tests {
    use super::ends;

    /// One token per byte.
    fn bytes(text: &str) -> Vec<(usize, usize)> {
        (0..text.len()).map(|at| (at, at + 1)).collect()
    }

    #[test]
    fn a_step_ends_at_its_line_feed_or_at_the_last_token() {
        let of = |text: &str| ends(text, &bytes(text));
        assert_eq!(of("a\nb"), [1, 2]);
        assert_eq!(of("a\n\n b \nc\n"), [1, 6, 8]);
        assert_eq!(of("\n\na\n\n"), [3]);
        assert_eq!(of("abc"), [2]);
        assert!(of(" \n\t\n").is_empty());
        assert!(of("").is_empty());
    }

    #[test]
    fn lines_within_one_token_are_steps_of_their_own() {
        assert_eq!(ends("a\nb\nc", &[(0, 4), (4, 5)]), [0, 0, 1]);
        assert!(ends("a\nb", &[]).is_empty());
    }
}
