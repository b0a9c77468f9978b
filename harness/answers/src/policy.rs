//! Conventions that mathematics leaves open, as switches.
//!
//! A gold answer is one way of writing the answer to a question that the verifier does not see. Where the question would
//! settle what a difference in writing means (was a percentage asked for? does order matter?), a switch says what is
//! assumed. The defaults are what a careful human grader of competition answers accepts: what the answer leaves out and
//! the gold answer supplies is forgiven, what contradicts the gold answer is not.

mod named;

pub use named::UnknownName;

/// The switches. [`Policy::default`] is what every accuracy of the project rests on; [`Policy::strict`] takes every answer
/// as it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Policy {
    /// What `50\%` is beside a number without a percent sign.
    pub percent: Percent,
    /// What a unit on one side only means, and whether units are converted.
    pub units: Units,
    /// Whether the order of a bare list counts.
    pub order: Order,
    /// Whether notations of one vector or of one set are the same.
    pub brackets: Brackets,
    /// What a number without a base is beside one with a base.
    pub base: Base,
    /// Whether a gold answer that is a decimal allows for rounding.
    pub rounding: Rounding,
    /// What a long decimal is beside an exact gold answer.
    pub decimals: Decimals,
    /// What `x =` on one side only means.
    pub names: Names,
}

impl Policy {
    /// Nothing is forgiven: every switch at its strictest.
    pub fn strict() -> Self {
        Self {
            percent: Percent::Hundredths,
            units: Units::Required,
            order: Order::Counts,
            brackets: Brackets::Count,
            base: Base::Required,
            rounding: Rounding::None,
            decimals: Decimals::Exact,
            names: Names::Required,
        }
    }
}

/// What `50\%` is beside a number without a percent sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Percent {
    /// Both `50` and `0.5` (the default). "What percent …?" has the gold answer `50`, "what is the probability …?" has
    /// `0.5`, and `50\%` answers both. `50` and `0.5` stay different from one another.
    #[default]
    Either,
    /// `0.5` only, which is what the sign means.
    Hundredths,
}

/// What units mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Units {
    /// A unit on one side only is ignored; two units of one dimension are converted, exactly (the default). Gold answers
    /// often leave out the unit that the question names, and `1\text{ m}` is the same length as `100\text{ cm}`. Units of
    /// different dimensions are different, as are two nouns (`apples`, `pears`); longer descriptions are undecided.
    #[default]
    Convert,
    /// A unit on one side only is ignored; two units have to be the same one.
    Same,
    /// The unit has to be given, and be the same one.
    Required,
}

/// Whether the order of a bare list (`1, 2 and 3`) counts. Sets never have an order, tuples always do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Order {
    /// It does not (the default): bare lists are nearly always the solutions of an equation.
    #[default]
    Free,
    /// It does.
    Counts,
}

/// Whether notations of one vector or of one set are the same. `(1,2)` and `[1,2]` always differ: one end belongs or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Brackets {
    /// `(1,2)`, `\langle 1,2\rangle` and a column or row with these entries are the same vector, a tuple that can be no
    /// interval is the same without its brackets, and so are a set and a list, and `\{5\}` and `5` (the default): which of
    /// them is written is custom. A column and a row differ.
    #[default]
    Notation,
    /// They are different objects.
    Count,
}

/// What a number without a base is beside one with a base.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Base {
    /// The answer may leave out the base of the gold answer (the default): a question that asks for base six is answered
    /// by the digits. A base that only the answer names is undecided where the digits are the same.
    #[default]
    FromGold,
    /// The base has to be given.
    Required,
}

/// Whether a gold answer that is a decimal allows for rounding. Nothing else does: an answer of `3.14` is not the gold
/// answer `\pi`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Rounding {
    /// An answer that is exact, or has more decimals, is right where it rounds to the gold answer's last decimal (the
    /// default): `\pi` and `3.1416` for `3.14`, but neither `3.1` nor `3.15`. Where the gold answer has so few digits that
    /// it is rather exact than rounded (`0.5`, `2.5`), the verdict is unknown.
    #[default]
    ToGold,
    /// Decimals are exact.
    None,
}

/// What a decimal is beside a gold answer that is exact: a fraction, a root, a multiple of `\pi`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Decimals {
    /// With twelve or more correct significant digits it is that number (the default): `1.41421356237` is `\sqrt{2}`. Nobody
    /// comes by so many digits but from the number itself, and programs print no more of them. A shorter decimal is
    /// another number.
    #[default]
    Long,
    /// Decimals are exact.
    Exact,
}

/// What `x =` on one side only means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Names {
    /// Nothing (the default): `x = 5` is `5`, `f(x) = 2x` is `2x`, `x = 1, y = 2` is `(1, 2)`. Two different names count.
    #[default]
    Optional,
    /// It has to be given.
    Required,
}
