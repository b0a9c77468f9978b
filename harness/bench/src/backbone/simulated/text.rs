//! The words of a simulated completion: short, real sentences around the answer.
//!
//! No sentence contains a digit or announces an answer, so that a completion cut off before its box has none to
//! extract.

/// What every simulated text starts with.
pub(crate) const MARK: &str = "[simulated]";

const OPENINGS: [&str; 5] = [
    "Let me write down what is given and what is asked for before computing anything.",
    "First I name the unknown quantities and turn each sentence of the question into a relation between them.",
    "The question looks like a standard one, so I start from the definition and work forward.",
    "I will try a direct computation and keep an eye on the conditions stated in the question.",
    "Reading the question again, the important part is which quantity is held fixed.",
];

const MIDDLES: [&str; 5] = [
    "Substituting the relations into each other leaves a single expression, which simplifies once like terms are \
     collected.",
    "Working through the cases one by one, only some satisfy every condition, and I combine what is left.",
    "After factoring and cancelling, the remaining steps are plain arithmetic that I carry out carefully.",
    "I considered another route through symmetry as well, and it leads to the same intermediate expression.",
    "Each step follows from the previous one, and I keep exact values until the very end to avoid rounding.",
];

const CLOSINGS: [&str; 5] = [
    "Checking by putting the value back in, everything is consistent, so the result is",
    "Therefore the final result is",
    "A quick check of the size and sign looks plausible, and I arrive at",
    "This gives",
    "Collecting everything, I conclude with",
];

/// What a finished completion ends with.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Ending<'a> {
    /// An answer in a box.
    Answer(&'a str),
    /// Whether an answer was found to be right.
    Verdict(bool),
    /// A difficulty from 1 to 10.
    Rating(u32),
}

/// A finished completion. `choice` picks the phrasing; any value is allowed.
pub(crate) fn finished(choice: u64, ending: &Ending<'_>) -> String {
    let (opening, middle, closing) = phrases(choice);
    match ending {
        Ending::Answer(answer) => format!("{MARK} {opening} {middle} {closing} \\boxed{{{answer}}}."),
        Ending::Verdict(right) => {
            format!("{MARK} {opening} {middle}\nVerdict: {}", if *right { "right" } else { "wrong" })
        }
        Ending::Rating(level) => format!("{MARK} {opening}\nDifficulty: {level}"),
    }
}

/// A completion that the token limit cut off: it ends in the middle of a sentence, without an answer.
pub(crate) fn cut_off(choice: u64) -> String {
    let (opening, middle, _) = phrases(choice);
    let words: Vec<&str> = middle.split(' ').collect();
    let kept = words.len() / 2 + (choice >> 32) as usize % (words.len() / 3).max(1);
    let start = words[..kept.min(words.len() - 1)].join(" ");
    format!("{MARK} {opening} {} Wait, let me look at that again. {start}", middles(choice >> 16))
}

fn phrases(choice: u64) -> (&'static str, &'static str, &'static str) {
    (pick(&OPENINGS, choice), middles(choice >> 8), pick(&CLOSINGS, choice >> 24))
}

fn middles(choice: u64) -> &'static str {
    pick(&MIDDLES, choice)
}

fn pick(phrases: &[&'static str; 5], choice: u64) -> &'static str {
    phrases[(choice % 5) as usize]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_short_and_only_finished_ones_can_be_extracted_from() {
        for choice in (0..2000u64).map(|i| i.wrapping_mul(0x9e37_79b9_7f4a_7c15)) {
            let text = finished(choice, &Ending::Answer("\\frac{1}{2}"));
            assert!((140..=420).contains(&text.len()), "{}: {text}", text.len());
            assert!(text.starts_with(MARK) && text.ends_with("\\boxed{\\frac{1}{2}}."));
            let cut = cut_off(choice);
            assert!((140..=420).contains(&cut.len()), "{}: {cut}", cut.len());
            assert!(cut.starts_with(MARK) && !cut.contains("\\boxed") && !cut.ends_with('.'), "{cut}");
            assert!(!cut.contains("answer is") && !cut.contains('#') && !cut.bytes().any(|b| b.is_ascii_digit()));
        }
    }
}
