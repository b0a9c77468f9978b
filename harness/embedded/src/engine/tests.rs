//! Tests of the engine: the same draws in any company, and an answer to every request.

use std::sync::{Arc, mpsc};

use super::queue::{Completions, Draw, Job, Ticket};
use super::{Engine, steps};
use crate::kernels::Instructions;
use crate::tests::{model, texts};
use crate::{Finish, Generated, InferenceError, Judged, Sampling};

const SAMPLING: Sampling = Sampling { temperature: 0.9, top_p: 0.95, max_tokens: 20 };

type Answers = Vec<Result<Generated, InferenceError>>;

/// Answers to requests that are asked together, in the order of their seeds.
fn answers(engine: &Engine, requests: &[(&[u32], &[u64], Sampling)]) -> Vec<Answers> {
    let (sender, receiver) = mpsc::channel();
    for (request, &(prompt, seeds, sampling)) in requests.iter().enumerate() {
        let sender = sender.clone();
        engine.generate(prompt.to_vec(), seeds, sampling, move |place, answer| {
            sender.send((request, place, answer)).unwrap();
        });
    }
    drop(sender);
    let mut all: Vec<Vec<_>> = requests.iter().map(|(_, seeds, _)| vec![None; seeds.len()]).collect();
    for (request, place, answer) in receiver {
        assert!(all[request][place].replace(answer).is_none(), "answered twice");
    }
    all.into_iter().map(|answers| answers.into_iter().map(Option::unwrap).collect()).collect()
}

fn answer(engine: &Engine, prompt: &[u32], seed: u64, sampling: Sampling) -> Result<Generated, InferenceError> {
    answers(engine, &[(prompt, &[seed], sampling)]).remove(0).remove(0)
}

