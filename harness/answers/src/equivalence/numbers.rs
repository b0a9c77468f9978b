//! Numbers and expressions with their units, and rounding.

use super::{Comparison, Gold, decided};
use crate::parse::{measure, radians};
use crate::policy::{Decimals, Percent, Rounding, Units};
use crate::value::{Atom, Basis, Budget, Expression, Name, Precision, Scalar, Unit};
use crate::{Decision, Reason, Verdict};

impl Comparison<'_> {
    pub(super) fn expressions(&mut self, a: &Expression, b: &Expression) -> Decision {
        let (verdict, basis) = a.decide(b, self.budget);
        let reason = match basis {
            Basis::Algebra => Reason::Algebra,
            Basis::Evaluation => Reason::Evaluation,
        };
        decided(verdict, reason)
    }

    pub(super) fn equations(&mut self, a: &Expression, b: &Expression) -> Decision {
        match a.is_proportional(b, false, self.budget) {
            Some(true) => Decision::equal(Reason::Algebra),
            Some(false) => Decision::different(Reason::Algebra),
            None => Decision::unknown(Reason::Undecided),
        }
    }

    pub(super) fn scalars(&mut self, a: &Scalar, b: &Scalar) -> Decision {
        let as_written = self.rounded(a, b, &a.expression, &b.expression);
        if as_written.is(Verdict::Different) && self.differ_in_constant(a, b) {
            return Decision::equal(Reason::NameIgnored);
        }
        match (&a.unit, &b.unit) {
            (a, b) if a == b => as_written,
            (Unit::Percent, Unit::None) | (Unit::None, Unit::Percent) => self.percentages(a, b, as_written),
            (Unit::Degree, Unit::None | Unit::Radian) | (Unit::None | Unit::Radian, Unit::Degree) => {
                self.angles(a, b, as_written)
            }
            (Unit::None, Unit::Radian) | (Unit::Radian, Unit::None) => as_written,
            (Unit::None, _) | (_, Unit::None) => self.one_unit(a, b, as_written),
            (Unit::Measure(_), Unit::Measure(_)) => self.measures(a, b, as_written),
            // A known unit is no count of things.
            (Unit::Other(_), Unit::Measure(unit)) | (Unit::Measure(unit), Unit::Other(_)) if !unit.is_generic() => {
                Decision::different(Reason::UnitsDiffer)
            }
            // Apples and pears.
            (Unit::Other(a), Unit::Other(b)) if !a.contains(' ') && !b.contains(' ') => {
                Decision::different(Reason::UnitsDiffer)
            }
            // Red apples and apples: the same number of them may be the same answer, another number is not.
            (Unit::Other(_) | Unit::Ordinal | Unit::Measure(_), Unit::Other(_) | Unit::Ordinal | Unit::Measure(_)) => {
                match as_written.verdict {
                    Verdict::Different => as_written,
                    _ => Decision::unknown(Reason::UnitsDiffer),
                }
            }
            _ => Decision::different(Reason::UnitsDiffer),
        }
    }

    /// `\ln|x| + C` against `\ln|x| + c`: a constant of integration is called as one likes.
    fn differ_in_constant(&mut self, a: &Scalar, b: &Scalar) -> bool {
        if !a.is_plain() || !b.is_plain() {
            return false;
        }
        let (Some(a_name), Some(b_name)) = (constant_of(&a.expression), constant_of(&b.expression)) else {
            return false;
        };
        let without = |of: &Expression, name: &Name, budget: &mut Budget| {
            of.minus(&Expression::variable(name.clone()), budget).filter(|rest| rest.has_variables())
        };
        if a_name == b_name {
            return false;
        }
        match (without(&a.expression, &a_name, self.budget), without(&b.expression, &b_name, self.budget)) {
            (Some(a), Some(b)) => {
                constant_of(&a).is_none() && constant_of(&b).is_none() && self.expressions(&a, &b).is(Verdict::Equal)
            }
            _ => false,
        }
    }

    /// A percentage and a number.
    fn percentages(&mut self, a: &Scalar, b: &Scalar, as_written: Decision) -> Decision {
        let hundred = Expression::integer(100);
        // The side that is not gold is brought to the other's unit, so that gold decimals stay as written.
        let hundredths = if a.unit == Unit::Percent {
            let decision = match (
                self.gold,
                a.expression.divided_by(&hundred, self.budget),
                b.expression.times(&hundred, self.budget),
            ) {
                (Gold::Second, Some(converted), _) => self.rounded(&shifted(a, 2), b, &converted, &b.expression),
                (_, _, Some(converted)) => self.rounded(a, &shifted(b, -2), &a.expression, &converted),
                _ => Decision::unknown(Reason::Undecided),
            };
            let written = if self.gold == Gold::Second { a.precision } else { b.precision };
            // Two conventions at once: hundredths, and a decimal that is rounded once more.
            match decision {
                decision if decision == Decision::equal(Reason::Rounding) && written.is_some() => {
                    Decision::unknown(Reason::Rounding)
                }
                decision => decision,
            }
        } else {
            return self.swapped(|comparison| comparison.percentages(b, a, as_written));
        };
        match self.policy.percent {
            Percent::Either => either(self.percent_as_written(b, as_written), hundredths.because(Reason::Percent)),
            Percent::Hundredths => hundredths,
        }
    }

    /// `50` for `50\%`. Numbers up to one are read as hundredths first: `0.25` is not `0.25\%`.
    fn percent_as_written(&mut self, bare: &Scalar, as_written: Decision) -> Decision {
        let is_small = bare.expression.approximate(self.budget).is_some_and(|value| value.abs() <= 1.0);
        match as_written.verdict {
            Verdict::Equal if is_small && self.gold == Gold::Second => Decision::different(Reason::Percent),
            Verdict::Equal if is_small => Decision::unknown(Reason::Percent),
            _ => as_written.because(Reason::Percent),
        }
    }

    /// Degrees and a number, which may be degrees or radians.
    fn angles(&mut self, a: &Scalar, b: &Scalar, as_written: Decision) -> Decision {
        if a.unit != Unit::Degree {
            return self.swapped(|comparison| comparison.angles(b, a, as_written));
        }
        let converted = match radians(&a.expression, self.budget) {
            Some(a) => self.expressions(&a, &b.expression).because(Reason::UnitConverted),
            None => Decision::unknown(Reason::Undecided),
        };
        match (&b.unit, self.policy.units) {
            (Unit::Radian, Units::Convert) => converted,
            (Unit::Radian, Units::Same | Units::Required) => Decision::different(Reason::UnitsDiffer),
            (_, Units::Convert) => either(as_written.because(Reason::UnitIgnored), converted),
            (_, Units::Same) => as_written.because(Reason::UnitIgnored),
            (_, Units::Required) => converted,
        }
    }

    /// Only one side has a unit.
    fn one_unit(&mut self, a: &Scalar, b: &Scalar, as_written: Decision) -> Decision {
        let (bare, measured) = if a.unit == Unit::None { (a, b) } else { (b, a) };
        if self.has_unit_as_letter(bare, measured) {
            return Decision::equal(Reason::Notation);
        }
        match self.policy.units {
            Units::Required => Decision::different(Reason::UnitsDiffer),
            Units::Convert | Units::Same => as_written.because(Reason::UnitIgnored),
        }
    }

    /// `5 m` against `5\text{ m}` or `500\text{ cm}`: outside of text a unit of one letter looks like a factor.
    fn has_unit_as_letter(&mut self, bare: &Scalar, measured: &Scalar) -> bool {
        let Unit::Measure(unit) = &measured.unit else {
            return false;
        };
        let mut letters = bare.expression.atoms().filter(|atom| matches!(atom, Atom::Variable(_)));
        let (Some(letter), None) = (letters.next(), letters.next()) else {
            return false;
        };
        let Atom::Variable(name) = letter else { return false };
        let Some(own) = measure(&name.to_string()) else {
            return false;
        };
        let letter = Expression::atom(letter.clone());
        (1..=3i8).any(|power| {
            let converted = own
                .power(power)
                .filter(|own| own == unit || own.measures_the_same(unit) && self.policy.units == Units::Convert)
                .and_then(|own| unit.convert(&measured.expression, &own, self.budget));
            let product = letter
                .integer_power(power.into(), self.budget)
                .zip(converted)
                .and_then(|(letter, number)| number.times(&letter, self.budget));
            product.is_some_and(|product| self.expressions(&bare.expression, &product).is(Verdict::Equal))
        })
    }

    fn measures(&mut self, a: &Scalar, b: &Scalar, as_written: Decision) -> Decision {
        let (Unit::Measure(a_unit), Unit::Measure(b_unit)) = (&a.unit, &b.unit) else {
            return as_written;
        };
        if !a_unit.measures_the_same(b_unit) {
            let may_agree = a_unit.is_generic() != b_unit.is_generic();
            return if may_agree && !as_written.is(Verdict::Different) {
                Decision::unknown(Reason::UnitsDiffer)
            } else if a_unit.are_both_pounds(b_unit) {
                as_written.because(Reason::UnitIgnored)
            } else if a_unit.are_temperatures(b_unit)
                && (!as_written.is(Verdict::Equal) || a.expression == Expression::integer(-40))
            {
                // Other numbers may be one temperature; the same number is one at most at -40.
                Decision::unknown(Reason::UnitsDiffer)
            } else {
                Decision::different(Reason::UnitsDiffer)
            };
        }
        if self.policy.units != Units::Convert {
            return Decision::different(Reason::UnitsDiffer);
        }
        let decision = if self.gold == Gold::Second {
            a_unit.convert(&a.expression, b_unit, self.budget).map(|value| self.rounded(a, b, &value, &b.expression))
        } else {
            b_unit.convert(&b.expression, a_unit, self.budget).map(|value| self.rounded(a, b, &a.expression, &value))
        };
        decision.map_or(Decision::unknown(Reason::Undecided), |decision| decision.because(Reason::UnitConverted))
    }

    /// Two numbers, each as it stands after conversion; where the gold side is a decimal, to its precision.
    fn rounded(&mut self, a: &Scalar, b: &Scalar, a_value: &Expression, b_value: &Expression) -> Decision {
        let exact = self.expressions(a_value, b_value);
        let (gold, answer, gold_value, value) = match self.gold {
            Gold::First => (a, b, a_value, b_value),
            Gold::Second => (b, a, b_value, a_value),
            Gold::Neither => return exact,
        };
        let Some(precision) = gold.precision else {
            return if exact.is(Verdict::Different) && self.is_long_decimal(gold_value, value, answer.precision) {
                Decision::equal(Reason::Rounding)
            } else {
                exact
            };
        };
        if exact.is(Verdict::Equal) || self.policy.rounding == Rounding::None {
            return exact;
        }
        match rounds_to(gold_value, value, precision, answer.precision, self.budget) {
            Some(true) => Decision::equal(Reason::Rounding),
            Some(false) => exact,
            None => Decision::unknown(Reason::Rounding),
        }
    }

    /// Whether a decimal gives twelve or more significant digits of an exact number, all of the first twelve right.
    fn is_long_decimal(&mut self, gold: &Expression, value: &Expression, written: Option<Precision>) -> bool {
        const DIGITS: i32 = 12;
        let is_long = written.is_some_and(|written| written.significant >= DIGITS.unsigned_abs());
        if self.policy.decimals == Decimals::Exact || !is_long {
            return false;
        }
        let (Some(gold), Some(value)) = (gold.approximate(self.budget), value.approximate(self.budget)) else {
            return false;
        };
        // Digits that were cut off differ by up to one of the last that is left.
        let magnitude = gold.abs().log10().floor();
        // The digits of a large whole number are its own.
        magnitude.is_finite() && magnitude < 9.0 && (value - gold).abs() < 10f64.powf(magnitude - f64::from(DIGITS - 1))
    }
}

