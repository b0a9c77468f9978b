//! Which part of a completion is its conclusion: what follows the last block of reasoning.
//!
//! Known blocks: `<think>`, `<thinking>`, `<thought>` and `<reasoning>` with their closing tags; `[THINK]`; the tokens
//! `<|begin_of_thought|>` and `<|START_THINKING|>`; the `analysis` and `final` channels of `<|channel|>…<|message|>`. A chat
//! template may have opened the block within the prompt, so a closing tag alone ends one, too. The last tag decides: after
//! a closing one stands the conclusion, after an opening one the text was cut off while it reasoned.

use super::scan::{Backwards, holds};

/// A text by its last block of reasoning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Parts<'t> {
    /// No block.
    Plain(&'t str),
    /// A closed block.
    Closed {
        /// What stands before the closing tag.
        reasoning: &'t str,
        /// What stands after it.
        conclusion: &'t str,
    },
    /// A block that was never closed.
    Open {
        /// What stands before its opening tag.
        before: &'t str,
        /// What stands after its opening tag.
        reasoning: &'t str,
    },
}

/// Signs that may end a tag, looked at from the end of a text before the search is given up.
const MOST_LOOKED: usize = 100_000;

/// Tags that end in `>`, and whether they open a block.
const TAGS: [(&str, bool); 14] = [
    ("<think>", true),
    ("</think>", false),
    ("<thinking>", true),
    ("</thinking>", false),
    ("<thought>", true),
    ("</thought>", false),
    ("<reasoning>", true),
    ("</reasoning>", false),
    ("<|begin_of_thought|>", true),
    ("<|end_of_thought|>", false),
    ("<|START_THINKING|>", true),
    ("<|END_THINKING|>", false),
    ("<|channel|>analysis<|message|>", true),
    ("<|channel|>final<|message|>", false),
];

/// Tags that end in `]`, which is too frequent in formulas to stop at.
const BRACKETED: [(&str, bool); 2] = [("[/THINK]", false), ("[THINK]", true)];

/// What some servers leave at the end of a completion.
const END_MARKS: [&str; 10] = [
    "</s>",
    "<|im_end|>",
    "<|endoftext|>",
    "<|end_of_text|>",
    "<|eot_id|>",
    "<|end|>",
    "<|return|>",
    "<|end_of_solution|>",
    "<|END_RESPONSE|>",
    "<｜end▁of▁sentence｜>",
];

/// Takes a completion apart.
pub(super) fn parts(text: &str) -> Parts<'_> {
    let mut last = Backwards::new(text, b">").take(MOST_LOOKED).find_map(|at| tag_before(text, at + 1, &TAGS));
    if holds(text, "THINK]") {
        let bracketed =
            Backwards::new(text, b"]").take(MOST_LOOKED).find_map(|at| tag_before(text, at + 1, &BRACKETED));
        // Tags of both kinds in one text: the later one.
        last = last.max(bracketed);
    }
    match last {
        None => Parts::Plain(text),
        Some((start, end, true)) => Parts::Open { before: &text[..start], reasoning: &text[end..] },
        Some((start, end, false)) => Parts::Closed { reasoning: &text[..start], conclusion: &text[end..] },
    }
}

/// The tag that ends at `end`, in whatever case it is written: where it starts, where it ends, whether it opens a block.
fn tag_before(text: &str, end: usize, tags: &[(&str, bool)]) -> Option<(usize, usize, bool)> {
    let bytes = text.as_bytes().get(..end)?;
    let [.., third, second, _] = bytes else {
        return None;
    };
    // One letter rules out nearly every sign of order, two nearly everything.
    if !matches!(second.to_ascii_lowercase(), b'k' | b'g' | b't' | b'|') {
        return None;
    }
    let like = |tag: &&(&str, bool)| matches!(tag.0.as_bytes(), [.., c, _, _] if c.eq_ignore_ascii_case(third));
    tags.iter().filter(like).find_map(|&(tag, opens)| {
        let start = end.checked_sub(tag.len())?;
        bytes[start..].eq_ignore_ascii_case(tag.as_bytes()).then_some((start, end, opens))
    })
}

/// The text without white space and marks of its end, and whether such a mark says that it was finished.
pub(super) fn without_end_marks(text: &str) -> (&str, bool) {
    let mut text = text.trim_end();
    let mut is_marked = false;
    while let Some(rest) = END_MARKS.iter().find_map(|mark| text.strip_suffix(mark)) {
        text = rest.trim_end();
        is_marked = true;
    }
    (text, is_marked)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_tag_decides() {
        let closed = |reasoning, conclusion| Parts::Closed { reasoning, conclusion };
        let open = |before, reasoning| Parts::Open { before, reasoning };
        for (text, expected) in [
            ("5 > 3, 4 is right>", Parts::Plain("5 > 3, 4 is right>")),
            ("<think>a</think>b", closed("<think>a", "b")),
            ("<THINK>a</Think>b", closed("<THINK>a", "b")),
            ("a</think>b", closed("a", "b")),
            ("<think>a</think>b<think>c", open("<think>a</think>b", "c")),
            ("<think>a<think>b</think>c", closed("<think>a<think>b", "c")),
            ("<thinking>a", open("", "a")),
            ("[THINK]a[/THINK]b", closed("[THINK]a", "b")),
            ("[THINK]a", open("", "a")),
            ("<think>a[THINK]b</think>c", closed("<think>a[THINK]b", "c")),
            ("<|channel|>analysis<|message|>a", open("", "a")),
            (
                "<|channel|>analysis<|message|>a<|end|><|start|>assistant<|channel|>final<|message|>b<|return|>",
                closed("<|channel|>analysis<|message|>a<|end|><|start|>assistant", "b<|return|>"),
            ),
        ] {
            assert_eq!(parts(text), expected, "{text}");
        }
    }

    #[test]
    fn marks_of_the_end_are_taken_off() {
        assert_eq!(without_end_marks("5.<|im_end|>\n</s> \n"), ("5.", true));
        assert_eq!(without_end_marks("5. \n"), ("5.", false));
        assert_eq!(without_end_marks("</s>"), ("", true));
    }
}