/// FNV-1a.
fn digest(answers: &[Vec<Answers>]) -> u64 {
    let text = format!("{answers:?}");
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

#[test]
fn draws_are_the_same_in_any_company_and_on_any_machine() {
    let model = Arc::new(model("llama"));
    let prompts = texts(9, 30);
    let seeds: Vec<u64> = (0..23).collect();
    let samplings = [1.0, 0.95, 0.5].map(|top_p| Sampling { temperature: 0.5 + top_p, top_p, max_tokens: 25 });
    let requests: Vec<(&[u32], &[u64], Sampling)> =
        prompts.iter().enumerate().map(|(n, prompt)| (&prompt[n..], &seeds[n..], samplings[n % 3])).collect();
    let one = Engine::start(Arc::clone(&model), 1);
    let alone: Vec<Answers> = requests
        .iter()
        .map(|&(prompt, seeds, sampling)| seeds.iter().map(|&seed| answer(&one, prompt, seed, sampling)).collect())
        .collect();
    for threads in [1, 2, 5] {
        let engine = Engine::start(Arc::clone(&model), threads);
        assert_eq!(answers(&engine, &requests), alone, "{threads} threads");
    }
    for instructions in Instructions::all() {
        let mut model = crate::tests::model("llama");
        model.network.instructions = instructions;
        assert_eq!(answers(&Engine::start(Arc::new(model), 2), &requests), alone, "{instructions:?}");
    }
    let finishes: Vec<Finish> = alone.iter().flatten().map(|answer| answer.as_ref().unwrap().finish).collect();
    assert!(finishes.contains(&Finish::Stop) && finishes.contains(&Finish::Length));
    // Another number means that draws changed: what was collected before can no longer be reproduced.
    assert_eq!(digest(&[alone]), 11_057_619_210_186_089_690);
}

#[test]
fn completions_end_at_the_limit_or_the_context() {
    let engine = Engine::start(Arc::new(model("qwen2")), 1);
    let text = &texts(1, 96)[0];
    let greedy = |max_tokens| Sampling { temperature: 0.0, top_p: 1.0, max_tokens };
    for (length, limit, expected) in [(90, 3, 3), (90, 50, 6), (95, 50, 1)] {
        let written = answer(&engine, &text[..length], 1, greedy(limit)).unwrap();
        assert_eq!((written.tokens, written.finish), (expected, Finish::Length), "{length} {limit}");
    }
    let a = answer(&engine, &text[..50], 1, greedy(9)).unwrap();
    assert_eq!(a, answer(&engine, &text[..50], 2, greedy(9)).unwrap());
}

#[test]
fn what_cannot_be_answered_says_why() {
    let engine = Engine::start(Arc::new(model("llama")), 2);
    let text = &texts(1, 96)[0];
    let says = |prompt: &[u32], sampling, parts: &[&str]| {
        let error = answer(&engine, prompt, 1, sampling).unwrap_err().to_string();
        assert!(parts.iter().all(|part| error.contains(part)), "{error}");
    };
    says(text, SAMPLING, &["96 tokens", "context of 96", "room for 95"]);
    says(&[], SAMPLING, &["no tokens"]);
    says(&[5, 272], SAMPLING, &["272"]);
    says(&[5], Sampling { temperature: -1.0, ..SAMPLING }, &["temperature", "-1"]);
    says(&[5], Sampling { temperature: f64::NAN, ..SAMPLING }, &["temperature", "NaN"]);
    says(&[5], Sampling { top_p: 0.0, ..SAMPLING }, &["top_p", "0"]);
    says(&[5], Sampling { max_tokens: 0, ..SAMPLING }, &["at least 1"]);
    let (error, _) = judge(&engine, &[5], "a");
    assert!(error.unwrap_err().to_string().contains("no verifier"));
    let verifier = Engine::start(Arc::new(model("verifier")), 1);
    assert!(answer(&verifier, &[5], 1, SAMPLING).unwrap_err().to_string().contains("verifier"));
    let (error, _) = judge(&verifier, &text[..90], "the\nsum\nof\nit");
    assert!(error.unwrap_err().to_string().contains("context of 96"));
}

#[test]
fn a_panic_answers_its_batch_and_costs_no_other() {
    let engine = Engine::start(Arc::new(model("llama")), 1);
    let before = answer(&engine, &[5, 6], 3, SAMPLING);
    let (sender, receiver) = mpsc::channel();
    // Past the checks: a token beyond the embedding.
    let ticket = Ticket::new(move |answer| sender.send(answer).unwrap());
    let draws = vec![Draw { seed: 1, ticket }];
    engine.queue.push(Job::Complete(Completions { prompt: [9_999].into(), sampling: SAMPLING, draws }));
    let error = receiver.recv().unwrap().unwrap_err();
    assert!(error.to_string().contains("error in the program"));
    engine.generate(vec![5], &[1, 2], SAMPLING, |_, _| panic!("the caller's"));
    assert_eq!(answer(&engine, &[5, 6], 3, SAMPLING), before);
}

#[test]
fn an_engine_finishes_what_it_was_asked_before_it_ends() {
    let engine = Engine::start(Arc::new(model("llama")), 2);
    let (sender, receiver) = mpsc::channel();
    let seeds: Vec<u64> = (0..300).collect();
    for prompt in texts(3, 10) {
        let sender = sender.clone();
        engine.generate(prompt, &seeds, SAMPLING, move |_, answer| sender.send(answer).unwrap());
    }
    drop((engine, sender));
    assert_eq!(receiver.try_iter().filter(Result::is_ok).count(), 900);
}

/// A judgement, and the solution's tokens.
fn judge(engine: &Engine, question: &[u32], solution: &str) -> (Result<Judged, InferenceError>, Vec<u32>) {
    let (sender, receiver) = mpsc::channel();
    engine.judge(question.to_vec(), solution, move |judged| sender.send(judged).unwrap());
    (receiver.recv().unwrap(), engine.model().encode(solution).unwrap().get_ids().to_vec())
}

#[test]
fn steps_are_scored_where_they_end() {
    let engine = Engine::start(Arc::new(model("verifier")), 2);
    let question = &texts(1, 20)[0];
    for (solution, steps) in [("the sum\n\n is two\nthe end", 3), ("it is", 1), ("it is\n", 1), ("\n \n", 1), ("", 1)] {
        let (judged, tokens) = judge(&engine, question, solution);
        let judged = judged.unwrap();
        let all = [question, &tokens[..]].concat();
        assert_eq!((judged.steps.len(), judged.tokens as usize), (steps, all.len()), "{solution:?}");
        let scores = engine.model().forward(1).all(&[&all]).unwrap();
        let offsets = engine.model().encode(solution).unwrap().get_offsets().to_vec();
        let mut ends: Vec<usize> = steps::ends(solution, &offsets).iter().map(|end| question.len() + end).collect();
        if ends.is_empty() {
            ends.push(all.len() - 1);
        }
        let sigmoid = |end: &usize| 1.0 / (1.0 + libm::exp(-f64::from(scores[*end][0])));
        assert_eq!(judged.steps, ends.iter().map(sigmoid).collect::<Vec<_>>());
    }
}

#[test]
fn judgements_are_the_same_in_any_company() {
    let engine = Engine::start(Arc::new(model("verifier")), 3);
    let solutions: Vec<String> = (0..50).map(|n| "the sum is\nthen the end\n".repeat(1 + n % 4)).collect();
    let questions = texts(50, 15);
    let alone: Vec<_> =
        questions.iter().zip(&solutions).map(|(question, solution)| judge(&engine, question, solution).0).collect();
    let (sender, receiver) = mpsc::channel();
    for (number, (question, solution)) in questions.iter().zip(&solutions).enumerate() {
        let sender = sender.clone();
        engine.judge(question.clone(), solution, move |judged| sender.send((number, judged)).unwrap());
    }
    drop(sender);
    for (number, judged) in receiver {
        assert_eq!(judged, alone[number]);
    }
}
