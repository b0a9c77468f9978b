//! The scanner behind [`super::tokens`].

use super::names::{self, Meaning};
use super::{Kind, Token};

/// Deepest nesting of groups and command arguments.
const MAX_NESTING: u32 = 40;

/// What the digits of a repeating decimal stand in.
const REPEATING: &str = "\\overline{";

pub(super) struct Lexer<'a> {
    text: &'a str,
    position: usize,
    tokens: Vec<Token>,
    /// Within `( ) [ ] \{ \}`, where a plain comma separates and does not group digits.
    brackets: u32,
    nesting: u32,
    in_text: bool,
    space_before: bool,
}

impl<'a> Lexer<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        let tokens = Vec::with_capacity(text.len().min(64));
        Self { text, position: 0, tokens, brackets: 0, nesting: 0, in_text: false, space_before: false }
    }

    pub(super) fn run(mut self) -> Option<Vec<Token>> {
        while let Some(c) = self.peek() {
            self.one(c)?;
        }
        Some(self.tokens)
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.position..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn push(&mut self, kind: Kind) {
        match kind {
            Kind::Symbol('(' | '[' | '⦃') => self.brackets += 1,
            Kind::Symbol(')' | ']' | '⦄') => self.brackets = self.brackets.saturating_sub(1),
            _ => {}
        }
        self.tokens.push(Token { kind, space_before: self.space_before });
        self.space_before = false;
    }

    fn skip_space(&mut self) {
        let rest = self.rest();
        let trimmed = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '~');
        self.space_before |= trimmed.len() < rest.len();
        self.position += rest.len() - trimmed.len();
    }

    /// Reads one token, or skips what has no meaning.
    fn one(&mut self, c: char) -> Option<()> {
        match c {
            _ if c.is_whitespace() || c == '~' => self.skip_space(),
            '{' => self.group(true)?,
            '}' => return None,
            '\\' => self.command()?,
            '0'..='9' => self.number(),
            '.' if self.rest()[1..].starts_with(|next: char| next.is_ascii_digit()) => self.number(),
            '<' | '>' if self.rest()[1..].starts_with('=') => {
                self.position += 2;
                self.push(Kind::Symbol(if c == '<' { '≤' } else { '≥' }));
            }
            'π' | '∞' | '∪' => self.sign(c),
            _ if c.is_alphabetic() => self.letters(),
            _ => self.sign(c),
        }
        Some(())
    }

    fn sign(&mut self, c: char) {
        self.position += c.len_utf8();
        match c {
            '$' => {}
            '√' => self.push(Kind::Command("sqrt".to_owned())),
            // The circle of degrees is raised in LaTeX and not in Unicode.
            '°' | 'º' => self.degree(),
            '½' | '¼' | '¾' => {
                let (top, bottom) = match c {
                    '½' => ("1", "2"),
                    '¼' => ("1", "4"),
                    _ => ("3", "4"),
                };
                self.push(Kind::Command("frac".to_owned()));
                self.push(Kind::Number(top.to_owned()));
                self.push(Kind::Number(bottom.to_owned()));
            }
            _ => match names::superscript(c) {
                Some(digit) => {
                    self.push(Kind::Symbol('^'));
                    self.push(Kind::Number(digit.to_string()));
                }
                None => self.push(Kind::Symbol(names::sign(c))),
            },
        }
    }

    /// `^\circ`, `^{\circ}`, `\degree` and `°` are one sign.
    fn degree(&mut self) {
        if self.tokens.last().is_some_and(|token| token.kind == Kind::Symbol('^')) {
            self.tokens.pop();
        }
        self.push(Kind::Symbol('°'));
    }

    /// `{…}`, at the opening brace. The braces are kept only around several tokens, and not around words.
    fn group(&mut self, keep_braces: bool) -> Option<()> {
        if self.rest().starts_with("{,}") {
            self.position += 3;
            self.push(Kind::Symbol(','));
            return Some(());
        }
        self.nesting += 1;
        if self.nesting > MAX_NESTING {
            return None;
        }
        let start = self.tokens.len();
        // `x^{\circ}`: only a look at what stands before the group tells a degree.
        let is_raised_circle = ["{\\circ}", "{\\degree}", "{°}"].iter().any(|circle| self.rest().starts_with(circle));
        self.position += 1;
        if keep_braces && !is_raised_circle {
            self.push(Kind::Open);
        }
        loop {
            match self.peek()? {
                '}' => break,
                c => self.one(c)?,
            }
        }
        self.position += 1;
        self.nesting -= 1;
        if keep_braces && !is_raised_circle {
            match self.tokens.len() - start {
                1 => drop(self.tokens.pop()),
                2 => {
                    let open = self.tokens.remove(start);
                    if let Some(only) = self.tokens.last_mut() {
                        only.space_before = open.space_before;
                    }
                }
                _ => self.push(Kind::Close),
            }
        }
        Some(())
    }

    /// A run of letters: a word, a function, or a product of letters.
    fn letters(&mut self) {
        let rest = self.rest();
        let length = rest.find(|c: char| !c.is_alphabetic() || matches!(c, 'π')).unwrap_or(rest.len());
        let run = &rest[..length];
        self.position += length;
        let after_number = self.tokens.last().is_some_and(|token| matches!(token.kind, Kind::Number(_)));
        if self.in_text {
            self.push(names::upright(run));
        } else if let Some(kind) = names::letters(run, after_number) {
            self.push(kind);
        } else {
            for c in run.chars() {
                self.push(Kind::Letter(c));
            }
        }
    }

    /// A backslash and what it commands.
    fn command(&mut self) -> Option<()> {
        let after = &self.rest()[1..];
        let length = after.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(after.len());
        let length = if length > 0 { length } else { after.chars().next().map_or(0, char::len_utf8) };
        let name = &after[..length];
        self.position += 1 + length;
        if name == "\\" {
            self.push(Kind::Row);
            return Some(());
        }
        match names::meaning(name) {
            Meaning::Nothing => {
                // `\right.` closes nothing visible.
                if matches!(name, "left" | "right") && self.rest().starts_with('.') {
                    self.position += 1;
                }
            }
            Meaning::Space => self.space_before = true,
            Meaning::Text => self.words()?,
            Meaning::Fraction => self.fraction()?,
            Meaning::Environment => self.environment(name)?,
            Meaning::Symbol('°') => self.degree(),
            Meaning::Symbol(c) => self.push(Kind::Symbol(c)),
            Meaning::Command if name.is_empty() => {}
            Meaning::Command => self.push(Kind::Command(name.to_owned())),
        }
        Some(())
    }

    /// The argument of `\text` and its like.
    fn words(&mut self) -> Option<()> {
        self.skip_space();
        if !self.rest().starts_with('{') {
            return Some(());
        }
        let outside = std::mem::replace(&mut self.in_text, true);
        self.space_before = true;
        self.group(false)?;
        self.space_before = true;
        self.in_text = outside;
        Some(())
    }

    fn fraction(&mut self) -> Option<()> {
        self.nesting += 1;
        if self.nesting > MAX_NESTING {
            return None;
        }
        self.push(Kind::Command("frac".to_owned()));
        for _ in 0..2 {
            self.skip_space();
            match self.peek()? {
                // TeX takes one digit: `\frac12` is a half.
                digit @ '0'..='9' => {
                    self.position += 1;
                    self.push(Kind::Number(digit.to_string()));
                }
                '}' => return None,
                c => self.one(c)?,
            }
        }
        self.nesting -= 1;
        Some(())
    }

    fn environment(&mut self, command: &str) -> Option<()> {
        self.skip_space();
        let (name, _) = self.rest().strip_prefix('{')?.split_once('}')?;
        self.position += name.len() + 2;
        let name = name.trim().to_owned();
        // The columns of an array say nothing.
        if command == "begin" && matches!(&*name, "array" | "tabular") {
            self.skip_space();
            let columns = self.rest().strip_prefix('{').and_then(|rest| rest.split_once('}'));
            self.position += columns.map_or(0, |(columns, _)| columns.len() + 2);
        }
        self.push(if command == "begin" { Kind::Begin(name) } else { Kind::End(name) });
        Some(())
    }

    fn number(&mut self) {
        let mut digits = String::new();
        self.digits(&mut digits);
        let may_group = (1..=3).contains(&digits.len()) && !digits.starts_with('0');
        if may_group {
            self.digit_groups(&mut digits);
        }
        let fraction = self.rest().strip_prefix('.');
        let is_digit = |c: char| c.is_ascii_digit();
        if fraction.is_some_and(|after| after.starts_with(is_digit) || after.starts_with(REPEATING)) {
            if digits.is_empty() {
                digits.push('0');
            }
            digits.push('.');
            self.position += 1;
            self.digits(&mut digits);
            self.repetend(&mut digits);
        }
        self.exponent(&mut digits);
        self.push(Kind::Number(digits));
    }

    fn digits(&mut self, digits: &mut String) {
        let rest = self.rest();
        let length = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        digits.push_str(&rest[..length]);
        self.position += length;
    }

    /// `0.1\overline{6}` is kept as `0.1(6)`.
    fn repetend(&mut self, digits: &mut String) {
        let Some((repeated, _)) = self.rest().strip_prefix(REPEATING).and_then(|rest| rest.split_once('}')) else {
            return;
        };
        if !repeated.is_empty() && repeated.bytes().all(|b| b.is_ascii_digit()) {
            self.position += REPEATING.len() + repeated.len() + 1;
            digits.push('(');
            digits.push_str(repeated);
            digits.push(')');
        }
    }

    /// The further groups of a number whose first one to three digits were read: all of them, or none.
    fn digit_groups(&mut self, digits: &mut String) {
        let mut rest = self.rest();
        let mut groups = String::new();
        while let Some((group, after)) = digit_group(rest, self.brackets > 0) {
            groups.push_str(group);
            rest = after;
        }
        // `1,234,5` is a list, whatever its first two members look like.
        let continues = rest.strip_prefix(',').is_some_and(|after| after.starts_with(|c: char| c.is_ascii_digit()));
        if !groups.is_empty() && (!continues || self.brackets > 0) {
            digits.push_str(&groups);
            self.position = self.text.len() - rest.len();
        }
    }

    /// `1.5e3`. Of a word such as `5 eggs` nothing is taken.
    fn exponent(&mut self, digits: &mut String) {
        let Some(after) = self.rest().strip_prefix(['e', 'E']) else {
            return;
        };
        let (sign, power) = match after.strip_prefix(['+', '-']) {
            Some(power) => (&after[..1], power),
            None => ("", after),
        };
        let length = power.find(|c: char| !c.is_ascii_digit()).unwrap_or(power.len());
        if length > 0 && !power[length..].starts_with(char::is_alphabetic) {
            digits.push('e');
            digits.push_str(sign);
            digits.push_str(&power[..length]);
            self.position += 1 + sign.len() + length;
        }
    }
}

/// A thousands separator and exactly three digits: the digits and what follows. Within brackets only separators count
/// that cannot separate members.
fn digit_group(text: &str, in_brackets: bool) -> Option<(&str, &str)> {
    let after = ["{,}", ",\\!", "\\!,", "\\,", "\\!", "{\\,}"]
        .iter()
        .find_map(|separator| text.strip_prefix(separator))
        .map(str::trim_start)
        .or_else(|| if in_brackets { None } else { text.strip_prefix([',', ' ', '\u{202f}', '\u{a0}', '\u{2009}']) })?;
    let group = after.get(..3).filter(|group| group.bytes().all(|b| b.is_ascii_digit()))?;
    let rest = &after[3..];
    // `1 234/5` is a mixed number, not 1234 fifths.
    let is_plain_space = text.starts_with(' ');
    let goes_on =
        rest.starts_with(|c: char| c.is_ascii_digit()) || is_plain_space && rest.trim_start().starts_with('/');
    (!goes_on).then_some((group, rest))
}
