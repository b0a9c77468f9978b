//! Expressions: sums, products, powers, fractions, roots, functions, and the unit behind them.

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{One, Pow};

use super::function::GREEK;
use super::{MAX_DEPTH, unit};
use crate::normalise::{FUNCTIONS, Kind, Token, key};
use crate::value::{Atom, Budget, Expression, Scalar, root};

/// Most decimal places, counting the exponent: keeps `1e999999999` from becoming a number.
const MAX_PLACES: i64 = 2_000;

/// An expression and its unit; two of them where `±` stands for both signs.
pub(super) fn parse(tokens: &[Token], budget: &mut Budget) -> Option<Vec<Scalar>> {
    let has_choice = tokens.iter().any(|token| matches!(token.kind, Kind::Symbol('±' | '∓')));
    let signs: &[bool] = if has_choice { &[true, false] } else { &[true] };
    signs
        .iter()
        .map(|&upper_sign| {
            let mut parser =
                Parser { tokens, position: 0, depth: 0, absolute: false, in_function: false, upper_sign, budget };
            let expression = parser.sum()?;
            let unit = unit::unit(&tokens[parser.position..])?;
            Some(Scalar::new(expression, unit))
        })
        .collect()
}

pub(super) struct Parser<'a, 'b> {
    pub(super) tokens: &'a [Token],
    pub(super) position: usize,
    depth: u32,
    /// Within `|…|`, where the next bar closes.
    absolute: bool,
    /// In the argument of a function, where a degree sign is a factor and not the unit of the answer.
    pub(super) in_function: bool,
    /// What `±` stands for in this pass: plus, or minus.
    upper_sign: bool,
    pub(super) budget: &'b mut Budget,
}

