use std::io::Write;

use proptest::prelude::*;

use super::template::Template;
use super::*;
use crate::experiment::PromptPlan;

fn shipped() -> PromptSet {
    PromptSet::load(&PromptPlan { answer: "plain".to_owned(), re_answer: "re-answer".to_owned() })
        .expect("shipped prompts")
}

/// Loads templates from files, so that the whole path is tested.
fn load(answer: &str, re_answer: &str) -> Result<PromptSet, String> {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::File::create(&path).and_then(|mut file| file.write_all(text.as_bytes())).expect("written");
        path.display().to_string()
    };
    let plan = PromptPlan { answer: write("answer.txt", answer), re_answer: write("again.txt", re_answer) };
    let shown = format!("{}/", folder.path().display());
    PromptSet::load(&plan).map_err(|error| error.to_string().replace(&shown, ""))
}

const AGAIN: &str = "{question} {previous_answer}";

#[test]
fn a_first_answer_gets_the_plain_question_and_a_later_one_the_previous_answer() {
    let prompts = shipped();
    let first = &prompts.messages("What is 2 + 2?", None)[0].content;
    assert!(first.contains("What is 2 + 2?") && first.contains(r"\boxed{}"), "{first}");
    let later = &prompts.messages("What is 2 + 2?", Some(r"\frac{1}{2}"))[0].content;
    assert!(later.contains("What is 2 + 2?") && later.contains(r"\frac{1}{2}"), "{later}");
    assert!(!later.contains("{previous_answer}"));
    assert_ne!(prompts.hash_for(false), prompts.hash_for(true));
    assert_eq!(prompts.hash_for(true).len(), 16);
}

#[test]
fn what_is_filled_in_is_never_filled_again() {
    let prompts = shipped();
    let content = &prompts.messages("Say {previous_answer} and {question}.", Some("{question}"))[0].content;
    assert!(content.contains("Say {previous_answer} and {question}."), "{content}");
    assert_eq!(content.matches("{question}").count(), 2);
}

#[test]
fn line_ends_and_a_last_newline_change_neither_prompt_nor_hash() {
    let unix = load("Solve:\n{question}", AGAIN).expect("valid");
    let windows = load("Solve:\r\n{question}\r\n\r\n", AGAIN).expect("valid");
    assert_eq!(unix, windows);
    assert_ne!(load("Solve: {question}", AGAIN).expect("valid").hash_for(false), unix.hash_for(false));
}

#[test]
fn latex_needs_no_escaping() {
    let text = r"{question} \boxed{} \boxed{answer} \frac{a}{b} x^{n} x_{i} \sqrt[3]{k} {A} { } {{} \{ {1, 2}";
    let filled = Template::parse(text).expect("valid").fill("Q", "");
    assert_eq!(filled, text.replace("{question}", "Q"));
}

#[test]
fn mistakes_in_templates_are_told_with_place_and_remedy() {
    let unknown = PromptPlan { answer: "plane".to_owned(), re_answer: "re-answer".to_owned() };
    let told = [
        load("Solve it:\n  {qestion}", AGAIN).unwrap_err(),
        load("Solve it.", AGAIN).unwrap_err(),
        load(AGAIN, AGAIN).unwrap_err(),
        load("{question}", "{question}").unwrap_err(),
        PromptSet::load(&unknown).unwrap_err().to_string(),
    ];
    insta::assert_snapshot!(told.join("\n"));
    let missing = PromptPlan { answer: "no/such.txt".to_owned(), re_answer: "re-answer".to_owned() };
    assert!(PromptSet::load(&missing).unwrap_err().to_string().starts_with("cannot read the prompt `no/such.txt`: "));
}

proptest! {
    #[test]
    fn text_around_a_slot_is_kept_whatever_it_is(
        before in "[^{}]{0,20}",
        after in "[^{}]{0,20}",
        question in ".{0,20}",
    ) {
        let template = Template::parse(&format!("{before}{{question}}{after}")).expect("valid");
        prop_assert_eq!(template.fill(&question, "never"), format!("{before}{question}{after}"));
    }

    #[test]
    fn no_template_makes_the_parser_panic(text in "[{}a-z_\\\\é ]{0,60}") {
        let _ = Template::parse(&text);
    }
}
