//! The simulated backbone as a run sees it.

use futures::executor::block_on;
use markovscale::Tokens;

use super::*;
use crate::backbone::{Backbone, Completion, FinishReason, Request, Sampling};
use crate::dataset::{Dataset, Question};
use crate::key::{Chain, DrawKey, Mode, QuestionId, Round, seed};
use crate::prompt::{Message, Role};

const SAMPLING: Sampling = Sampling { temperature: 0.7, top_p: 0.95, max_tokens: 100_000 };

/// Questions with integer and LaTeX golds, levels 1 to 5.
pub(crate) fn dataset(name: &str, count: u32) -> Dataset {
    let questions = (0..count)
        .map(|index| Question {
            id: QuestionId(format!("q-{index}")),
            text: format!("What is {index} plus seventeen?"),
            gold: if index % 3 == 0 {
                format!("\\frac{{{}}}{{{}}}", 2 * index + 1, 2 * index + 3)
            } else {
                (index + 17).to_string()
            },
            level: Some(1 + index % 5),
            subject: None,
        })
        .collect();
    Dataset { name: name.to_owned(), revision: "test".to_owned(), questions }
}

fn profile() -> Profile {
    Profile::load("simulated-weak").unwrap()
}

fn draw(backbone: &SimulatedBackbone, question: &Question, previous: Option<&str>, number: u64) -> Completion {
    draw_with(backbone, question, previous, number, &SAMPLING)
}

fn draw_with(
    backbone: &SimulatedBackbone,
    question: &Question,
    previous: Option<&str>,
    number: u64,
    sampling: &Sampling,
) -> Completion {
    let messages = [Message { role: Role::User, content: question.text.clone() }];
    let mode = if previous.is_some() { Mode::Sequential } else { Mode::Parallel };
    let round = Round(if previous.is_some() { 3 } else { 0 });
    let request = Request {
        question,
        draw: DrawKey { mode, chain: Chain(0), round },
        previous_answer: previous,
        messages: &messages,
        seed: seed(&[question.id.0.as_bytes(), &number.to_le_bytes()]),
        sampling,
    };
    block_on(backbone.complete(request)).unwrap()
}

/// What stands in the box that ends the text.
fn boxed(completion: &Completion) -> Option<&str> {
    completion.text.split_once("\\boxed{")?.1.strip_suffix("}.")
}

#[test]
fn a_draw_depends_on_its_name_alone() {
    let dataset = dataset("gsm8k", 40);
    let mut reordered = dataset.clone();
    reordered.questions.reverse();
    let one = SimulatedBackbone::new(&profile(), 7, "b", &dataset).unwrap();
    let two = SimulatedBackbone::new(&profile(), 7, "b", &reordered).unwrap();
    let forward: Vec<_> = dataset.questions.iter().map(|q| draw(&one, q, None, 1)).collect();
    let mut backward: Vec<_> = reordered.questions.iter().map(|q| draw(&two, q, None, 1)).collect();
    backward.reverse();
    assert_eq!(forward, backward);

    for (run_seed, name) in [(8, "b"), (7, "c")] {
        let other = SimulatedBackbone::new(&profile(), run_seed, name, &dataset).unwrap();
        let different: Vec<_> = dataset.questions.iter().map(|q| draw(&other, q, None, 1)).collect();
        assert_ne!(forward, different);
    }
}

#[test]
fn re_answers_keep_the_previous_answer_as_often_as_the_profile_says() {
    let mut profile = profile();
    profile.default.success.memory = 0.4;
    let dataset = dataset("other", 20);
    let backbone = SimulatedBackbone::new(&profile, 7, "b", &dataset).unwrap();
    let (mut kept, mut all) = (0.0, 0.0);
    for question in &dataset.questions {
        for number in 0..200 {
            let completion = draw(&backbone, question, Some("-987654"), number);
            if completion.finish_reason == FinishReason::Stop {
                kept += f64::from(u8::from(boxed(&completion) == Some("-987654")));
                all += 1.0;
            }
        }
    }
    let frequency: f64 = kept / all;
    // Four standard errors of 4,000 draws.
    assert!((frequency - 0.4).abs() < 4.0 * (0.24f64 / 4000.0).sqrt(), "{frequency}");
}

