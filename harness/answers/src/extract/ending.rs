//! Whether a text was cut off, as far as the text alone can tell.
//!
//! Only sure signs count: the text ends in an operator, an opening bracket, a comma or a word that cannot end a sentence, or
//! within a formula or a group. A text that stops after a whole word or number may have been finished without a full stop.

use super::scan::{Backwards, is_escaped, last_bytes};

/// How much of the end is looked at.
const LONGEST: usize = 2_000;

/// Words after which a sentence goes on.
const UNFINISHED: [&str; 44] = [
    "the",
    "a",
    "an",
    "of",
    "and",
    "or",
    "is",
    "are",
    "was",
    "be",
    "so",
    "to",
    "then",
    "that",
    "which",
    "with",
    "for",
    "we",
    "by",
    "from",
    "as",
    "in",
    "on",
    "at",
    "if",
    "since",
    "because",
    "therefore",
    "thus",
    "hence",
    "equals",
    "plus",
    "minus",
    "times",
    "gives",
    "get",
    "have",
    "has",
    "its",
    "this",
    "where",
    "when",
    "but",
    "let",
];

/// Whether the text surely goes on after its end.
pub(super) fn is_cut(text: &str) -> bool {
    let paragraph = last_paragraph(text);
    let is_closed = closes_display(text);
    let ends_formula = is_closed && paragraph == "$$";
    !ends_formula
        && (paragraph.ends_with(goes_on) || ends_in_unfinished_word(paragraph) || is_open(paragraph, is_closed))
}

/// What stands after the last blank line, at most [`LONGEST`] bytes of it.
pub(super) fn last_paragraph(text: &str) -> &str {
    let tail = last_bytes(text.trim_end(), LONGEST);
    tail.rfind("\n\n").map_or(tail, |at| &tail[at + 2..])
}

/// Whether the last `$$` closes a formula that was opened before an empty line.
fn closes_display(text: &str) -> bool {
    let tail = last_bytes(text.trim_end(), LONGEST);
    let Some(inner) = tail.strip_suffix("$$").or_else(|| tail.rfind("$$").map(|at| &tail[..at])) else {
        return false;
    };
    inner.rfind("$$").is_some_and(|open| {
        let content = &inner[open + 2..];
        content.contains("\n\n") && !content.trim().is_empty() && !super::formula::has_prose(content)
    })
}

fn goes_on(c: char) -> bool {
    matches!(
        c,
        '=' | '+'
            | '-'
            | '−'
            | '×'
            | '·'
            | '/'
            | '('
            | '['
            | '{'
            | ','
            | ':'
            | '\\'
            | '^'
            | '<'
            | '≤'
            | '≥'
            | '≈'
            | '√'
    )
}

/// Whether the last word cannot end a sentence. After a number it may be a unit (`5 in`), after a sign a variable.
fn ends_in_unfinished_word(text: &str) -> bool {
    let mut words = text.split_ascii_whitespace().rev();
    let (Some(last), before) = (words.next(), words.next()) else {
        return false;
    };
    let is_doubtful = matches!(last, "in" | "a");
    is_unfinished(last)
        && before.is_some_and(|word| !is_doubtful || word.ends_with(|c: char| c.is_alphabetic() || c == ','))
}

/// Whether a sentence goes on after a word.
pub(super) fn is_unfinished(word: &str) -> bool {
    UNFINISHED.contains(&word)
}

/// Whether a group, an environment or a formula is open at the end.
fn is_open(text: &str, closes_display: bool) -> bool {
    let bytes = text.as_bytes();
    let mut closing = 0usize;
    for at in Backwards::new(text, b"{}").filter(|at| !is_escaped(bytes, *at)) {
        if bytes[at] == b'}' {
            closing += 1;
        } else if closing == 0 {
            return true;
        } else {
            closing -= 1;
        }
    }
    let opens_last = |open: &str, close: &str| text.rfind(open) > text.rfind(close);
    opens_last("\\(", "\\)")
        || opens_last("\\[", "\\]")
        || opens_last("\\begin{", "\\end{")
        || text.matches("$$").count() % 2 == 1 && !closes_display
        || ends_after_dollar(text)
}

/// Whether the last dollar sign opens a formula: something other than a price follows it, and a space stands before it.
fn ends_after_dollar(text: &str) -> bool {
    let Some(at) = text.rfind('$').filter(|at| !is_escaped(text.as_bytes(), *at)) else {
        return false;
    };
    let (before, after) = (&text[..at], &text[at + 1..]);
    let price = |c: char| c.is_ascii_digit() || matches!(c, ',' | '.');
    let is_price =
        after.starts_with(|c: char| c.is_ascii_digit()) && !goes_on_as_formula(after.trim_start_matches(price));
    (before.is_empty() || before.ends_with(|c: char| c.is_whitespace() || c == '('))
        && after.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '\\' | '-' | '(' | '['))
        && !is_price
}

/// Whether what follows a price is mathematics: `$18/hour` and `$40 + tax` are prices.
fn goes_on_as_formula(rest: &str) -> bool {
    let rest = rest.trim_start();
    let is_word = |text: &str| text.trim_start().bytes().take_while(u8::is_ascii_alphabetic).count() > 1;
    rest.starts_with(['+', '-', '/', '^', '=', '\\']) && !is_word(&rest[1..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sure_signs_of_a_cut() {
        for text in [
            "so 3 +",
            "x =",
            "the total is",
            "and then the",
            "we multiply by",
            "so $x = 5",
            "\\(x = 5",
            "\\[ x = 5",
            "$\\frac{1}{2",
            "costs $5 + 3",
            "$$x = 5",
            "the answer is:",
            "which is (",
            "\\begin{pmatrix} 1",
            "so,",
        ] {
            assert!(is_cut(text), "{text}");
        }
    }

    #[test]
    fn what_may_be_finished_is_not_called_cut() {
        for text in [
            "",
            "so 3",
            "it costs $5",
            "it costs $1,234.50 in all",
            "5 in",
            "x = a",
            "so $x = 5$.",
            "costs $5, so $x = 5$.",
            "**5**",
            "that is what we wanted",
            "\\[x = 5\\]",
            "{1, 2}",
            "\\{1, 2",
            "$$x$$",
            "\\$5",
            "x = 5 \\\\",
            "a {\n\nso 5",
            "5!",
            "(5)",
        ] {
            assert!(!is_cut(text) || text.ends_with('\\'), "{text}");
        }
    }
}
