//! One pair of answers after the other: what is decided, why, and how that agrees with what was expected.

use std::collections::BTreeMap;

use markovscale_answers::{
    Answer, Decision, ExtractionRule, Policy, ReadAs, Reading, Reason, Verdict, grade, read, read_gold,
};
use serde::Serialize;

/// The reason that stands where a row has no answer, or none was found in it.
const NO_ANSWER: &str = "no_answer";
/// The rule that stands where an answer was compared as it was written.
const AS_WRITTEN: &str = "as_written";

/// What was decided about a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compared {
    /// Whether the answer is the gold answer.
    pub verdict: Verdict,
    /// The name of the reason.
    pub reason: &'static str,
    /// The name of the rule that found the answer in its text; `None` where no answer was found.
    pub rule: Option<&'static str>,
}

/// Grades an answer against the gold answer. A missing answer is different from any.
pub fn compare(gold: &str, answer: Option<&str>, read_as: ReadAs) -> Compared {
    let Some(Reading { answer, rule }) = answer.and_then(|text| read(text, read_as)) else {
        return Compared { verdict: Verdict::Different, reason: NO_ANSWER, rule: None };
    };
    let gold = if read_as == ReadAs::Written { Answer::parse(gold) } else { read_gold(gold) };
    let rule = rule.map_or(AS_WRITTEN, ExtractionRule::name);
    let Decision { verdict, reason } = grade(&gold, &answer, &Policy::default());
    Compared { verdict, reason: reason.name(), rule: Some(rule) }
}

/// The verdict of a name; `None` if it is none.
pub(crate) fn verdict_named(name: &str) -> Option<Verdict> {
    Verdict::ALL.iter().copied().find(|verdict| verdict.name().eq_ignore_ascii_case(name.trim()))
}

/// What a reason means, in words.
fn meaning(reason: &str) -> &'static str {
    let known = Reason::ALL.iter().find(|known| known.name() == reason);
    known.map_or("there is no answer to compare", |known| known.explain())
}

/// A row whose verdict is not the expected one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Disagreement {
    /// The row's number.
    pub row: u64,
    /// What was expected.
    pub expected: &'static str,
    /// What was decided.
    pub verdict: &'static str,
    /// Why.
    pub reason: &'static str,
    /// How the answer was found.
    pub rule: Option<&'static str>,
    /// The gold answer.
    pub gold: String,
    /// The answer.
    pub answer: Option<String>,
}

/// How rows with an expectation came out.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Agreement {
    /// Rows that say what is expected.
    pub rows: u64,
    /// Those that came out so.
    pub agreed: u64,
    /// Equal where it was not expected: the worst of errors, since it makes a wrong answer right.
    pub wrong_equal: u64,
    /// Different where it was not expected.
    pub wrong_different: u64,
    /// Unknown where a verdict was expected.
    pub undecided: u64,
    /// The first rows that did not agree: wrong equals, then wrong differences, then the undecided, each in row order.
    pub disagreements: Vec<Disagreement>,
}

/// How often a verdict was given for a reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReasonCount {
    /// The verdict.
    pub verdict: &'static str,
    /// The reason.
    pub reason: &'static str,
    /// The reason in words.
    pub meaning: &'static str,
    /// Rows.
    pub rows: u64,
}

/// What came out of a file of pairs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Summary {
    /// Rows that were compared.
    pub rows: u64,
    /// Rows that could not be read.
    pub bad_rows: u64,
    /// Rows found equal.
    pub equal: u64,
    /// Rows found different.
    pub different: u64,
    /// Rows that were not decided.
    pub unknown: u64,
    /// Rows by verdict and reason.
    pub reasons: Vec<ReasonCount>,
    /// Rows by the rule that found the answer, the commonest first.
    pub rules: Vec<(&'static str, u64)>,
    /// How that agrees with what was expected; `None` where no row says.
    pub expected: Option<Agreement>,
}

/// Counts rows as they come. Needs no more memory for a long file than for a short one.
#[derive(Debug)]
pub struct Tally {
    rows: u64,
    bad: u64,
    reasons: BTreeMap<(u8, usize), (Verdict, &'static str, u64)>,
    rules: BTreeMap<&'static str, u64>,
    expected: u64,
    agreed: u64,
    /// Count and first rows: equal, different and unknown where it was not expected.
    wrong: [(u64, Vec<Disagreement>); 3],
    /// How many rows of each kind of disagreement are kept.
    shown: usize,
}

impl Tally {
    /// Counts nothing yet; keeps `shown` disagreements at most.
    pub fn new(shown: usize) -> Self {
        let (reasons, rules) = (BTreeMap::new(), BTreeMap::new());
        Self { rows: 0, bad: 0, reasons, rules, expected: 0, agreed: 0, wrong: Default::default(), shown }
    }

    /// Counts a row that could not be read.
    pub fn add_bad(&mut self) {
        self.bad += 1;
    }

