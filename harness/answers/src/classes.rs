//! Answer classes: which of a question's answers are the same.
//!
//! Equivalence is not transitive: `50\%` equals both `50` and `0.5`, `5` equals both `5\text{ cm}` and `5\text{ m}`. Classes are
//! made of it so that any two answers of a class are equal, and so that they do not depend on the order of the answers:
//!
//! 1. Answers with one normal form are one. Of every answer that is its key, the text without what carries no meaning; of
//!    numbers, named numbers, and tuples, sets and lists of numbers also the exact value. Such values of one kind need no
//!    comparison, so that most questions take none.
//! 2. The forms are taken in a fixed order, plainest first: bare numbers, then collections of them, then whatever else is
//!    understood, then the rest, each by length and alphabet.
//! 3. A form joins the first class all of whose forms it equals. If there is none it opens one, and is its plainest form.
//!
//! So `Unknown` never merges, and an answer that leaves open which of two it means (`50\%` beside `50` and `0.5`) is counted
//! with the plainer one and does not join the two.

use std::collections::{BTreeMap, HashMap};

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
    let mut forms: Vec<&Answer> = Vec::new();
    let mut form_of_key: HashMap<&str, usize> = HashMap::with_capacity(answers.len());
    let form_of_answer: Vec<Option<usize>> = answers
        .iter()
        .map(|answer| {
            let answer = answer.as_ref()?;
            Some(*form_of_key.entry(answer.key()).or_insert_with(|| {
                forms.push(answer);
                forms.len() - 1
            }))
        })
        .collect();
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

/// A value that decides by itself: two of one kind are equal if they are the same, and different if not.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Exact<'a> {
    /// A number and its unit, as a place in a list of units.
    Number(usize, &'a Expression),
    /// `x = 5`.
    Named(&'a str, &'a Expression),
    Tuple(char, char, Vec<&'a Expression>),
    /// Members in order, once each.
    Set(Vec<&'a Expression>),
    /// Members in order.
    List(Vec<&'a Expression>),
}

impl<'a> Exact<'a> {
    fn of(answer: &'a Answer, units: &mut Vec<&'a Unit>) -> Option<Self> {
        let numbers = |members: &'a [Value]| members.iter().map(plain_number).collect::<Option<Vec<_>>>();
        let sorted = |members: &'a [Value]| {
            let mut numbers = numbers(members)?;
            numbers.sort_unstable();
            Some(numbers)
        };
        match answer.value()? {
            Value::Scalar(Scalar { expression, unit, .. }) if expression.has_one_form() => {
                let known = units.iter().position(|known| *known == unit);
                let place = known.unwrap_or_else(|| {
                    units.push(unit);
                    units.len() - 1
                });
                Some(Self::Number(place, expression))
            }
            Value::Named { name, value, .. } => Some(Self::Named(name, plain_number(value)?)),
            Value::Tuple { open, members, close } => Some(Self::Tuple(*open, *close, numbers(members)?)),
            Value::List(members) => Some(Self::List(sorted(members)?)),
            Value::Set(members) => {
                let mut members = sorted(members)?;
                members.dedup();
                Some(Self::Set(members))
            }
            _ => None,
        }
    }

    /// Whether this and another are different if they are not the same.
    fn is_decided_by_form(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Number(unit, _), Self::Number(other, _)) => unit == other,
            (Self::Named(name, _), Self::Named(other, _)) => name == other,
            (Self::Tuple(open, close, _), Self::Tuple(other_open, other_close, _)) => {
                (open, close) == (other_open, other_close)
            }
            (Self::Set(_), Self::Set(_)) | (Self::List(_), Self::List(_)) => true,
            _ => false,
        }
    }

    /// How much there is beside numbers: a bare number is plainest.
    fn rank(&self, units: &[&Unit]) -> usize {
        match self {
            Self::Number(unit, _) if units.get(*unit) == Some(&&Unit::None) => 0,
            Self::Number(..) | Self::Named(..) => 2,
            Self::Tuple(..) | Self::Set(_) | Self::List(_) => 1,
        }
    }
}

fn plain_number(value: &Value) -> Option<&Expression> {
    match value {
        Value::Scalar(Scalar { expression, unit: Unit::None, .. }) if expression.has_one_form() => Some(expression),
        _ => None,
    }
}

struct Class<'a> {
    plainest: &'a Answer,
    exact: Option<usize>,
    /// The other forms that were compared with the plainest one.
    others: Vec<&'a Answer>,
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
        order.sort_unstable_by_key(|form| (rank(*form), forms[*form].key().len(), forms[*form].key()));
        let mut class_of_exact: BTreeMap<&Exact<'a>, usize> = BTreeMap::new();
        let mut work_left = ALL_COMPARISONS;
        let mut partition = Self { class_of_form: vec![0; forms.len()], classes: Vec::new() };
        for form in order {
            let value = exact[form].as_ref();
            if let Some(known) = value.and_then(|value| class_of_exact.get(value)) {
                partition.class_of_form[form] = *known;
                continue;
            }
            let is_decided = |class: &Class<'a>| {
                let plainest = class.exact.and_then(|form| exact[form].as_ref());
                value.zip(plainest).is_some_and(|(value, plainest)| value.is_decided_by_form(plainest))
            };
            let answer = forms[form];
            let joined = partition.classes.iter().position(|class| {
                let mut forms = std::iter::once(&class.plainest).chain(&class.others);
                !is_decided(class) && forms.all(|form| is_equal(form, answer, &mut work_left))
            });
            let class = joined.unwrap_or(partition.classes.len());
            match partition.classes.get_mut(class) {
                Some(class) => class.others.push(answer),
                None => partition.classes.push(Class {
                    plainest: answer,
                    exact: value.is_some().then_some(form),
                    others: Vec::new(),
                }),
            }
            if let Some(value) = value {
                class_of_exact.insert(value, class);
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
