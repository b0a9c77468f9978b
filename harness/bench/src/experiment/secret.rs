//! Finds secrets in config text and overwrites them. Errs on the side of hiding too much: a hidden word costs the
//! reader of an error message little, a shown key may cost a lot.

/// Whether the value under this key is a secret. `api_key_env` and its like name a variable and are none.
pub(super) fn is_secret_key(key: &str) -> bool {
    let key = key.to_ascii_lowercase().replace('-', "_");
    let named =
        ["api_key", "apikey", "access_key", "secret", "password", "authorization", "access_token", "auth_token"];
    !key.ends_with("_env") && (key == "token" || named.iter().any(|name| key.contains(name)))
}

/// As many stars as the text has bytes; line breaks stay, so that line numbers stay.
pub(super) fn stars(text: &str) -> String {
    text.bytes().map(|byte| if byte == b'\n' || byte == b'\r' { char::from(byte) } else { '*' }).collect()
}

/// The text with every secret overwritten by stars; as long in bytes as before.
pub(super) fn mask(text: &str) -> String {
    let mut masked = text.to_owned();
    for range in secret_values(text).into_iter().chain(secret_words(text)) {
        let hidden = stars(&text[range.clone()]);
        masked.replace_range(range, &hidden);
    }
    masked
}

/// Values of secret keys, found without parsing: the text may not be valid YAML.
fn secret_values(text: &str) -> Vec<std::ops::Range<usize>> {
    let mut ranges = Vec::new();
    let mut word_start = 0;
    for (index, character) in text.char_indices() {
        if is_word(character) {
            continue;
        }
        if is_secret_key(&text[word_start..index]) {
            let after_key = &text[index..];
            let separator = after_key.trim_start_matches(['"', '\'', ' ', '\t', '\n', '\r']);
            if let Some(value) = separator.strip_prefix(':').or_else(|| separator.strip_prefix('=')) {
                let start = text.len() - value.len();
                ranges.push(start..value_end(text, word_start, start));
            }
        }
        word_start = index + character.len_utf8();
    }
    ranges
}

/// Where the value that begins at `start` ends; its key begins at `key`.
fn value_end(text: &str, key: usize, start: usize) -> usize {
    let value = &text[start..];
    let trimmed = value.trim_start_matches([' ', '\t']);
    let skipped = start + value.len() - trimmed.len();
    if let Some(quote) = trimmed.chars().next().filter(|first| matches!(first, '"' | '\'')) {
        let mut escaped = false;
        for (offset, character) in trimmed.char_indices().skip(1) {
            match character {
                _ if escaped => escaped = false,
                '\\' if quote == '"' => escaped = true,
                _ if character == quote => return skipped + offset,
                _ => {}
            }
        }
        return text.len();
    }
    let line = trimmed.lines().next().unwrap_or_default();
    if line.is_empty() || line.starts_with(['|', '>']) {
        return block_end(text, key, skipped);
    }
    let flow = text[..key].rsplit('\n').next().is_some_and(|before| before.contains('{'));
    let length = if flow { line.find([',', '}']).unwrap_or(line.len()) } else { line.len() };
    skipped + length
}

/// End of the lines below `from` that are indented more than the line of the key at `key`.
fn block_end(text: &str, key: usize, from: usize) -> usize {
    let line_start = text[..key].rfind('\n').map_or(0, |newline| newline + 1);
    let indent = text[line_start..].len() - text[line_start..].trim_start_matches([' ', '-']).len();
    let mut end = from + text[from..].find('\n').map_or(text.len() - from, |newline| newline + 1);
    for line in text[end..].split_inclusive('\n') {
        let content = line.trim_start_matches(' ');
        if !content.trim().is_empty() && line.len() - content.len() <= indent {
            break;
        }
        end += line.len();
    }
    end
}

/// Words that look like a key whatever they stand under.
fn secret_words(text: &str) -> Vec<std::ops::Range<usize>> {
    let mut ranges = Vec::new();
    let mut start = 0;
    for word in text.split_inclusive(|character: char| !is_word(character)) {
        let core = word.trim_end_matches(|character: char| !is_word(character));
        let looks_secret = ["sk-", "hf_", "ghp_", "gsk_", "xai-"].iter().any(|prefix| core.starts_with(prefix));
        if looks_secret && core.len() >= 8 {
            ranges.push(start..start + core.len());
        }
        start += word.len();
    }
    ranges
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '_' | '-')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn values_of_secret_keys_are_hidden_in_every_style() {
        for text in [
            "api_key: TOPSECRET",
            "\"api_key\" : 'TOPSECRET'",
            "- {name: x, api_key: TOPSECRET, kind: openai}",
            "b:\n  api_key: |\n    TOPSECRET\n  kind: openai",
            "b:\n  - api_key:\n      TOPSECRET\n    kind: openai",
            "api_key: \"a\\\"TOPSECRET\"",
            "backbones.0.api_key=TOPSECRET",
            "Authorization: Bearer TOPSECRET",
            "any: sk-TOPSECRET",
        ] {
            let masked = mask(text);
            assert!(!masked.contains("TOPSECRET"), "{masked}");
            assert_eq!(masked.len(), text.len());
            assert_eq!(masked.contains("kind: openai"), text.contains("kind: openai"), "{masked}");
        }
    }

    #[test]
    fn names_of_variables_and_token_limits_are_no_secrets() {
        for text in
            ["api_key_env: OPENAI_API_KEY", "sampling: {max_tokens: 10}", "task-name: x", "tokens_per_minute: 5"]
        {
            assert_eq!(mask(text), text);
        }
    }

    proptest! {
        #[test]
        fn masking_keeps_length_and_lines(text in "[a-z_:{}|>'\"\\\\ \n=é-]{0,80}") {
            for text in [text.clone(), format!("api_key{text}"), format!("{text}api_key: {text}")] {
                let masked = mask(&text);
                prop_assert_eq!(masked.len(), text.len());
                prop_assert_eq!(masked.matches('\n').count(), text.matches('\n').count());
            }
        }
    }
}
