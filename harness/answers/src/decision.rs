//! What was decided about a pair of answers and why.

use crate::Verdict;

/// A verdict and what it rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decision {
    /// Whether the two are the same.
    pub verdict: Verdict,
    /// Why.
    pub reason: Reason,
}

impl Decision {
    pub(crate) const fn equal(reason: Reason) -> Self {
        Self { verdict: Verdict::Equal, reason }
    }

    pub(crate) const fn different(reason: Reason) -> Self {
        Self { verdict: Verdict::Different, reason }
    }

    pub(crate) const fn unknown(reason: Reason) -> Self {
        Self { verdict: Verdict::Unknown, reason }
    }

    pub(crate) fn is(self, verdict: Verdict) -> bool {
        self.verdict == verdict
    }

    /// The same verdict, for a reason no stronger than `reason`.
    pub(crate) fn because(self, reason: Reason) -> Self {
        match self.verdict {
            Verdict::Equal => Self { reason: self.reason.max(reason), ..self },
            Verdict::Different | Verdict::Unknown => self,
        }
    }

    /// What holds of a whole if this holds of one part and `other` of the rest: all parts have to be equal. An equality
    /// rests on the weakest of its reasons.
    pub(crate) fn and(self, other: Self) -> Self {
        match (self.verdict, other.verdict) {
            (Verdict::Different, _) => self,
            (_, Verdict::Different) => other,
            (Verdict::Unknown, _) => self,
            (_, Verdict::Unknown) => other,
            (Verdict::Equal, Verdict::Equal) => other.because(self.reason),
        }
    }
}

/// What a verdict rests on. In the order of how much each asks one to believe: the reason of a whole is the greatest of
/// those of its parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Reason {
    /// The normalised texts are the same.
    SameText,
    /// Decided by exact arithmetic and algebra.
    Algebra,
    /// Decided by values in high precision.
    Evaluation,
    /// Compared as sets of real numbers: intervals, unions, inequalities.
    Sets,
    /// Compared as words.
    Words,
    /// The same members in another order, where order does not count.
    OrderIgnored,
    /// Two notations of one thing: a tuple and a column, a set and a list.
    Notation,
    /// Equal but for a name (`x =`) that one side gives.
    NameIgnored,
    /// Equal but for a unit that one side gives.
    UnitIgnored,
    /// Equal after converting units.
    UnitConverted,
    /// Equal if a percentage is read as its number, or as hundredths.
    Percent,
    /// Equal but for the base that the gold answer gives.
    BaseIgnored,
    /// Equal to as many decimals as the gold answer has.
    Rounding,
    /// Not equally many members, or rows and columns.
    MemberCount,
    /// The brackets differ, and so what they hold or mean.
    BracketsDiffer,
    /// Different names.
    NamesDiffer,
    /// Different units.
    UnitsDiffer,
    /// Different bases.
    BasesDiffer,
    /// Different kinds of things, such as a number and an interval.
    KindsDiffer,
    /// Both are understood, but it would take the question to decide.
    Convention,
    /// Both are understood, but neither algebra nor values decide.
    Undecided,
    /// A side was not understood and the texts differ.
    NotUnderstood,
    /// The work allowed for one comparison did not suffice.
    OutOfSteps,
}

impl Reason {
    /// Every reason, in the order in which reports list them.
    pub const ALL: &'static [Self] = &[
        Self::SameText,
        Self::Algebra,
        Self::Evaluation,
        Self::Sets,
        Self::Words,
        Self::OrderIgnored,
        Self::Notation,
        Self::NameIgnored,
        Self::UnitIgnored,
        Self::UnitConverted,
        Self::Percent,
        Self::BaseIgnored,
        Self::Rounding,
        Self::MemberCount,
        Self::BracketsDiffer,
        Self::NamesDiffer,
        Self::UnitsDiffer,
        Self::BasesDiffer,
        Self::KindsDiffer,
        Self::Convention,
        Self::Undecided,
        Self::NotUnderstood,
        Self::OutOfSteps,
    ];

    /// Its name in files and tables, in snake case.
    pub fn name(self) -> &'static str {
        match self {
            Self::SameText => "same_text",
            Self::Algebra => "algebra",
            Self::Evaluation => "evaluation",
            Self::Sets => "sets",
            Self::Words => "words",
            Self::OrderIgnored => "order_ignored",
            Self::Notation => "notation",
            Self::NameIgnored => "name_ignored",
            Self::UnitIgnored => "unit_ignored",
            Self::UnitConverted => "unit_converted",
            Self::Percent => "percent",
            Self::BaseIgnored => "base_ignored",
            Self::Rounding => "rounding",
            Self::MemberCount => "member_count",
            Self::BracketsDiffer => "brackets_differ",
            Self::NamesDiffer => "names_differ",
            Self::UnitsDiffer => "units_differ",
            Self::BasesDiffer => "bases_differ",
            Self::KindsDiffer => "kinds_differ",
            Self::Convention => "convention",
            Self::Undecided => "undecided",
            Self::NotUnderstood => "not_understood",
            Self::OutOfSteps => "out_of_steps",
        }
    }

    /// In words that a reader can act on.
    pub fn explain(self) -> &'static str {
        match self {
            Self::SameText => "written alike",
            Self::Algebra => "exact arithmetic and algebra",
            Self::Evaluation => "values in high precision",
            Self::Sets => "compared as sets of real numbers",
            Self::Words => "compared as words",
            Self::OrderIgnored => "the same members in another order",
            Self::Notation => "two notations of one thing",
            Self::NameIgnored => "equal but for a name that one side gives",
            Self::UnitIgnored => "equal but for a unit that one side gives",
            Self::UnitConverted => "equal after converting units",
            Self::Percent => "equal if the percentage is read as its number or as hundredths",
            Self::BaseIgnored => "equal but for the base that the gold answer gives",
            Self::Rounding => "equal to the decimals of the gold answer",
            Self::MemberCount => "not equally many members",
            Self::BracketsDiffer => "the brackets differ",
            Self::NamesDiffer => "the names differ",
            Self::UnitsDiffer => "the units differ",
            Self::BasesDiffer => "the bases differ",
            Self::KindsDiffer => "different kinds of things",
            Self::Convention => "both are understood, but it takes the question to decide",
            Self::Undecided => "both are understood, but neither algebra nor values decide",
            Self::NotUnderstood => "a side was not understood and the texts differ",
            Self::OutOfSteps => "the work allowed for one comparison did not suffice",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_are_listed_once_each_in_order_and_have_names_of_their_own() {
        assert!(Reason::ALL.is_sorted_by(|a, b| a < b));
        let mut names: Vec<&str> = Reason::ALL.iter().map(|reason| reason.name()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Reason::ALL.len());
    }

    #[test]
    fn a_whole_is_as_its_weakest_part() {
        let algebra = Decision::equal(Reason::Algebra);
        let rounding = Decision::equal(Reason::Rounding);
        let different = Decision::different(Reason::UnitsDiffer);
        let unknown = Decision::unknown(Reason::Convention);
        assert_eq!(algebra.and(rounding), rounding);
        assert_eq!(rounding.and(algebra), rounding);
        assert_eq!(unknown.and(different), different);
        assert_eq!(algebra.and(unknown), unknown);
    }
}
