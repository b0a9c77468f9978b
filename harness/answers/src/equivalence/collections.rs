//! Tuples, lists, sets, unions and matrices.

use super::{Comparison, decided, same};
use crate::policy::{Brackets, Order};
use crate::value::{Expression, Region, Scalar, Value};
use crate::{Decision, Reason, Verdict};

/// Brackets and what stands between them.
type Bracketed<'a> = (char, &'a [Value], char);

impl Comparison<'_> {
    pub(super) fn tuples(&mut self, a: Bracketed<'_>, b: Bracketed<'_>) -> Decision {
        if (a.0 == '‹') != (b.0 == '‹') {
            // "between 2 and 5" does not say whether its ends belong.
            return match self.in_order(a.1.iter().zip(b.1)) {
                decision if decision.is(Verdict::Different) || a.1.len() != b.1.len() => decision,
                _ => Decision::unknown(Reason::BracketsDiffer),
            };
        }
        let (a_brackets, b_brackets) = ((a.0, a.2), (b.0, b.2));
        if a.1.len() != b.1.len() {
            return Decision::different(Reason::MemberCount);
        }
        let are_round = |brackets| matches!(brackets, ('(', ')') | ('⟨', '⟩'));
        // Three members are no interval: the brackets are those of a vector or a list.
        let is_notation = are_round(a_brackets) && are_round(b_brackets) || a.1.len() > 2;
        if a_brackets == b_brackets {
            self.in_order(a.1.iter().zip(b.1))
        } else if is_notation && self.policy.brackets == Brackets::Notation {
            self.in_order(a.1.iter().zip(b.1)).because(Reason::Notation)
        } else if self.are_same_interval(a, b) {
            Decision::unknown(Reason::BracketsDiffer)
        } else {
            Decision::different(Reason::BracketsDiffer)
        }
    }

    /// `[2, \infty)` and `[2, \infty]`: a slip, or an extended line.
    fn are_same_interval(&mut self, a: Bracketed<'_>, b: Bracketed<'_>) -> bool {
        let has_infinity = |members: &[Value]| {
            members.iter().any(|end| matches!(end, Value::Scalar(end) if end.expression.infinite().is_some()))
        };
        if !has_infinity(a.1) || !has_infinity(b.1) {
            return false;
        }
        let interval = |side: Bracketed<'_>| Value::Tuple { open: side.0, members: side.1.to_vec(), close: side.2 };
        match (interval(a).as_region(self.budget), interval(b).as_region(self.budget)) {
            (Some(a), Some(b)) => a.compare(&b, self.budget) == Verdict::Equal,
            _ => false,
        }
    }

    pub(super) fn matrices(&mut self, a: &[Vec<Value>], b: &[Vec<Value>]) -> Decision {
        if a.len() != b.len() || a.iter().zip(b).any(|(a, b)| a.len() != b.len()) {
            return Decision::different(Reason::MemberCount);
        }
        self.in_order(a.iter().flatten().zip(b.iter().flatten()))
    }

    pub(super) fn lists(&mut self, a: &[Value], b: &[Value]) -> Decision {
        if let Some(decision) = self.families(a, b) {
            return decision;
        }
        if a.len() != b.len() {
            return Decision::different(Reason::MemberCount);
        }
        let in_order = self.in_order(a.iter().zip(b));
        if in_order.is(Verdict::Equal) || self.policy.order == Order::Counts {
            return in_order;
        }
        self.unordered(a, b).because(Reason::OrderIgnored)
    }

    pub(super) fn sets(&mut self, a: &[Value], b: &[Value]) -> Decision {
        let outside = std::mem::replace(&mut self.in_set, true);
        let (a, b) = (self.without_repetition(a), self.without_repetition(b));
        let decision = self.unordered(&a, &b);
        self.in_set = outside;
        decision
    }

    fn without_repetition(&mut self, members: &[Value]) -> Vec<Value> {
        let mut kept: Vec<Value> = Vec::with_capacity(members.len());
        for member in members {
            if !kept.iter().any(|known| self.values(known, member).is(Verdict::Equal)) {
                kept.push(member.clone());
            }
        }
        kept
    }

    pub(super) fn in_order<'v>(&mut self, pairs: impl Iterator<Item = (&'v Value, &'v Value)>) -> Decision {
        let mut result = Decision::equal(Reason::SameText);
        for (a, b) in pairs {
            result = result.and(self.values(a, b));
            if result.is(Verdict::Different) {
                break;
            }
        }
        if result == Decision::equal(Reason::SameText) { Decision::equal(Reason::Algebra) } else { result }
    }

    /// Equal where each member of one side has a partner of its own on the other. A largest matching is looked for, not a
    /// greedy one: equivalence is not transitive, and the verdict must not depend on the order of the sides.
    pub(super) fn unordered(&mut self, a: &[Value], b: &[Value]) -> Decision {
        if a.len() != b.len() {
            return Decision::different(Reason::MemberCount);
        }
        let decisions: Vec<Vec<Decision>> = a.iter().map(|a| b.iter().map(|b| self.values(a, b)).collect()).collect();
        if let Some(partners) = matching(&decisions, |decision| decision.is(Verdict::Equal)) {
            let matched = partners.iter().enumerate().filter_map(|(column, row)| decisions.get(*row)?.get(column));
            return matched.fold(Decision::equal(Reason::Algebra), |all, decision| all.and(*decision));
        }
        let unknown = decisions.iter().flatten().find(|decision| decision.is(Verdict::Unknown));
        match unknown {
            Some(unknown) if matching(&decisions, |decision| !decision.is(Verdict::Different)).is_some() => *unknown,
            _ => Decision::different(Reason::Algebra),
        }
    }

    /// A collection and something of another kind, seen from the collection.
    pub(super) fn collection(&mut self, a: &Value, b: &Value) -> Option<Decision> {
        if let (Value::Tuple { open: '‹', members, .. }, Value::Region(region)) = (a, b) {
            return Some(self.between(members, region));
        }
        let notation = self.policy.brackets == Brackets::Notation;
        match (a, b) {
            (Value::Tuple { open: '[', .. }, Value::Set(_)) => self.closed_and_set(a, b),
            (Value::Tuple { open: '[', .. }, Value::Scalar(number)) => Some(self.closed_and_number(a, number)),
            (Value::Set(members), Value::Scalar(_) | Value::Tuple { .. } | Value::Matrix(_) | Value::Choice { .. })
                if members.len() == 1 && notation && !self.in_set =>
            {
                Some(self.in_order(members.iter().zip([b])).because(Reason::Notation))
            }
            (Value::Tuple { members, .. }, Value::Set(listed)) if listed.len() == 1 && members.len() > 1 => None,
            (Value::Tuple { members, .. }, Value::Matrix(rows)) => Some(self.vector(members, rows)),
            (Value::Tuple { members, .. }, Value::List(listed)) => Some(self.tuple_and_list(a, members, listed)),
            (Value::Tuple { members, .. }, Value::Set(listed)) => Some(match self.unordered(members, listed).verdict {
                Verdict::Unknown => Decision::unknown(Reason::Convention),
                _ => Decision::different(Reason::KindsDiffer),
            }),
            (Value::List(listed), Value::Set(members)) => Some(self.list_and_set(listed, members)),
            (Value::List(listed), Value::Union(parts)) => Some(self.unordered(listed, parts).because(Reason::Notation)),
            (Value::List(listed), Value::Scalar(_) | Value::Choice { .. } | Value::Words(_)) => {
                Some(self.repeated(listed, b))
            }
            (Value::Logic { members, .. }, Value::List(listed) | Value::Set(listed)) => {
                Some(self.unordered(members, listed).because(Reason::Notation))
            }
            (Value::Logic { members, .. }, Value::Scalar(_) | Value::Choice { .. } | Value::Words(_)) => {
                Some(self.repeated(members, b))
            }
            (Value::List(listed), Value::Region(region)) => self.listed_region(listed, region),
            (Value::Set(_), Value::Scalar(_)) => Some(Decision::different(Reason::KindsDiffer)),
            (Value::Set(_) | Value::Tuple { .. } | Value::Union(_), Value::Region(region)) => {
                match a.as_region(self.budget) {
                    Some(own) => Some(decided(own.compare(region, self.budget), Reason::Sets)),
                    // `(10, 8)` is a point.
                    None if is_constant_tuple(a) => Some(Decision::different(Reason::KindsDiffer)),
                    None => None,
                }
            }
            (Value::Region(region), Value::Scalar(number)) => self.region_and_number(region, number),
            (Value::Matrix(rows), Value::Scalar(_)) => match rows.as_slice() {
                [row] if row.len() == 1 => self.in_order(row.iter().zip([b])).because(Reason::Notation).into(),
                _ => Some(Decision::different(Reason::KindsDiffer)),
            },
            (Value::Tuple { .. } | Value::Union(_), Value::Scalar(_)) | (Value::Region(_), Value::Matrix(_)) => {
                Some(Decision::different(Reason::KindsDiffer))
            }
            _ => None,
        }
    }

    /// "between 2 and 5" against a set of numbers.
    fn between(&mut self, members: &[Value], region: &Region) -> Decision {
        let agrees = [('(', ')'), ('[', ']'), ('(', ']'), ('[', ')')].into_iter().any(|(open, close)| {
            let interval = Value::Tuple { open, members: members.to_vec(), close };
            interval.as_region(self.budget).is_none_or(|own| own.compare(region, self.budget) == Verdict::Equal)
        });
        if agrees { Decision::unknown(Reason::BracketsDiffer) } else { Decision::different(Reason::Sets) }
    }

    /// `[1, 1]` is the set of one number.
    fn closed_and_set(&mut self, tuple: &Value, set: &Value) -> Option<Decision> {
        match (tuple.as_region(self.budget), set.as_region(self.budget)) {
            (Some(tuple), Some(set)) => Some(decided(tuple.compare(&set, self.budget), Reason::Sets)),
            _ => Some(Decision::different(Reason::KindsDiffer)),
        }
    }

    fn closed_and_number(&mut self, tuple: &Value, number: &Scalar) -> Decision {
        let point = tuple.as_region(self.budget).and_then(|region| region.as_point().cloned());
        match point {
            Some(point) => self.expressions(&point, &number.expression).because(Reason::Notation),
            None => Decision::different(Reason::KindsDiffer),
        }
    }

    /// A tuple against a column or a row.
    fn vector(&mut self, members: &[Value], rows: &[Vec<Value>]) -> Decision {
        // `[[1, 0], [0, 1]]`
        if members.len() == rows.len() && members.iter().all(|member| matches!(member, Value::Tuple { .. })) {
            return self.rows(members, rows);
        }
        let is_line = rows.len() == 1 || rows.iter().all(|row| row.len() == 1);
        let entries = rows.iter().flatten();
        if !is_line || entries.clone().count() != members.len() {
            return Decision::different(Reason::MemberCount);
        }
        match self.policy.brackets {
            Brackets::Notation => self.in_order(members.iter().zip(entries)).because(Reason::Notation),
            Brackets::Count => Decision::different(Reason::KindsDiffer),
        }
    }

    /// Tuples within a tuple against a matrix.
    fn rows(&mut self, tuples: &[Value], rows: &[Vec<Value>]) -> Decision {
        let mut result = Decision::equal(Reason::Notation);
        for (tuple, row) in tuples.iter().zip(rows) {
            let Value::Tuple { members, .. } = tuple else {
                return Decision::different(Reason::KindsDiffer);
            };
            result = result.and(if members.len() == row.len() {
                self.in_order(members.iter().zip(row))
            } else {
                Decision::different(Reason::MemberCount)
            });
        }
        match self.policy.brackets {
            Brackets::Notation => result,
            Brackets::Count => Decision::different(Reason::KindsDiffer),
        }
    }

    /// `(1, 2)` against `1, 2`. Where the tuple may be an interval, it takes the question to decide.
    fn tuple_and_list(&mut self, tuple: &Value, members: &[Value], listed: &[Value]) -> Decision {
        if members.len() != listed.len() {
            return Decision::different(Reason::MemberCount);
        }
        let may_be_interval = tuple.as_region(self.budget).is_some();
        let in_order = self.in_order(members.iter().zip(listed));
        if in_order.is(Verdict::Equal) && !may_be_interval && self.policy.brackets == Brackets::Notation {
            return in_order.because(Reason::Notation);
        }
        match self.unordered(members, listed).verdict {
            Verdict::Different => Decision::different(Reason::Algebra),
            _ => Decision::unknown(Reason::Convention),
        }
    }

    fn list_and_set(&mut self, listed: &[Value], members: &[Value]) -> Decision {
        let members = self.without_repetition(members);
        match self.policy.brackets {
            Brackets::Notation => self.unordered(listed, &members).because(Reason::Notation),
            Brackets::Count => Decision::different(Reason::KindsDiffer),
        }
    }

    /// A list against one value, which a list of nothing else may be (a double root).
    fn repeated(&mut self, listed: &[Value], value: &Value) -> Decision {
        // `k\pi, k \in \mathbb{Z}` names a domain that the other side may take for granted.
        let has_domain = listed.iter().any(|member| matches!(member, Value::Named { .. }));
        if has_domain || listed.iter().all(|member| self.values(member, value).is(Verdict::Equal)) {
            Decision::unknown(Reason::Convention)
        } else {
            Decision::different(Reason::MemberCount)
        }
    }

    /// `(0, 1), (2, 3)` against a union.
    fn listed_region(&mut self, listed: &[Value], region: &Region) -> Option<Decision> {
        let point = |number: &Scalar, comparison: &mut Self| Region::point(&number.expression, comparison.budget);
        let mut parts = Vec::with_capacity(listed.len());
        for part in listed {
            parts.push(match part {
                Value::Scalar(number) => point(number, self)?,
                part => part.as_region(self.budget)?,
            });
        }
        let union = Region::union(&parts, self.budget)?;
        Some(decided(union.compare(region, self.budget), Reason::Sets))
    }

    fn region_and_number(&mut self, region: &Region, number: &Scalar) -> Option<Decision> {
        match region.as_point() {
            Some(point) => Some(self.expressions(point, &number.expression).because(Reason::Notation)),
            None => same(false, Reason::KindsDiffer).into(),
        }
        .filter(|_| !number.expression.has_variables() && number.expression != Expression::infinity())
    }
}

