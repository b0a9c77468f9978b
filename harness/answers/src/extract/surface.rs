//! What surrounds an answer and says nothing: rules under a text, pictures, tags, marks of lists.

use std::borrow::Cow;

/// Headings that a text may stop behind without having begun what they announce.
const HEADINGS: &str =
    "solution explanation note notes reasoning steps proof check verification justification summary details";
/// Tags of HTML that set an answer off.
const TAGS: &str =
    "b i u em strong code span p div br sub sup mark font big small center pre kbd samp h1 h2 h3 h4 td tr li ul ol";
/// Longest tag, with its attributes.
const LONGEST_TAG: usize = 80;

/// The text without rules (`---`, `===`), empty lines, pictures and headings with nothing under them at its end.
pub(super) fn without_end(text: &str) -> &str {
    let mut text = without_pictures(text);
    for _ in 0..8 {
        let line = super::scan::last_line(text);
        let before = &text[..text.len() - line.len()];
        if before.trim().is_empty() || !is_rule(line.trim()) && !is_empty_heading(line, before) {
            break;
        }
        text = without_pictures(before);
    }
    text
}

/// `---`, `===`, `***`, ```` ``` ````, a dash by itself.
fn is_rule(line: &str) -> bool {
    let mut signs = line.chars();
    match signs.next() {
        Some(sign @ ('-' | '=' | '*' | '_' | '`' | '~' | '–' | '—' | '•')) => signs.all(|other| other == sign),
        _ => false,
    }
}

/// `Solution:` behind an empty line, with nothing under it.
fn is_empty_heading(line: &str, before: &str) -> bool {
    let word = line.trim().trim_matches(|c: char| matches!(c, '*' | '#' | ':' | '_' | ' '));
    before.ends_with("\n\n") && HEADINGS.split(' ').any(|heading| word.eq_ignore_ascii_case(heading))
}

/// The text without white space, pictures and signs of a proof's end behind it.
pub(super) fn without_pictures(text: &str) -> &str {
    text.trim_end_matches(|c: char| c.is_whitespace() || is_picture(c))
}

/// Pictures and signs of a proof's end, none of which means anything in mathematics.
pub(super) fn is_picture(c: char) -> bool {
    matches!(
        c,
        '\u{2600}'..='\u{26ff}' | '\u{2700}'..='\u{27bf}' | '\u{1f000}'..='\u{1faff}' | '\u{fe0f}' | '\u{200d}'
            | '∎' | '■' | '□' | '▪' | '◼' | '◻' | '⬛' | '⬜' | '⭐' | '▮' | '◾' | '◽'
    )
}

/// Without tags of HTML and its escaped characters; what is raised stays raised.
pub(super) fn without_tags(text: &str) -> Cow<'_, str> {
    let has_tag = text.contains('<') && (text.contains("</") || text.contains("<br"));
    if !has_tag && !text.contains('&') {
        return Cow::Borrowed(text);
    }
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        plain.push_str(&rest[..at]);
        let end =
            super::scan::first_bytes(&rest[at..], LONGEST_TAG).find('>').filter(|end| is_tag(&rest[at + 1..at + end]));
        match end {
            Some(end) => {
                let name = &rest[at + 1..at + end];
                plain.push_str(if name == "sup" {
                    "^{"
                } else if name == "/sup" {
                    "}"
                } else {
                    ""
                });
                rest = &rest[at + end + 1..];
            }
            None => {
                plain.push('<');
                rest = &rest[at + 1..];
            }
        }
    }
    plain.push_str(rest);
    for (name, sign) in
        [("&nbsp;", " "), ("&minus;", "-"), ("&lt;", "<"), ("&gt;", ">"), ("&times;", "×"), ("&pi;", "π")]
    {
        if plain.contains(name) {
            plain = plain.replace(name, sign);
        }
    }
    Cow::Owned(plain)
}

fn is_tag(inner: &str) -> bool {
    let name = inner.trim_matches('/').split([' ', '/']).next().unwrap_or_default();
    TAGS.split(' ').any(|known| name.eq_ignore_ascii_case(known))
}

/// What stands behind the mark of a list item: `- 18`, `* 18`, `• 18`, `1. 31`, `2) 31`. A sign has no space behind it.
pub(super) fn list_item(line: &str) -> Option<&str> {
    let line = line.trim_start();
    let rest = match line.strip_prefix(['-', '*', '•', '–', '—', '+']) {
        Some(rest) => rest,
        None => {
            let digits = line.bytes().take_while(u8::is_ascii_digit).count();
            if !(1..=2).contains(&digits) {
                return None;
            }
            line[digits..].strip_prefix(['.', ')'])?
        }
    };
    rest.starts_with([' ', '\t']).then(|| rest.trim()).filter(|rest| !rest.is_empty())
}

/// The items of a list that a text begins with, and how many they are.
pub(super) fn leading_items(text: &str) -> Vec<&str> {
    const MOST: usize = 16;
    let mut items = Vec::new();
    for line in text.trim_start().lines() {
        match list_item(line) {
            Some(item) => items.push(item),
            None if line.trim().is_empty() => {}
            None => break,
        }
        if items.len() == MOST {
            break;
        }
    }
    items
}
