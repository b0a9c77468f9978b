//! Quotients of polynomials: every expression that answers are made of.

use num_rational::BigRational;

use super::polynomial::{Atom, Budget, MAX_BITS, Monomial, Name, Polynomial};
use super::{Function, Rational};
use crate::Verdict;

/// Highest integer power that a sum is raised to.
const MAX_EXPONENT: u32 = 128;

/// What a verdict about expressions rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Basis {
    /// Exact arithmetic and algebra.
    Algebra,
    /// Values at fixed points, with bounds on their errors.
    Evaluation,
}

/// A quotient of polynomials. Not reduced to lowest terms: equality is decided by cross multiplication.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Expression {
    pub(crate) numerator: Polynomial,
    /// Never zero. One, unless it holds a letter, a kept function or several terms.
    pub(crate) denominator: Polynomial,
}

impl Expression {
    pub(crate) fn rational(value: BigRational) -> Self {
        Self::number(Rational::big(value))
    }

    pub(crate) fn number(value: Rational) -> Self {
        Self::polynomial(Polynomial::constant(value))
    }

    pub(crate) fn integer(value: i64) -> Self {
        Self::number(Rational::integer(value))
    }

    pub(crate) fn variable(name: Name) -> Self {
        Self::atom(Atom::Variable(name))
    }

    pub(crate) fn atom(atom: Atom) -> Self {
        let monomial = Monomial { powers: vec![(atom, 1)], radicand: 1 };
        Self::polynomial(Polynomial::term(monomial, Rational::ONE))
    }

    /// A function kept as it is; [`Expression::apply`] looks for a simpler form first.
    pub(super) fn function(function: Function, arguments: Vec<Self>) -> Self {
        Self::atom(Atom::Function(function, arguments))
    }

    /// `coefficient * sqrt(radicand)` for a square-free radicand.
    pub(super) fn square_root(coefficient: Rational, radicand: u64) -> Self {
        Self::polynomial(Polynomial::term(Monomial { powers: Vec::new(), radicand }, coefficient))
    }

    pub(super) fn polynomial(numerator: Polynomial) -> Self {
        Self { numerator, denominator: Polynomial::ONE }
    }

    pub(crate) fn as_number(&self) -> Option<&Rational> {
        if self.denominator.is_one() { self.numerator.as_number() } else { None }
    }

    pub(crate) fn as_rational(&self) -> Option<BigRational> {
        self.as_number().map(Rational::to_big)
    }

    pub(crate) fn as_integer(&self) -> Option<i64> {
        self.as_number()?.as_integer()
    }

