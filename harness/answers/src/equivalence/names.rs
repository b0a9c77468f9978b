//! `x = 5`, `f(x) = 2x`, `x = 1, y = 2`: what has a name, against others and against what has none.

use super::Comparison;
use crate::policy::Names;
use crate::value::{Expression, Function, Name, Scalar, Value};
use crate::{Decision, Reason, Verdict};

impl Comparison<'_> {
    /// A name or a system against something without a name.
    pub(super) fn named(&mut self, a: &Value, b: &Value) -> Option<Decision> {
        match (a, b) {
            (Value::Named { name, value, .. }, Value::System(members)) => {
                Some(match (&**value, numbered(name, members)) {
                    (Value::List(own) | Value::Set(own), Some(values)) => {
                        self.unordered(own, &values).because(Reason::NameIgnored)
                    }
                    _ => match under_conditions(members) {
                        // Whether the conditions go without saying is for the question to tell.
                        Some(stated) if self.values(a, stated).is(Verdict::Equal) => {
                            Decision::unknown(Reason::Convention)
                        }
                        _ => self.assignments_of(a, b),
                    },
                })
            }
            (Value::Named { equation: Some(a), .. }, Value::Equation(b)) => Some(self.equations(a, b)),
            (Value::Named { .. }, Value::Equation(_)) => None,
            (Value::Named { equation: Some(_), .. }, Value::Inequality { .. }) => {
                Some(Decision::different(Reason::KindsDiffer))
            }
            (Value::Named { name, value, .. }, Value::Scalar(number)) if matches!(**value, Value::Tuple { .. }) => {
                Some(self.chosen(name, value, number))
            }
            // `x > 3` against `(3, \infty)`: two notations of a set, whose letter says nothing.
            (Value::Named { value, .. }, _) if matches!(**value, Value::Region(_)) => Some(self.values(value, b)),
            (Value::Named { value, .. }, _) => Some(match self.policy.names {
                Names::Optional => self.values(value, b).because(Reason::NameIgnored),
                Names::Required => match self.values(value, b).verdict {
                    Verdict::Unknown => Decision::unknown(Reason::NamesDiffer),
                    _ => Decision::different(Reason::NamesDiffer),
                },
            }),
            (Value::System(members), Value::Tuple { members: values, .. }) => {
                Some(self.system_and_tuple(members, values))
            }
            (Value::System(members), Value::List(values)) => {
                Some(match self.in_written_order(members, values).verdict {
                    Verdict::Equal if self.policy.names == Names::Optional => Decision::equal(Reason::NameIgnored),
                    Verdict::Equal => Decision::different(Reason::NamesDiffer),
                    _ => self.unordered_values(members, values),
                })
            }
            (Value::System(_), Value::Scalar(_)) => Some(Decision::different(Reason::MemberCount)),
            _ => None,
        }
    }

    /// `C(20, 10)`, which reads as a point, against a number.
    fn chosen(&mut self, name: &str, value: &Value, number: &Scalar) -> Decision {
        let Value::Tuple { members, .. } = value else {
            return Decision::unknown(Reason::KindsDiffer);
        };
        match members.as_slice() {
            [Value::Scalar(all), Value::Scalar(some)] if name == "C" => {
                let arguments = vec![all.expression.clone(), some.expression.clone()];
                match Expression::apply(Function::Binomial, arguments, self.budget) {
                    Some(value) if self.expressions(&value, &number.expression).is(Verdict::Equal) => {
                        Decision::equal(Reason::Notation)
                    }
                    _ => Decision::unknown(Reason::Convention),
                }
            }
            _ => Decision::different(Reason::KindsDiffer),
        }
    }

    pub(super) fn two_named(&mut self, a: &Value, b: &Value) -> Decision {
        let (
            Value::Named { name: a_name, value: a_value, equation: a_equation },
            Value::Named { name: b_name, value: b_value, equation: b_equation },
        ) = (a, b)
        else {
            return Decision::unknown(Reason::KindsDiffer);
        };
        if a_name == b_name {
            return self.values(a_value, b_value);
        }
        if assignments(a).is_some() && assignments(b).is_some() {
            return self.assignments_of(a, b);
        }
        // `f(x) = 2x` and `y = 2x`; `Area = 5` and `A = 5`.
        if is_y_of(a_name, b_name) || is_y_of(b_name, a_name) || is_label(a_name) != is_label(b_name) {
            return self.values(a_value, b_value).because(Reason::NameIgnored);
        }
        if function(a_name).is_some() && function(a_name) == function(b_name) {
            return self.with_one_argument((a_name, a_value), (b_name, b_value));
        }
        match (a_equation, b_equation) {
            // `y = 2x` and `x = y / 2`.
            (Some(a), Some(b)) => match self.equations(a, b) {
                decision if decision.is(Verdict::Different) => Decision::different(Reason::NamesDiffer),
                decision => decision,
            },
            _ => match self.values(a_value, b_value).verdict {
                Verdict::Equal if is_label(a_name) => Decision::unknown(Reason::NamesDiffer),
                Verdict::Unknown => Decision::unknown(Reason::NamesDiffer),
                _ => Decision::different(Reason::NamesDiffer),
            },
        }
    }

    /// `f(x) = x^2` and `f(t) = t^2`, whose letters are free to choose; `f(2) = 5` and `f(3) = 5`, whose numbers are not.
    fn with_one_argument(&mut self, a: (&str, &Value), b: (&str, &Value)) -> Decision {
        let unknown = Decision::unknown(Reason::NamesDiffer);
        let (Some(a_argument), Some(b_argument), Value::Scalar(a), Value::Scalar(b)) =
            (argument(a.0), argument(b.0), a.1, b.1)
        else {
            return unknown;
        };
        let Some(renamed) = b.expression.renamed(&b_argument, &a_argument, self.budget) else {
            return unknown;
        };
        match self.scalars(a, &Scalar::new(renamed, b.unit.clone())).because(Reason::NameIgnored) {
            decision if decision.is(Verdict::Equal) => decision,
            _ => unknown,
        }
    }

    pub(super) fn systems(&mut self, a: &[Value], b: &[Value]) -> Decision {
        if let Some(decision) = self.families(a, b) {
            return decision;
        }
        match (sorted(a), sorted(b)) {
            (Some(a), Some(b)) => self.assigned(&a, &b),
            _ => Decision::unknown(Reason::KindsDiffer),
        }
    }

    /// `(x, y) = (1, 2)` against `x = 1, y = 2`.
    fn assignments_of(&mut self, a: &Value, b: &Value) -> Decision {
        match (assignments(a), assignments(b)) {
            (Some(a), Some(b)) => self.assigned(&a, &b),
            _ => Decision::different(Reason::MemberCount),
        }
    }

    fn assigned(&mut self, a: &[(&str, &Value)], b: &[(&str, &Value)]) -> Decision {
        if a.len() != b.len() {
            return Decision::different(Reason::MemberCount);
        }
        if a.iter().zip(b).any(|((a, _), (b, _))| a != b) {
            return Decision::different(Reason::NamesDiffer);
        }
        self.in_order(a.iter().map(|(_, value)| *value).zip(b.iter().map(|(_, value)| *value)))
    }

    /// `x = 1, y = 2` against `(1, 2)`: in the order of the alphabet, which is the order of coordinates.
    fn system_and_tuple(&mut self, members: &[Value], values: &[Value]) -> Decision {
        let Some(assigned) = sorted(members) else {
            return Decision::unknown(Reason::KindsDiffer);
        };
        if assigned.len() != values.len() {
            return Decision::different(Reason::MemberCount);
        }
        let by_name = self.in_order(assigned.iter().map(|(_, value)| *value).zip(values));
        match (by_name.verdict, self.policy.names) {
            (Verdict::Equal, Names::Optional) => by_name.because(Reason::NameIgnored),
            (Verdict::Equal, Names::Required) => Decision::different(Reason::NamesDiffer),
            (Verdict::Different, _) if self.in_written_order(members, values).is(Verdict::Equal) => {
                Decision::unknown(Reason::Convention)
            }
            _ => by_name,
        }
    }

    fn in_written_order(&mut self, members: &[Value], values: &[Value]) -> Decision {
        if members.len() != values.len() {
            return Decision::different(Reason::MemberCount);
        }
        let written = members.iter().map(|member| if let Value::Named { value, .. } = member { value } else { member });
        self.in_order(written.zip(values))
    }

    /// `x = 1, y = 2` against `2, 1`: the values are right, and which is which is not said.
    fn unordered_values(&mut self, members: &[Value], values: &[Value]) -> Decision {
        let own: Vec<Value> = members
            .iter()
            .map(|member| if let Value::Named { value, .. } = member { (**value).clone() } else { member.clone() })
            .collect();
        match self.unordered(&own, values) {
            decision if decision.is(Verdict::Different) => decision,
            _ => Decision::unknown(Reason::Convention),
        }
    }
}

