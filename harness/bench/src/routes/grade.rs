//! What a judge wrote -> a verdict or a grade.
//!
//! The prompt asks for one word. Models decorate it and some explain themselves, so Markdown, case and a closing line
//! (`Verdict: yes`) do not matter; but nothing is guessed from prose: `no errors found` is no verdict.

/// What was concluded.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Grade {
    /// Yes or no.
    Word {
        /// Which of them.
        yes: bool,
        /// Whether the reply begins with it.
        begins: bool,
    },
    /// A number in [0, 1].
    Number(f64),
}

/// The conclusion of a reply without its reasoning: that of its first line, or else of its last.
pub(super) fn grade(reply: &str) -> Option<Grade> {
    let lines: Vec<String> = reply.lines().map(plain).filter(|line| !line.is_empty()).collect();
    let (first, last) = (lines.first()?, lines.last()?);
    if let Some(yes) = leading_word(first) {
        return Some(Grade::Word { yes, begins: true });
    }
    let said = last.rsplit([':', '=']).next().unwrap_or(last).trim();
    if let Some(yes) = leading_word(said).or_else(|| closing_word(said)) {
        return Some(Grade::Word { yes, begins: false });
    }
    number(said).map(Grade::Number)
}

/// Whether a token is the word `yes` (true) or `no` (false), whatever its case and the spaces or marks around it.
pub(super) fn word_of_token(token: &str) -> Option<bool> {
    /// What tokenizers write for a space and a line feed.
    const SPACES: [char; 3] = ['\u{2581}', '\u{120}', '\u{10a}'];
    word(token.trim_matches(|c: char| SPACES.contains(&c) || !c.is_alphanumeric()))
}

fn word(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "yes" => Some(true),
        "no" => Some(false),
        _ => None,
    }
}

/// A line in lower case, without Markdown and boxes.
fn plain(line: &str) -> String {
    let line = line.to_lowercase().replace("\\boxed", " ").replace("\\text", " ");
    let bare = line.chars().filter(|c| !matches!(c, '*' | '_' | '`' | '#' | '>' | '"' | '\'' | '$'));
    let bare: String = bare.map(|c| if matches!(c, '{' | '}' | '[' | ']') { ' ' } else { c }).collect();
    let bare = bare.trim();
    // A bullet has a space after it, a sign has none.
    let item = ["- ", "+ ", "\u{2022}"].iter().find_map(|bullet| bare.strip_prefix(bullet));
    item.unwrap_or(bare).trim().to_owned()
}

/// The verdict that a line begins with. A word that goes on (`no errors`, `yes or no`) is none.
fn leading_word(line: &str) -> Option<bool> {
    let end = line.find(|c: char| !c.is_alphanumeric()).unwrap_or(line.len());
    let verdict = word(&line[..end])?;
    let rest = &line[end..];
    let goes_on = rest.trim_start().starts_with(|c: char| c.is_alphanumeric() || c == '/');
    (!goes_on).then_some(verdict)
}

/// The verdict that a line ends with (`the answer is yes.`), unless it is the second of two.
fn closing_word(line: &str) -> Option<bool> {
    let words: Vec<&str> = line.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let (last, before) = words.split_last()?;
    let verdict = word(last)?;
    let alternative = before.last().is_some_and(|before| matches!(*before, "or" | "not" | "yes" | "no"));
    (!alternative).then_some(verdict)
}

/// A number in [0, 1], a percentage, or `n/10` and `n/100`; `of` and `out of` are strokes too.
fn number(said: &str) -> Option<f64> {
    let said = said.replace("out of", "/").replace(" of ", "/");
    let said = said.trim().trim_end_matches('.').trim_end();
    let digits = |text: &str| -> Option<f64> {
        let text = text.trim();
        // Nothing but digits and a point: no sign, no exponent, no `inf`.
        let plain = text.starts_with(|c: char| c.is_ascii_digit() || c == '.')
            && text.chars().all(|c| c.is_ascii_digit() || c == '.');
        plain.then(|| text.parse().ok())?
    };
    let share = if let Some(percent) = said.strip_suffix('%') {
        digits(percent)? / 100.0
    } else if let Some((of, scale)) = said.split_once('/') {
        let scale = digits(scale).filter(|scale| [1.0, 10.0, 100.0].contains(scale))?;
        digits(of)? / scale
    } else {
        digits(said)?
    };
    (0.0..=1.0).contains(&share).then_some(share)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn verdicts_are_read_however_they_are_decorated() {
        for text in
            ["yes", " Yes.", "**YES**", "\"yes\"", "\\boxed{yes}", "- yes", "yes, the steps hold", "Yes\nBecause."]
        {
            assert_eq!(grade(text), Some(Grade::Word { yes: true, begins: true }), "{text}");
        }
        for text in ["The sum is off.\n\nVerdict: **No**", "Checked.\nThe answer is no.", "So: $\\boxed{\\text{no}}$"] {
            assert_eq!(grade(text), Some(Grade::Word { yes: false, begins: false }), "{text}");
        }
    }

    #[test]
    fn grades_are_read_in_their_usual_forms() {
        for (text, expected) in [
            ("0.8", 0.8),
            ("80%", 0.8),
            ("Score: 8/10", 0.8),
            ("I would say:\n**Probability:** 80 %.", 0.8),
            ("8 out of 10", 0.8),
            ("1", 1.0),
            ("grade = 0", 0.0),
            ("75/100", 0.75),
        ] {
            assert_eq!(grade(text), Some(Grade::Number(expected)), "{text}");
        }
    }

    #[test]
    fn what_concludes_nothing_is_not_guessed() {
        for text in [
            "",
            "no errors found",
            "yes or no",
            "yes/no",
            "Is it yes or no?",
            "8",
            "-0.5",
            "1e-3",
            "11/10",
            "3/4",
            "120%",
            "NaN",
            "inf",
            "nothing",
            "I cannot tell.",
            "1.2.3",
            "notes",
        ] {
            assert_eq!(grade(text), None, "{text}");
        }
    }

    #[test]
    fn tokens_are_words_whatever_stands_around_them() {
        for token in ["yes", " Yes", "\u{2581}YES", "\u{120}yes", "**yes", "yes.", "\nyes"] {
            assert_eq!(word_of_token(token), Some(true), "{token}");
        }
        assert_eq!((word_of_token("No"), word_of_token("not"), word_of_token("")), (Some(false), None, None));
    }

    proptest! {
        #[test]
        fn any_text_gives_a_number_in_range_or_nothing(text in "([0-9./%:= ]|yes|no|or|\\n|é|İ){0,12}") {
            if let Some(Grade::Number(number)) = grade(&text) {
                prop_assert!((0.0..=1.0).contains(&number), "{}", number);
            }
        }
    }
}
