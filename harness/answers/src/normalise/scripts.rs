//! What is written in two orders or twice: scripts of a letter, backslashes of escaped LaTeX.

use super::{Kind, Token};

/// `v^2_0` as `v_0^2` and `\sum^{3}_{k=1}` as `\sum_{k=1}^{3}`, so that one order is left to read.
pub(super) fn subscripts_first(tokens: &mut [Token]) {
    if !tokens.iter().any(|token| token.kind == Kind::Symbol('_')) {
        return;
    }
    let mut at = 1;
    while at + 3 < tokens.len() {
        if tokens[at].kind == Kind::Symbol('^') && has_scripts(&tokens[at - 1].kind) {
            let end = end_of_argument(tokens, at + 1);
            if tokens.get(end).is_some_and(|token| token.kind == Kind::Symbol('_')) {
                let last = end_of_argument(tokens, end + 1);
                if last > end + 1 {
                    tokens[at..last].rotate_left(end - at);
                }
                at = last;
                continue;
            }
        }
        at += 1;
    }
}

/// Whether both scripts behind it belong to one thing; a lower one behind a number is its base.
fn has_scripts(kind: &Kind) -> bool {
    matches!(kind, Kind::Letter(_) | Kind::Command(_) | Kind::Close)
}

/// Where the group or token ends that starts at `start`.
fn end_of_argument(tokens: &[Token], start: usize) -> usize {
    if tokens.get(start).is_none_or(|token| token.kind != Kind::Open) {
        return tokens.len().min(start + 1);
    }
    let mut depth = 0usize;
    for (index, token) in tokens.iter().enumerate().skip(start) {
        match token.kind {
            Kind::Open => depth += 1,
            Kind::Close if depth == 1 => return index + 1,
            Kind::Close => depth -= 1,
            _ => {}
        }
    }
    tokens.len()
}

/// LaTeX that was escaped once more (`\\frac{3}{7}`), with its backslashes halved; `None` where it was not. A row of a table
/// ends in two backslashes, too, but beside commands that have one.
pub(super) fn single_backslashes(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    let mut has_command = false;
    let mut at = memchr::memchr(b'\\', bytes)?;
    while let Some(next) = memchr::memchr(b'\\', &bytes[at..]) {
        let start = at + next;
        let length = bytes[start..].iter().take_while(|byte| **byte == b'\\').count();
        let letters = bytes[start + length..].iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
        if length % 2 == 1 {
            return None;
        }
        has_command |= letters > 1;
        at = start + length;
    }
    has_command.then(|| text.replace("\\\\", "\\"))
}
