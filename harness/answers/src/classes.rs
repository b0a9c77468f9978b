//! Answer classes: which of a question's answers are the same.
//!
//! Equivalence is not transitive: `50\%` equals both `50` and `0.5`, `5` equals both `5\text{ cm}` and `5\text{ m}`. Classes are
//! made of it so that any two answers of a class are equal, and so that they do not depend on the order of the answers:
//!
//! 1. Answers with one normal form are one. Of every answer that is its key, the text without what carries no meaning, and
//!    what was understood of it; of numbers, named numbers, and tuples, sets and lists of numbers also the exact value. Such values of one kind need no
//!    comparison, so that most questions take none.
//! 2. The forms are taken in a fixed order, plainest first: bare numbers, then collections of them, then whatever else is
//!    understood, then the rest, each by length and alphabet.
//! 3. A form joins the first class all of whose forms it equals. If there is none it opens one, and is its plainest form.
//!
//! So `Unknown` never merges, and an answer that leaves open which of two it means (`50\%` beside `50` and `0.5`) is counted
//! with the plainer one and does not join the two.

use std::collections::HashMap;
use std::collections::btree_map::{BTreeMap, Entry};

use crate::equivalence::equivalent_within;
use crate::value::{Budget, Expression, Scalar, Unit, Value};
use crate::{Answer, Verdict};

/// Work for all comparisons of one call, about a second. Only pools of enormous expressions come near it; what is then
/// left is compared without arithmetic.
const ALL_COMPARISONS: u32 = 1_000_000;

/// Classes of a question's answers: for each answer (missing ones stay `None`) the index of its class, numbered by first
/// appearance, and one representative per class, an answer in the class's plainest form.
///
/// Which answers share a class depends on the set of answers alone: neither on their order nor on how often each occurs.
/// Any two answers of a class are [`Verdict::Equal`], and answers with the same text always share one.
pub fn classes(answers: &[Option<Answer>]) -> (Vec<Option<u32>>, Vec<Answer>) {
    let (forms, form_of_answer) = forms(answers);
    let partition = Partition::of(&forms);
    let mut number_of_class: Vec<Option<u32>> = vec![None; partition.classes.len()];
    let mut representatives = Vec::with_capacity(partition.classes.len());
    let mut number = |form: usize| {
        let class = partition.class_of_form[form];
        if number_of_class[class].is_none() {
            number_of_class[class] = u32::try_from(representatives.len()).ok();
            representatives.push(partition.classes[class].plainest.clone());
        }
        number_of_class[class]
    };
    let numbers = form_of_answer.into_iter().map(|form| form.and_then(&mut number)).collect();
    (numbers, representatives)
}

/// The answers that differ in key or value, each by the first text in the alphabet of those that do not, and for each answer
/// which of them it is.
fn forms(answers: &[Option<Answer>]) -> (Vec<&Answer>, Vec<Option<usize>>) {
    let mut forms: Vec<&Answer> = Vec::new();
    // One key can have two values, or a value and none: what tells tokens apart need not be seen in it.
    let mut next_of_key: Vec<Option<usize>> = Vec::new();
    let mut last_of_key: HashMap<&str, usize> = HashMap::with_capacity(answers.len());
    let form_of_answer = answers
        .iter()
        .map(|answer| {
            let answer = answer.as_ref()?;
            let last = last_of_key.get(answer.key()).copied();
            let mut known = last;
            while let Some(form) = known.filter(|form| !is_one_form(forms[*form], answer)) {
                known = next_of_key[form];
            }
            if let Some(form) = known {
                if answer.text() < forms[form].text() {
                    forms[form] = answer;
                }
                return known;
            }
            last_of_key.insert(answer.key(), forms.len());
            next_of_key.push(last);
            forms.push(answer);
            Some(forms.len() - 1)
        })
        .collect();
    (forms, form_of_answer)
}

/// Whether two answers of one key are one form.
fn is_one_form(a: &Answer, b: &Answer) -> bool {
    a.text() == b.text() || a.value() == b.value()
}

/// A value that decides by itself: two of one kind are equal if they hold the same numbers, and different if not.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Exact<'a> {
    kind: Kind<'a>,
    numbers: Vec<&'a Expression>,
}

/// What there is beside numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind<'a> {
    /// A unit, as a place in a list of units.
    Number(usize),
    /// `x = 5`.
    Named(&'a str),
    Tuple(char, char),
    /// Members in order, once each.
    Set,
    /// Members in order.
    List,
}

