//! What commas, "and" and "or" join: lists, alternatives, systems, and conditions on one name.

use super::{MAX_MEMBERS, is_word, quantity, split, structure};
use crate::normalise::{Kind, Token};
use crate::value::{Atom, Budget, Region, Scalar, Value};

/// What stands between the parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Joint {
    Or,
    And,
    /// A comma or semicolon, which may mean either.
    Comma,
}

/// Parts joined by "or" and semicolons; each of them may be a list with commas.
pub(super) fn alternatives(tokens: &[Token], depth: u32, budget: &mut Budget) -> Option<Value> {
    let tokens = match tokens {
        [first, rest @ ..] if is_word(&first.kind, "either") || is_word(&first.kind, "both") => rest,
        _ => tokens,
    };
    let is_or =
        |kind: &Kind| is_word(kind, "or") || matches!(kind, Kind::Command(name) if matches!(&**name, "lor" | "vee"));
    let (mut parts, joints) = split(tokens, |kind| is_or(kind) || *kind == Kind::Symbol(';'));
    parts.retain(|part| !part.is_empty());
    match parts.as_slice() {
        [] => None,
        [only] => enumeration(only, depth, budget),
        _ if parts.len() > MAX_MEMBERS => None,
        _ => {
            let joint = if joints.iter().any(|kind| is_or(kind)) { Joint::Or } else { Joint::Comma };
            let values = parts.iter().map(|part| enumeration(part, depth + 1, budget)).collect::<Option<_>>()?;
            combined(values, joint, budget)
        }
    }
}

/// Parts joined by commas and "and".
fn enumeration(tokens: &[Token], depth: u32, budget: &mut Budget) -> Option<Value> {
    let is_and = |kind: &Kind| {
        is_word(kind, "and") || matches!(kind, Kind::Command(name) if matches!(&**name, "land" | "wedge"))
    };
    let (mut parts, joints) = split(tokens, |kind| is_and(kind) || *kind == Kind::Symbol(','));
    let only_and = !joints.is_empty() && joints.iter().all(|kind| is_and(kind));
    parts.retain(|part| !part.is_empty());
    match parts.as_slice() {
        [] => None,
        [only] => one_of_a_list(structure::member(only, depth, budget)?),
        _ => {
            let members = members(&parts, depth + 1, budget)?;
            combined(members, if only_and { Joint::And } else { Joint::Comma }, budget)
        }
    }
}

/// One value, or a list of several.
pub(super) fn one_of_a_list(mut values: Vec<Value>) -> Option<Value> {
    if values.len() > 1 { Some(Value::List(values)) } else { values.pop() }
}

/// The members of a list; one with `±` is two.
pub(super) fn members(parts: &[&[Token]], depth: u32, budget: &mut Budget) -> Option<Vec<Value>> {
    let mut members = Vec::with_capacity(parts.len());
    for part in parts {
        members.extend(structure::member(part, depth, budget)?);
        if members.len() > MAX_MEMBERS {
            return None;
        }
    }
    Some(members)
}

/// A union as a region where its ends are known.
pub(super) fn union(parts: Vec<Value>, budget: &mut Budget) -> Value {
    let regions: Option<Vec<Region>> = parts.iter().map(|part| part.as_region(budget)).collect();
    match regions.and_then(|regions| Region::union(&regions, budget)) {
        Some(region) => Value::Region(region),
        None => Value::Union(parts),
    }
}

/// What several values mean together.
fn combined(values: Vec<Value>, joint: Joint, budget: &mut Budget) -> Option<Value> {
    if values.len() < 2 {
        return one_of_a_list(values);
    }
    if let Some(value) = mixed_units(&values, joint, budget) {
        return Some(value);
    }
    let values = with_names(values, budget);
    if let Some(first) = name_of(values.first()?) {
        if values.iter().all(|value| name_of(value) == Some(first)) {
            let first = first.to_owned();
            return named(first, values, joint, budget);
        }
        if joint != Joint::Or && have_distinct_names(&values) {
            return Some(Value::System(values));
        }
    }
    let are_intervals = values.iter().all(|value| matches!(value, Value::Tuple { .. } | Value::Region(_)));
    let has_region = values.iter().any(|value| matches!(value, Value::Region(_)));
    if are_intervals && (joint == Joint::Or || has_region) {
        return Some(union(values, budget));
    }
    let mut flat = Vec::with_capacity(values.len());
    for value in values {
        match value {
            Value::List(members) => flat.extend(members),
            value => flat.push(value),
        }
    }
    if flat.len() > MAX_MEMBERS {
        return None;
    }
    Some(match joint {
        Joint::And | Joint::Or if flat.iter().all(is_proposition) => {
            Value::Logic { is_and: joint == Joint::And, members: flat }
        }
        _ => Value::List(flat),
    })
}

