//! `"answer": 460`: an answer as a field of a JSON object.

/// Longest value that is read.
const LONGEST: usize = 2_000;

/// The value of a field, given what follows the word in its name (`": 460}`); `None` where this is no field.
pub(super) fn value(after: &str) -> Option<String> {
    let rest = super::scan::first_bytes(after, LONGEST).strip_prefix('"')?.trim_start().strip_prefix(':')?.trim_start();
    let value = match rest.as_bytes().first()? {
        b'"' => text(&rest[1..])?,
        b'[' => rest[1..].split_once(']')?.0.replace('"', ""),
        _ => rest.split([',', '}', '\n']).next()?.to_owned(),
    };
    let value = value.trim();
    (!value.is_empty() && value != "null").then(|| value.to_owned())
}

/// What stands between quotation marks, with its escapes undone.
fn text(rest: &str) -> Option<String> {
    let mut value = String::new();
    let mut signs = rest.chars();
    loop {
        match signs.next()? {
            '"' => return Some(value),
            '\\' => match signs.next()? {
                'n' => value.push(' '),
                escaped @ ('"' | '\\' | '/') => value.push(escaped),
                // LaTeX that was not escaped.
                other => value.extend(['\\', other]),
            },
            other => value.push(other),
        }
    }
}
