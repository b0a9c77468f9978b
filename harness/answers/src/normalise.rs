//! Answer text to tokens: LaTeX, plain text and common Unicode signs brought to one notation.
//!
//! Taken away here: `\left`, `\right`, spacing, dollar signs of formulas, `\dfrac` against `\frac`, braces around one token,
//! thousands separators, closing punctuation, Markdown emphasis, formula delimiters. `\text{…}` becomes words.

mod lexer;
mod names;
mod number;
mod scripts;
mod signs;

/// One token and whether white space stood before it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Token {
    pub(crate) kind: Kind,
    pub(crate) space_before: bool,
}

/// What a token is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Kind {
    /// Digits with at most one point and an optional exponent (`12`, `0.5`, `1.5e3`), a
    /// repetend in parentheses (`0.1(6)`).
    Number(String),
    /// A letter of a formula.
    Letter(char),
    /// A word: text, a unit, a name.
    Word(String),
    /// A LaTeX command or function name, without backslash.
    Command(String),
    /// Any other sign, in one spelling: `*` for all products, `≤`, `π`, `∞`, `∪`, `⦃` and `⦄` for the braces of sets.
    Symbol(char),
    /// `{` of a group of more than one token.
    Open,
    /// `}` of a group of more than one token.
    Close,
    /// `\begin{…}`.
    Begin(String),
    /// `\end{…}`.
    End(String),
    /// `\\` between rows.
    Row,
}

/// Longest text that is read as tokens, in bytes. Answers are short; anything longer is compared by its text.
const MAX_LENGTH: usize = 2_000;

/// The tokens of an answer; `None` where the text is too long, nested too deeply or its braces do not match.
pub(crate) fn tokens(text: &str) -> Option<Vec<Token>> {
    let narrow = (!text.is_ascii()).then(|| narrowed(text));
    let text = narrow.as_deref().unwrap_or(text);
    let single = scripts::single_backslashes(text);
    let text = single.as_deref().unwrap_or(text);
    let with_currency = lone_dollar(text);
    let text = with_currency.as_deref().unwrap_or(text);
    let noise = |c: char| c.is_whitespace() || matches!(c, '$' | '*' | ':');
    let text = unquoted(text.trim_matches(noise));
    let closed = text.trim_end_matches(|c: char| noise(c) || matches!(c, '.' | ',' | ';'));
    // Three dots say that something goes on, one that the sentence ends.
    let goes_on = text.get(closed.len()..).is_some_and(|rest| rest.contains("..."));
    let text = if goes_on { text } else { closed };
    if text.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')).is_some_and(|inner| inner.trim().is_empty()) {
        // In LaTeX this is nothing at all, so that the empty set is meant.
        return Some(['⦃', '⦄'].map(|brace| Token { kind: Kind::Symbol(brace), space_before: false }).to_vec());
    }
    let mut tokens = if text.len() > MAX_LENGTH { None } else { lexer::Lexer::new(text).run() }?;
    while tokens.last().is_some_and(|t| matches!(t.kind, Kind::Symbol('.' | ',' | ';' | ':') | Kind::Row)) {
        tokens.pop();
    }
    // `3.14159...` is a number; `1, 2, ...` goes on.
    if let [.., before, Token { kind: Kind::Symbol('…'), .. }] = tokens.as_slice()
        && !matches!(before.kind, Kind::Symbol(_))
    {
        tokens.pop();
    }
    scripts::subscripts_first(&mut tokens);
    Some(tokens)
}

/// An answer in quotation marks or as code.
fn unquoted(text: &str) -> &str {
    [('"', '"'), ('“', '”'), ('`', '`')]
        .iter()
        .find_map(|(open, close)| {
            text.strip_prefix(*open)?.strip_suffix(*close).filter(|inner| !inner.contains(*close))
        })
        .map_or(text, str::trim)
}

/// Full-width forms, small forms and pictures of signs as what they stand for.
fn narrowed(text: &str) -> String {
    let mut narrow = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\u{ff01}'..='\u{ff5e}' => narrow.extend(char::from_u32(u32::from(c) - 0xfee0)),
            '﹣' => narrow.push('-'),
            '﹢' => narrow.push('+'),
            '⩽' => narrow.push('≤'),
            '⩾' => narrow.push('≥'),
            '∠' => narrow.push_str("\\angle "),
            '△' => narrow.push_str("\\triangle "),
            '→' => narrow.push_str("\\to "),
            '∧' => narrow.push_str("\\land "),
            '∨' => narrow.push_str("\\lor "),
            'ℯ' | 'ⅇ' => narrow.push('e'),
            'ⅈ' => narrow.push('i'),
            'ℎ' => narrow.push('h'),
            '𝜋' | '𝝅' | '𝛑' => narrow.push('π'),
            // Nothing that can be seen.
            '\u{200b}'..='\u{200d}' | '\u{2060}'..='\u{2064}' | '\u{feff}' | '\u{ad}' => {}
            // Letters and digits of mathematical alphabets, from bold capitals to digits of equal width.
            '\u{1d400}'..='\u{1d6a3}' => narrow.extend(plain_letter(u32::from(c) - 0x1d400)),
            '\u{1d7ce}'..='\u{1d7ff}' => narrow.extend(char::from_digit((u32::from(c) - 0x1d7ce) % 10, 10)),
            c => narrow.push(c),
        }
    }
    narrow
}