impl<'a> Exact<'a> {
    fn of(answer: &'a Answer, units: &mut Vec<&'a Unit>) -> Option<Self> {
        let plain = |members: &'a [Value]| members.iter().map(plain_number).collect::<Option<Vec<_>>>();
        let (kind, numbers) = match answer.value()? {
            Value::Scalar(Scalar { expression, unit, .. }) if expression.has_one_form() => {
                let known = units.iter().position(|known| *known == unit);
                let place = known.unwrap_or_else(|| {
                    units.push(unit);
                    units.len() - 1
                });
                (Kind::Number(place), vec![expression])
            }
            Value::Named { name, value, .. } => (Kind::Named(name), vec![plain_number(value)?]),
            Value::Tuple { open, members, close } => (Kind::Tuple(*open, *close), plain(members)?),
            Value::List(members) => (Kind::List, sorted(plain(members)?)),
            Value::Set(members) => {
                let mut members = sorted(plain(members)?);
                members.dedup();
                (Kind::Set, members)
            }
            _ => return None,
        };
        Some(Self { kind, numbers })
    }

    /// How plain it is: a bare number comes first.
    fn rank(&self, units: &[&Unit]) -> usize {
        match self.kind {
            Kind::Number(unit) if units.get(unit) == Some(&&Unit::None) => 0,
            Kind::Number(_) | Kind::Named(_) => 2,
            Kind::Tuple(..) | Kind::Set | Kind::List => 1,
        }
    }
}

fn sorted(mut numbers: Vec<&Expression>) -> Vec<&Expression> {
    numbers.sort_unstable();
    numbers
}

fn plain_number(value: &Value) -> Option<&Expression> {
    match value {
        Value::Scalar(Scalar { expression, unit: Unit::None, .. }) if expression.has_one_form() => Some(expression),
        _ => None,
    }
}

struct Class<'a> {
    plainest: &'a Answer,
    /// The kind of the plainest form, if it is exact.
    kind: Option<Kind<'a>>,
    /// The other forms that were compared with the plainest one.
    others: Vec<&'a Answer>,
}

impl Class<'_> {
    /// Whether an answer equals the plainest form and all others that were compared with it.
    fn all_equal(&self, answer: &Answer, work_left: &mut u32) -> bool {
        std::iter::once(&self.plainest).chain(&self.others).all(|form| is_equal(form, answer, work_left))
    }
}

struct Partition<'a> {
    class_of_form: Vec<usize>,
    classes: Vec<Class<'a>>,
}

impl<'a> Partition<'a> {
    fn of(forms: &[&'a Answer]) -> Self {
        let mut units = Vec::new();
        let exact: Vec<Option<Exact<'a>>> = forms.iter().map(|form| Exact::of(form, &mut units)).collect();
        let rank = |form: usize| match (&exact[form], forms[form].is_understood()) {
            (Some(value), _) => value.rank(&units),
            (None, true) => 2,
            (None, false) => 3,
        };
        let mut order: Vec<usize> = (0..forms.len()).collect();
        order.sort_by_cached_key(|form| {
            let answer = forms[*form];
            (rank(*form), answer.key().len(), answer.key(), answer.text())
        });
        let mut class_of_exact: BTreeMap<&Exact<'a>, usize> = BTreeMap::new();
        let mut work_left = ALL_COMPARISONS;
        let mut partition = Self { class_of_form: vec![0; forms.len()], classes: Vec::new() };
        for form in order {
            let known = exact[form].as_ref().map(|value| class_of_exact.entry(value));
            let kind = exact[form].as_ref().map(|value| value.kind);
            let answer = forms[form];
            if let Some(Entry::Occupied(known)) = &known {
                let class = &mut partition.classes[*known.get()];
                // Lists that differ in order alone are equal, but not to the same tuples.
                let is_list = kind == Some(Kind::List);
                if !is_list || class.all_equal(answer, &mut work_left) {
                    if is_list {
                        class.others.push(answer);
                    }
                    partition.class_of_form[form] = *known.get();
                    continue;
                }
            }
            let joined = partition.classes.iter().position(|class| {
                let is_decided = kind.is_some() && kind == class.kind;
                !is_decided && class.all_equal(answer, &mut work_left)
            });
            let class = joined.unwrap_or(partition.classes.len());
            match partition.classes.get_mut(class) {
                Some(class) => class.others.push(answer),
                None => partition.classes.push(Class { plainest: answer, kind, others: Vec::new() }),
            }
            if let Some(Entry::Vacant(place)) = known {
                place.insert(class);
            }
            partition.class_of_form[form] = class;
        }
        partition
    }
}

fn is_equal(a: &Answer, b: &Answer, work_left: &mut u32) -> bool {
    let granted = Budget::ONE_ANSWER.min(*work_left);
    let mut budget = Budget::of(granted);
    let verdict = equivalent_within(a, b, &mut budget);
    *work_left -= granted - budget.left();
    verdict == Verdict::Equal
}

#[cfg(test)]
mod tests;
