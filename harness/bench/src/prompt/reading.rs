//! What a reply concludes where it is no answer: the verdict of a critique, the rating of a judge.
//!
//! The prompts ask for one closing line of a fixed form. Models decorate it, so case, Markdown and words around it do not
//! matter; but nothing is guessed from prose, and a reply that was cut off before its closing line concludes nothing.

use markovscale::Verdict;

/// Characters that only decorate a line, and those that only enclose its words.
const DECORATION: &[char] = &['*', '_', '`', '#', '>', '~', '|', '"', '\'', '$'];
const BRACKETS: &[char] = &['{', '}', '[', ']', '(', ')'];

/// Words that may stand before the name of a closing line (`My final verdict:`).
const LEADING: [&str; 6] = ["final", "my", "the", "overall", "so", "therefore"];

/// The verdict of a critique: that of its last line `Verdict: right` or `Verdict: wrong`.
///
/// The word after the colon may stand on the next line; `correct` and `incorrect`, `true` and `false` mean the same, and
/// `not` turns it round. A line that names both (`right or wrong`), or neither, is unclear.
pub fn verdict(critique: &str) -> Verdict {
    let Some(said) = closing_line(critique, "verdict") else { return Verdict::Unclear };
    let words: Vec<&str> = said.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let Some(place) = words.iter().position(|word| truth(word).is_some()) else { return Verdict::Unclear };
    let negated = place > 0 && words[place - 1] == "not";
    let alternative = words.get(place + 1) == Some(&"or")
        || (words.get(place + 1).is_some_and(|next| truth(next).is_some()) && said.contains('/'));
    match truth(words[place]) {
        Some(right) if !alternative => {
            if right == negated {
                Verdict::Wrong
            } else {
                Verdict::Right
            }
        }
        _ => Verdict::Unclear,
    }
}

/// What a trace stores as the answer of a critique; nothing for an unclear one.
pub fn verdict_name(verdict: Verdict) -> Option<&'static str> {
    match verdict {
        Verdict::Right => Some("right"),
        Verdict::Wrong => Some("wrong"),
        Verdict::Unclear => None,
    }
}

/// The verdict of that stored name; a critique without one is unclear.
pub fn verdict_of_name(name: Option<&str>) -> Verdict {
    let named = |verdict: &Verdict| name.is_some() && verdict_name(*verdict) == name;
    [Verdict::Right, Verdict::Wrong].into_iter().find(named).unwrap_or(Verdict::Unclear)
}

/// The rating of a judge, 1 (easy) to 10 (hard): that of its last line `Difficulty: N`. `N/10` is `N`; a number outside 1
/// to 10, a scale other than 10, or a range is no rating.
pub fn rating(reply: &str) -> Option<f64> {
    let said = closing_line(reply, "difficulty")?;
    let number_like = |c: char| c.is_ascii_digit() || c == '.';
    let start = said.find(|c: char| c.is_ascii_digit())?;
    let rest = &said[start..];
    let end = rest.find(|c| !number_like(c)).unwrap_or(rest.len());
    let negative = said[..start].trim_end().ends_with(['-', '\u{2212}']);
    let value: f64 = rest[..end].trim_end_matches('.').parse().ok()?;
    let after = rest[end..].trim_start();
    let scale = after.strip_prefix('/').or_else(|| after.strip_prefix("out of")).map(str::trim_start);
    let on_ten = scale.is_none_or(|scale| scale.split(|c| !number_like(c)).next() == Some("10"));
    let range = after.starts_with(['-', '\u{2013}']) || after.starts_with("to ") || after.starts_with("or ");
    (!negative && on_ten && !range && (1.0..=10.0).contains(&value)).then_some(value)
}

/// What follows the colon of the last line that begins with `name`, in lower case and without decoration.
fn closing_line(text: &str, name: &str) -> Option<String> {
    let lines: Vec<String> = text.lines().map(plain).collect();
    let (place, said) = lines.iter().enumerate().rev().find_map(|(place, line)| Some((place, after(line, name)?)))?;
    if !said.is_empty() {
        return Some(said.to_owned());
    }
    // `Verdict:` alone, what is said on the next line that holds anything.
    lines[place + 1..].iter().find(|line| !line.is_empty()).cloned()
}

/// A line in lower case, without decoration and bullets.
fn plain(line: &str) -> String {
    let letters = line.chars().filter(|c| !DECORATION.contains(c));
    let bare: String = letters.map(|c| if BRACKETS.contains(&c) { ' ' } else { c }).collect();
    bare.trim().trim_start_matches(['-', '+', '\u{2022}']).trim_start().to_lowercase()
}