    /// Counts a row. Whether it disagrees with what is expected of it.
    pub fn add(
        &mut self,
        row: u64,
        (gold, answer): (&str, Option<&str>),
        found: &Compared,
        expected: Option<Verdict>,
    ) -> bool {
        self.rows += 1;
        let kind = found.verdict as u8;
        let place = Reason::ALL.iter().position(|reason| reason.name() == found.reason).unwrap_or(usize::MAX);
        self.reasons.entry((kind, place)).or_insert((found.verdict, found.reason, 0)).2 += 1;
        *self.rules.entry(found.rule.unwrap_or("none")).or_insert(0) += 1;
        let Some(expected) = expected else { return false };
        self.expected += 1;
        if expected == found.verdict {
            self.agreed += 1;
            return false;
        }
        let index = match found.verdict {
            Verdict::Equal => 0,
            Verdict::Different => 1,
            Verdict::Unknown => 2,
        };
        let (count, first) = &mut self.wrong[index];
        *count += 1;
        if first.len() < self.shown {
            first.push(Disagreement {
                row,
                expected: expected.name(),
                verdict: found.verdict.name(),
                reason: found.reason,
                rule: found.rule,
                gold: gold.to_owned(),
                answer: answer.map(str::to_owned),
            });
        }
        true
    }

    /// What was counted.
    pub fn summary(self) -> Summary {
        let of = |verdict: Verdict| {
            self.reasons.values().filter(|(found, ..)| *found == verdict).map(|(.., rows)| rows).sum::<u64>()
        };
        let (equal, different, unknown) = (of(Verdict::Equal), of(Verdict::Different), of(Verdict::Unknown));
        let reasons = self.reasons.values().map(|&(verdict, reason, rows)| {
            let (verdict, meaning) = (verdict.name(), meaning(reason));
            ReasonCount { verdict, reason, meaning, rows }
        });
        let mut rules: Vec<(&'static str, u64)> = self.rules.into_iter().collect();
        rules.sort_by_key(|(_, rows)| std::cmp::Reverse(*rows));
        let [wrong_equal, wrong_different, undecided] = [0, 1, 2].map(|i| self.wrong[i].0);
        let reasons = reasons.collect();
        let expected = (self.expected > 0).then(|| Agreement {
            rows: self.expected,
            agreed: self.agreed,
            wrong_equal,
            wrong_different,
            undecided,
            disagreements: self.wrong.into_iter().flat_map(|(_, first)| first).take(self.shown).collect(),
        });
        Summary { rows: self.rows, bad_rows: self.bad, equal, different, unknown, reasons, rules, expected }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_read_as_it_says_or_as_it_is_asked_for() {
        let rule = |answer: &str, read_as| compare("5", Some(answer), read_as).rule;
        assert_eq!(rule("5", ReadAs::Auto), Some("as_written"));
        assert_eq!(rule("2 + 3 = \\boxed{5}", ReadAs::Auto), Some("box"));
        assert_eq!(rule("The answer is 5.", ReadAs::Auto), Some("phrase"));
        assert_eq!(rule("So we get 5.", ReadAs::Auto), Some("last_number"));
        assert_eq!(rule("So we get 5.", ReadAs::Completion), Some("last_number"));
        assert_eq!(rule("\\boxed{5}", ReadAs::Written), Some("as_written"));
        assert_eq!(rule("nothing", ReadAs::Completion), None);
        let found = compare("It is \\boxed{5}.", Some("5.0"), ReadAs::Completion);
        assert_eq!(found.verdict, Verdict::Equal);
    }

    #[test]
    fn a_missing_answer_is_different_from_any() {
        for answer in [None, Some("no number")] {
            let found = compare("5", answer, ReadAs::Completion);
            assert_eq!((found.verdict, found.reason), (Verdict::Different, "no_answer"));
        }
    }

    #[test]
    fn wrong_equals_come_first_and_no_more_is_kept_than_shown() {
        let found = |verdict| Compared { verdict, reason: "algebra", rule: Some("box") };
        let mut tally = Tally::new(3);
        let pair = ("1", Some("2"));
        for row in 1..=4 {
            assert!(tally.add(row, pair, &found(Verdict::Unknown), Some(Verdict::Equal)));
        }
        for row in 5..=6 {
            assert!(tally.add(row, pair, &found(Verdict::Equal), Some(Verdict::Different)));
        }
        assert!(!tally.add(7, pair, &found(Verdict::Equal), Some(Verdict::Equal)));
        assert!(!tally.add(8, pair, &found(Verdict::Different), None));
        tally.add_bad();
        let summary = tally.summary();
        assert_eq!((summary.rows, summary.bad_rows), (8, 1));
        assert_eq!((summary.equal, summary.different, summary.unknown), (3, 1, 4));
        let expected = summary.expected.expect("rows with an expectation");
        assert_eq!((expected.rows, expected.agreed), (7, 1));
        assert_eq!((expected.wrong_equal, expected.wrong_different, expected.undecided), (2, 0, 4));
        let rows: Vec<u64> = expected.disagreements.iter().map(|row| row.row).collect();
        assert_eq!(rows, [5, 6, 1]);
    }

    #[test]
    fn verdicts_are_read_by_name() {
        assert_eq!(verdict_named(" Equal"), Some(Verdict::Equal));
        assert_eq!(verdict_named("unknown"), Some(Verdict::Unknown));
        assert_eq!(verdict_named("same"), None);
    }
}