/// Whether all members are numbers, so that it is known to be no interval where its ends are out of order.
fn is_constant_tuple(value: &Value) -> bool {
    let is_constant = |member: &Value| matches!(member, Value::Scalar(number) if !number.expression.has_variables());
    matches!(value, Value::Tuple { members, .. } if members.iter().all(is_constant))
}

/// The row of each column in a matching of all rows and columns, among the pairs that are allowed.
fn matching(decisions: &[Vec<Decision>], allowed: impl Fn(&Decision) -> bool) -> Option<Vec<usize>> {
    let mut partner = vec![None; decisions.len()];
    for row in 0..decisions.len() {
        let mut visited = vec![false; decisions.len()];
        if !find_partner(row, decisions, &allowed, &mut visited, &mut partner) {
            return None;
        }
    }
    partner.into_iter().collect()
}

/// One step of Kuhn's matching: finds `row` a column, moving earlier rows aside where they have another.
fn find_partner(
    row: usize,
    decisions: &[Vec<Decision>],
    allowed: &impl Fn(&Decision) -> bool,
    visited: &mut [bool],
    partner: &mut [Option<usize>],
) -> bool {
    for column in 0..partner.len() {
        if visited[column] || !allowed(&decisions[row][column]) {
            continue;
        }
        visited[column] = true;
        let is_free = match partner[column] {
            None => true,
            Some(other) => find_partner(other, decisions, allowed, visited, partner),
        };
        if is_free {
            partner[column] = Some(row);
            return true;
        }
    }
    false
}
