//! Commands of expressions: fractions, roots, functions by name, sums and products with bounds.

use super::scalar::{Parser, radians};
use crate::normalise::{Kind, key};
use crate::value::{Atom, Expression, Function, Name};

/// Most terms of a sum or product that is written out.
const MAX_TERMS: i64 = 200;

/// Marks over a letter, which make another letter of it.
const ACCENTS: [&str; 10] =
    ["vec", "hat", "bar", "overline", "overrightarrow", "tilde", "widehat", "mathcal", "mathscr", "mathfrak"];

/// Whether a command marks the letter behind it.
pub(super) fn is_accent(name: &str) -> bool {
    ACCENTS.contains(&name)
}

/// Whether a command begins a factor, so that a product sign before it is understood.
pub(super) fn begins_factor(name: &str) -> bool {
    matches!(name, "frac" | "sqrt" | "cbrt" | "abs" | "cis" | "binom" | "sum" | "prod")
        || ACCENTS.contains(&name)
        || Function::named(name).is_some()
}

impl Parser<'_, '_> {
    /// At the token behind the command.
    pub(super) fn command(&mut self, name: &str) -> Option<Expression> {
        match name {
            "frac" => {
                let top = self.argument()?;
                let bottom = self.argument()?;
                top.divided_by(&bottom, self.budget)
            }
            "sqrt" => self.root(),
            "cbrt" => {
                let of = self.argument()?;
                Expression::apply(Function::Root, vec![Expression::integer(3), of], self.budget)
            }
            "abs" => {
                let of = self.argument()?;
                Expression::apply(Function::Abs, vec![of], self.budget)
            }
            "binom" => {
                let (n, k) = (self.argument()?, self.argument()?);
                Expression::apply(Function::Binomial, vec![n, k], self.budget)
            }
            "sum" | "prod" => self.series(name == "sum"),
            "cis" => {
                let angle = self.function_argument()?;
                let cosine = Expression::apply(Function::Cos, vec![angle.clone()], self.budget)?;
                let sine = Expression::apply(Function::Sin, vec![angle], self.budget)?;
                cosine.plus(&sine.times(&Expression::atom(Atom::Imaginary), self.budget)?, self.budget)
            }
            "angle" | "triangle" => self.figure(name),
            _ if ACCENTS.contains(&name) => self.accented(name),
            _ => self.function(Function::named(name)?, name),
        }
    }

    fn root(&mut self) -> Option<Expression> {
        let index = if self.peek() == Some(&Kind::Symbol('[')) { self.primary()? } else { Expression::integer(2) };
        let of = self.argument()?;
        if index.as_number().is_some() {
            return Expression::apply(Function::Root, vec![index, of], self.budget);
        }
        let inverse = Expression::integer(1).divided_by(&index, self.budget)?;
        of.power(&inverse, self.budget)
    }

    /// `\vec{a}`, `\overline{AB}`.
    fn accented(&mut self, accent: &str) -> Option<Expression> {
        let start = self.position;
        if self.take(&Kind::Open) {
            while matches!(self.peek(), Some(Kind::Letter(_))) {
                self.position += 1;
            }
            self.expect(&Kind::Close)?;
        } else {
            matches!(self.peek(), Some(Kind::Letter(_))).then(|| self.position += 1)?;
        }
        let accent = match accent {
            "overrightarrow" => "vec",
            "overline" => "bar",
            "widehat" => "hat",
            _ => accent,
        };
        let letters = key(self.tokens.get(start..self.position)?);
        self.variable(format!("\\{accent} {letters}"))
    }

    /// `\angle ABC` is `\angle CBA`, and the corners of a triangle have no order.
    fn figure(&mut self, name: &str) -> Option<Expression> {
        let mut corners = Vec::new();
        while let Some(Kind::Letter(letter)) = self.peek() {
            corners.push(*letter);
            self.position += 1;
        }
        let turned: Vec<char> = corners.iter().rev().copied().collect();
        if name == "triangle" {
            corners.sort_unstable();
        } else if turned < corners {
            corners = turned;
        }
        let corners: String = corners.into_iter().collect();
        (!corners.is_empty()).then(|| Expression::variable(Name::Long(format!("\\{name} {corners}").into())))
    }