/// `y` for what the other side calls `f(x)`.
fn is_y_of(name: &str, other: &str) -> bool {
    name == "y" && function(other).is_some_and(|function| !function.contains('^'))
}

/// The `f` of `f(x)`.
fn function(name: &str) -> Option<&str> {
    name.strip_suffix(')')?.split_once('(').map(|(function, _)| function).filter(|function| !function.is_empty())
}

/// The `x` of `f(x)`, where it is one letter.
fn argument(name: &str) -> Option<Name> {
    let mut letters = name.strip_suffix(')')?.split_once('(')?.1.chars();
    match (letters.next(), letters.next()) {
        (Some(letter), None) if letter.is_alphabetic() => Some(Name::Letter(letter)),
        _ => None,
    }
}

/// The values of `x_1 = 2, x_2 = 3`, which are those of `x`.
fn numbered(name: &str, members: &[Value]) -> Option<Vec<Value>> {
    let one = |member: &Value| {
        let (own, value) = assignment(member)?;
        let number = own.strip_prefix(name)?.strip_prefix('_')?;
        (!number.is_empty() && number.bytes().all(|digit| digit.is_ascii_digit())).then(|| value.clone())
    };
    members.iter().map(one).collect()
}

/// What is said of the one name that has a value, where the others only have conditions: `a_n = 2n, n \ge 1`.
fn under_conditions(members: &[Value]) -> Option<&Value> {
    let is_condition = |member: &Value| matches!(assignment(member), Some((_, Value::Region(_))));
    let mut stated = members.iter().filter(|member| !is_condition(member));
    match (stated.next(), stated.next()) {
        (Some(only), None) => Some(only),
        _ => None,
    }
}