    /// The atom that the expression consists of.
    pub(crate) fn as_atom(&self) -> Option<&Atom> {
        match self.numerator.terms() {
            [(monomial, coefficient)]
                if coefficient.is_one() && monomial.radicand == 1 && self.denominator.is_one() =>
            {
                match monomial.powers.as_slice() {
                    [(atom, 1)] => Some(atom),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    pub(crate) fn atoms(&self) -> impl Iterator<Item = &Atom> {
        self.numerator.atoms().chain(self.denominator.atoms())
    }

    pub(crate) fn has_variables(&self) -> bool {
        self.any_atom(&|atom| matches!(atom, Atom::Variable(_)))
    }

    /// Whether algebra brings equal ones of these to one form, so that two of them are equal only if they are the same.
    pub(crate) fn has_one_form(&self) -> bool {
        self.denominator.is_one() && !self.has_functions()
    }

    pub(crate) fn has_functions(&self) -> bool {
        self.atoms().any(|atom| match atom {
            Atom::Function(function, arguments) => {
                !function.is_formal() || arguments.iter().any(|argument| !argument.has_one_form())
            }
            _ => false,
        })
    }

    fn applies_names(&self) -> bool {
        self.atoms().any(|atom| matches!(atom, Atom::Function(function, _) if function.is_formal()))
    }

    /// Two expressions that algebra tells apart, with names applied to something.
    fn compare_applied(&self, other: &Self, budget: &mut Budget) -> Verdict {
        let known = self.with_known_values(budget).zip(other.with_known_values(budget));
        let is_same =
            known.and_then(|(a, b)| a.cross_difference(&b, budget)).is_some_and(|difference| difference.is_zero());
        match is_same {
            true => Verdict::Equal,
            false if self.applied_names() == other.applied_names() => Verdict::Different,
            false => Verdict::Unknown,
        }
    }

    /// Names that are applied to something, in order: `f` of `f(2)`, `×` of cross products.
    fn applied_names(&self) -> Vec<String> {
        let name = |atom: &Atom| match atom {
            Atom::Function(Function::Applied, arguments) => match arguments.first()?.as_atom()? {
                Atom::Variable(name) => Some(name.to_string()),
                _ => None,
            },
            Atom::Function(Function::Cross, _) => Some("×".to_owned()),
            _ => None,
        };
        let mut names: Vec<String> = self.atoms().filter_map(name).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// Whether some atom, or an atom within the arguments of one, is such.
    pub(crate) fn any_atom(&self, is_such: &dyn Fn(&Atom) -> bool) -> bool {
        self.atoms().any(|atom| {
            is_such(atom)
                || matches!(atom, Atom::Function(_, arguments)
                    if arguments.iter().any(|argument| argument.any_atom(is_such)))
        })
    }

    /// The same with another letter for one of its letters; `None` as well where it holds that letter already.
    pub(crate) fn renamed(&self, from: &Name, to: &Name, budget: &mut Budget) -> Option<Self> {
        if self.any_atom(&|atom| matches!(atom, Atom::Variable(name) if name == to)) {
            return None;
        }
        self.substituted(
            &|atom, _| matches!(atom, Atom::Variable(name) if name == from).then(|| Self::variable(to.clone())),
            budget,
        )
    }

    /// The same with other expressions for the atoms that `value` gives one for.
    pub(super) fn substituted(
        &self,
        value: &dyn Fn(&Atom, &mut Budget) -> Option<Self>,
        budget: &mut Budget,
    ) -> Option<Self> {
        let numerator = Self::substituted_terms(&self.numerator, value, budget)?;
        numerator.divided_by(&Self::substituted_terms(&self.denominator, value, budget)?, budget)
    }

    fn substituted_terms(
        terms: &Polynomial,
        value: &dyn Fn(&Atom, &mut Budget) -> Option<Self>,
        budget: &mut Budget,
    ) -> Option<Self> {
        let mut sum = Self::integer(0);
        for (monomial, coefficient) in terms.terms() {
            let mut product = Self::square_root(coefficient.clone(), monomial.radicand);
            for (atom, power) in &monomial.powers {
                let factor = match (value(atom, budget), atom) {
                    (Some(other), _) => other,
                    (None, Atom::Function(function, arguments)) => {
                        let arguments =
                            arguments.iter().map(|of| of.substituted(value, budget)).collect::<Option<_>>()?;
                        Self::apply(*function, arguments, budget)?
                    }
                    (None, atom) => Self::atom(atom.clone()),
                };
                product = product.multiply(factor.integer_power(i32::try_from(*power).ok()?, budget)?, budget)?;
            }
            sum = sum.add(product, budget)?;
        }
        Some(sum)
    }

    pub(crate) fn negated(&self) -> Self {
        Self { numerator: self.numerator.negated(), denominator: self.denominator.clone() }
    }

    pub(crate) fn negate(self) -> Self {
        Self { numerator: self.numerator.negate(), denominator: self.denominator }
    }

    pub(crate) fn plus(&self, other: &Self, budget: &mut Budget) -> Option<Self> {
        self.clone().add(other.clone(), budget)
    }

    /// [`Expression::plus`] without copies where the denominators are the same.
    pub(crate) fn add(self, other: Self, budget: &mut Budget) -> Option<Self> {
        if self.denominator == other.denominator {
            let numerator = self.numerator.add(other.numerator, budget)?;
            return Some(Self { numerator, denominator: self.denominator });
        }
        let left = self.numerator.times(&other.denominator, budget)?;
        let right = other.numerator.times(&self.denominator, budget)?;
        let denominator = self.denominator.multiply(other.denominator, budget)?;
        Self::quotient(left.add(right, budget)?, denominator, budget)
    }

    pub(crate) fn minus(&self, other: &Self, budget: &mut Budget) -> Option<Self> {
        self.clone().add(other.negated(), budget)
    }

    pub(crate) fn times(&self, other: &Self, budget: &mut Budget) -> Option<Self> {
        self.clone().multiply(other.clone(), budget)
    }

    /// [`Expression::times`] without copies where a side is a number.
    pub(crate) fn multiply(self, other: Self, budget: &mut Budget) -> Option<Self> {
        let is_polynomial = self.denominator.is_one() && other.denominator.is_one();
        let numerator = self.numerator.multiply(other.numerator, budget)?;
        if is_polynomial {
            return Some(Self::polynomial(numerator));
        }
        Self::quotient(numerator, self.denominator.multiply(other.denominator, budget)?, budget)
    }

    /// `None` as well where the divisor is zero.
    pub(crate) fn divided_by(&self, other: &Self, budget: &mut Budget) -> Option<Self> {
        if let Some(divisor) = other.as_number() {
            let numerator = self.numerator.scaled(&divisor.reciprocal()?, budget)?;
            return Some(Self { numerator, denominator: self.denominator.clone() });
        }
        let numerator = self.numerator.times(&other.denominator, budget)?;
        let denominator = self.denominator.times(&other.numerator, budget)?;
        Self::quotient(numerator, denominator, budget)
    }

    /// Brings a quotient to the form promised at [`Expression::denominator`].
    fn quotient(mut numerator: Polynomial, mut denominator: Polynomial, budget: &mut Budget) -> Option<Self> {
        if denominator.is_zero() {
            return None;
        }
        if let [(monomial, _)] = denominator.terms() {
            // 1 / (2 sqrt(3)) = sqrt(3) / 6, and 1 / i = -i.
            let imaginary = monomial.powers.iter().filter(|(atom, _)| *atom == Atom::Imaginary).cloned().collect();
            let conjugate = Monomial { powers: imaginary, radicand: monomial.radicand };
            if !conjugate.is_one() {
                let conjugate = Polynomial::term(conjugate, Rational::ONE);
                numerator = numerator.times(&conjugate, budget)?;
                denominator = denominator.times(&conjugate, budget)?;
            }
        }
        if let Some((_, leading)) = denominator.terms().last()
            && !leading.is_one()
        {
            let inverse = leading.reciprocal()?;
            numerator = numerator.scaled(&inverse, budget)?;
            denominator = denominator.scaled(&inverse, budget)?;
        }
        Some(Self { numerator, denominator })
    }

    pub(crate) fn integer_power(&self, exponent: i32, budget: &mut Budget) -> Option<Self> {
        let one = Self::integer(1);
        let magnitude = exponent.unsigned_abs();
        let power = match self.as_number() {
            Some(base) if base.is_zero() && exponent <= 0 => return None,
            // Powers of 0, 1 and -1 depend on the exponent's parity alone.
            Some(base) if base.bits() <= 1 => Self::number(base.power(magnitude.min(2 + magnitude % 2))),
            Some(base) if base.bits() * u64::from(magnitude) <= MAX_BITS => {
                let words = base.bits() * u64::from(magnitude) / 64;
                budget.spend(1 + words * words / 4)?;
                Self::number(base.power(magnitude))
            }
            Some(_) => return None,
            None if self.denominator.is_one()
                && let Some(power) = self.numerator.term_power(magnitude, budget) =>
            {
                Self::polynomial(power)
            }
            None if magnitude > MAX_EXPONENT => return None,
            None => (0..magnitude).try_fold(one.clone(), |product, _| product.times(self, budget))?,
        };
        if exponent < 0 { one.divided_by(&power, budget) } else { Some(power) }
    }

    /// Whether two expressions are the same. Exact without kept functions; with them, what no algebra settles is decided
    /// by values at a few fixed points.
    pub(crate) fn compare(&self, other: &Self, budget: &mut Budget) -> Verdict {
        self.decide(other, budget).0
    }

    /// [`Expression::compare`], and what the verdict rests on.
    pub(crate) fn decide(&self, other: &Self, budget: &mut Budget) -> (Verdict, Basis) {
        if self == other {
            return (Verdict::Equal, Basis::Algebra);
        }
        let have_functions = self.has_functions() || other.has_functions();
        let same = if self.denominator.is_one() && other.denominator.is_one() {
            Some(false)
        } else {
            // Products of large polynomials may be out of reach where their values are not.
            let granted = if have_functions { budget.left() / 2 } else { budget.left() };
            let mut part = Budget::of(granted);
            let difference = self.cross_difference(other, &mut part);
            budget.spend(u64::from(granted - part.left())).unwrap_or_default();
            difference.map(|difference| difference.is_zero())
        };
        match same {
            Some(true) => (Verdict::Equal, Basis::Algebra),
            // What a name is applied to may have a value that the other side gives.
            Some(false) if !have_functions && (self.applies_names() || other.applies_names()) => {
                (self.compare_applied(other, budget), Basis::Algebra)
            }
            Some(false) if !have_functions => (Verdict::Different, Basis::Algebra),
            None if !have_functions => (Verdict::Unknown, Basis::Algebra),
            _ if let Some(same) = self.same_prime_powers(other, budget) => {
                (if same { Verdict::Equal } else { Verdict::Different }, Basis::Algebra)
            }
            _ => (self.compare_values(other, budget), Basis::Evaluation),
        }
    }

    fn cross_difference(&self, other: &Self, budget: &mut Budget) -> Option<Polynomial> {
        let left = self.numerator.times(&other.denominator, budget)?;
        let right = other.numerator.times(&self.denominator, budget)?;
        left.plus(&right.negated(), budget)
    }

    /// Whether `self = 0` and `other = 0` say the same: one numerator is a number times the other. With `positive`, a
    /// positive number, as for inequalities.
    pub(crate) fn is_proportional(&self, other: &Self, positive: bool, budget: &mut Budget) -> Option<bool> {
        let (Some((_, a)), Some((_, b))) = (self.numerator.terms().last(), other.numerator.terms().last()) else {
            return Some(self.numerator == other.numerator);
        };
        if positive && (a.is_negative() != b.is_negative()) {
            return Some(false);
        }
        let left = self.numerator.scaled(b, budget)?;
        let right = other.numerator.scaled(a, budget)?;
        Some(left == right)
    }
}
