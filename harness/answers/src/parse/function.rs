//! Functions by name. Few values are known here; the rest are kept and compared by argument or at points.

use super::scalar::Parser;
use crate::normalise::{FUNCTIONS, Kind};
use crate::value::{Atom, Expression};

/// Commands that are letters. π is a sign of its own.
pub(super) const GREEK: [&str; 28] = [
    "alpha",
    "beta",
    "gamma",
    "delta",
    "epsilon",
    "varepsilon",
    "zeta",
    "eta",
    "theta",
    "vartheta",
    "iota",
    "kappa",
    "lambda",
    "mu",
    "nu",
    "xi",
    "rho",
    "sigma",
    "tau",
    "upsilon",
    "phi",
    "varphi",
    "chi",
    "psi",
    "omega",
    "Delta",
    "Omega",
    "ell",
];

impl Parser<'_, '_> {
    /// `\sin x`, `\sin^2 x`, `\log_2 8`, `\cot(2x)`, at the token behind the name.
    pub(super) fn function(&mut self, name: &str) -> Option<Expression> {
        if !FUNCTIONS.contains(&name) {
            return None;
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
        let outside = std::mem::replace(&mut self.in_function, true);
        let argument = self.function_argument()?;
        self.in_function = outside;
        let euler = || Expression::atom(Atom::Variable("e".to_owned()));
        let is_inverse = exponent.as_ref().and_then(Expression::as_integer) == Some(-1);
        let value = match (name, base) {
            ("exp", None) => euler().power(&argument, self.budget)?,
            ("log" | "lg", None) => Expression::function("log", vec![Expression::integer(10), argument]),
            ("log", Some(base)) => Expression::function("log", vec![base, argument]),
            ("sin" | "cos" | "tan", None) if is_inverse => {
                return Some(Expression::function(&format!("arc{name}"), vec![argument]));
            }
            (_, None) => Expression::function(name, vec![argument]),
            (_, Some(_)) => return None,
        };
        match exponent {
            Some(exponent) => value.power(&exponent, self.budget),
            None => Some(value),
        }
    }

    /// What a function is applied to: a bracket, or the product that follows up to the next function.
    fn function_argument(&mut self) -> Option<Expression> {
        if matches!(self.peek(), Some(Kind::Symbol('('))) {
            return self.primary();
        }
        let mut product = self.factor()?;
        while self.factor_follows() && !matches!(self.peek(), Some(Kind::Symbol('(') | Kind::Open)) {
            if matches!(self.peek(), Some(Kind::Command(name)) if FUNCTIONS.contains(&name.as_str())) {
                break;
            }
            let factor = self.factor()?;
            product = product.times(&factor, self.budget)?;
        }
        Some(product)
    }
}
