//! Expressions: sums, products, powers, fractions, roots, functions, and the unit behind them.

use super::function::begins_factor;
use super::number::number;
use super::{MAX_DEPTH, unit};
use crate::normalise::{Kind, Token, key};
use crate::value::{Atom, Budget, Expression, Function, Name, Scalar};

/// An expression and its unit; two of them where `±` stands for both signs.
pub(super) fn parse(tokens: &[Token], budget: &mut Budget) -> Option<Vec<Scalar>> {
    let has_choice = tokens.iter().any(|token| matches!(token.kind, Kind::Symbol('±' | '∓')));
    let signs: &[bool] = if has_choice { &[true, false] } else { &[true] };
    signs
        .iter()
        .map(|&upper_sign| {
            let mut parser = Parser::new(tokens, upper_sign, budget);
            let expression = parser.whole()?;
            // Nothing is computed with infinity.
            if parser.infinite && !is_infinity(&expression) {
                return None;
            }
            let unit = unit::unit(&tokens[parser.position..])?;
            Some(Scalar::new(expression, unit))
        })
        .collect()
}

pub(super) struct Parser<'a, 'b> {
    pub(super) tokens: &'a [Token],
    pub(super) position: usize,
    depth: u32,
    /// Within `|…|`, where the next bar behind a factor closes.
    pub(super) absolute: bool,
    /// In the argument of a function, where a degree sign is a factor and not the unit of the answer.
    pub(super) in_function: bool,
    /// What `±` stands for in this pass: plus, or minus.
    upper_sign: bool,
    /// Whether `∞` was met.
    infinite: bool,
    /// In a script or another argument without braces, which a bracket behind it is no part of: `\log_x(2)`.
    in_script: bool,
    /// Whether the last factor was raised to a power, so that a number behind it is another factor: `2^3 7^2`.
    raised: bool,
    /// Letters that stand for numbers, as the index of a sum does.
    pub(super) bound: Vec<(char, i64)>,
    pub(super) budget: &'b mut Budget,
}

