//! Reading a reply's JSON, and what users add to what is sent.

use serde::de::DeserializeOwned;
use serde_json::error::Category;
use serde_json::{Map, Value};

use super::Unreadable;

/// Reads JSON.
///
/// # Errors
/// When it is none, ends early, or has another shape; says at which byte.
pub fn json<T: DeserializeOwned>(body: &[u8]) -> Result<T, Unreadable> {
    serde_json::from_slice(body).map_err(|error| {
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
    })
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
}