/// What follows `name` and a colon, an equals sign, a dash or `is` at the beginning of a plain line.
fn after<'a>(line: &'a str, name: &str) -> Option<&'a str> {
    let mut rest = line;
    while let Some((word, tail)) = rest.split_once(' ') {
        if !LEADING.contains(&word.trim_end_matches(',')) {
            break;
        }
        rest = tail.trim_start();
    }
    let rest = rest.strip_prefix(name)?.trim_start();
    let said = rest.strip_prefix([':', '=', '\u{2013}', '\u{2014}', '-']).or_else(|| rest.strip_prefix("is "))?;
    Some(said.trim())
}

fn truth(word: &str) -> Option<bool> {
    match word {
        "right" | "correct" | "true" => Some(true),
        "wrong" | "incorrect" | "false" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_last_verdict_line_wins_however_it_is_decorated() {
        for text in [
            "Verdict: right",
            "I checked it.\nVERDICT: Right.",
            "**Verdict:** correct",
            "### Final verdict: `right`",
            "- My verdict is right",
            "Verdict: wrong\nWait, I misread the problem.\nVerdict: right\n",
            "**Verdict:**\n\n  **Right**",
            "Verdict: the answer is right, the first step was not wrong",
            "Verdict: $\\boxed{right}$",
            "Verdict: not wrong",
        ] {
            assert_eq!(verdict(text), Verdict::Right, "{text}");
        }
        for text in [
            "Verdict: wrong",
            "*verdict* - Incorrect!",
            "> So, the verdict: not correct",
            "Verdict: wrong; the right answer would be 5",
            "Verdict: right\nVerdict = false",
        ] {
            assert_eq!(verdict(text), Verdict::Wrong, "{text}");
        }
    }

    #[test]
    fn what_is_no_verdict_line_concludes_nothing() {
        for text in [
            "",
            "The answer is right.",
            "I will come to a verdict: right after checking the second step",
            "Verdict:",
            "Verdict: unclear",
            "Verdict: right or wrong",
            "Verdict: right/wrong",
            "Verdict right",
            "The verdict follows. Right?",
            // A later line that says nothing outweighs an earlier one that does.
            "Verdict: right\nVerdict: I cannot tell",
        ] {
            assert_eq!(verdict(text), Verdict::Unclear, "{text}");
        }
    }

    #[test]
    fn stored_verdicts_are_what_replay_reads() {
        assert_eq!(verdict_name(Verdict::Right), Some("right"));
        assert_eq!(verdict_name(Verdict::Wrong), Some("wrong"));
        assert_eq!(verdict_name(Verdict::Unclear), None);
    }

    #[test]
    fn ratings_are_numbers_from_one_to_ten() {
        for (text, expected) in [
            ("Difficulty: 7", 7.0),
            ("It looks easy.\n**Difficulty:** 3/10", 3.0),
            ("difficulty: 6.5.", 6.5),
            ("Difficulty: 2\nOn reflection:\nDifficulty: 10", 10.0),
            ("Difficulty: about 4 out of 10", 4.0),
            ("Difficulty:\n8", 8.0),
            (r"Difficulty: $\boxed{9}$", 9.0),
        ] {
            assert_eq!(rating(text), Some(expected), "{text}");
        }
        for text in [
            "",
            "7",
            "Difficulty: high",
            "Difficulty: 0",
            "Difficulty: 11",
            "Difficulty: -3",
            "Difficulty: 3/5",
            "Difficulty: 4-6",
            "Difficulty: 4 to 6",
            "The difficulty of 7 such problems varies",
        ] {
            assert_eq!(rating(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_reply_makes_the_readers_panic(text in "(?i)[a-z0-9*:/. \n\\-verdictdifficulty—é]{0,80}") {
            let _ = (verdict(&text), rating(&text));
        }

        #[test]
        fn text_before_the_closing_line_does_not_matter(before in "[^\u{0}]{0,60}", right: bool, rate in 1u32..=10) {
            let word = if right { "right" } else { "wrong" };
            let expected = if right { Verdict::Right } else { Verdict::Wrong };
            prop_assert_eq!(verdict(&format!("{before}\nVerdict: {word}")), expected);
            prop_assert_eq!(rating(&format!("{before}\nDifficulty: {rate}")), Some(f64::from(rate)));
        }
    }
}
