//! Answers to several parts of a question: `(a) \boxed{4} (b) \boxed{9}`.

/// How far before a box the label of its part may stand, and how far before it the box of the part before.
const LONGEST_LEAD: usize = 400;
const LONGEST_PART: usize = 4_000;
/// Most parts.
const MOST: usize = 12;

/// A label of a part: its style, and which it is, from 1.
type Label = (u8, usize);

/// What the boxes of all parts hold, as a vector, given the last box and how the box before some place is found; `None` where
/// it is no part, or the first.
pub(super) fn of_boxes<'t>(
    text: &'t str,
    start: usize,
    content: &'t str,
    box_before: impl Fn(&'t str) -> Option<(usize, &'t str)>,
) -> Option<String> {
    let (style, mut place) = label(lead(text, start)?)?;
    let mut contents = vec![content];
    let mut start = start;
    while place > 1 && contents.len() < MOST {
        let window = super::scan::last_bytes(&text[..start], LONGEST_PART);
        super::scan::count(window.len());
        let offset = start - window.len();
        let (before, content) = box_before(window)?;
        start = offset + before;
        let own = label(lead(text, start)?)?;
        // Another box of the same part: the last one counts, and was taken.
        if own == (style, place) {
            continue;
        }
        if own != (style, place - 1) {
            return None;
        }
        place -= 1;
        contents.push(content);
    }
    contents.reverse();
    (contents.len() > 1).then(|| format!("\\langle {} \\rangle", contents.join(", ")))
}

/// What stands before a box on its line, from the end of the box before.
fn lead(text: &str, start: usize) -> Option<&str> {
    let window = super::scan::last_bytes(&text[..start], LONGEST_LEAD);
    let line = window.rfind('\n').map_or(window, |at| &window[at + 1..]);
    let boxed = ["\\boxed{", "\\fbox{", "\\framebox{"].iter().filter_map(|name| line.rfind(name)).max();
    let line = match boxed {
        Some(at) => &line[at + line[at..].find('}')? + 1..],
        None => line,
    };
    Some(line.trim_start_matches(|c: char| {
        c.is_whitespace() || matches!(c, '$' | '*' | '#' | '-' | '}' | ',' | ';' | '.' | '_' | '•')
    }))
}

/// `(a)`, `(ii)`, `(2)`, `a)`, `Part 1`, `Part (b)` at the start of a text.
fn label(text: &str) -> Option<Label> {
    const ROMAN: [&str; 8] = ["i", "ii", "iii", "iv", "v", "vi", "vii", "viii"];
    let named = ["Part", "part", "PART", "Question", "Problem"].iter().find_map(|name| text.strip_prefix(name));
    let rest = named.unwrap_or(text).trim_start();
    let (open, rest) = match rest.strip_prefix('(') {
        Some(rest) => (true, rest),
        None => (false, rest),
    };
    let length = rest.bytes().take_while(u8::is_ascii_alphanumeric).count();
    let (name, after) = rest.split_at(length);
    let is_closed = after.starts_with(')');
    if !is_closed && (open || named.is_none()) {
        return None;
    }
    let lower = name.to_ascii_lowercase();
    let style = u8::from(named.is_some()) * 4;
    if let Some(number) = lower.parse().ok().filter(|number| (1..=MOST).contains(number)) {
        // `1)` is as often a step.
        return (open || named.is_some()).then_some((style, number));
    }
    match lower.as_bytes() {
        [letter @ b'a'..=b'h'] => Some((style + 1, usize::from(letter - b'a') + 1)),
        _ => ROMAN.iter().position(|roman| *roman == lower).map(|place| (style + 2, place + 1)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_of_parts() {
        let cases = [
            ("(a) so $", Some((1, 1))),
            ("(ii) we get", Some((2, 2))),
            ("(2) ", Some((0, 2))),
            ("b) ", Some((1, 2))),
            ("Part 1: ", Some((4, 1))),
            ("Part (c): ", Some((5, 3))),
            ("1) We add", None),
            ("1. We add", None),
            ("a sum", None),
            ("(x) ", None),
            ("", None),
        ];
        for (text, expected) in cases {
            assert_eq!(label(text), expected, "{text}");
        }
    }
}
