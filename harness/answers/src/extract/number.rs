//! Plain numbers within text.

use super::scan::last_digit;

/// Unicode's minus sign.
const MINUS: &str = "−";

/// The plain numbers of a text: sign, thousands separators, decimals, `a/b`, `a:b`, percent.
pub(super) fn numbers(text: &str) -> impl Iterator<Item = &str> {
    let bytes = text.as_bytes();
    let mut at = 0;
    std::iter::from_fn(move || {
        while !bytes.get(at)?.is_ascii_digit() {
            at += 1;
        }
        let start = sign_before(text, at);
        let digit_at = |index: usize| bytes.get(index).is_some_and(u8::is_ascii_digit);
        while let Some(&byte) = bytes.get(at) {
            let joins = matches!(byte, b'.' | b'/' | b':') && digit_at(at + 1)
                || byte == b',' && (1..=3).all(|i| digit_at(at + i)) && !digit_at(at + 4);
            if !byte.is_ascii_digit() && !joins {
                break;
            }
            at += 1;
        }
        if bytes.get(at) == Some(&b'%') {
            at += 1;
        }
        text.get(start..at)
    })
}

/// Where the number starts whose first digit stands at `at`: at its sign or point, if it has one.
fn sign_before(text: &str, at: usize) -> usize {
    let bytes = text.as_bytes();
    let mut start = at;
    if start > 0 && bytes[start - 1] == b'.' && !(start > 1 && bytes[start - 2].is_ascii_alphanumeric()) {
        start -= 1;
    }
    // A minus is a sign unless something to subtract from stands before it.
    match text[..start].strip_suffix('-').or_else(|| text[..start].strip_suffix(MINUS)) {
        Some(before) if !before.ends_with(|c: char| c.is_ascii_alphanumeric() || c == ')') => before.len(),
        _ => start,
    }
}

/// Longest run of digits and separators that is looked at, in bytes.
const LONGEST: usize = 1_000;

/// The last of the [`numbers`] of a text, and where it ends. Mixed numbers (`3 1/2`) and times (`5:30 PM`) are whole.
pub(super) fn last_number(text: &str) -> Option<(&str, usize)> {
    let bytes = text.as_bytes();
    let digit = last_digit(text)?;
    let in_number = |byte: &&u8| byte.is_ascii_digit() || matches!(byte, b'.' | b',' | b'/' | b':');
    let run = bytes[..digit].iter().rev().take(LONGEST).take_while(in_number).count();
    if run == LONGEST {
        return None;
    }
    // A sign, and what it may subtract from.
    let window = text.floor_char_boundary((digit - run).saturating_sub(MINUS.len() + 1));
    let number = numbers(&text[window..]).last()?;
    let end = digit + 1 + usize::from(number.ends_with('%'));
    let start = end - number.len();
    let start = if number.contains('/') { whole_before(text, start) } else { start };
    let end = if number.contains(':') { end + half_of_day(&text[end..]) } else { end };
    Some((&text[start..end], end))
}

/// Where the whole number of a mixed number starts whose fraction starts at `at`; `at` if there is none.
fn whole_before(text: &str, at: usize) -> usize {
    let Some(before) = text[..at].strip_suffix(' ') else {
        return at;
    };
    let digits = before.bytes().rev().take(LONGEST).take_while(u8::is_ascii_digit).count();
    let start = before.len() - digits;
    let stands_alone = !before[..start].ends_with(|c: char| c.is_alphanumeric() || matches!(c, '.' | '/' | ',' | ':'));
    if digits > 0 && stands_alone { sign_before(text, start) } else { at }
}

/// How long the `AM` or `PM` is that a text starts with.
fn half_of_day(text: &str) -> usize {
    let rest = text.trim_start_matches(' ');
    let marks = ["a.m.", "p.m.", "am", "pm"];
    let is_mark = |mark: &&str| {
        rest.get(..mark.len()).is_some_and(|start| start.eq_ignore_ascii_case(mark))
            && !rest[mark.len()..].starts_with(char::is_alphanumeric)
    };
    marks.iter().find(|mark| is_mark(mark)).map_or(0, |mark| text.len() - rest.len() + mark.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_as_they_are_written() {
        let cases = [
            ("we get 3 and then -12.5", "-12.5"),
            ("so 7-4 leaves 3.", "3"),
            ("10-4", "4"),
            ("(10)-4", "4"),
            ("costs $1,450,000 in all", "1,450,000"),
            ("a third, 1/3", "1/3"),
            ("about 40%", "40%"),
            ("half is .5", ".5"),
            ("1, 2,34", "34"),
            ("é-7é", "-7"),
            ("it is −5 now", "−5"),
            ("10 − 4 or 9−3", "3"),
            ("use 3 1/2 cups", "3 1/2"),
            ("use -3 1/2 cups", "-3 1/2"),
            ("1.5 1/2", "1/2"),
            ("at 5:30 PM sharp", "5:30 PM"),
            ("at 5:30 p.m.", "5:30 p.m."),
            ("the ratio 3:4 pmx", "3:4"),
        ];
        for (text, expected) in cases {
            assert_eq!(last_number(text).map(|(number, _)| number), Some(expected), "{text}");
        }
        assert_eq!(last_number("no idea"), None);
    }

    proptest! {
        #[test]
        fn the_last_number_is_the_last_of_all(text in "[0-9.,/%() :amp−é-]{0,40}") {
            let found = last_number(&text);
            match (found, numbers(&text).last()) {
                (Some((number, end)), Some(last)) => {
                    prop_assert!(text[..end].ends_with(number) && number.contains(last), "{} {}", number, last);
                }
                (found, last) => prop_assert!(found.is_none() && last.is_none()),
            }
        }
    }
}