impl<'a> Parser<'a, '_> {
    pub(super) fn peek(&self) -> Option<&'a Kind> {
        self.tokens.get(self.position).map(|token| &token.kind)
    }

    pub(super) fn take(&mut self, kind: &Kind) -> bool {
        let found = self.peek() == Some(kind);
        self.position += usize::from(found);
        found
    }

    pub(super) fn expect(&mut self, kind: &Kind) -> Option<()> {
        self.take(kind).then_some(())
    }

    /// Runs a part of the grammar one level deeper.
    fn deeper<T>(&mut self, part: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        self.depth += 1;
        let result = if self.depth > MAX_DEPTH { None } else { part(self) };
        self.depth -= 1;
        result
    }

    /// Reads a sign; whether it is plus.
    fn sign(&mut self) -> Option<bool> {
        let plus = match self.peek()? {
            Kind::Symbol('+') => true,
            Kind::Symbol('-') => false,
            Kind::Symbol('±') => self.upper_sign,
            Kind::Symbol('∓') => !self.upper_sign,
            _ => return None,
        };
        self.position += 1;
        Some(plus)
    }

    pub(super) fn sum(&mut self) -> Option<Expression> {
        self.deeper(|parser| {
            let plus = parser.sign().unwrap_or(true);
            let first = parser.term()?;
            let mut sum = if plus { first } else { first.negated() };
            while let Some(plus) = parser.sign() {
                let term = parser.term()?;
                sum = if plus { sum.plus(&term, parser.budget)? } else { sum.minus(&term, parser.budget)? };
            }
            Some(sum)
        })
    }

    fn term(&mut self) -> Option<Expression> {
        if let Some(mixed) = self.mixed_number() {
            return Some(mixed);
        }
        let mut product = self.factor()?;
        loop {
            if self.take(&Kind::Symbol('*')) {
                let factor = self.factor()?;
                product = product.times(&factor, self.budget)?;
            } else if self.take(&Kind::Symbol('/')) {
                let factor = self.factor()?;
                product = product.divided_by(&factor, self.budget)?;
            } else if self.factor_follows() {
                let factor = self.factor()?;
                product = product.times(&factor, self.budget)?;
            } else {
                return Some(product);
            }
        }
    }

    /// Whether the next token begins a factor, so that a product sign is understood.
    pub(super) fn factor_follows(&self) -> bool {
        match self.peek() {
            Some(Kind::Letter(_) | Kind::Open | Kind::Symbol('(' | 'π' | '∞')) => true,
            // `5 6` is no product.
            Some(Kind::Number(_)) => !matches!(
                self.position.checked_sub(1).and_then(|before| self.tokens.get(before)),
                Some(Token { kind: Kind::Number(_), .. })
            ),
            Some(Kind::Symbol('|')) => !self.absolute,
            Some(Kind::Command(name)) => {
                matches!(name.as_str(), "frac" | "sqrt" | "binom" | "dbinom" | "tbinom")
                    || FUNCTIONS.contains(&name.as_str())
                    || GREEK.contains(&name.as_str())
            }
            _ => false,
        }
    }

    /// `1\frac{1}{2}` and `1 1/2` are sums.
    fn mixed_number(&mut self) -> Option<Expression> {
        let rest = self.tokens.get(self.position..)?;
        let natural = |token: &Token| match &token.kind {
            Kind::Number(text) => text.parse::<BigInt>().ok(),
            _ => None,
        };
        let (whole, top, bottom, length) = match rest {
            [whole, command, top, bottom, ..] if command.kind == Kind::Command("frac".to_owned()) => {
                (whole, top, bottom, 4)
            }
            [whole, top, slash, bottom, ..] if slash.kind == Kind::Symbol('/') && top.space_before => {
                (whole, top, bottom, 4)
            }
            _ => return None,
        };
        let (whole, top, bottom) = (natural(whole)?, natural(top)?, natural(bottom)?);
        let continues = rest.get(length).is_some_and(|next| {
            matches!(next.kind, Kind::Symbol('^' | '(' | '*' | '/' | 'π') | Kind::Letter(_) | Kind::Command(_))
        });
        if bottom <= top || continues {
            return None;
        }
        self.position += length;
        Some(Expression::rational(BigRational::from_integer(whole) + BigRational::new(top, bottom)))
    }

    pub(super) fn factor(&mut self) -> Option<Expression> {
        if self.take(&Kind::Symbol('-')) {
            return self.deeper(|parser| Some(parser.factor()?.negated()));
        }
        let mut base = self.primary()?;
        loop {
            if self.take(&Kind::Symbol('^')) {
                let exponent = self.argument()?;
                base = base.power(&exponent, self.budget)?;
            } else if self.take(&Kind::Symbol('!')) {
                base = self.factorial(&base)?;
            } else if self.in_function && self.take(&Kind::Symbol('°')) {
                base = radians(&base, self.budget)?;
            } else {
                return Some(base);
            }
        }
    }

    fn factorial(&mut self, of: &Expression) -> Option<Expression> {
        let last = of.as_integer().filter(|last| (0..=200).contains(last))?;
        let mut product = BigInt::one();
        for factor in 2..=last {
            self.budget.spend(4)?;
            product *= factor;
        }
        Some(Expression::rational(BigRational::from_integer(product)))
    }

    /// An exponent, or an argument of a command: a group, or one factor without power.
    pub(super) fn argument(&mut self) -> Option<Expression> {
        let negative = self.take(&Kind::Symbol('-'));
        let argument = self.primary()?;
        Some(if negative { argument.negated() } else { argument })
    }

    pub(super) fn primary(&mut self) -> Option<Expression> {
        let kind = self.peek()?;
        self.position += 1;
        match kind {
            Kind::Number(text) => number(text, self.budget),
            Kind::Letter('i') => Some(Expression::atom(Atom::Imaginary)),
            Kind::Letter(letter) => self.variable(letter.to_string()),
            Kind::Symbol('π') => Some(Expression::atom(Atom::Pi)),
            Kind::Symbol('∞') => Some(Expression::atom(Atom::Infinity)),
            Kind::Open => self.enclosed(&Kind::Close),
            Kind::Symbol('(') => self.enclosed(&Kind::Symbol(')')),
            Kind::Symbol('[') => self.enclosed(&Kind::Symbol(']')),
            Kind::Symbol('|') if !self.absolute => self.absolute_value(),
            Kind::Command(name) => self.deeper(|parser| parser.command(name)),
            _ => None,
        }
    }

    fn enclosed(&mut self, close: &Kind) -> Option<Expression> {
        let outside = std::mem::replace(&mut self.absolute, false);
        let inner = self.sum()?;
        self.absolute = outside;
        self.expect(close)?;
        Some(inner)
    }

    fn absolute_value(&mut self) -> Option<Expression> {
        self.absolute = true;
        let inner = self.sum()?;
        self.expect(&Kind::Symbol('|'))?;
        self.absolute = false;
        Some(match inner.as_rational() {
            Some(value) if value < BigRational::from_integer(0.into()) => inner.negated(),
            Some(_) => inner,
            None => Expression::function("abs", vec![inner]),
        })
    }

    /// A letter with its subscript.
    fn variable(&mut self, mut name: String) -> Option<Expression> {
        if self.take(&Kind::Symbol('_')) {
            let start = self.position;
            self.primary()?;
            name.push('_');
            name.push_str(&key(self.tokens.get(start..self.position)?));
        }
        Some(Expression::atom(Atom::Variable(name)))
    }

    fn command(&mut self, name: &str) -> Option<Expression> {
        match name {
            "frac" => {
                let top = self.argument()?;
                let bottom = self.argument()?;
                top.divided_by(&bottom, self.budget)
            }
            "sqrt" => {
                let index = if self.peek() == Some(&Kind::Symbol('[')) { self.primary()?.as_integer()? } else { 2 };
                let index = u32::try_from(index).ok().filter(|index| (2..=64).contains(index))?;
                let radicand = self.argument()?;
                root(&radicand, index, self.budget)
            }
            "binom" | "dbinom" | "tbinom" => {
                let (n, k) = (self.argument()?.as_integer()?, self.argument()?.as_integer()?);
                self.binomial(n, k)
            }
            _ if GREEK.contains(&name) => self.variable(format!("\\{name}")),
            _ => self.function(name),
        }
    }

    fn binomial(&mut self, n: i64, k: i64) -> Option<Expression> {
        if !(0..=1_000).contains(&n) || !(0..=n).contains(&k) {
            return None;
        }
        let mut value = BigInt::one();
        for step in 1..=k.min(n - k) {
            self.budget.spend(8)?;
            value = value * (n - step + 1) / step;
        }
        Some(Expression::rational(BigRational::from_integer(value)))
    }
}