/// Whether a value is the gold decimal when rounded to its places; `None` where it is, but the gold answer has so few
/// digits that it is as likely to be exact.
fn rounds_to(
    gold: &Expression,
    value: &Expression,
    precision: Precision,
    written: Option<Precision>,
    budget: &mut Budget,
) -> Option<bool> {
    // Two decimals of the same length, or one that was cut shorter, differ.
    let is_whole = (written.is_none() || !precision.is_scientific) && value.as_integer().is_some();
    if written.is_some_and(|written| written.places <= precision.places) || is_whole {
        return Some(false);
    }
    let (Some(value), Some(gold)) = (value.approximate(budget), gold.approximate(budget)) else {
        return Some(false);
    };
    let unit = 10f64.powi(-precision.places);
    if (value - gold).abs() > 0.5 * unit * (1.0 + 1e-9) {
        return Some(false);
    }
    let is_evident = match written {
        // Of scientific notation every digit is meant.
        _ if precision.is_scientific && precision.significant >= 3 => true,
        Some(written) if precision.is_scientific => {
            precision.significant == 2 && written.places >= precision.places + 2
        }
        // A longer decimal: the gold answer has to have digits enough that another value would hardly round to it.
        Some(written) => {
            precision.places >= 2 && (precision.significant >= 3 || written.places >= precision.places + 2)
        }
        None => {
            !precision.is_scientific
                && (precision.places >= 2 && precision.significant >= 2 || precision.significant >= 3)
        }
    };
    is_evident.then_some(true)
}

/// The only letter of an expression that constants of integration are called by.
fn constant_of(expression: &Expression) -> Option<Name> {
    const NAMES: [&str; 9] = ["C", "c", "K", "k", "C_1", "c_1", "C_0", "c_0", "C'"];
    let mut constants = expression.atoms().filter_map(|atom| match atom {
        Atom::Variable(name) if NAMES.contains(&name.to_string().as_str()) => Some(name.clone()),
        _ => None,
    });
    let first = constants.next()?;
    constants.all(|other| other == first).then_some(first)
}

/// The same with other decimal places, as it is after conversion.
fn shifted(scalar: &Scalar, places: i32) -> Scalar {
    let precision = scalar.precision.map(|precision| Precision { places: precision.places + places, ..precision });
    Scalar { precision, ..scalar.clone() }
}

/// Two readings of one pair.
fn either(a: Decision, b: Decision) -> Decision {
    match (a.verdict, b.verdict) {
        (Verdict::Equal, Verdict::Equal) => a,
        (Verdict::Equal, _) => a,
        (_, Verdict::Equal) => b,
        (Verdict::Unknown, _) => a,
        (_, Verdict::Unknown) => b,
        (Verdict::Different, Verdict::Different) => a,
    }
}
