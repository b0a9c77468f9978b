//! Numbers as they are written: thousands separators, decimal points and commas, repetends, exponents.
//!
//! A comma before exactly three digits separates thousands (`1,234`), unless it stands within brackets or the run of
//! groups is broken (`1,234,5`). It is a decimal point where nothing else makes sense: behind a lone zero (`0,25`; but `0,1` is two answers), in the
//! braces that LaTeX needs for it (`3{,}14`), behind grouped digits (`1.234,56` and `1 234,56`). In `3,5` it separates two
//! answers.

use super::lexer::Lexer;
use super::{Kind, Token};

fn is_digit(c: char) -> bool {
    c.is_ascii_digit()
}

/// Commands whose argument is the part that repeats, with the brace.
const REPEATING: [&str; 3] = ["\\overline", "\\bar", "\\dot"];

impl Lexer<'_> {
    pub(super) fn number(&mut self) {
        let mut digits = String::new();
        self.digits(&mut digits);
        // What follows most numbers is no part of them.
        let ends = matches!(
            self.rest().as_bytes().first(),
            None | Some(b'+' | b'-' | b'*' | b'/' | b'^' | b')' | b']' | b'}' | b'=' | b'a'..=b'd' | b'f'..=b'z')
        );
        if ends && !digits.is_empty() {
            self.push(Kind::Number(digits));
            return;
        }
        // `\log_2 153` is no logarithm to the base 2153.
        let is_script = matches!(self.tokens.last(), Some(Token { kind: Kind::Symbol('_' | '^'), .. }));
        let may_group = (1..=3).contains(&digits.len()) && !digits.starts_with('0') && !is_script;
        let grouped = may_group && (self.point_groups(&mut digits) || self.digit_groups(&mut digits));
        if let Some(length) = self.decimal_mark(&digits, grouped) {
            if digits.is_empty() {
                digits.push('0');
            }
            digits.push('.');
            self.position += length;
            self.digits(&mut digits);
            self.repetend(&mut digits);
            self.goes_on(&mut digits);
        }
        self.exponent(&mut digits);
        self.push(Kind::Number(digits));
    }

    /// Whether digits, or a part that repeats, follow a decimal point.
    pub(super) fn begins_decimals(&self, after: &str) -> bool {
        after.starts_with(is_digit) || repetend(after).is_some()
    }

    fn digits(&mut self, digits: &mut String) {
        let rest = self.rest();
        let length = rest.find(|c: char| !is_digit(c)).unwrap_or(rest.len());
        digits.push_str(&rest[..length]);
        self.position += length;
    }

    /// Length of the decimal point or comma at which the lexer stands, if it is one.
    fn decimal_mark(&self, whole: &str, grouped: bool) -> Option<usize> {
        let rest = self.rest();
        if let Some(after) = rest.strip_prefix('.') {
            return self.begins_decimals(after).then_some(1);
        }
        if rest.strip_prefix("{,}").is_some_and(|after| after.starts_with(is_digit)) {
            return Some(3);
        }
        let after = rest.strip_prefix(',').filter(|after| after.starts_with(is_digit))?;
        let several_digits = after.len() > 1 && after[1..].starts_with(is_digit);
        let goes_on = after.trim_start_matches(is_digit).trim_start().starts_with([',', ';']);
        let comes_from = matches!(self.tokens.last(), Some(Token { kind: Kind::Symbol(',' | ';'), .. }));
        (self.brackets == 0 && (grouped || whole == "0" && several_digits) && !goes_on && !comes_from).then_some(1)
    }

    /// `0.1\overline{6}`, `0.1\dot{6}` and `0.1(6)` are kept as `0.1(6)`.
    fn repetend(&mut self, digits: &mut String) {
        if let Some((repeated, length)) = repetend(self.rest()) {
            self.position += length;
            digits.push('(');
            digits.push_str(&repeated);
            digits.push(')');
        }
    }

    /// `0.1666...` is `0.1(6)`. Digits that repeat too seldom to tell are left as they are: `2.718281828...` is no fraction.
    fn goes_on(&mut self, digits: &mut String) {
        const DOTS: [&str; 5] = ["...", "…", "\\ldots", "\\dots", "\\cdots"];
        let rest = self.rest();
        let after = rest.trim_start();
        let Some(dots) = DOTS.iter().find(|dots| after.starts_with(**dots)) else {
            return;
        };
        let Some(period) = digits.split_once('.').and_then(|(_, fraction)| period(fraction.as_bytes())) else {
            return;
        };
        let repeated = digits.split_off(digits.len() - period);
        digits.push('(');
        digits.push_str(&repeated);
        digits.push(')');
        self.position += rest.len() - after.len() + dots.len();
    }

    /// `1.234,56` and `1.234.567`: points between thousands, as in much of Europe. Whether there were any.
    fn point_groups(&mut self, digits: &mut String) -> bool {
        let mut rest = self.rest();
        let mut groups = String::new();
        while let Some(group) = rest.strip_prefix('.').and_then(three_digits) {
            groups.push_str(group);
            rest = &rest[4..];
        }
        let decimals = rest.strip_prefix(',').is_some_and(|after| after.starts_with(is_digit));
        // `1.234` is a decimal.
        let certain = groups.len() > 3 || groups.len() == 3 && decimals;
        if self.brackets > 0 || !certain || rest.starts_with('.') && rest[1..].starts_with(is_digit) {
            return false;
        }
        digits.push_str(&groups);
        self.position = self.text.len() - rest.len();
        true
    }

    /// The further groups of a number whose first one to three digits were read: all of them, or none. Whether there were
    /// any that were set apart by spaces, so that a comma behind them can only be a decimal one.
    fn digit_groups(&mut self, digits: &mut String) -> bool {
        let mut rest = self.rest();
        let mut groups = String::new();
        let by_space = !rest.starts_with([',', '{']) && !rest.starts_with("\\!");
        while let Some((group, after)) = digit_group(rest, self.brackets > 0) {
            groups.push_str(group);
            rest = after;
        }
        // `1,234,5` is a list, whatever its first two members look like.
        let continues = !by_space && rest.strip_prefix(',').is_some_and(|after| after.starts_with(is_digit));
        if groups.is_empty() || continues && self.brackets == 0 {
            return false;
        }
        digits.push_str(&groups);
        self.position = self.text.len() - rest.len();
        by_space
    }

    /// `1.5e3`. Of a word such as `5 eggs` nothing is taken, nor of sums with the number e such as `e^2-2e+1`.
    fn exponent(&mut self, digits: &mut String) {
        let Some(after) = self.rest().strip_prefix(['e', 'E']) else {
            return;
        };
        let (sign, power) = match after.strip_prefix(['+', '-']) {
            Some(power) => (&after[..1], power),
            None => ("", after),
        };
        let length = power.find(|c: char| !is_digit(c)).unwrap_or(power.len());
        // Programs write `1e+05` and `1.5e+5`.
        let may_be_sum = sign == "+" && length < 2 && !digits.contains('.');
        if length > 0 && !power[length..].starts_with(char::is_alphabetic) && !may_be_sum && !self.has_euler() {
            digits.push('e');
            digits.push_str(sign);
            digits.push_str(&power[..length]);
            self.position += 1 + sign.len() + length;
        }
    }

    /// Whether an `e` stands anywhere in the text that is no part of a word and of no number.
    fn has_euler(&self) -> bool {
        let bytes = self.text.as_bytes();
        let at = |index: Option<usize>| index.and_then(|index| bytes.get(index)).copied().unwrap_or(b' ');
        bytes.iter().enumerate().any(|(index, byte)| {
            let (before, after) = (at(index.checked_sub(1)), at(Some(index + 1)));
            let in_number = before.is_ascii_digit() && (after.is_ascii_digit() || matches!(after, b'+' | b'-'));
            let in_word = before.is_ascii_alphabetic() || before == b'\\' || after.is_ascii_alphabetic();
            *byte == b'e' && !in_number && !in_word
        })
    }
}

