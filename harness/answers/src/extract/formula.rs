//! Formulas within text: where they start and end, and what a chain of equalities arrives at.

use super::scan::{Backwards, is_escaped, last_bytes};
use crate::Answer;

/// Longest formula that is looked at, in bytes.
const LONGEST: usize = 2_000;
/// Ends of formulas looked at from the end of a text before the search is given up.
const MOST_TRIED: usize = 16;

/// What makes a formula with equals signs something else than a chain of equalities.
const COMPARISONS: [&str; 17] = [
    "\\le",
    "\\leq",
    "\\leqslant",
    "\\ge",
    "\\geq",
    "\\geqslant",
    "\\ne",
    "\\neq",
    "\\in",
    "\\lt",
    "\\gt",
    "\\equiv",
    "≤",
    "≥",
    "≠",
    " and ",
    " or ",
];

const DELIMITERS: [(&str, &str); 4] = [("$$", "$$"), ("\\[", "\\]"), ("\\(", "\\)"), ("$", "$")];

/// Whether a text starts with a formula.
pub(super) fn opens_formula(text: &str) -> bool {
    DELIMITERS.iter().any(|(open, _)| text.starts_with(open))
}

/// What the formula holds that a text starts with, and where it ends.
pub(super) fn leading_formula(text: &str) -> Option<(&str, usize)> {
    let (open, close) = DELIMITERS.iter().find(|(open, _)| text.starts_with(open))?;
    let start = open.len();
    let is_end = |at: usize| !(close.starts_with('$') && is_escaped(text.as_bytes(), start + at));
    let end = text[start..].match_indices(close).map(|(at, _)| at).find(|at| is_end(*at))?;
    let content = &text[start..start + end];
    (is_formula(content, open)).then_some((content, start + end + close.len()))
}

/// Whether what stands between two delimiters is a formula: two prices (`$5 and $7`) are none.
fn is_formula(content: &str, open: &str) -> bool {
    let is_spaced = (content.starts_with(char::is_whitespace), content.ends_with(char::is_whitespace));
    let is_one = !content.contains("\n\n") || open != "$" && !has_prose(content);
    !content.trim().is_empty() && is_one && (open != "$" || is_spaced.0 == is_spaced.1)
}

/// Whether sentences stand in what may be a formula set apart by empty lines.
pub(super) fn has_prose(content: &str) -> bool {
    let is_word = |word: &&str| word.len() > 1 && word.bytes().all(|byte| byte.is_ascii_alphabetic());
    content.split(|c: char| c.is_whitespace() || matches!(c, ',' | '.')).filter(is_word).count() > 2
}

/// The last formula of a text that says something and ends after `start`, and where it ends.
pub(super) fn last_formula(text: &str, start: usize) -> Option<(Answer, usize)> {
    let bytes = text.as_bytes();
    let mut next_end = text.len();
    let closing = Backwards::new(text, b"$])").take_while(|at| *at >= start).filter(|at| is_closing(bytes, *at));
    for at in closing.take(MOST_TRIED) {
        let Some((start, content)) = closed_at(text, at).filter(|_| at < next_end) else {
            continue;
        };
        next_end = start;
        let whole = result(content);
        let answer = Answer::parse(whole);
        if answer.is_understood() && says_something(whole) {
            let answer = match super::prose::said_around(text, start, at + 1) {
                Some(said) => Answer::parse(super::scan::clean(said)),
                None => joined(&text[..start], content).map_or(answer, |list| Answer::parse(&list)),
            };
            return Some((answer, at + 1));
        }
    }
    None
}

/// A formula with those before it that are joined to it by a comma, "and" or "or"; `None` where there are none.
fn joined(before: &str, last: &str) -> Option<String> {
    const MOST: usize = 16;
    let mut list = last.to_owned();
    let mut rest = before;
    for count in 0..=MOST {
        let trimmed = rest.trim_end();
        let word = |word: &str| trimmed.strip_suffix(word).filter(|rest| rest.ends_with(char::is_whitespace));
        let (mark, earlier) = if let Some(rest) = word("or") {
            (" or ", rest)
        } else if let Some(rest) = word("and") {
            (", ", rest)
        } else if let Some(rest) = trimmed.strip_suffix(',') {
            (", ", rest)
        } else {
            break;
        };
        let earlier = earlier.trim_end().trim_end_matches(',').trim_end();
        let Some((start, content)) = earlier.len().checked_sub(1).and_then(|at| {
            let bytes = earlier.as_bytes();
            (matches!(bytes[at], b'$' | b']' | b')') && is_closing(bytes, at)).then(|| closed_at(earlier, at)).flatten()
        }) else {
            break;
        };
        let answer = Answer::parse(content);
        let is_premise = mark == ", " && is_premise(&earlier[..start]);
        if count == MOST || !answer.is_understood() || !says_something(content) || is_premise {
            break;
        }
        list = [content, mark, &list].concat();
        rest = &earlier[..start];
    }
    (list.len() > last.len()).then_some(list)
}

/// Whether what follows is a condition of what is said behind it: "When $x = 2$, $y = 4$".
fn is_premise(before: &str) -> bool {
    const LEADS: [&str; 12] =
        ["when", "if", "for", "since", "let", "where", "given", "as", "with", "from", "using", "at"];
    let word = before.trim_end().rsplit(|c: char| !c.is_alphabetic()).next().unwrap_or_default();
    LEADS.iter().any(|lead| word.eq_ignore_ascii_case(lead))
}