/// An angle in degrees as the number of radians it is.
pub(crate) fn radians(degrees: &Expression, budget: &mut Budget) -> Option<Expression> {
    degrees.times(&Expression::atom(Atom::Pi), budget)?.divided_by(&Expression::integer(180), budget)
}

/// A decimal, exactly. A repetend of `r` digits after `f` decimals adds `repetend / (10^f (10^r - 1))`.
fn number(text: &str, budget: &mut Budget) -> Option<Expression> {
    let (mantissa, exponent) = text.split_once('e').unwrap_or((text, "0"));
    let (mantissa, repetend) = match mantissa.split_once('(') {
        Some((mantissa, repetend)) => (mantissa, repetend.trim_end_matches(')')),
        None => (mantissa, ""),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let places = exponent.parse::<i64>().ok()?.checked_sub(i64::try_from(fraction.len()).ok()?)?;
    if places.abs() > MAX_PLACES {
        return None;
    }
    budget.spend(1 + places.unsigned_abs() / 16)?;
    let digits: BigInt = format!("{whole}{fraction}").parse().ok()?;
    let mut value = BigRational::from_integer(digits);
    if !repetend.is_empty() {
        let nines = Pow::pow(BigInt::from(10), u32::try_from(repetend.len()).ok()?) - BigInt::one();
        value += BigRational::new(repetend.parse().ok()?, nines);
    }
    if places != 0 {
        let scale = BigRational::from_integer(Pow::pow(BigInt::from(10), u32::try_from(places.unsigned_abs()).ok()?));
        value = if places < 0 { value / scale } else { value * scale };
    }
    Some(Expression::rational(value))
}