impl<'a, 'b> Parser<'a, 'b> {
    fn new(tokens: &'a [Token], upper_sign: bool, budget: &'b mut Budget) -> Self {
        Self {
            tokens,
            position: 0,
            depth: 0,
            absolute: false,
            in_function: false,
            upper_sign,
            infinite: false,
            in_script: false,
            raised: false,
            bound: Vec::new(),
            budget,
        }
    }

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
            let mut sum = if plus { first } else { first.negate() };
            while let Some(plus) = parser.sign() {
                let term = parser.term()?;
                let term = if plus { term } else { term.negate() };
                sum = sum.add(term, parser.budget)?;
            }
            Some(sum)
        })
    }

    pub(super) fn term(&mut self) -> Option<Expression> {
        let mut product = match self.mixed_number() {
            Some(mixed) => mixed,
            None => self.factor()?,
        };
        // What a cross product would take of the product, and the product without it.
        let mut last = self.peek_is_cross().then(|| product.clone());
        let mut others = Expression::integer(1);
        loop {
            if self.take(&Kind::Symbol('×')) {
                let crossed = Expression::apply(Function::Cross, vec![last?, self.factor()?], self.budget)?;
                product = others.times(&crossed, self.budget)?;
                // `a × b × c` has two meanings.
                if self.peek_is_cross() {
                    return None;
                }
                last = None;
            } else if self.peek_vector_product() {
                others = product.clone();
                let vector = self.factor()?;
                product = product.times(&vector, self.budget)?;
                last = Some(vector);
            } else if self.take(&Kind::Symbol('*')) || self.take_scientific_cross() || self.factor_follows() {
                let factor = self.factor()?;
                product = product.multiply(factor, self.budget)?;
            } else if self.take(&Kind::Symbol('/')) {
                let factor = self.factor()?;
                product = product.divided_by(&factor, self.budget)?;
            } else if self.take_command("bmod") || self.take_command("mod") {
                let factor = self.factor()?;
                product = Expression::apply(Function::Modulo, vec![product, factor], self.budget)?;
            } else {
                return Some(product);
            }
        }
    }

    fn peek_is_cross(&self) -> bool {
        self.peek() == Some(&Kind::Symbol('×'))
    }

    /// Whether a vector follows that is crossed with another: in `q \vec v \times \vec B` the charge is not.
    fn peek_vector_product(&self) -> bool {
        match self.tokens.get(self.position..) {
            Some([Token { kind: Kind::Command(name), .. }, Token { kind: Kind::Letter(_), .. }, next, ..]) => {
                super::function::is_accent(name) && next.kind == Kind::Symbol('×')
            }
            Some([Token { kind: Kind::Letter(_), .. }, next, ..]) => next.kind == Kind::Symbol('×'),
            _ => false,
        }
    }

    pub(super) fn take_command(&mut self, name: &str) -> bool {
        let found = self.peek_command(name);
        self.position += usize::from(found);
        found
    }

    /// `1.2 x 10^5`: a letter between numbers, the second a power of ten.
    fn take_scientific_cross(&mut self) -> bool {
        let Some(before) = self.position.checked_sub(1) else {
            return false;
        };
        let found = match self.tokens.get(before..) {
            Some([number, cross, ten, power, ..]) => {
                matches!(number.kind, Kind::Number(_))
                    && matches!(cross.kind, Kind::Letter('x' | 'X'))
                    && matches!(&ten.kind, Kind::Number(ten) if ten == "10")
                    && power.kind == Kind::Symbol('^')
            }
            _ => false,
        };
        self.position += usize::from(found);
        found
    }

    /// Whether the next token begins a factor, so that a product sign is understood.
    pub(super) fn factor_follows(&self) -> bool {
        match self.peek() {
            Some(Kind::Letter(_) | Kind::Open | Kind::Symbol('(' | '[' | 'π' | '∞' | '⌊' | '⌈')) => true,
            // `5 6` is no product, `2^3 7^2` is.
            Some(Kind::Number(_)) => {
                let is_number = matches!(
                    self.position.checked_sub(1).and_then(|before| self.tokens.get(before)),
                    Some(Token { kind: Kind::Number(_), .. })
                );
                let is_power = self.tokens.get(self.position + 1).is_some_and(|next| next.kind == Kind::Symbol('^'));
                !is_number || self.raised && is_power
            }
            Some(Kind::Symbol('|')) => !self.absolute,
            Some(Kind::Command(name)) => begins_factor(name),
            _ => false,
        }
    }

    pub(super) fn factor(&mut self) -> Option<Expression> {
        if self.take(&Kind::Symbol('-')) {
            return self.deeper(|parser| Some(parser.factor()?.negate()));
        }
        let mut base = self.primary()?;
        self.raised = false;
        loop {
            if self.take(&Kind::Symbol('^')) {
                let exponent = self.exponent()?;
                base = base.power(&exponent, self.budget)?;
                self.raised = true;
            } else if self.take(&Kind::Symbol('!')) {
                let twice = self.take(&Kind::Symbol('!'));
                let function = if twice { Function::DoubleFactorial } else { Function::Factorial };
                base = Expression::apply(function, vec![base], self.budget)?;
            } else if self.in_function && self.take(&Kind::Symbol('°')) {
                base = radians(&base, self.budget)?;
            } else {
                return Some(base);
            }
        }
    }

    /// Powers of powers bind to the right: `2^3^2 = 2^9`.
    pub(super) fn exponent(&mut self) -> Option<Expression> {
        self.deeper(|parser| {
            let base = parser.argument()?;
            if !parser.take(&Kind::Symbol('^')) {
                return Some(base);
            }
            let exponent = parser.exponent()?;
            base.power(&exponent, parser.budget)
        })
    }

    /// An argument of a command or an exponent: a group, or one factor without power.
    pub(super) fn argument(&mut self) -> Option<Expression> {
        let negative = self.take(&Kind::Symbol('-'));
        let outside = std::mem::replace(&mut self.in_script, true);
        let argument = self.primary()?;
        self.in_script = outside;
        Some(if negative { argument.negate() } else { argument })
    }

    pub(super) fn primary(&mut self) -> Option<Expression> {
        let kind = self.peek()?;
        self.position += 1;
        match kind {
            Kind::Number(text) => number(text, self.budget),
            Kind::Letter(letter) => self.letter(*letter),
            Kind::Symbol('π') => Some(Expression::atom(Atom::Pi)),
            Kind::Symbol('∞') => {
                self.infinite = true;
                Some(Expression::atom(Atom::Infinity))
            }
            Kind::Symbol('^' | '_') => self.deeper(Self::chosen),
            Kind::Open => self.enclosed(&Kind::Close),
            Kind::Symbol('(') => self.enclosed(&Kind::Symbol(')')),
            Kind::Symbol('[') => self.enclosed(&Kind::Symbol(']')),
            Kind::Symbol('⌊') => self.applied(Function::Floor, &Kind::Symbol('⌋')),
            Kind::Symbol('⌈') => self.applied(Function::Ceiling, &Kind::Symbol('⌉')),
            Kind::Symbol('|') => self.absolute_value(),
            Kind::Command(name) => self.deeper(|parser| parser.command(name)),
            _ => None,
        }
    }

    /// `^{20}C_{10}` and `_{20}P_{10}`, behind the first sign.
    fn chosen(&mut self) -> Option<Expression> {
        let all = self.argument()?;
        let is_combination = self.take(&Kind::Letter('C'));
        if !is_combination {
            self.expect(&Kind::Letter('P'))?;
        }
        self.expect(&Kind::Symbol('_'))?;
        let some = self.argument()?;
        if is_combination {
            return Expression::apply(Function::Binomial, vec![all, some], self.budget);
        }
        let left = all.minus(&some, self.budget)?;
        let [all, left] = [all, left].map(|of| Expression::apply(Function::Factorial, vec![of], self.budget));
        all?.divided_by(&left?, self.budget)
    }

    /// What fills a pair of brackets, or an answer: a sum, or two around `\over` or `\choose`.
    fn whole(&mut self) -> Option<Expression> {
        let first = self.sum()?;
        if self.take_command("choose") {
            let chosen = self.sum()?;
            return Expression::apply(Function::Binomial, vec![first, chosen], self.budget);
        }
        if self.take_command("over") {
            let bottom = self.sum()?;
            return first.divided_by(&bottom, self.budget);
        }
        Some(first)
    }

    fn enclosed(&mut self, close: &Kind) -> Option<Expression> {
        let outside = (std::mem::replace(&mut self.absolute, false), std::mem::replace(&mut self.in_script, false));
        let inner = self.whole()?;
        (self.absolute, self.in_script) = outside;
        self.expect(close)?;
        Some(inner)
    }

    fn applied(&mut self, function: Function, close: &Kind) -> Option<Expression> {
        let inner = self.enclosed(close)?;
        Expression::apply(function, vec![inner], self.budget)
    }

    /// Behind the opening bar.
    fn absolute_value(&mut self) -> Option<Expression> {
        let outside = std::mem::replace(&mut self.absolute, true);
        let inner = self.sum()?;
        self.expect(&Kind::Symbol('|'))?;
        self.absolute = outside;
        Expression::apply(Function::Abs, vec![inner], self.budget)
    }

    /// A variable, a constant, or the index of a sum.
    fn letter(&mut self, letter: char) -> Option<Expression> {
        if let Some((_, value)) = self.bound.iter().rev().find(|(bound, _)| *bound == letter) {
            return Some(Expression::integer(*value));
        }
        let is_marked = matches!(self.peek(), Some(Kind::Symbol('_' | '\'' | '’' | '′'))) || self.at_raised_prime();
        if self.applies(letter, false) {
            return self.applied_to(Expression::variable(Name::Letter(letter)));
        }
        match letter {
            'Δ' | 'δ' if self.begins_change(letter) => self.change(letter),
            // An operator on a bracket: whether it is linear is not for algebra to say.
            'Δ' if self.peek() == Some(&Kind::Symbol('(')) => None,
            _ if is_marked => {
                let name = self.variable(letter.to_string())?;
                if self.applies(letter, true) { self.applied_to(name) } else { Some(name) }
            }
            _ if self.is_inverse_applied(letter) => {
                while self.peek() != Some(&Kind::Symbol('(')) {
                    self.position += 1;
                }
                self.applied_to(Expression::variable(Name::Long(format!("{letter}^{{-1}}").into())))
            }
            'i' => Some(Expression::atom(Atom::Imaginary)),
            'e' => Some(Expression::atom(Atom::Euler)),
            _ => Some(Expression::variable(Name::Letter(letter))),
        }
    }

    /// Whether `\Delta` or `\delta` makes a name of the letter behind it.
    fn begins_change(&self, delta: char) -> bool {
        match self.peek() {
            Some(Kind::Letter(of)) => delta == 'Δ' || of.is_ascii_alphabetic(),
            _ => false,
        }
    }

    /// `\Delta v`, `\delta S`: one name. At the letter behind the sign.
    fn change(&mut self, delta: char) -> Option<Expression> {
        let Some(Kind::Letter(of)) = self.peek() else { return None };
        self.position += 1;
        self.variable(format!("{delta}{of}"))
    }

    /// Whether a letter is applied to the bracket behind it, and no factor before it. With what is certain to be a function
    /// any bracket is, with other letters one that holds a single number or letter: `P(2)`, `P(A)`, but `x(x+1)`.
    fn applies(&self, letter: char, is_marked: bool) -> bool {
        if self.in_script || self.peek() != Some(&Kind::Symbol('(')) || matches!(letter, 'e' | 'i' | 'π') && !is_marked
        {
            return false;
        }
        if matches!(letter, 'f' | 'g' | 'h' | 'Γ' | 'ζ' | 'Φ') {
            return true;
        }
        let inner = self.tokens.get(self.position + 1..).unwrap_or_default();
        let (argument, close) = match inner {
            [minus, number, close, ..] if minus.kind == Kind::Symbol('-') => (number, close),
            [argument, close, ..] => (argument, close),
            _ => return false,
        };
        let takes = match argument.kind {
            Kind::Number(_) => true,
            Kind::Letter(of) => {
                letter.is_uppercase() && !matches!(of, 'e' | 'i') || matches!(letter, 'σ' | 'φ' | 'τ' | 'ψ' | 'μ')
            }
            _ => false,
        };
        takes && close.kind == Kind::Symbol(')')
    }

    /// `f^{-1}(x)`, at the sign of the power.
    fn is_inverse_applied(&self, letter: char) -> bool {
        let is_function = matches!(letter, 'f' | 'g' | 'h' | 'Φ' | 'F' | 'G');
        let Some([raised, open, minus, one, close, bracket, ..]) = self.tokens.get(self.position..) else {
            return false;
        };
        is_function
            && raised.kind == Kind::Symbol('^')
            && (&open.kind, &close.kind) == (&Kind::Open, &Kind::Close)
            && minus.kind == Kind::Symbol('-')
            && one.kind == Kind::Number("1".to_owned())
            && bracket.kind == Kind::Symbol('(')
    }

    /// A name with its primes and its subscript.
    pub(super) fn variable(&mut self, mut name: String) -> Option<Expression> {
        loop {
            if self.take(&Kind::Symbol('_')) {
                let start = self.position;
                let outside = std::mem::replace(&mut self.in_script, true);
                self.primary()?;
                self.in_script = outside;
                name.push('_');
                name.push_str(&key(self.tokens.get(start..self.position)?));
            } else if matches!(self.peek(), Some(Kind::Symbol('\'' | '’' | '′'))) {
                self.position += 1;
                name.push('\'');
            } else if self.at_raised_prime() {
                self.position += 2;
                name.push('\'');
            } else {
                return Some(Expression::variable(Name::Long(name.into())));
            }
        }
    }

    /// `x^{\prime}` is `x'`.
    fn at_raised_prime(&self) -> bool {
        match self.tokens.get(self.position..) {
            Some([raised, prime, ..]) => {
                raised.kind == Kind::Symbol('^')
                    && (matches!(&prime.kind, Kind::Command(name) if name == "prime")
                        || matches!(prime.kind, Kind::Symbol('\'' | '’' | '′')))
            }
            _ => false,
        }
    }

    fn peek_command(&self, name: &str) -> bool {
        matches!(self.peek(), Some(Kind::Command(command)) if command == name)
    }
}

fn is_infinity(expression: &Expression) -> bool {
    let atom = |expression: &Expression| expression.as_atom() == Some(&Atom::Infinity);
    atom(expression) || atom(&expression.negated())
}

/// An angle in degrees as the number of radians it is.
pub(crate) fn radians(degrees: &Expression, budget: &mut Budget) -> Option<Expression> {
    degrees.times(&Expression::atom(Atom::Pi), budget)?.divided_by(&Expression::integer(180), budget)
}
