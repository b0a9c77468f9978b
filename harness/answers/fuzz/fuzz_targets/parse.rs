//! Reading any text as an answer: it ends, its text is stable, and it equals itself in other wrappings.
#![no_main]

use libfuzzer_sys::fuzz_target;
use markovscale_answers::{Answer, Policy, Verdict, classes, equivalent, grade};

fuzz_target!(|text: &str| {
    let answer = Answer::parse(text);
    let again = Answer::parse(answer.text());
    assert_eq!(answer, again);
    assert_eq!(answer.is_understood(), again.is_understood());
    assert_eq!(equivalent(&answer, &again), Verdict::Equal);
    assert_eq!(grade(&answer, &again, &Policy::default()).verdict, Verdict::Equal);
    assert_eq!(grade(&answer, &again, &Policy::strict()).verdict, Verdict::Equal);
    // The lines of the text as answers of one question: classes hold what equals their representative.
    let answers: Vec<Option<Answer>> = text.lines().take(8).map(|line| Some(Answer::parse(line))).collect();
    let (ids, representatives) = classes(&answers);
    for (answer, id) in answers.iter().flatten().zip(ids) {
        let representative = id.and_then(|id| representatives.get(id as usize));
        assert!(representative.is_some_and(|known| equivalent(known, answer) == Verdict::Equal));
    }
});