/// A name in words.
fn is_label(name: &str) -> bool {
    name.chars().filter(|c| c.is_lowercase()).count() > 2 && !name.starts_with('\\') && !name.contains(['(', '/'])
}

fn assignment(member: &Value) -> Option<(&str, &Value)> {
    if let Value::Named { name, value, .. } = member { Some((name, value)) } else { None }
}

/// Names and their values, by name.
fn sorted(members: &[Value]) -> Option<Vec<(&str, &Value)>> {
    let mut assigned: Vec<(&str, &Value)> = members.iter().map(assignment).collect::<Option<_>>()?;
    assigned.sort_by_key(|(name, _)| *name);
    Some(assigned)
}

/// What a system or `(x, y) = (1, 2)` assigns, by name.
fn assignments(value: &Value) -> Option<Vec<(&str, &Value)>> {
    match value {
        Value::System(members) => sorted(members),
        Value::Named { name, value, .. } => {
            let names = name.strip_prefix('(')?.strip_suffix(')')?.split(',');
            let Value::Tuple { members, .. } = &**value else {
                return None;
            };
            let mut assigned: Vec<(&str, &Value)> = names.map(str::trim).zip(members).collect();
            assigned.sort_by_key(|(name, _)| *name);
            (assigned.len() == members.len()).then_some(assigned)
        }
        _ => None,
    }
}