/// The length of the shortest part that decimals end in at least three times, or consist of at least twice.
fn period(decimals: &[u8]) -> Option<usize> {
    const LONGEST: usize = 12;
    (1..=LONGEST.min(decimals.len() / 2)).find(|&length| {
        let mut parts = decimals.rchunks_exact(length);
        let last = parts.next();
        let times = 1 + parts.take_while(|part| Some(*part) == last).count();
        times >= 3 || times == 2 && length > 1 && 2 * length == decimals.len()
    })
}

/// The digits that repeat and the length of what says so.
fn repetend(text: &str) -> Option<(String, usize)> {
    let all_digits = |repeated: &str| !repeated.is_empty() && repeated.bytes().all(|b| b.is_ascii_digit());
    for command in REPEATING {
        let Some(argument) = text.strip_prefix(command) else { continue };
        let (repeated, rest) = first_argument(argument)?;
        // `\dot{1}4285\dot{7}` marks the ends of what repeats.
        let between = rest.trim_start_matches(is_digit);
        if let Some((last, after)) = between.strip_prefix(command).and_then(first_argument)
            && command == "\\dot"
        {
            let middle = rest.get(..rest.len() - between.len())?;
            let repeated = [repeated, middle, last].concat();
            return all_digits(&repeated).then_some((repeated, text.len() - after.len()));
        }
        return all_digits(repeated).then_some((repeated.to_owned(), text.len() - rest.len()));
    }
    let (repeated, _) = text.strip_prefix('(')?.split_once(')')?;
    all_digits(repeated).then_some((repeated.to_owned(), repeated.len() + 2))
}

/// What stands in braces, or one character, and what follows.
fn first_argument(text: &str) -> Option<(&str, &str)> {
    let text = text.trim_start();
    match text.strip_prefix('{') {
        Some(group) => group.split_once('}'),
        None => text.split_at_checked(1),
    }
}

/// Exactly three digits at the start of a text.
fn three_digits(text: &str) -> Option<&str> {
    let group = text.get(..3).filter(|group| group.bytes().all(|b| b.is_ascii_digit()))?;
    (!text[3..].starts_with(is_digit)).then_some(group)
}

/// A thousands separator and exactly three digits: the digits and what follows. Within brackets only separators count
/// that cannot separate members.
fn digit_group(text: &str, in_brackets: bool) -> Option<(&str, &str)> {
    const ANYWHERE: [&str; 11] = ["\\!,\\!", "{,}", ",\\!", "\\!,", "\\,", "\\!", "{\\,}", "\\ ", "\\;", "\\:", "~"];
    const OUTSIDE: [char; 5] = [',', ' ', '\u{202f}', '\u{a0}', '\u{2009}'];
    // Nearly always there is no separator at all.
    if !text.starts_with(|c: char| matches!(c, '{' | '\\' | '~') || OUTSIDE.contains(&c)) {
        return None;
    }
    let after = ANYWHERE
        .iter()
        .find_map(|separator| text.strip_prefix(separator))
        .map(str::trim_start)
        .or_else(|| if in_brackets { None } else { text.strip_prefix(OUTSIDE) })?;
    let group = three_digits(after)?;
    let rest = &after[3..];
    // `1 234/5` is a mixed number, not 1234 fifths.
    let is_plain_space = text.starts_with(' ');
    (!(is_plain_space && rest.trim_start().starts_with('/'))).then_some((group, rest))
}
