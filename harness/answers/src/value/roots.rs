//! Roots, exact where they can be.

use num_bigint::BigInt;
use num_integer::Roots;
use num_traits::{Pow, ToPrimitive};

use super::polynomial::{Atom, Budget, MAX_BITS};
use super::{Expression, Function, Rational};

/// Largest radicand that is searched for powers to take out; the search takes at most its cube root of divisions.
const MAX_SEARCHED: u64 = 1_000_000_000_000;

/// The `index`-th root, `index` being at least 2. Rational radicands are simplified, others kept as a function.
pub(crate) fn root(of: &Expression, index: u32, budget: &mut Budget) -> Option<Expression> {
    let kept = || Expression::function(Function::Root, vec![Expression::integer(i64::from(index)), of.clone()]);
    let Some(value) = of.as_number() else {
        return Some(kept());
    };
    if value.is_zero() {
        return Some(Expression::integer(0));
    }
    if value.bits() * u64::from(index) > MAX_BITS {
        return Some(kept());
    }
    if value.is_negative() {
        let positive = root(&Expression::number(value.abs()), index, budget)?;
        return match index {
            2 => positive.times(&Expression::atom(Atom::Imaginary), budget),
            _ if index % 2 == 1 => Some(positive.negated()),
            _ => Some(kept()),
        };
    }
    // root(p / q) = root(p q^(n-1)) / q
    budget.spend(1 + value.bits() / 64 * u64::from(index))?;
    let inside = value.numerator() * Pow::pow(&value.denominator(), index - 1);
    let (outside, inside) = take_out(&inside, index, budget)?;
    let bottom = Rational::big_integer(value.denominator()).reciprocal()?;
    let coefficient = &Rational::big_integer(outside) * &bottom;
    Some(match (inside.to_u64(), index) {
        (Some(1), _) => Expression::number(coefficient),
        (Some(radicand), 2) if radicand <= MAX_SEARCHED => Expression::square_root(coefficient, radicand),
        _ => {
            let radicand = Expression::number(Rational::big_integer(inside));
            let root = Expression::function(Function::Root, vec![Expression::integer(i64::from(index)), radicand]);
            root.times(&Expression::number(coefficient), budget)?
        }
    })
}

/// For a positive value, `(a, b)` with `value = a^index * b`; `b` has no `index`-th power in it if the value is small enough to be searched.
fn take_out(value: &BigInt, index: u32, budget: &mut Budget) -> Option<(BigInt, BigInt)> {
    let exact = value.nth_root(index);
    if Pow::pow(&exact, index) == *value {
        return Some((exact, BigInt::from(1)));
    }
    let Some(mut inside) = value.to_u64().filter(|value| *value <= MAX_SEARCHED) else {
        return Some((BigInt::from(1), value.clone()));
    };
    let mut outside = 1;
    let mut divisor: u64 = 2;
    // What is left after all divisors up to its cube root has at most two prime factors.
    let mut unfactored = inside;
    while divisor.pow(3) <= unfactored {
        budget.spend(u64::from(divisor.is_multiple_of(64)))?;
        let mut count = 0;
        while unfactored.is_multiple_of(divisor) {
            unfactored /= divisor;
            count += 1;
            if count % index == 0 {
                outside *= divisor;
                inside /= divisor.pow(index);
            }
        }
        divisor += 1;
    }
    let square = unfactored.sqrt();
    if index == 2 && square > 1 && square * square == unfactored {
        outside *= square;
        inside /= unfactored;
    }
    Some((BigInt::from(outside), BigInt::from(inside)))
}
