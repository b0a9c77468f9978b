//! Rust source -> names and punctuation with their lines: enough to find paths, without comments, texts and tests.

/// A name, a `::`, or one character of punctuation. Literals and lifetimes are left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) text: String,
    /// From 1.
    pub(crate) line: usize,
}

impl Token {
    pub(crate) fn is(&self, text: &str) -> bool {
        self.text == text
    }

    pub(crate) fn is_name(&self) -> bool {
        self.text.starts_with(|c: char| c.is_alphabetic() || c == '_')
    }
}

/// The tokens of a file that are not of its tests, and the names of its modules that are tests (`#[cfg(test)] mod tests;`).
pub(crate) fn tokens(source: &str) -> (Vec<Token>, Vec<String>) {
    without_tests(&all(source))
}

fn all(source: &str) -> Vec<Token> {
    let chars: Vec<char> = source.chars().collect();
    let (mut tokens, mut line, mut i) = (Vec::new(), 1, 0);
    while i < chars.len() {
        let end = end_of(&chars, i);
        let text: String = chars[i..end].iter().collect();
        let counts = text == "::" || (end == i + 1 && !chars[i].is_whitespace()) || is_name(chars[i]);
        if counts && !is_literal(&chars, i) {
            tokens.push(Token { text, line });
        }
        line += chars[i..end].iter().filter(|c| **c == '\n').count();
        i = end;
    }
    tokens
}

fn is_name(c: char) -> bool {
    c.is_alphabetic() || c == '_'
}

/// A text, a character, a number or a lifetime.
fn is_literal(chars: &[char], i: usize) -> bool {
    chars[i] == '"' || chars[i] == '\'' || chars[i].is_ascii_digit() || raw_text(chars, i).is_some()
}

/// Where what begins at `i` ends.
fn end_of(chars: &[char], i: usize) -> usize {
    let at = |n: usize| chars.get(i + n).copied().unwrap_or(' ');
    let until = |from: usize, end: &str| {
        let end: Vec<char> = end.chars().collect();
        (from..chars.len()).find(|j| chars[*j..].starts_with(&end)).map_or(chars.len(), |j| j + end.len())
    };
    match (at(0), at(1)) {
        ('/', '/') => (i..chars.len()).find(|j| chars[*j] == '\n').unwrap_or(chars.len()),
        ('/', '*') => block_comment(chars, i),
        (':', ':') => i + 2,
        ('"', _) => quoted(chars, i, '"'),
        ('\'', '\\') => quoted(chars, i, '\''),
        ('\'', _) if at(2) == '\'' => i + 3,
        ('\'', _) => (i + 1..chars.len()).find(|j| !is_word(chars[*j])).unwrap_or(chars.len()),
        _ if raw_text(chars, i).is_some() => {
            let hashes = raw_text(chars, i).unwrap_or_default();
            let open = (i..chars.len()).find(|j| chars[*j] == '"').unwrap_or(i);
            until(open + 1, &format!("\"{}", "#".repeat(hashes)))
        }
        (c, _) if is_word(c) => (i..chars.len()).find(|j| !is_word(chars[*j])).unwrap_or(chars.len()),
        _ => i + 1,
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// How many `#` a raw text that begins here has; a byte text has a quote like any other.
fn raw_text(chars: &[char], i: usize) -> Option<usize> {
    let prefix = chars[i..].iter().take_while(|c| matches!(c, 'r' | 'b' | 'c')).count();
    if !(1..=2).contains(&prefix) || !chars[i..i + prefix].contains(&'r') || (i > 0 && is_word(chars[i - 1])) {
        return None;
    }
    let hashes = chars[i + prefix..].iter().take_while(|c| **c == '#').count();
    (chars.get(i + prefix + hashes) == Some(&'"')).then_some(hashes)
}

fn quoted(chars: &[char], i: usize, quote: char) -> usize {
    let mut j = i + 1;
    while j < chars.len() && chars[j] != quote {
        j += if chars[j] == '\\' { 2 } else { 1 };
    }
    (j + 1).min(chars.len())
}

fn block_comment(chars: &[char], i: usize) -> usize {
    let (mut j, mut depth) = (i, 0);
    while j < chars.len() {
        match (chars[j], chars.get(j + 1)) {
            ('/', Some('*')) => (depth, j) = (depth + 1, j + 2),
            ('*', Some('/')) => (depth, j) = (depth - 1, j + 2),
            _ => j += 1,
        }
        if depth == 0 {
            break;
        }
    }
    j
}

/// Leaves out every item under `#[cfg(test)]`, in whatever form, and gives the modules among them.
fn without_tests(tokens: &[Token]) -> (Vec<Token>, Vec<String>) {
    let (mut kept, mut modules, mut i) = (Vec::new(), Vec::new(), 0);
    while i < tokens.len() {
        let attribute = tokens[i].is("#") && tokens.get(i + 1).is_some_and(|token| token.is("["));
        if !attribute {
            kept.push(tokens[i].clone());
            i += 1;
            continue;
        }
        let end = closed(tokens, i + 1);
        let names = |name: &str| tokens[i..end].iter().any(|token| token.is(name));
        if names("cfg") && names("test") && !names("not") {
            i = item_end(tokens, end);
            let module = tokens[end..i].windows(2).find(|pair| pair[0].is("mod"));
            modules.extend(module.map(|pair| pair[1].text.clone()));
        } else {
            i = end;
        }
    }
    (kept, modules)
}

/// After the bracket that closes the one at `open`.
fn closed(tokens: &[Token], open: usize) -> usize {
    let mut depth = 0;
    for (i, token) in tokens.iter().enumerate().skip(open) {
        match &*token.text {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return i + 1;
        }
    }
    tokens.len()
}

/// After the item that begins here: its semicolon, or its closing brace.
fn item_end(tokens: &[Token], start: usize) -> usize {
    let (mut i, mut import) = (start, false);
    while i < tokens.len() {
        match &*tokens[i].text {
            ";" => return i + 1,
            "use" => import = true,
            "(" | "[" => {
                i = closed(tokens, i);
                continue;
            }
            "{" if import => {
                i = closed(tokens, i);
                continue;
            }
            "{" => return closed(tokens, i),
            _ => {}
        }
        i += 1;
    }
    tokens.len()
}
