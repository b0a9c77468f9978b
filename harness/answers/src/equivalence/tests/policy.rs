//! What a switch changes, and nothing else does; and reasons.

use super::*;
use crate::grade;
use crate::policy::{Base, Brackets, Names, Order, Percent, Rounding, Units};

fn graded(gold: &str, answer: &str, policy: &Policy) -> (Verdict, Reason) {
    let decision = grade(&Answer::parse(gold), &Answer::parse(answer), policy);
    (decision.verdict, decision.reason)
}

/// By default the pair is equal for a reason; with the switch it is not equal.
fn switched(gold: &str, answer: &str, reason: Reason, change: impl Fn(&mut Policy)) {
    let mut policy = Policy::default();
    assert_eq!(graded(gold, answer, &policy), (Verdict::Equal, reason), "{gold} and {answer}");
    change(&mut policy);
    assert_ne!(graded(gold, answer, &policy).0, Verdict::Equal, "{gold} and {answer}");
    assert_eq!(graded(gold, gold, &policy).0, Verdict::Equal, "{gold}");
    assert_ne!(graded(gold, answer, &Policy::strict()).0, Verdict::Equal, "{gold} and {answer}");
}

#[test]
fn each_switch_turns_its_leniency_off() {
    switched("50\\%", "50", Reason::Percent, |policy| policy.percent = Percent::Hundredths);
    switched("5 \\text{ cm}", "5", Reason::UnitIgnored, |policy| policy.units = Units::Required);
    switched("1 \\text{ m}", "100 \\text{ cm}", Reason::UnitConverted, |policy| policy.units = Units::Same);
    switched("1, 2", "2, 1", Reason::OrderIgnored, |policy| policy.order = Order::Counts);
    switched("(1,2)", "\\langle 1,2\\rangle", Reason::Notation, |policy| policy.brackets = Brackets::Count);
    switched("\\{1,2\\}", "1, 2", Reason::Notation, |policy| policy.brackets = Brackets::Count);
    switched("4343_6", "4343", Reason::BaseIgnored, |policy| policy.base = Base::Required);
    switched("3.14", "\\pi", Reason::Rounding, |policy| policy.rounding = Rounding::None);
    switched("x = 5", "5", Reason::NameIgnored, |policy| policy.names = Names::Required);
    switched("x=1, y=2", "(1,2)", Reason::NameIgnored, |policy| policy.names = Names::Required);
}

#[test]
fn what_is_the_same_stays_so_under_the_strictest_policy() {
    let pairs = [
        ("50\\%", "\\frac12"),
        ("5 \\text{ cm}", "5 \\text{ centimeters}"),
        ("\\{1,2\\}", "\\{2,1\\}"),
        ("(1,2)", "(1,\\frac42)"),
        ("x > 3", "(3,\\infty)"),
        ("x=1, y=2", "y=2, x=1"),
    ];
    for (gold, answer) in pairs {
        assert_eq!(graded(gold, answer, &Policy::strict()).0, Verdict::Equal, "{gold} and {answer}");
    }
}

#[test]
fn only_a_gold_decimal_allows_for_rounding() {
    let policy = Policy::default();
    let verdict = |gold, answer| graded(gold, answer, &policy).0;
    for (gold, answer) in [
        ("3.14", "\\pi"),
        ("3.14", "3.14159"),
        ("0.33", "\\frac13"),
        ("17.3", "10\\sqrt3"),
        ("33.33\\%", "\\frac13"),
        ("(1.41, 2)", "(\\sqrt2, 2)"),
        ("0.667 \\text{ m}", "\\frac{200}{3} \\text{ cm}"),
        ("-0.29", "-\\frac27"),
    ] {
        assert_eq!(verdict(gold, answer), Verdict::Equal, "{gold} and {answer}");
    }
    for (gold, answer) in [
        ("3.14", "3.1"),
        ("3.14", "3.15"),
        ("3.14", "3.146"),
        ("3.14", "3"),
        ("\\pi", "3.14"),
        ("\\frac13", "0.333"),
        ("0.66", "\\frac23"),
        ("17", "10\\sqrt3"),
        ("3.14", "-\\pi"),
    ] {
        assert_eq!(verdict(gold, answer), Verdict::Different, "{gold} and {answer}");
    }
    // Too few digits to tell a rounded decimal from an exact one.
    for (gold, answer) in [("0.5", "0.46"), ("2.5", "2.47"), ("0.3", "\\frac13"), ("1.4", "\\sqrt2")] {
        assert_eq!(verdict(gold, answer), Verdict::Unknown, "{gold} and {answer}");
    }
    assert_eq!(verdict_of("3.14", "\\pi"), Verdict::Different, "neither side is gold");
}

#[test]
fn only_the_gold_base_may_be_left_out() {
    let policy = Policy::default();
    assert_eq!(graded("4343_6", "4343", &policy).0, Verdict::Equal);
    assert_eq!(graded("4343", "4343_6", &policy).0, Verdict::Unknown);
    assert_eq!(graded("4343_6", "4344", &policy).0, Verdict::Different);
    assert_eq!(graded("B", "(b)", &policy).0, Verdict::Equal);
    assert_eq!(graded("b", "B", &policy).0, Verdict::Unknown);
}

#[test]
fn verdicts_come_with_their_reason() {
    let policy = Policy::default();
    let reasons = [
        ("5", "$5$", Verdict::Equal, Reason::SameText),
        ("0.5", "\\frac12", Verdict::Equal, Reason::Algebra),
        ("\\sin 1", "\\cos(\\frac{\\pi}{2} - 1)", Verdict::Equal, Reason::Evaluation),
        ("(1,2]", "1 < x \\le 2", Verdict::Equal, Reason::Sets),
        ("an ellipse", "ellipse", Verdict::Equal, Reason::Words),
        ("\\{1,2\\}", "\\{2,\\frac22\\}", Verdict::Equal, Reason::Algebra),
        ("(1,2)", "(1,2,3)", Verdict::Different, Reason::MemberCount),
        ("(1,2)", "[1,2]", Verdict::Different, Reason::BracketsDiffer),
        ("x=1, y=2", "x=1, z=2", Verdict::Different, Reason::NamesDiffer),
        ("5 \\text{ cm}", "5 \\text{ kg}", Verdict::Different, Reason::UnitsDiffer),
        ("312_5", "312_6", Verdict::Different, Reason::BasesDiffer),
        ("(1,2)", "5", Verdict::Different, Reason::KindsDiffer),
        ("(1,2)", "1, 2", Verdict::Unknown, Reason::Convention),
        ("\\oint x", "7", Verdict::Unknown, Reason::NotUnderstood),
    ];
    for (gold, answer, verdict, reason) in reasons {
        assert_eq!(graded(gold, answer, &policy), (verdict, reason), "{gold} and {answer}");
    }
}
