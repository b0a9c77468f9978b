//! The scanner behind [`super::tokens`].

use super::names::{self, Meaning};
use super::{Kind, Token, signs};
use crate::value::Function;

/// Deepest nesting of groups and command arguments.
const MAX_NESTING: u32 = 40;

pub(super) struct Lexer<'a> {
    pub(super) text: &'a str,
    pub(super) position: usize,
    pub(super) tokens: Vec<Token>,
    /// Within `( ) [ ] \{ \}`, where a plain comma separates and does not group digits.
    pub(super) brackets: u32,
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

    pub(super) fn rest(&self) -> &'a str {
        self.text.get(self.position..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    pub(super) fn push(&mut self, kind: Kind) {
        match kind {
            Kind::Symbol('(' | '[' | '⦃') => self.brackets += 1,
            // `]0,1[` opens with the bracket that closes elsewhere.
            Kind::Symbol(']') if self.brackets == 0 => self.brackets = 1,
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
            '.' if self.begins_decimals(&self.rest()[1..]) => self.number(),
            '<' | '>' if self.rest()[1..].starts_with('=') => {
                self.position += 2;
                self.push(Kind::Symbol(if c == '<' { '≤' } else { '≥' }));
            }
            '.' if self.rest().starts_with("...") => {
                self.position += 3;
                self.push(Kind::Symbol('…'));
            }
            '+' if self.rest().starts_with("+/-") => {
                self.position += 3;
                self.push(Kind::Symbol('±'));
            }
            '"' | '″' => self.inches(c.len_utf8()),
            '\'' if self.rest().starts_with("''") => self.inches(2),
            '!' if self.rest()[1..].starts_with('=') && self.begins_not_equal() => self.not_equal(2),
            '<' if self.rest()[1..].starts_with('>') => self.not_equal(2),
            '=' if self.rest().starts_with("=/=") => self.not_equal(3),
            '=' if self.rest()[1..].starts_with('\u{338}') => self.not_equal(1 + '\u{338}'.len_utf8()),
            // The power of programming languages.
            '*' if self.rest().starts_with("**") => {
                self.position += 2;
                self.push(Kind::Symbol('^'));
            }
            // The masculine ordinal counts as a letter and is typed for degrees.
            'π' | '∞' | '∪' | 'º' => self.sign(c),
            _ if signs::superscript(c).is_some() => self.script('^', signs::superscript)?,
            _ if signs::subscript(c).is_some() => self.script('_', signs::subscript)?,
            _ if c.is_alphabetic() => self.letters(),
            _ => self.sign(c),
        }
        Some(())
    }

    /// Whether an exclamation mark before an equals sign says "not": `x != 3`. `5! = 120` and `n!=6` are factorials.
    fn begins_not_equal(&self) -> bool {
        (self.space_before || !matches!(self.tokens.last(), Some(Token { kind: Kind::Number(_), .. })))
            && !self.rest()[2..].starts_with('=')
            && (self.space_before || !self.rest()[2..].starts_with(|c: char| c.is_ascii_digit()))
    }

    fn not_equal(&mut self, length: usize) {
        self.position += length;
        self.push(Kind::Symbol('≠'));
    }

    /// Whether the command just read stands between two letters that are marked as vectors, so that it crosses them.
    fn is_between_vectors(&self, command: &str) -> bool {
        const MARKS: [&str; 5] = ["\\vec", "\\overrightarrow", "\\mathbf", "\\boldsymbol", "\\hat"];
        let before = self.text[..self.position - 1 - command.len()].trim_end();
        let before = before.trim_end_matches('}').trim_end_matches(|c: char| c.is_ascii_alphanumeric());
        let before = before.trim_end_matches(['{', ' ']);
        let rest = self.rest().trim_start();
        MARKS.iter().any(|mark| before.ends_with(mark)) && MARKS.iter().any(|mark| rest.starts_with(mark))
    }

    /// What `\not` strikes out: `\not=`, `\not\in`.
    fn struck_out(&mut self) {
        self.skip_space();
        const STRUCK: [(&str, char); 5] = [("=", '≠'), ("\\eq", '≠'), ("\\in", '∉'), ("\\ni", '∌'), ("\\equiv", '≢')];
        let found = STRUCK.iter().rev().find(|(sign, _)| {
            self.rest()
                .strip_prefix(*sign)
                .is_some_and(|after| !sign.starts_with('\\') || !after.starts_with(|c: char| c.is_ascii_alphabetic()))
        });
        match found {
            Some((sign, struck)) => {
                self.position += sign.len();
                self.push(Kind::Symbol(*struck));
            }
            None => self.push(Kind::Command("not".to_owned())),
        }
    }

    fn sign(&mut self, c: char) {
        self.position += c.len_utf8();
        match c {
            '$' => {}
            '√' => self.push(Kind::Command("sqrt".to_owned())),
            // The circle of degrees is raised in LaTeX and not in Unicode.
            '°' | 'º' => self.degree(),
            '∛' | '∜' => {
                let index = if c == '∛' { "3" } else { "4" };
                self.push(Kind::Command("sqrt".to_owned()));
                self.push(Kind::Symbol('['));
                self.push(Kind::Number(index.to_owned()));
                self.push(Kind::Symbol(']'));
            }
            '∠' => self.push(Kind::Command("angle".to_owned())),
            '△' => self.push(Kind::Command("triangle".to_owned())),
            '∑' => self.push(Kind::Command("sum".to_owned())),
            '∏' => self.push(Kind::Command("prod".to_owned())),
            _ => match signs::fraction(c) {
                Some((top, bottom)) => {
                    self.push(Kind::Command("frac".to_owned()));
                    self.push(Kind::Number(top.to_owned()));
                    self.push(Kind::Number(bottom.to_owned()));
                }
                None => self.push(Kind::Symbol(names::sign(c))),
            },
        }
    }

    /// `5"`, and `6'2"`, where the mark before it are feet. Behind degrees it is a part of an angle, and no unit of length.
    fn inches(&mut self, length: usize) {
        let is_number = |token: &Token| matches!(token.kind, Kind::Number(_));
        let is_length = self.tokens.last().is_some_and(is_number)
            && !self.tokens.iter().any(|token| token.kind == Kind::Symbol('°'));
        if !is_length {
            // A second derivative, or a quotation.
            self.position += 1;
            self.push(Kind::Symbol('\''));
            return;
        }
        self.position += length;
        if let [.., feet, mark, _] = self.tokens.as_mut_slice()
            && is_number(feet)
            && mark.kind == Kind::Symbol('\'')
        {
            mark.kind = Kind::Word("ft".to_owned());
        }
        self.push(Kind::Word("in".to_owned()));
    }

    /// A run of raised or lowered characters: `10⁻³` is `10^{-3}`.
    fn script(&mut self, mark: char, plain: fn(char) -> Option<char>) -> Option<()> {
        let mut text = String::new();
        while let Some(c) = self.peek().and_then(|c| plain(c).map(|plain| (c, plain))) {
            self.position += c.0.len_utf8();
            text.push(c.1);
        }
        let tokens = Lexer::new(&text).run()?;
        self.push(Kind::Symbol(mark));
        let several = tokens.len() > 1;
        if several {
            self.push(Kind::Open);
        }
        self.tokens.extend(tokens);
        if several {
            self.push(Kind::Close);
        }
        Some(())
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
        if let [letter @ (b'a'..=b'n' | b'p'..=b'z' | b'A'..=b'Z'), after @ ..] = rest.as_bytes()
            && !self.in_text
            && !after.first().is_some_and(|next| next.is_ascii_alphabetic() || !next.is_ascii())
        {
            let is_metres = *letter == b'm'
                && self.space_before
                && matches!(self.tokens.last(), Some(Token { kind: Kind::Number(_), .. }));
            self.position += 1;
            self.push(Kind::Letter(char::from(*letter)));
            if is_metres {
                self.power_of_unit();
            }
            return;
        }
        let length = rest.find(|c: char| !c.is_alphabetic() || matches!(c, 'π')).unwrap_or(rest.len());
        let run = &rest[..length];
        self.position += length;
        let after_number = self.follows_amount();
        let raises_number = matches!(
            self.tokens.as_slice(),
            [.., Token { kind: Kind::Number(_), .. }, Token { kind: Kind::Symbol('^'), .. }]
        );
        if run == "Rs" {
            self.position += usize::from(self.rest().starts_with('.'));
            self.push(Kind::Symbol('₹'));
        } else if self.in_text {
            let kind = names::upright(run);
            let may_have_power = matches!(kind, Kind::Word(_)) && after_number;
            self.push_signed(kind);
            if may_have_power {
                self.power_of_unit();
            }
        } else if run == "at" && ["least", "most"].iter().any(|word| self.rest().trim_start().starts_with(word)) {
            self.push(Kind::Word(run.to_owned()));
        } else if run == "log"
            && let Some(base) = ["2", "10"]
                .iter()
                .find(|base| self.rest().strip_prefix(**base).is_some_and(|rest| rest.starts_with('(')))
        {
            // `log2(8)`, as programs write it.
            self.position += base.len();
            self.push(Kind::Command(run.to_owned()));
            self.push(Kind::Symbol('_'));
            self.push(Kind::Number((*base).to_owned()));
        } else if run == "o" && raises_number {
            self.degree();
        } else if let Some((function, argument)) = joined_function(run) {
            self.push(Kind::Command(function.to_owned()));
            self.push(Kind::Letter(argument));
        } else if run == "mg" && after_number && !self.may_be_milligrams() {
            self.push(Kind::Letter('m'));
            self.push(Kind::Letter('g'));
        } else if let Some(kind) = names::letters(run, after_number, self.space_before) {
            let may_have_power = after_number && matches!(kind, Kind::Word(_));
            self.push_signed(kind);
            if may_have_power {
                self.power_of_unit();
            }
        } else {
            for c in run.chars() {
                self.push(Kind::Letter(c));
            }
        }
    }

    /// Whether `mg` is a unit here: behind a plain number, and nothing but another unit follows. Beside fractions and
    /// symbols it is a weight, `m` times `g`.
    fn may_be_milligrams(&self) -> bool {
        let is_amount = match self.tokens.as_slice() {
            [] => false,
            [_] => true,
            [.., before, _] => matches!(
                before.kind,
                Kind::Word(_) | Kind::Symbol('-' | '=' | '≈' | ',' | ';' | ':' | '<' | '>' | '≤' | '≥' | '±')
            ),
        };
        let follows = self.rest().trim_start();
        let ends = follows.is_empty() || follows.starts_with(['.', ',', ';', '/', ')']) || follows.starts_with("per ");
        self.nesting == 0 && is_amount && ends
    }

    /// `cm2` and `m3` are raised to a power, `5ft3in` is not.
    fn power_of_unit(&mut self) {
        let rest = self.rest();
        let power = rest.chars().next().filter(|power| matches!(power, '2' | '3'));
        if let Some(power) = power.filter(|_| !rest[1..].starts_with(|c: char| c.is_alphanumeric() || c == '.')) {
            self.position += 1;
            self.push(Kind::Symbol('^'));
            self.push(Kind::Number(power.to_string()));
        }
    }

    /// Whether a unit may stand here: behind a number, `\pi`, a bracket and a space, or the first word of a unit.
    fn follows_amount(&self) -> bool {
        self.tokens.last().is_some_and(|token| match &token.kind {
            Kind::Number(_) => true,
            Kind::Symbol('π' | ')') | Kind::Close => self.space_before,
            // "km/hr"
            Kind::Symbol('/') => {
                matches!(self.tokens.as_slice(), [.., Token { kind: Kind::Word(_), .. }, _])
            }
            Kind::Word(word) => matches!(word.as_str(), "sq" | "cu" | "square" | "cubic" | "per"),
            _ => false,
        })
    }

    /// A word or sign; `negative infinity` is `-∞`.
    fn push_signed(&mut self, kind: Kind) {
        if kind == Kind::Symbol('∞')
            && let Some(Token { kind: Kind::Word(word), .. }) = self.tokens.last()
            && matches!(word.to_lowercase().as_str(), "negative" | "positive" | "minus" | "plus")
        {
            let is_negative = matches!(word.to_lowercase().as_str(), "negative" | "minus");
            self.tokens.pop();
            if is_negative {
                self.push(Kind::Symbol('-'));
            }
        }
        self.push(kind);
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
        if name == "times" && self.is_between_vectors(name) {
            self.push(Kind::Symbol('×'));
            return Some(());
        }
        if name == "not" {
            self.struck_out();
            return Some(());
        }
        if matches!(name, "mathbf" | "mathrm" | "mathit" | "mathsf" | "boldsymbol" | "bm")
            && let Some(run) = self.styled(name == "mathrm")
        {
            for letter in run.chars() {
                self.push(Kind::Letter(letter));
            }
            return Some(());
        }
        if matches!(name, "operatorname" | "mathrm" | "mathop")
            && let Some(function) = self.operator_name(name == "mathrm")
        {
            self.push(Kind::Command(function.to_owned()));
            return Some(());
        }
        match names::meaning(name) {
            Meaning::Nothing => {
                // `\right.` closes nothing visible.
                if matches!(name, "left" | "right") && self.rest().starts_with('.') {
                    self.position += 1;
                }
            }
            Meaning::Aside => self.skip_argument()?,
            Meaning::Space => self.space_before = true,
            Meaning::Text => self.words()?,
            Meaning::Fraction => self.fraction("frac")?,
            _ if matches!(name, "binom" | "dbinom" | "tbinom") => self.fraction("binom")?,
            Meaning::Environment => self.environment(name)?,
            Meaning::Symbol('°') => self.degree(),
            Meaning::Symbol(c) => self.push(Kind::Symbol(c)),
            Meaning::Command if name.is_empty() => {}
            Meaning::Command => self.push(match signs::greek(name) {
                Some(letter) => Kind::Letter(letter),
                None => Kind::Command(name.to_owned()),
            }),
        }
        Some(())
    }

    /// `{arsinh}`, behind `\operatorname`; nothing is taken unless it is a function. Some functions are `upright` units.
    fn operator_name(&mut self, upright: bool) -> Option<&'a str> {
        let rest = self.rest();
        let (name, _) = rest.trim_start_matches(['*', ' ']).strip_prefix('{')?.split_once('}')?;
        Function::named(name.trim()).filter(|_| !upright || !matches!(name.trim(), "sec" | "min" | "th"))?;
        self.position += rest.find('}')? + 1;
        Some(name.trim())
    }

    /// The letters that a style makes names of (`\mathbf{v}`, `\mathrm{x}`), taken off; `None` where they may be a unit, a
    /// word or a function. Upright capitals stay words: they may be units or sets.
    fn styled(&mut self, upright: bool) -> Option<&'a str> {
        let rest = self.rest();
        let spaces = rest.len() - rest.trim_start().len();
        let (run, end) = match rest[spaces..].strip_prefix('{') {
            Some(group) => {
                let (run, _) = group.split_once('}')?;
                (run.trim(), spaces + run.len() + 2)
            }
            None => (rest.get(spaces..=spaces)?, spaces + 1),
        };
        let is_name = match run.as_bytes() {
            [letter] => letter.is_ascii_alphabetic() && (!upright || names::is_upright_name(run)),
            [_, _] => run.bytes().all(|byte| byte.is_ascii_alphabetic()) && !names::is_short_word(run) && !upright,
            _ => false,
        };
        if !is_name {
            return None;
        }
        self.position += end;
        Some(run)
    }

    /// `{red}` behind `\color`.
    fn skip_argument(&mut self) -> Option<()> {
        let rest = self.rest().trim_start_matches('*').trim_start();
        let Some(inner) = rest.strip_prefix('{') else {
            return Some(());
        };
        self.position = self.text.len() - inner.len() + inner.find('}')? + 1;
        self.space_before = true;
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

    /// A command of two arguments, each of them one sign unless it is a group: `\frac12` is a half.
    fn fraction(&mut self, name: &str) -> Option<()> {
        self.nesting += 1;
        if self.nesting > MAX_NESTING {
            return None;
        }
        self.push(Kind::Command(name.to_owned()));
        for _ in 0..2 {
            self.skip_space();
            match self.peek()? {
                digit @ '0'..='9' => {
                    self.position += 1;
                    self.push(Kind::Number(digit.to_string()));
                }
                letter @ ('a'..='z' | 'A'..='Z') => {
                    self.position += 1;
                    self.push(Kind::Letter(letter));
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
}

/// `lnx` and `sinx`: a function and its argument, written together. Not the words `cost` and `tang`.
fn joined_function(run: &str) -> Option<(&str, char)> {
    let argument = run.chars().next_back()?;
    let function = &run[..run.len() - argument.len_utf8()];
    let is_argument = matches!(argument, 'x' | 'y' | 'z' | 'θ' | 'α' | 'β' | 'φ');
    let is_function = matches!(function, "sin" | "cos" | "tan" | "cot" | "log" | "exp");
    (function == "ln" || is_argument && is_function).then_some((function, argument))
}
