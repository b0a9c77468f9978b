use std::io::Write;

use proptest::prelude::*;

use super::template::{Filling, Template};
use super::*;
use crate::prompt::PromptPlan;

fn shipped() -> PromptSet {
    PromptSet::load(&PromptPlan::default()).expect("shipped prompts")
}

/// Loads templates from files, so that the whole path is tested.
fn load(answer: &str, re_answer: &str) -> Result<PromptSet, String> {
    load_with(|plan, write| {
        plan.answer = write("answer.txt", answer);
        plan.re_answer = write("again.txt", re_answer);
    })
}

/// Loads a plan that names files; the closure is given what writes them.
fn load_with(change: impl Fn(&mut PromptPlan, &dyn Fn(&str, &str) -> String)) -> Result<PromptSet, String> {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::File::create(&path).and_then(|mut file| file.write_all(text.as_bytes())).expect("written");
        path.display().to_string()
    };
    let mut plan = PromptPlan::default();
    change(&mut plan, &write);
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
    assert_ne!(prompts.hash(Family::Answer), prompts.hash(Family::ReAnswer));
    assert_eq!(prompts.hash(Family::ReAnswer).len(), 16);
}

#[test]
fn terse_prompts_are_what_the_shipped_models_learned_from() {
    let (answer, re_answer) = ("terse".to_owned(), "terse-re-answer".to_owned());
    let prompts = PromptSet::load(&PromptPlan { answer, re_answer, ..PromptPlan::default() }).expect("shipped prompts");
    let content = |question: &str, previous: Option<&str>| prompts.messages(question, previous)[0].content.clone();
    // Number by number the lessons of all families, first answers and re-answers.
    for lesson in (0..60).map(|number| markovscale_families::lesson(markovscale_families::Split::Calibration, number)) {
        let question = &lesson.question.text;
        if lesson.prompt == *question {
            assert_eq!(content(question, None), lesson.prompt);
            continue;
        }
        let (_, previous) = lesson.prompt.rsplit_once(": ").expect("an earlier answer");
        assert_eq!(content(question, Some(previous)), lesson.prompt);
        assert_eq!(markovscale_families::re_answer_prompt(question, previous), lesson.prompt);
    }
    // Where no answer could be extracted the question is asked as at first, which the models learned too.
    assert_eq!(content("What is 2 + 2?", None), "What is 2 + 2?");
}

#[test]
fn what_is_filled_in_is_never_filled_again() {
    let prompts = shipped();
    let content = &prompts.messages("Say {previous_answer} and {question}.", Some("{question}"))[0].content;
    assert!(content.contains("Say {previous_answer} and {question}."), "{content}");
    assert_eq!(content.matches("{question}").count(), 2);
}

#[test]
fn a_critique_is_shown_the_answer_and_a_refinement_the_critique_too() {
    let prompts = shipped();
    let critique = &prompts.critique("What is 2 + 2?", "5")[0].content;
    assert!(critique.contains("What is 2 + 2?") && critique.contains("\n5\n"), "{critique}");
    let refine = &prompts.refine("What is 2 + 2?", "5", "Not {question}.\nVerdict: wrong")[0].content;
    assert!(refine.contains("What is 2 + 2?") && refine.contains("\n5\n"), "{refine}");
    assert!(refine.contains("Not {question}.\nVerdict: wrong"), "{refine}");
    let judge = &prompts.judge("What is 2 + 2?")[0].content;
    assert!(judge.contains("What is 2 + 2?") && judge.contains("Difficulty: N"), "{judge}");
    // What the prompt shows as an example is no conclusion if a model repeats it.
    assert_eq!((verdict(critique), rating(judge)), (markovscale::Verdict::Unclear, None));
}