/// Whether the sign at `at` may close a formula.
fn is_closing(bytes: &[u8], at: usize) -> bool {
    is_escaped(bytes, at) != (bytes[at] == b'$')
}

/// The formula whose closing delimiter ends at `at`: where it starts, and what it holds.
fn closed_at(text: &str, at: usize) -> Option<(usize, &str)> {
    let up_to = &text[..=at];
    let (open, close) = DELIMITERS.iter().find(|(_, close)| up_to.ends_with(close))?;
    let window = last_bytes(&up_to[..up_to.len() - close.len()], LONGEST);
    super::scan::count(window.len());
    let is_start = |start: usize| !(open.starts_with('$') && is_escaped(window.as_bytes(), start));
    let start = window.rmatch_indices(open).map(|(start, _)| start).find(|start| is_start(*start))?;
    let content = &window[start + open.len()..];
    is_formula(content, open).then_some((up_to.len() - close.len() - window.len() + start, content))
}

/// Whether a formula may be an answer; names of points and variables (`$x$`, `$ABC$`) are none.
pub(super) fn says_something(formula: &str) -> bool {
    formula.contains(|c: char| c.is_ascii_digit() || matches!(c, '=' | 'π' | '∞' | '∅' | '½' | '¼' | '¾'))
        || ["\\pi", "\\infty", "\\emptyset", "\\varnothing"].iter().any(|name| formula.contains(name))
}

/// What a chain of equalities arrives at: `3 + 4 = 7` and `A = 3 + 4 = 7` give `7`. An equation (`x = 5`, `2x + 3 = 7`) is left
/// as it is, and so is a list of them.
pub(super) fn result(formula: &str) -> &str {
    let Some((first, last)) = ends_of_chain(formula) else {
        return formula;
    };
    let last = last.trim();
    if first.is_some_and(has_variables) || last.is_empty() || !Answer::parse(last).is_understood() {
        return formula;
    }
    last
}

/// The first side of a formula with one equals sign, and its last side; `None` where it is no chain of equalities.
fn ends_of_chain(formula: &str) -> Option<(Option<&str>, &str)> {
    let bytes = formula.as_bytes();
    let mut depth = 0i32;
    let mut signs = (0usize, 0usize);
    let mut count = 0usize;
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            b'{' | b'(' | b'[' => depth += 1,
            b'}' | b')' | b']' => depth -= 1,
            // A list, a comparison, a row of a table.
            b',' | b';' | b'<' | b'>' | b'&' if depth == 0 => return None,
            b'=' if depth == 0 => {
                if at > 0 && matches!(bytes[at - 1], b'!' | b':') {
                    return None;
                }
                signs = if count == 0 { (at, at) } else { (signs.0, at) };
                count += 1;
            }
            _ => {}
        }
    }
    if count == 0 || COMPARISONS.iter().any(|sign| holds_sign(formula, sign)) {
        return None;
    }
    Some(((count == 1).then(|| &formula[..signs.0]), &formula[signs.1 + 1..]))
}

/// Whether a sign, or a command that goes on with no letter, stands in a formula.
fn holds_sign(formula: &str, sign: &str) -> bool {
    let goes_on = |at: usize| formula[at + sign.len()..].starts_with(|c: char| c.is_ascii_alphabetic());
    formula.match_indices(sign).any(|(at, _)| !sign.starts_with('\\') || !goes_on(at))
}

/// Whether letters other than those of commands stand in a formula.
fn has_variables(formula: &str) -> bool {
    let mut in_command = false;
    formula.chars().any(|c| {
        let is_letter = c.is_alphabetic();
        in_command = c == '\\' || in_command && is_letter;
        is_letter && !in_command
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chains_give_what_they_arrive_at() {
        let cases = [
            ("3 + 4 = 7", "7"),
            ("A = 3 + 4 = 7", "7"),
            ("V = \\pi r^2 h = 100\\pi", "100\\pi"),
            ("\\frac{6}{2} = 3", "3"),
            ("\\binom{5}{2}=10", "10"),
            ("x = 5", "x = 5"),
            ("2x + 3 = 7", "2x + 3 = 7"),
            ("x = 1, y = 2 = 2", "x = 1, y = 2 = 2"),
            ("1 = x \\le 5", "1 = x \\le 5"),
            ("1 \\left(2\\right) = 2", "2"),
            ("(1 = 2)", "(1 = 2)"),
            ("5", "5"),
            ("3 =", "3 ="),
            ("é = 3 = 4", "4"),
        ];
        for (formula, expected) in cases {
            assert_eq!(result(formula), expected, "{formula}");
        }
    }

    #[test]
    fn finds_the_last_formula_that_says_something() {
        let cases = [
            ("so $x = 5$ and $y$ is free", Some("x = 5")),
            ("it is \\(\\frac{1}{2}\\), where $ABC$", Some("\\frac{1}{2}")),
            ("\\[ x = 5 \\]", Some("x = 5")),
            ("$$3 + 4 = 7.$$", Some("7.")),
            ("costs $5 and $7 more", None),
            ("for \\$5, $3$", Some("3")),
            ("$x$ (see [1])", None),
            ("\\)", None),
            ("$", None),
        ];
        for (text, expected) in cases {
            assert_eq!(
                last_formula(text, 0).map(|(answer, _)| answer.text().to_owned()).as_deref(),
                expected,
                "{text}"
            );
        }
    }
}