    /// `\sin x`, `\sin^2 x`, `\log_2 8`, `\cot(2x)`, `\gcd(12, 18)`, at the token behind the name.
    fn function(&mut self, function: Function, name: &str) -> Option<Expression> {
        if function.takes_list() {
            return self.function_of_list(function);
        }
        let mut base = None;
        let mut exponent = None;
        loop {
            if base.is_none() && self.take(&Kind::Symbol('_')) {
                base = Some(self.argument()?);
            } else if exponent.is_none() && self.take(&Kind::Symbol('^')) {
                exponent = Some(self.argument()?);
            } else {
                break;
            }
        }
        let argument = self.function_argument()?;
        let is_inverse = exponent.as_ref().and_then(Expression::as_integer) == Some(-1);
        let (function, exponent) = match function.inverse() {
            Some(inverse) if is_inverse => (inverse, None),
            _ => (function, exponent),
        };
        let arguments = match (function, base) {
            (Function::Power, None) => vec![Expression::atom(Atom::Euler), argument],
            // `\log` is the common logarithm, as in schools; `\ln` the natural one.
            (Function::Log, None) => vec![Expression::integer(10), argument],
            (Function::Log, Some(base)) if name == "log" => vec![base, argument],
            (_, None) => vec![argument],
            (_, Some(_)) => return None,
        };
        let value = Expression::apply(function, arguments, self.budget)?;
        match exponent {
            Some(exponent) => value.power(&exponent, self.budget),
            None => Some(value),
        }
    }

    /// What a function is applied to: a bracket, or the product that follows up to the next function.
    fn function_argument(&mut self) -> Option<Expression> {
        let outside = std::mem::replace(&mut self.in_function, true);
        let argument = self.bare_argument()?;
        self.in_function = outside;
        Some(argument)
    }

    fn bare_argument(&mut self) -> Option<Expression> {
        if matches!(self.peek(), Some(Kind::Symbol('('))) {
            return self.bracketed_argument();
        }
        if let Some(mixed) = self.mixed_number() {
            return Some(mixed);
        }
        let mut product = self.factor()?;
        while self.factor_follows() && !matches!(self.peek(), Some(Kind::Symbol('(' | '[') | Kind::Open)) {
            if matches!(self.peek(), Some(Kind::Command(name)) if Function::named(name).is_some()) {
                break;
            }
            let factor = self.factor()?;
            product = product.multiply(factor, self.budget)?;
        }
        Some(product)
    }

    /// `\sin(30)^\circ` is the sine of 30 degrees.
    fn bracketed_argument(&mut self) -> Option<Expression> {
        let argument = self.primary()?;
        if self.take(&Kind::Symbol('°')) { radians(&argument, self.budget) } else { Some(argument) }
    }

    /// `f(2)`: the value of a function that is not known, and no product. At the bracket.
    pub(super) fn applied_to(&mut self, name: Expression) -> Option<Expression> {
        self.function_of(Function::Applied, vec![name])
    }

    /// `\gcd(12, 18)`, behind the name.
    fn function_of_list(&mut self, function: Function) -> Option<Expression> {
        self.function_of(function, Vec::new())
    }

    /// `(12, 18)` or `\{12, 18\}`, behind other members.
    fn function_of(&mut self, function: Function, mut members: Vec<Expression>) -> Option<Expression> {
        let close = match self.peek()? {
            Kind::Symbol('(') => Kind::Symbol(')'),
            Kind::Symbol('⦃') => Kind::Symbol('⦄'),
            Kind::Open => Kind::Close,
            _ => return None,
        };
        self.position += 1;
        members.push(self.sum()?);
        while self.take(&Kind::Symbol(',')) {
            members.push(self.sum()?);
        }
        self.expect(&close)?;
        Expression::apply(function, members, self.budget)
    }

    /// `\sum_{k=1}^{5} k^2`, written out. The term reaches up to the next plus or minus.
    fn series(&mut self, is_sum: bool) -> Option<Expression> {
        self.expect(&Kind::Symbol('_'))?;
        self.expect(&Kind::Open)?;
        let Some(Kind::Letter(index)) = self.peek() else {
            return None;
        };
        self.position += 1;
        self.expect(&Kind::Symbol('='))?;
        let first = self.sum()?.as_integer()?;
        self.expect(&Kind::Close)?;
        self.expect(&Kind::Symbol('^'))?;
        let last = self.argument()?.as_integer()?;
        let count = last.checked_sub(first)?.checked_add(1).filter(|count| (1..=MAX_TERMS).contains(count))?;
        let start = self.position;
        let mut result = Expression::integer(i64::from(!is_sum));
        for step in 0..count {
            self.budget.spend(3)?;
            self.position = start;
            self.bound.push((*index, first + step));
            let term = self.term();
            self.bound.pop();
            let term = term?;
            result = if is_sum { result.plus(&term, self.budget)? } else { result.times(&term, self.budget)? };
        }
        Some(result)
    }
}
