//! Plain numbers within text.

use super::scan::last_digit;

/// The plain numbers of a text: sign, thousands separators, decimals, `a/b`, percent.
pub(super) fn numbers(text: &str) -> impl Iterator<Item = &str> {
    let bytes = text.as_bytes();
    let mut at = 0;
    std::iter::from_fn(move || {
        while !bytes.get(at)?.is_ascii_digit() {
            at += 1;
        }
        let mut start = at;
        if start > 0 && bytes[start - 1] == b'.' && !(start > 1 && bytes[start - 2].is_ascii_alphanumeric()) {
            start -= 1;
        }
        // A hyphen is a sign unless something to subtract from stands before it.
        let signed = start > 0 && bytes[start - 1] == b'-';
        if signed && !(start > 1 && (bytes[start - 2].is_ascii_alphanumeric() || bytes[start - 2] == b')')) {
            start -= 1;
        }
        let digit_at = |index: usize| bytes.get(index).is_some_and(u8::is_ascii_digit);
        while let Some(&byte) = bytes.get(at) {
            let joins = matches!(byte, b'.' | b'/') && digit_at(at + 1)
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

/// Longest run of digits and separators that is looked at, in bytes.
const LONGEST: usize = 1_000;

/// The last of the [`numbers`] of a text, and where it ends.
pub(super) fn last_number(text: &str) -> Option<(&str, usize)> {
    let bytes = text.as_bytes();
    let digit = last_digit(text)?;
    let in_number = |byte: &&u8| byte.is_ascii_digit() || matches!(byte, b'.' | b',' | b'/');
    let run = bytes[..digit].iter().rev().take(LONGEST).take_while(in_number).count();
    if run == LONGEST {
        return None;
    }
    // A sign, and what it may subtract from.
    let start = text.floor_char_boundary((digit - run).saturating_sub(2));
    let number = numbers(&text[start..]).last()?;
    Some((number, digit + 1 + usize::from(number.ends_with('%'))))
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
        ];
        for (text, expected) in cases {
            assert_eq!(last_number(text).map(|(number, _)| number), Some(expected), "{text}");
        }
        assert_eq!(last_number("no idea"), None);
    }

    proptest! {
        #[test]
        fn the_last_number_is_the_last_of_all(text in "[0-9.,/%() aé-]{0,40}") {
            let found = last_number(&text);
            prop_assert_eq!(found.map(|(number, _)| number), numbers(&text).last());
            prop_assert!(found.is_none_or(|(number, end)| text[..end].ends_with(number)));
        }
    }
}