/// Whether "and" and "or" say different things of it: letters and words do not count solutions.
fn is_proposition(value: &Value) -> bool {
    match value {
        Value::Choice { .. } | Value::Words(_) => true,
        Value::Scalar(Scalar { expression, .. }) => matches!(expression.as_atom(), Some(Atom::Variable(_))),
        _ => false,
    }
}

/// `5 feet and 3 inches`.
fn mixed_units(values: &[Value], joint: Joint, budget: &mut Budget) -> Option<Value> {
    match values {
        [Value::Scalar(first), Value::Scalar(second)] if joint == Joint::And => {
            quantity::plus(first, second, budget).filter(|_| first.unit != second.unit).map(Value::Scalar)
        }
        _ => None,
    }
}

fn name_of(value: &Value) -> Option<&str> {
    if let Value::Named { name, .. } = value { Some(name) } else { None }
}

fn have_distinct_names(values: &[Value]) -> bool {
    let mut names: Vec<&str> = values.iter().filter_map(name_of).collect();
    names.sort_unstable();
    names.dedup();
    names.len() == values.len()
}

/// `x = 1, 2`: what has no name of its own has the name of the first. `x \ne 1, 2` leaves out both.
fn with_names(values: Vec<Value>, budget: &mut Budget) -> Vec<Value> {
    let [Value::Named { name, value: first, .. }, rest @ ..] = values.as_slice() else {
        return values;
    };
    let is_bare = |value: &Value| matches!(value, Value::Scalar(_) | Value::Tuple { .. } | Value::List(_));
    if !rest.iter().all(is_bare) {
        return values;
    }
    let excludes = match &**first {
        Value::Region(region) if region.complement().as_point().is_some() => true,
        Value::Region(_) => return values,
        _ => false,
    };
    let name = name.clone();
    let one = |value: Value| {
        let value = match &value {
            Value::Scalar(Scalar { expression, .. }) if excludes => {
                Value::Region(Region::point(expression, budget)?.complement())
            }
            _ => value,
        };
        Some(match value {
            Value::Named { .. } => value,
            value => Value::Named { name: name.clone(), value: Box::new(value), equation: None },
        })
    };
    values.clone().into_iter().map(one).collect::<Option<_>>().unwrap_or(values)
}

/// Values or conditions of one name.
fn named(name: String, values: Vec<Value>, joint: Joint, budget: &mut Budget) -> Option<Value> {
    let values: Vec<Value> =
        values.into_iter().map(|value| if let Value::Named { value, .. } = value { *value } else { value }).collect();
    let has_region = values.iter().any(|value| matches!(value, Value::Region(_)));
    let value =
        if has_region { Value::Region(conditions(&values, joint, budget)?) } else { combined(values, joint, budget)? };
    Some(Value::Named { name, value: Box::new(value), equation: None })
}

/// Conditions on one name. With "and" all hold, with "or" any. A comma means "and" where "or" would allow everything, and
/// "or" where "and" would allow nothing; between the two it is not understood.
fn conditions(values: &[Value], joint: Joint, budget: &mut Budget) -> Option<Region> {
    let regions: Vec<Region> = values
        .iter()
        .map(|value| match value {
            Value::Scalar(number) if number.is_plain() => Region::point(&number.expression, budget),
            value => value.as_region(budget),
        })
        .collect::<Option<_>>()?;
    let any = Region::union(&regions, budget)?;
    let mut all = Region::everything();
    for region in &regions {
        all = all.intersection(region, budget)?;
    }
    match joint {
        Joint::Or => Some(any),
        Joint::And => Some(all),
        Joint::Comma if all.is_empty() => Some(any),
        Joint::Comma if any.is_everything() || excludes_points(&regions) => Some(all),
        Joint::Comma => None,
    }
}

/// Whether some of the conditions leave out single points, so that a comma before them can only mean "and".
fn excludes_points(regions: &[Region]) -> bool {
    regions.iter().any(|region| region.complement().as_point().is_some())
}
