//! The reasoning that models write before they answer.

/// What begins it.
pub const BEGIN: &str = "<think>";
/// What ends it.
pub const END: &str = "</think>";

/// A text's reasoning, begun or not, and what was written after it; `None` where it did not end.
pub fn split(text: &str) -> Option<(&str, &str)> {
    let end = text.rfind(END)?;
    Some((&text[..end], &text[end + END.len()..]))
}
