//! Extraction from any text: it ends, gives the same answer again, finds what a box holds, and takes nothing from reasoning
//! that was never closed.
#![no_main]

use libfuzzer_sys::fuzz_target;
use markovscale_answers::{
    Answer, ExtractOptions, ExtractionRule, Verdict, equivalent, extract, extract_answer, gsm8k_gold,
};

const GUESS: ExtractOptions = ExtractOptions { guess_unfinished: true };

fuzz_target!(|text: &str| {
    let found = extract_answer(text, ExtractOptions::default());
    assert_eq!(found, extract_answer(text, ExtractOptions::default()));
    assert_eq!(found.as_ref().map(|found| &found.answer), extract(text).as_ref());
    // What is stored of an answer is its text, which is read again later.
    if let Some(found) = &found {
        let again = Answer::parse(found.answer.text());
        assert_eq!(again, found.answer);
        assert_eq!(equivalent(&again, &found.answer), Verdict::Equal);
    }
    // A guess never loses a stated answer.
    let guessed = extract_answer(text, GUESS);
    assert!(found.is_none() || guessed.is_some());
    if let Some(gold) = gsm8k_gold(text) {
        assert!(!gold.is_empty() && gold.trim() == gold);
    }
    assert_eq!(extract(&format!("{text}<think>")), None);
    let boxed = extract_answer(&format!("{text}\n\n</think>It is \\boxed{{17}}."), ExtractOptions::default());
    assert!(boxed.is_some_and(|found| found.rule == ExtractionRule::Box && found.answer.text() == "17"));
});
