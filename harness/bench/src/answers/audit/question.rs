//! The decisions about one question's answers.

use std::collections::{BTreeMap, HashMap};

use markovscale_answers::{Answer, Decision, Policy, Verdict, grade};

use super::concern::{Concern, is_firm, is_stated_by};
use super::near::nearness;
use crate::sessions::classes_of_texts;
use crate::trace::StoredAnswer;

/// A decision about some draws of one question.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Found {
    pub(super) concern: Concern,
    pub(super) answer: Option<String>,
    pub(super) decision: Option<Decision>,
    /// The rule that found most of these answers.
    pub(super) rule: Option<String>,
    /// Whether replay counts these draws as right.
    pub(super) right: bool,
    pub(super) draws: u64,
    /// What the concern is about, where its name does not say.
    pub(super) note: String,
}

/// What was looked at.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Seen {
    /// Draws that answer the question.
    pub(super) draws: u64,
    /// Those that replay counts as right.
    pub(super) right: u64,
    /// Whether any answer tells by which rule it was found.
    pub(super) rules: bool,
    /// What is worth a look.
    pub(super) found: Vec<Found>,
}

/// Draws of one question that have the same answer, to the letter.
struct Group<'a> {
    text: &'a str,
    class: usize,
    draws: u64,
    rules: BTreeMap<Option<&'a str>, u64>,
}

impl Group<'_> {
    /// The commonest rule among some.
    fn rule(&self, wanted: impl Fn(&str) -> bool) -> Option<String> {
        let named = self.rules.iter().filter_map(|(rule, draws)| Some(((*rule)?, *draws)));
        named.filter(|(rule, _)| wanted(rule)).max_by_key(|(_, draws)| *draws).map(|(rule, _)| rule.to_owned())
    }

    fn guessed(&self) -> u64 {
        self.rules.iter().filter(|(rule, _)| rule.is_some_and(|rule| !is_stated_by(rule))).map(|(_, draws)| draws).sum()
    }
}

/// Looks at the draws of a question that answer it, in the order of draws.
pub(super) fn look(gold: &str, rows: &[StoredAnswer]) -> Seen {
    let texts: Vec<Option<&str>> = rows.iter().map(|row| row.answer.as_deref()).collect();
    let classes = classes_of_texts(&texts);
    let groups = groups(rows, &classes.of_answer);
    let gold_answer = Answer::parse(gold);
    let graded = |answer: &Answer| grade(&gold_answer, answer, &Policy::default());
    let of_class: Vec<Decision> = classes.representatives.iter().map(graded).collect();
    let mut seen = Seen {
        draws: rows.len() as u64,
        rules: rows.iter().any(|row| row.rule.is_some()),
        found: no_answer(rows).into_iter().collect(),
        ..Seen::default()
    };
    for group in &groups {
        let (class, own) = (of_class[group.class], graded(&Answer::parse(group.text)));
        let right = class.verdict == Verdict::Equal;
        seen.right += if right { group.draws } else { 0 };
        let representative = classes.representatives[group.class].text();
        seen.found.extend(judged(group, gold, own, class, representative));
    }
    for (class, representative) in classes.representatives.iter().enumerate() {
        let members: Vec<&Group<'_>> = groups.iter().filter(|group| group.class == class).collect();
        seen.found.extend(several_forms(representative, &members, of_class[class]));
    }
    seen
}

fn groups<'a>(rows: &'a [StoredAnswer], of_answer: &[Option<u32>]) -> Vec<Group<'a>> {
    let mut places: HashMap<&str, usize> = HashMap::new();
    let mut groups: Vec<Group<'a>> = Vec::new();
    for (row, class) in rows.iter().zip(of_answer) {
        let (Some(text), Some(class)) = (row.answer.as_deref(), class) else { continue };
        let place = *places.entry(text).or_insert_with(|| {
            groups.push(Group { text, class: *class as usize, draws: 0, rules: BTreeMap::new() });
            groups.len() - 1
        });
        groups[place].draws += 1;
        *groups[place].rules.entry(row.rule.as_deref()).or_insert(0) += 1;
    }
    groups
}

/// What is worth a look about one answer: each of its draws is in one decision at most.
fn judged(group: &Group<'_>, gold: &str, own: Decision, class: Decision, representative: &str) -> Option<Found> {
    let right = class.verdict == Verdict::Equal;
    let found = |concern, draws, rule, note: String| {
        let (answer, decision) = (Some(group.text.to_owned()), Some(own));
        Some(Found { concern, answer, decision, rule, right, draws, note })
    };
    let whole = |concern, note| found(concern, group.draws, group.rule(|_| true), note);
    if right != (own.verdict == Verdict::Equal) {
        let counted = if right { "right" } else { "wrong" };
        return whole(Concern::ClassDisagrees, format!("its class counts as {counted}, by `{representative}`"));
    }
    let why = own.reason.explain().to_owned();
    match own.verdict {
        Verdict::Unknown => return whole(Concern::Undecided, why),
        Verdict::Equal if !is_firm(own) => return whole(Concern::WeakEqual, why),
        Verdict::Different if !is_firm(own) => return whole(Concern::WeakDifferent, why),
        Verdict::Different => {
            if let Some(near) = nearness(gold, group.text) {
                return whole(Concern::NearMiss, near.to_owned());
            }
        }
        Verdict::Equal => {}
    }
    match group.guessed() {
        0 => None,
        draws => found(Concern::Guessed, draws, group.rule(|rule| !is_stated_by(rule)), String::new()),
    }
}