/// The letter at a place of the mathematical alphabets, each of which has capitals and then small letters.
fn plain_letter(place: u32) -> Option<char> {
    let place = u8::try_from(place % 52).ok()?;
    Some(char::from(if place < 26 { b'A' + place } else { b'a' + place - 26 }))
}

/// `$5` is five dollars, `$5$` a formula: a dollar sign that no other one closes is the currency, and is written `\$5` here.
fn lone_dollar(text: &str) -> Option<String> {
    let place = text.find('$')?;
    let is_escaped = text[..place].ends_with('\\');
    let is_lone = !is_escaped && !text[place + 1..].contains('$');
    is_lone.then(|| format!("{}\\{}", &text[..place], &text[place..]))
}

/// The normalised text of tokens: equal keys mean equal answers.
pub(crate) fn key(tokens: &[Token]) -> String {
    let mut key = String::with_capacity(4 * tokens.len());
    let mut after_number = false;
    for Token { kind, .. } in tokens {
        // Neighbouring numbers and words must not run together.
        if after_number && matches!(kind, Kind::Number(_)) {
            key.push(' ');
        }
        after_number = matches!(kind, Kind::Number(_));
        match kind {
            Kind::Number(text) | Kind::Word(text) => key.push_str(text),
            Kind::Letter(c) | Kind::Symbol(c) => key.push(*c),
            Kind::Command(name) => key.extend(["\\", name, " "]),
            Kind::Open => key.push('{'),
            Kind::Close => key.push('}'),
            Kind::Begin(name) => key.extend(["\\begin{", name, "}"]),
            Kind::End(name) => key.extend(["\\end{", name, "}"]),
            Kind::Row => key.push_str("\\\\"),
        }
    }
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key_of(text: &str) -> Option<String> {
        tokens(text).map(|tokens| key(&tokens))
    }

    #[test]
    fn notations_of_one_answer_have_one_key() {
        let groups: [&[&str]; 15] = [
            &["\\frac{1}{2}", "\\dfrac12", "\\tfrac 12", "$\\frac{1}2$.", "\\( \\frac 1 2 \\)", "**\\cfrac{1}{2}**"],
            &["1,234", "1{,}234", "1\\,234", "1,\\!234", "1234", "1 234", "$1,\\! 234$"],
            &["\\$1,234", "$1,234", "$\\$1234$"],
            &["11,\\! 111,\\! 100", "11,111,100"],
            &["\\left(1,2\\right)", "(1, 2)", "\\bigl( 1,\\; 2 \\bigr)"],
            &["90^\\circ", "90^{\\circ}", "90°", "90\\degree"],
            &["\\sqrt{2}", "\\sqrt2", "√2", "sqrt{2}"],
            &["2\\cdot x", "2 \\times x", "2*x", "2×x"],
            &["\\text{east}", "east", "\\mbox{ east }", "\\textbf{east}"],
            &["50\\%", "50%"],
            &["x^{2}", "x^2", "x²"],
            &["\\pi", "π", "pi"],
            &["(-\\infty, 3]", "(-∞,3]", "(-inf,3]"],
            &["x\\leq 3", "x \\le 3", "x≤3", "x \\leqslant 3", "x <= 3"],
            &["\\{1,2\\}", "\\lbrace 1,2\\rbrace", "\\left\\{1,2\\right\\}"],
        ];
        for group in groups {
            for text in group {
                assert_eq!(key_of(text), key_of(group[0]), "{text} against {}", group[0]);
            }
        }
    }

    #[test]
    fn a_comma_within_brackets_separates() {
        assert_eq!(key_of("(1,234)").as_deref(), Some("(1,234)"));
        assert_eq!(key_of("\\{1,234\\}").as_deref(), Some("⦃1,234⦄"));
        assert_eq!(key_of("(1{,}234, 5)").as_deref(), Some("(1234,5)"));
        assert_eq!(key_of("100, 200").as_deref(), Some("100,200"));
        assert_eq!(key_of("1,234,5").as_deref(), Some("1,234,5"));
        assert_eq!(key_of("1,-2").as_deref(), Some("1,-2"));
    }

    #[test]
    fn unreadable_texts_have_no_tokens() {
        assert_eq!(key_of("{5"), None);
        assert_eq!(key_of("5}"), None);
        assert_eq!(key_of(&"{x".repeat(500)), None);
        assert_eq!(key_of(&"\\frac".repeat(300)), None);
        assert_eq!(key_of(&"1".repeat(5_000)), None);
    }
}
