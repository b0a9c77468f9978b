//! The simulated backbone as a run sees it.

use futures::executor::block_on;
use markovscale::{Tokens, Verdict};

use super::*;
use crate::backbone::{Backbone, Completion, Request};
use crate::dataset::{Dataset, Question};
use crate::key::{Chain, DrawKey, Mode, QuestionId, Round, seed, sha256_hex};
use crate::prompt::{rating, verdict};
use crate::vocabulary::{FinishReason, Message, Role, Sampling};

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
        critique: None,
        continue_text: None,
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
        critique: None,
        continue_text: None,
        messages: &[],
        seed: 1,
        sampling: &SAMPLING,
    };
    assert!(block_on(backbone.complete(request)).unwrap_err().message.contains("q-2"));
}

/// What the first version had of a completion.
fn in_full(completion: &Completion) -> String {
    let Completion { text, finish_reason, prompt_tokens, cached_tokens, completion_tokens, .. } = completion;
    let Completion { reasoning_tokens, attempts, latency, .. } = completion;
    format!(
        "Completion {{ text: {text:?}, finish_reason: {finish_reason:?}, prompt_tokens: {prompt_tokens:?}, \
         cached_tokens: {cached_tokens:?}, completion_tokens: {completion_tokens:?}, \
         reasoning_tokens: {reasoning_tokens:?}, attempts: {attempts:?}, latency: {latency:?} }}"
    )
}

/// Stored draws must not change: a run that goes on mixes old rows with new ones.
#[test]
fn draws_of_earlier_versions_are_made_again_to_the_byte() {
    let dataset = dataset("gsm8k", 30);
    let backbone = SimulatedBackbone::new(&profile(), 7, "b", &dataset).unwrap();
    let mut all = String::new();
    for question in &dataset.questions {
        for number in 0..8 {
            let first = draw(&backbone, question, None, number);
            let again = draw(&backbone, question, boxed(&first).or(Some("12")), 100 + number);
            all.push_str(&format!("{}\n{}\n", in_full(&first), in_full(&again)));
        }
    }
    assert_eq!(sha256_hex(all.as_bytes())[..16], *"5b0a0a4eebc2884b");
}

/// What a conversation asks besides plain answers.
#[derive(Clone, Copy)]
struct Talk<'a> {
    mode: Mode,
    round: u32,
    previous: Option<&'a str>,
    critique: Option<&'a str>,
    continue_text: Option<&'a str>,
}

fn talk(backbone: &SimulatedBackbone, question: &Question, talk: Talk<'_>, number: u64) -> Completion {
    let messages = [Message { role: Role::User, content: question.text.clone() }];
    let request = Request {
        question,
        draw: DrawKey { mode: talk.mode, chain: Chain(0), round: Round(talk.round) },
        previous_answer: talk.previous,
        critique: talk.critique,
        continue_text: talk.continue_text,
        messages: &messages,
        seed: seed(&[question.id.0.as_bytes(), &number.to_le_bytes()]),
        sampling: &SAMPLING,
    };
    block_on(backbone.complete(request)).unwrap()
}

const ASKED_AGAIN: Talk<'_> =
    Talk { mode: Mode::Refine, round: 4, previous: Some("-987654"), critique: None, continue_text: None };

/// The share of 20 questions x 100 draws that finished and whose text passes.
fn share(profile: &Profile, asked: impl Fn(&Question) -> Talk<'static>, passes: impl Fn(&str) -> bool) -> f64 {
    let dataset = dataset("other", 20);
    let backbone = SimulatedBackbone::new(profile, 7, "b", &dataset).unwrap();
    let draws = dataset.questions.iter().flat_map(|q| (0..100).map(move |number| (q, number)));
    let finished = draws
        .map(|(question, number)| talk(&backbone, question, asked(question), number))
        .filter(|completion| completion.finish_reason == FinishReason::Stop);
    let passed: Vec<f64> = finished.map(|completion| f64::from(u8::from(passes(&completion.text)))).collect();
    passed.iter().sum::<f64>() / passed.len() as f64
}

#[test]
fn critiques_approve_as_often_as_the_profile_says() {
    let mut profile = profile();
    profile.critique = CritiqueParameters { right_when_right: 0.9, right_when_wrong: 0.2, ..profile.critique };
    let right = |text: &str| verdict(text) == Verdict::Right;
    let critique = Talk { round: 1, ..ASKED_AGAIN };
    // Five standard errors of 2,000 draws.
    assert!((share(&profile, |_| critique, right) - 0.2).abs() < 0.045);
    let of_gold = |question: &Question| Talk { previous: Some(question.gold.clone().leak()), ..critique };
    assert!((share(&profile, of_gold, right) - 0.9).abs() < 0.035);
    assert_eq!(share(&profile, |_| critique, |text| verdict(text) == Verdict::Unclear), 0.0);
}

#[test]
fn a_re_answer_obeys_its_critique() {
    let mut profile = profile();
    profile.default.success.memory = 0.5;
    let kept = |text: &str| text.contains("\\boxed{-987654}");
    let after = |critique| share(&profile, |_| Talk { critique: Some(critique), ..ASKED_AGAIN }, kept);
    assert_eq!(after("Verdict: right"), 1.0);
    assert_eq!(after("Verdict: wrong"), 0.0);
    assert!((after("I cannot tell.") - 0.5).abs() < 0.06);
}

#[test]
fn a_continuation_has_the_memory_of_a_re_answer_and_is_shorter() {
    let mut profile = profile();
    profile.default.success.memory = 0.5;
    let forced = Talk { mode: Mode::Forced, continue_text: Some("So far.\nWait"), ..ASKED_AGAIN };
    assert!((share(&profile, |_| forced, |text| text.contains("\\boxed{-987654}")) - 0.5).abs() < 0.06);
    let dataset = dataset("other", 20);
    let backbone = SimulatedBackbone::new(&profile, 7, "b", &dataset).unwrap();
    for question in &dataset.questions {
        let (short, long) = (talk(&backbone, question, forced, 1), talk(&backbone, question, ASKED_AGAIN, 1));
        let ratio = short.completion_tokens.0 as f64 / long.completion_tokens.0 as f64;
        let cut = [&short, &long].iter().any(|completion| completion.finish_reason == FinishReason::Length);
        assert!(cut || (ratio - 0.35).abs() < 0.05, "{ratio}");
        let sent = question.text.len() + "So far.\nWait".len();
        assert_eq!(short.prompt_tokens.0, sent.div_ceil(4) as u64);
    }
}

#[test]
fn ratings_rise_as_the_fixed_point_falls() {
    let dataset = dataset("other", 60);
    let backbone = SimulatedBackbone::new(&profile(), 7, "b", &dataset).unwrap();
    let judge = Talk { mode: Mode::Judge, round: 0, previous: None, ..ASKED_AGAIN };
    let mut by_level = [0.0; 6];
    for question in &dataset.questions {
        for number in 0..50 {
            let level = rating(&talk(&backbone, question, judge, number).text).unwrap();
            assert!(level.fract() == 0.0 && (1.0..=10.0).contains(&level));
            by_level[question.level.unwrap() as usize] += level / (12.0 * 50.0);
        }
    }
    assert!(by_level[5] > by_level[1] + 1.0, "{by_level:?}");
}
