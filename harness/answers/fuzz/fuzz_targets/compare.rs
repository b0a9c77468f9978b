//! Two answers, one per line: comparison is reflexive and symmetric, always the same, agrees with the classes, and grading by
//! the strictest policy calls nothing equal that comparison calls different.
#![no_main]

use libfuzzer_sys::fuzz_target;
use markovscale_answers::{Answer, Policy, Verdict, classes, equivalent, grade};

fuzz_target!(|text: &str| {
    let Some((left, right)) = text.split_once('\n') else {
        return;
    };
    let (a, b) = (Answer::parse(left), Answer::parse(right));
    let verdict = equivalent(&a, &b);
    assert_eq!(verdict, equivalent(&b, &a), "not symmetric");
    assert_eq!(verdict, equivalent(&Answer::parse(left), &Answer::parse(right)), "not the same again");
    assert_eq!(equivalent(&a, &a), Verdict::Equal, "not reflexive");
    assert_eq!(equivalent(&b, &b), Verdict::Equal, "not reflexive");
    let policies = (Policy::default(), Policy::strict());
    for (gold, answer) in [(&a, &b), (&b, &a)] {
        let graded = grade(gold, answer, &policies.0);
        assert_eq!(graded, grade(gold, answer, &policies.0), "not the same again");
        let strict = grade(gold, answer, &policies.1).verdict;
        assert!((strict, verdict) != (Verdict::Equal, Verdict::Different), "the strictest policy is not the strictest");
    }
    let (ids, _) = classes(&[Some(a), Some(b)]);
    assert_eq!(ids[0] == ids[1], verdict == Verdict::Equal, "classes do not follow the verdict");
});