#[test]
fn a_grader_is_shown_question_and_solution_and_nobody_else_is_shown_a_solution() {
    let grade = GradePrompt::load("grade").expect("shipped");
    let content = &grade.messages("What is 2 + 2?", "It is {question}.")[0].content;
    assert!(content.contains("What is 2 + 2?") && content.contains("It is {question}."), "{content}");
    assert_eq!(grade.hash().len(), 16);
    let lacking = GradePrompt::load("plain").unwrap_err().to_string();
    assert!(lacking.contains("has no `{solution}`, and `verifier.prompt` needs it"), "{lacking}");
    let too_much = GradePrompt::load("re-answer").unwrap_err().to_string();
    assert!(too_much.contains("has no `{solution}`"), "{too_much}");
    let unknown = GradePrompt::load("grad").unwrap_err().to_string();
    assert!(unknown.contains("did you mean `grade`"), "{unknown}");
    let answer = load("{question} {solution}", AGAIN).unwrap_err();
    assert!(answer.contains("`prompts.answer`, which grades nothing"), "{answer}");
}

#[test]
fn a_text_goes_on_where_its_reasoning_ended() {
    let prompts = shipped();
    assert_eq!(prompts.continued("Four, I think. \\boxed{4}.\n"), "Four, I think. \\boxed{4}.\nWait");
    assert_eq!(prompts.continued("<think>Four.\n</think>\n\\boxed{4}"), "<think>Four.\nWait");
    let other = load_with(|plan, _| plan.continuation = "Hmm".to_owned()).expect("valid");
    assert_eq!(other.continued(""), "\nHmm");
    assert_ne!(other.hash(Family::Continuation), prompts.hash(Family::Continuation));
    assert_eq!(other.hash(Family::Refine), prompts.hash(Family::Refine));
}

#[test]
fn line_ends_and_a_last_newline_change_neither_prompt_nor_hash() {
    let unix = load("Solve:\n{question}", AGAIN).expect("valid");
    let windows = load("Solve:\r\n{question}\r\n\r\n", AGAIN).expect("valid");
    assert_eq!(unix, windows);
    assert_ne!(load("Solve: {question}", AGAIN).expect("valid").hash(Family::Answer), unix.hash(Family::Answer));
}

#[test]
fn latex_needs_no_escaping() {
    let text = r"{question} \boxed{} \boxed{answer} \frac{a}{b} x^{n} x_{i} \sqrt[3]{k} {A} { } {{} \{ {1, 2}";
    let filled = Template::parse(text).expect("valid").fill(&Filling { question: "Q", ..Filling::default() });
    assert_eq!(filled, text.replace("{question}", "Q"));
}

#[test]
fn mistakes_in_templates_are_told_with_place_and_remedy() {
    let unknown = PromptPlan { answer: "plane".to_owned(), ..PromptPlan::default() };
    let told = [
        load("Solve it:\n  {qestion}", AGAIN).unwrap_err(),
        load("Solve it.", AGAIN).unwrap_err(),
        load(AGAIN, AGAIN).unwrap_err(),
        load("{question}", "{question}").unwrap_err(),
        PromptSet::load(&unknown).unwrap_err().to_string(),
        load_with(|plan, write| plan.critique = write("critique.txt", "Is it right?\n{question}")).unwrap_err(),
        load_with(|plan, write| plan.refine = write("refine.txt", AGAIN)).unwrap_err(),
        load_with(|plan, write| plan.judge = write("judge.txt", AGAIN)).unwrap_err(),
        load("{question}", "{question} {previous_answer} {critique}").unwrap_err(),
    ];
    insta::assert_snapshot!(told.join("\n"));
    let missing = PromptPlan { answer: "no/such.txt".to_owned(), ..PromptPlan::default() };
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
        let filling = Filling { question: &question, previous_answer: "never", critique: "nor this", ..Filling::default() };
        prop_assert_eq!(template.fill(&filling), format!("{before}{question}{after}"));
    }

    #[test]
    fn no_template_makes_the_parser_panic(text in "[{}a-z_\\\\é ]{0,60}") {
        let _ = Template::parse(&text);
    }
}