/// Texts that were ended and have no answer.
fn no_answer(rows: &[StoredAnswer]) -> Option<Found> {
    let draws = rows.iter().filter(|row| row.answer.is_none() && !row.cut_off).count() as u64;
    let (concern, note) = (Concern::NoAnswer, String::new());
    (draws > 0).then_some(Found { concern, answer: None, decision: None, rule: None, right: false, draws, note })
}

/// A class whose members are not just one form: the draws outside its commonest form would vote apart.
fn several_forms(representative: &Answer, members: &[&Group<'_>], class: Decision) -> Option<Found> {
    let commonest = members.iter().map(|group| group.draws).max().unwrap_or(0);
    let draws = members.iter().map(|group| group.draws).sum::<u64>() - commonest;
    let joined_by = |group: &&&Group<'_>| {
        let reason = grade(representative, &Answer::parse(group.text), &Policy::default()).reason;
        (reason.name() != "same_text").then_some(reason)
    };
    let weakest = members.iter().filter_map(|group| joined_by(&group)).max()?;
    let mut forms: Vec<(&str, u64)> = members.iter().map(|group| (group.text, group.draws)).collect();
    forms.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    let shown: Vec<String> = forms.iter().take(4).map(|(text, draws)| format!("`{text}` ({draws})")).collect();
    let more = if forms.len() > 4 { format!(" and {} more", forms.len() - 4) } else { String::new() };
    Some(Found {
        concern: Concern::SeveralForms,
        answer: Some(representative.text().to_owned()),
        decision: Some(class),
        rule: None,
        right: class.verdict == Verdict::Equal,
        draws,
        note: format!("{}: {}{more}", weakest.explain(), shown.join(", ")),
    })
}

/// A verdict and its reason, as stored.
pub(super) fn names(decision: Option<Decision>) -> (Option<&'static str>, Option<&'static str>) {
    (decision.map(|d| d.verdict.name()), decision.map(|d| d.reason.name()))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::key::{Chain, DrawKey, Mode, QuestionId, Round};

    fn rows(answers: &[(&str, &str, u32)]) -> Vec<StoredAnswer> {
        let repeated = answers.iter().flat_map(|(text, rule, count)| (0..*count).map(move |_| (*text, *rule)));
        let row = |((text, rule), number): ((&str, &str), u32)| StoredAnswer {
            question: QuestionId("q".to_owned()),
            draw: DrawKey { mode: Mode::Parallel, chain: Chain(number), round: Round(0) },
            answer: (!text.is_empty()).then(|| text.to_owned()),
            rule: (!rule.is_empty() && rule != "length").then(|| Arc::from(rule)),
            cut_off: rule == "length",
        };
        repeated.zip(0..).map(row).collect()
    }

    fn concerns(seen: &Seen) -> Vec<(Concern, Option<&str>, u64, bool)> {
        seen.found.iter().map(|found| (found.concern, found.answer.as_deref(), found.draws, found.right)).collect()
    }

    #[test]
    fn each_draw_is_in_one_decision_at_most_and_firm_ones_in_none() {
        let drawn = [
            ("0.5", "box", 7),
            ("0.5", "last_number", 2),
            ("3", "box", 4),
            ("3", "last_number", 1),
            ("50.1%", "box", 3),
            ("whatever it takes to win", "phrase", 2),
            ("", "", 3),
            ("", "length", 5),
        ];
        let seen = look("0.5", &rows(&drawn));
        assert_eq!((seen.draws, seen.right, seen.rules), (27, 9, true));
        let expected = [
            (Concern::NoAnswer, None, 3, false),
            (Concern::Guessed, Some("0.5"), 2, true),
            (Concern::Guessed, Some("3"), 1, false),
            (Concern::Undecided, Some("whatever it takes to win"), 2, false),
        ];
        let found: Vec<_> = concerns(&seen).into_iter().filter(|found| found.1 != Some("50.1%")).collect();
        assert_eq!(found, expected);
        assert!(seen.found.iter().all(|found| found.concern != Concern::SeveralForms));
        let guess = seen.found.iter().find(|found| found.concern == Concern::Guessed).expect("a guess");
        assert_eq!(guess.rule.as_deref(), Some("last_number"));
    }

    #[test]
    fn forms_of_one_class_are_listed_with_what_joins_them() {
        let seen = look("\\frac{1}{2}", &rows(&[("0.5", "box", 3), ("\\frac12", "box", 5), ("1/2", "box", 1)]));
        assert_eq!((seen.draws, seen.right), (9, 9));
        let forms = seen.found.iter().find(|found| found.concern == Concern::SeveralForms).expect("several forms");
        assert_eq!((forms.draws, forms.right), (4, true));
        assert!(forms.note.contains("`\\frac12` (5), `0.5` (3), `1/2` (1)"), "{}", forms.note);
    }

    #[test]
    fn rows_of_versions_without_rules_say_so() {
        let seen = look("5", &rows(&[("5", "", 2)]));
        assert_eq!((seen.rules, seen.right, seen.found.len()), (false, 2, 0));
    }
}
