//! The switches by name, for whoever takes a policy from text: a command line, a file, another language.

use std::fmt;

use super::{Base, Brackets, Decimals, Names, Order, Percent, Policy, Rounding, Units};

/// Writes each switch down once: its field, its type, and the names of its choices, the default first.
macro_rules! switches {
    ($($field:ident: $kind:ident { $($variant:ident = $name:literal),+ }),+ $(,)?) => {
        impl Policy {
            /// Every switch with the names of its choices, the default first.
            ///
            /// ```
            /// use markovscale_answers::Policy;
            ///
            /// assert!(Policy::SWITCHES.contains(&("order", &["free", "counts"])));
            /// ```
            pub const SWITCHES: &'static [(&'static str, &'static [&'static str])] =
                &[$((stringify!($field), &[$($name),+])),+];

            /// Sets a switch by name.
            ///
            /// ```
            /// use markovscale_answers::{Answer, Policy, Verdict, grade};
            ///
            /// let mut policy = Policy::default();
            /// policy.set("percent", "hundredths").expect("a switch and one of its choices");
            /// let (gold, answer) = (Answer::parse("50"), Answer::parse("50\\%"));
            /// assert_eq!(grade(&gold, &answer, &policy).verdict, Verdict::Different);
            /// ```
            ///
            /// # Errors
            /// There is no such switch, or it has no such choice. The error names those that there are.
            pub fn set(&mut self, switch: &str, choice: &str) -> Result<(), UnknownName> {
                match switch {
                    $(stringify!($field) => {
                        self.$field = match choice {
                            $($name => $kind::$variant,)+
                            _ => return Err(UnknownName::choice(stringify!($field), choice, &[$($name),+])),
                        };
                    })+
                    _ => return Err(UnknownName::switch(switch)),
                }
                Ok(())
            }

            /// Each switch and the choice that this policy makes, by name, in the order of [`Policy::SWITCHES`].
            pub fn choices(&self) -> Vec<(&'static str, &'static str)> {
                // A switch that is missing above does not compile here.
                let Self { $($field),+ } = *self;
                vec![$((stringify!($field), match $field { $($kind::$variant => $name),+ })),+]
            }
        }
    };
}

switches! {
    percent: Percent { Either = "either", Hundredths = "hundredths" },
    units: Units { Convert = "convert", Same = "same", Required = "required" },
    order: Order { Free = "free", Counts = "counts" },
    brackets: Brackets { Notation = "notation", Count = "count" },
    base: Base { FromGold = "from_gold", Required = "required" },
    rounding: Rounding { ToGold = "to_gold", None = "none" },
    decimals: Decimals { Long = "long", Exact = "exact" },
    names: Names { Optional = "optional", Required = "required" },
}

/// A switch or a choice that does not exist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownName {
    /// The switch whose choice is unknown; `None` where the switch is.
    switch: Option<&'static str>,
    found: String,
    known: Vec<&'static str>,
}

impl UnknownName {
    fn switch(found: &str) -> Self {
        Self { switch: None, found: found.to_owned(), known: Policy::SWITCHES.iter().map(|(name, _)| *name).collect() }
    }

    fn choice(switch: &'static str, found: &str, known: &[&'static str]) -> Self {
        Self { switch: Some(switch), found: found.to_owned(), known: known.to_vec() }
    }
}

impl fmt::Display for UnknownName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { switch, found, known } = self;
        let known = known.join(", ");
        match switch {
            Some(switch) => write!(f, "`{switch}` cannot be `{found}`; its choices are {known}"),
            None => write!(f, "no switch `{found}`; the switches are {known}"),
        }
    }
}

impl std::error::Error for UnknownName {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_choice_can_be_set_and_read_back_and_the_default_comes_first() {
        let first: Vec<_> = Policy::SWITCHES.iter().map(|(switch, choices)| (*switch, choices[0])).collect();
        assert_eq!(Policy::default().choices(), first);
        for (switch, choices) in Policy::SWITCHES {
            for choice in *choices {
                let mut policy = Policy::default();
                policy.set(switch, choice).expect("a known choice");
                assert!(policy.choices().contains(&(*switch, *choice)), "{switch} {choice}");
                let others = policy.choices().into_iter().filter(|(name, _)| name != switch);
                assert!(others.eq(first.iter().copied().filter(|(name, _)| name != switch)), "{switch} {choice}");
            }
        }
    }

    #[test]
    fn what_does_not_exist_is_answered_with_what_does() {
        let mut policy = Policy::default();
        let message = |set: Result<(), UnknownName>| set.expect_err("unknown").to_string();
        assert_eq!(
            message(policy.set("percent", "Either")),
            "`percent` cannot be `Either`; its choices are either, hundredths"
        );
        assert!(message(policy.set("unit", "same")).starts_with("no switch `unit`; the switches are percent, units, "));
        assert_eq!(policy, Policy::default());
    }
}