#[test]
fn accuracy_is_the_mean_of_the_profile_and_falls_with_level() {
    let mut profile = profile();
    profile.default.success = SuccessParameters { alpha: 1.2, beta: 0.8, shift: 0.0, memory: 0.0 };
    let dataset = dataset("other", 60);
    let backbone = SimulatedBackbone::new(&profile, 7, "b", &dataset).unwrap();
    let mut right = [0.0; 6];
    for question in &dataset.questions {
        for number in 0..200 {
            let hit = boxed(&draw(&backbone, question, None, number)) == Some(question.gold.as_str());
            right[question.level.unwrap() as usize] += f64::from(u8::from(hit)) / (12.0 * 200.0);
        }
    }
    let mean = right.iter().sum::<f64>() / 5.0;
    // Strata remove the luck of the questions; what is left is that of 12,000 draws and a few cut-offs.
    assert!((mean - 0.6).abs() < 0.025, "{mean}");
    assert!(right[1] > right[5] + 0.1, "{right:?}");
}

#[test]
fn a_cut_off_completion_has_no_box_and_exactly_the_limit() {
    let dataset = dataset("gsm8k", 10);
    let backbone = SimulatedBackbone::new(&profile(), 7, "b", &dataset).unwrap();
    let sampling = Sampling { max_tokens: 5, ..SAMPLING };
    for question in &dataset.questions {
        let cut = draw_with(&backbone, question, None, 0, &sampling);
        assert_eq!(cut.finish_reason, FinishReason::Length);
        assert_eq!(cut.completion_tokens, Tokens(5));
        assert!(cut.text.starts_with("[simulated]") && boxed(&cut).is_none(), "{}", cut.text);
    }
}

#[test]
fn a_finished_completion_stays_below_the_profiles_limit_and_counts_its_prompt() {
    let mut profile = profile();
    profile.default.lengths.limit = 700.0;
    let dataset = dataset("other", 10);
    let backbone = SimulatedBackbone::new(&profile, 7, "b", &dataset).unwrap();
    let mut cut_offs = 0;
    for question in &dataset.questions {
        for number in 0..50 {
            let completion = draw(&backbone, question, None, number);
            let cut = completion.finish_reason == FinishReason::Length;
            cut_offs += u32::from(cut);
            assert_eq!(cut, boxed(&completion).is_none());
            assert!(completion.completion_tokens.0 <= 700 && (!cut || completion.completion_tokens.0 == 700));
            assert_eq!(completion.prompt_tokens.0, question.text.len().div_ceil(4) as u64);
            assert_eq!((completion.attempts, completion.latency), (1, None));
        }
    }
    assert!((50..450).contains(&cut_offs), "{cut_offs}");
}

#[test]
fn what_cannot_be_simulated_is_an_error_not_a_panic() {
    let empty = Dataset { questions: Vec::new(), ..dataset("d", 1) };
    let error = SimulatedBackbone::new(&profile(), 7, "b", &empty).unwrap_err();
    assert_eq!(error, SimulationError::NoQuestions { dataset: "d".into() });
    let mut twice = dataset("d", 2);
    twice.questions[1].id = twice.questions[0].id.clone();
    assert!(SimulatedBackbone::new(&profile(), 7, "b", &twice).unwrap_err().to_string().contains("q-0"));
    let mut blank = dataset("d", 2);
    blank.questions[1].gold = "  ".into();
    assert!(SimulatedBackbone::new(&profile(), 7, "b", &blank).unwrap_err().to_string().contains("q-1"));

    let backbone = SimulatedBackbone::new(&profile(), 7, "b", &dataset("d", 2)).unwrap();
    let stranger = &dataset("d", 3).questions[2];
    let request = Request {
        question: stranger,
        draw: DrawKey { mode: Mode::Parallel, chain: Chain(0), round: Round(0) },
        previous_answer: None,
        messages: &[],
        seed: 1,
        sampling: &SAMPLING,
    };
    assert!(block_on(backbone.complete(request)).unwrap_err().message.contains("q-2"));
}
