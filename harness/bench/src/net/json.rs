//! Reading a reply's JSON, and what users add to what is sent.

use serde::de::DeserializeOwned;
use serde_json::error::Category;
use serde_json::{Map, Value};

use super::Unreadable;

/// Reads JSON. Characters that are none (half of a surrogate pair, bytes that are no UTF-8) become U+FFFD, and the rest is
/// kept.
///
/// # Errors
/// When it is none, ends early, or has another shape; says at which byte.
pub fn json<T: DeserializeOwned>(body: &[u8]) -> Result<T, Unreadable> {
    match serde_json::from_slice(body) {
        Ok(read) => Ok(read),
        Err(error) => {
            // Rare, so that only what cannot be read otherwise is looked at twice.
            let clean = clean(body);
            clean.and_then(|clean| serde_json::from_slice(&clean).ok()).ok_or_else(|| unreadable(body, &error))
        }
    }
}

fn unreadable(body: &[u8], error: &serde_json::Error) -> Unreadable {
    let before: usize =
        body.split_inclusive(|byte| *byte == b'\n').take(error.line().saturating_sub(1)).map(<[u8]>::len).sum();
    let byte = before + error.column();
    Unreadable(match error.classify() {
        _ if body.trim_ascii().is_empty() => "the reply is empty".to_owned(),
        Category::Eof => format!("the reply's JSON ends in the middle, at byte {byte}"),
        Category::Data => {
            let what = error.to_string();
            let what = what.split(" at line ").next().unwrap_or_default();
            format!("the reply has not the expected form at byte {byte}: {what}")
        }
        Category::Syntax | Category::Io => format!("the reply is not JSON at byte {byte}"),
    })
}

/// A body whose texts are clean Unicode; `None` where they were already. Outside of texts JSON has no backslashes.
fn clean(body: &[u8]) -> Option<Vec<u8>> {
    let text = String::from_utf8_lossy(body);
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let (bytes, mut clean, mut at) = (text.as_bytes(), Vec::with_capacity(text.len()), 0);
    while let Some(offset) = memchr::memchr(b'\\', &bytes[at..]) {
        let escape = at + offset;
        clean.extend_from_slice(&bytes[at..escape]);
        let low = || unit(bytes, escape + 6).filter(|unit| (0xDC00..=0xDFFF).contains(unit));
        let length = match unit(bytes, escape) {
            Some(0xD800..=0xDBFF) if low().is_some() => 12,
            Some(0xD800..=0xDFFF) => {
                clean.extend_from_slice(b"\\ufffd");
                at = escape + 6;
                continue;
            }
            Some(_) => 6,
            None => 2,
        };
        at = (escape + length).min(bytes.len());
        clean.extend_from_slice(&bytes[escape..at]);
    }
    clean.extend_from_slice(&bytes[at..]);
    (clean != body).then_some(clean)
}

/// The code unit of an escape `\uXXXX` that begins there.
fn unit(bytes: &[u8], at: usize) -> Option<u16> {
    let digits = bytes.get(at..at + 6)?.strip_prefix(b"\\u")?;
    // A sign is no digit, though numbers may have one.
    let digits =
        std::str::from_utf8(digits).ok().filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
    u16::from_str_radix(digits, 16).ok()
}

/// Puts the fields of `extra` into a body: each replaces the one of its name, and a `null` takes that out.
pub fn put_extra<'a>(body: &mut Map<String, Value>, extra: impl IntoIterator<Item = (&'a String, &'a Value)>) {
    for (key, value) in extra {
        if value.is_null() {
            body.shift_remove(key);
        } else {
            body.insert(key.clone(), value.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_is_said_with_its_place() {
        let why = |body: &str| json::<Vec<u32>>(body.as_bytes()).unwrap_err().0;
        assert_eq!(why(" \n"), "the reply is empty");
        assert_eq!(why("[1, 2"), "the reply's JSON ends in the middle, at byte 5");
        assert_eq!(why("[1,\n ?"), "the reply is not JSON at byte 6");
        assert_eq!(why("[1, NaN]"), "the reply is not JSON at byte 5");
        assert!(why("{\"a\": 1}").starts_with("the reply has not the expected form at byte "), "{}", why("{\"a\": 1}"));
    }

    #[test]
    fn texts_that_are_not_clean_unicode_are_kept() {
        let read = |body: &[u8]| json::<Vec<String>>(body).map(|texts| texts.concat());
        let cases: [(&[u8], &str); 9] = [
            (br#"["x \ud835 y"]"#, "x \u{fffd} y"),
            (br#"["\udc00"]"#, "\u{fffd}"),
            (br#"["\ud835"]"#, "\u{fffd}"),
            (br#"["\ud835\ud83d\ude00"]"#, "\u{fffd}\u{1f600}"),
            (br#"["\ud83d\ude00 \udfff \\ud800 \\\ud800"]"#, "\u{1f600} \u{fffd} \\ud800 \\\u{fffd}"),
            (b"[\"a \xff b\"]", "a \u{fffd} b"),
            (b"[\"\xe2\x82\", \"\\ud800\"]", "\u{fffd}\u{fffd}"),
            (b"\xef\xbb\xbf[\"a\"]", "a"),
            (br#"["clean \u00e9 \n"]"#, "clean \u{e9} \n"),
        ];
        for (body, expected) in cases {
            assert_eq!(read(body).as_deref(), Ok(expected), "{}", String::from_utf8_lossy(body));
        }
        for broken in [&br#"["\ud8"]"#[..], br#"["\ud83d\ude"]"#, b"[\"\\", b"[\"\xff", br#"["\u+123"]"#] {
            assert!(read(broken).is_err(), "{}", String::from_utf8_lossy(broken));
        }
    }
}
