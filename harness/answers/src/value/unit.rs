//! Units: what they measure, and how many of the base unit they are.

use super::{Budget, Expression};

/// What stands beside a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Unit {
    /// Nothing.
    None,
    /// A percent sign or word.
    Percent,
    /// Degrees of an angle.
    Degree,
    /// `rad`: the number as it is.
    Radian,
    /// `th`, `st`: a place in a row.
    Ordinal,
    /// A unit of measure that is known.
    Measure(Measure),
    /// Anything else, normalised: `apple`.
    Other(String),
}

impl Unit {
    pub(crate) fn is_measure(&self) -> bool {
        matches!(self, Self::Measure(_))
    }
}

/// What can be measured here. Temperatures have no common base, for their zeros differ; months have no fixed length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Quantity {
    Metre,
    Kilogram,
    Second,
    Ampere,
    Month,
    Celsius,
    Fahrenheit,
    Kelvin,
    Dollar,
    Euro,
    Sterling,
    Yen,
    Rupee,
    Byte,
    /// "units", of whatever the question measures in.
    Unit,
}

const QUANTITIES: usize = 15;

/// A product of powers of base units, times an exact number of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Measure {
    powers: [i8; QUANTITIES],
    /// How many of the base units this is: top and bottom, in lowest terms.
    scale: (i64, i64),
}

impl Measure {
    /// `top / bottom` of the product of base units.
    pub(crate) fn new(bases: &[(Quantity, i8)], top: i64, bottom: i64) -> Self {
        let mut powers = [0; QUANTITIES];
        for &(base, power) in bases {
            powers[base as usize] += power;
        }
        Self { powers, scale: reduced(i128::from(top), i128::from(bottom)).unwrap_or((top, bottom)) }
    }

    /// The bare number.
    pub(crate) fn one() -> Self {
        Self::new(&[], 1, 1)
    }

    pub(crate) fn times(&self, other: &Self) -> Option<Self> {
        let mut powers = self.powers;
        for (power, other) in powers.iter_mut().zip(other.powers) {
            *power = power.checked_add(other)?;
        }
        let (top, bottom) = (self.scale, other.scale);
        let scale = reduced(i128::from(top.0) * i128::from(bottom.0), i128::from(top.1) * i128::from(bottom.1))?;
        Some(Self { powers, scale })
    }

    pub(crate) fn power(&self, exponent: i8) -> Option<Self> {
        let mut result = Self::one();
        for _ in 0..exponent.unsigned_abs() {
            result = result.times(self)?;
        }
        if exponent < 0 {
            result.scale = (result.scale.1, result.scale.0);
            result.powers = result.powers.map(|power| -power);
        }
        Some(result)
    }

    /// Whether one can be converted into the other.
    pub(crate) fn measures_the_same(&self, other: &Self) -> bool {
        self.powers == other.powers
    }

    /// Whether this is in "units", which may be any.
    pub(crate) fn is_generic(&self) -> bool {
        self.powers[Quantity::Unit as usize] != 0
    }

    /// Whether both measure temperature, in scales whose zeros differ.
    pub(crate) fn are_temperatures(&self, other: &Self) -> bool {
        let temperatures = [Quantity::Celsius, Quantity::Fahrenheit, Quantity::Kelvin];
        let is_one = |measure: &Self| temperatures.iter().any(|base| *measure == Self::new(&[(*base, 1)], 1, 1));
        is_one(self) && is_one(other)
    }

    /// Whether one is a pound sterling and the other a pound of weight: in words they are the same.
    pub(crate) fn are_both_pounds(&self, other: &Self) -> bool {
        let sterling = Self::new(&[(Quantity::Sterling, 1)], 1, 1);
        let weight = Self::new(&[(Quantity::Kilogram, 1)], 45_359_237, 100_000_000);
        (*self == sterling && *other == weight) || (*self == weight && *other == sterling)
    }

    /// A number of these as a number of others.
    pub(crate) fn convert(&self, value: &Expression, to: &Self, budget: &mut Budget) -> Option<Expression> {
        let top = Expression::integer(self.scale.0).times(&Expression::integer(to.scale.1), budget)?;
        let bottom = Expression::integer(self.scale.1).times(&Expression::integer(to.scale.0), budget)?;
        value.times(&top, budget)?.divided_by(&bottom, budget)
    }
}

fn reduced(top: i128, bottom: i128) -> Option<(i64, i64)> {
    let divisor = num_integer::gcd(top, bottom).max(1);
    Some((i64::try_from(top / divisor).ok()?, i64::try_from(bottom / divisor).ok()?))
}
