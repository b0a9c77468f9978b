//! Tiny models: who may be what, and that a draw or score depends on nothing but what it is a draw or score of.

use std::sync::Arc;

use markovscale::Tokens;

use super::*;
use crate::backbone::embedded::EmbeddedBackbone;
use crate::backbone::{Backbone, Completion, Request};
use crate::dataset::Question;
use crate::key::{Chain, DrawKey, Mode, QuestionId, Round};
use crate::verifier::embedded::EmbeddedVerifier;
use crate::verifier::{Score, ScoreRequest, Verifier};
use crate::vocabulary::{FinishReason, Message, Role, Sampling};

const SAMPLING: Sampling = Sampling { temperature: 1.5, top_p: 1.0, max_tokens: 24 };

/// The path of a model that tests bring.
fn tiny(name: &str) -> String {
    format!("{}/tests/fixtures/{name}", env!("CARGO_MANIFEST_DIR"))
}

fn question() -> Question {
    let text = "What is 3 + 4?".to_owned();
    Question { id: QuestionId("q".to_owned()), text, gold: "7".to_owned(), level: None, subject: None }
}

fn key(chain: u32) -> DrawKey {
    DrawKey { mode: Mode::Parallel, chain: Chain(chain), round: Round(0) }
}

fn messages() -> Vec<Message> {
    vec![Message { role: Role::User, content: question().text }]
}

fn request<'a>(question: &'a Question, messages: &'a [Message], seed: u32) -> Request<'a> {
    Request {
        question,
        draw: key(seed),
        previous_answer: None,
        critique: None,
        messages,
        continue_text: None,
        seed: u64::from(seed),
        sampling: &SAMPLING,
    }
}

/// Without what differs from one asking to the next.
fn timeless(completion: Completion) -> Completion {
    assert!(completion.latency.is_some());
    Completion { latency: None, ..completion }
}

#[test]
fn a_name_with_a_separator_or_a_point_at_its_start_is_a_path() {
    assert!(["./m", "a/b", "..", ".", "/m", "a\\b"].into_iter().all(is_path));
    assert!(shipped_names().iter().all(|name| !is_path(name)));
}

#[test]
fn what_cannot_run_is_told_with_a_remedy() {
    let models = Models::default();
    let told = |model: &str| models.engine(model).unwrap_err().to_string();
    let unknown = told("markov-1.3m");
    assert!(unknown.contains("no model is called `markov-1.3m`; "), "{unknown}");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().display().to_string();
    std::fs::copy(format!("{}/config.json", tiny("tiny-model")), folder.path().join("config.json")).unwrap();
    let lacking = told(&path);
    assert!(lacking.contains("tokenizer.json: ") && lacking.contains("holds config.json, "), "{lacking}");
    for name in ["model.safetensors", "tokenizer.json", "tokenizer_config.json"] {
        std::fs::write(folder.path().join(name), "{").unwrap();
    }
    let broken = told(&path);
    assert!(broken.contains(&format!("load the model `{path}`: ")), "{broken}");
    assert_eq!(models.identities(), []);

    let answers = EmbeddedBackbone::open(&tiny("tiny-verifier"), &models).unwrap_err().to_string();
    assert!(answers.contains("is a verifier") && answers.contains("verifier: {kind: embedded, model: "), "{answers}");
    let scores = EmbeddedVerifier::open(&tiny("tiny-model"), &models).unwrap_err().to_string();
    assert!(scores.contains("scores no steps"), "{scores}");
}

#[test]
fn a_model_is_loaded_once_and_known_by_its_files() {
    let models = Models::default();
    let (first, again) = (models.engine(&tiny("tiny-model")).unwrap(), models.engine(&tiny("tiny-model")).unwrap());
    assert!(Arc::ptr_eq(&first, &again));
    let identities = models.identities();
    assert_eq!(identities.len(), 1);
    assert_eq!((identities[0].parameters, identities[0].context_length), (first.model().parameters(), 256));
    assert_eq!(identities[0].sha256.len(), 4);
    assert!(identities[0].sha256.values().all(|digest| digest.len() == 64));
    // The same weights in another folder are the same model, others are not.
    let folder = tempfile::tempdir().unwrap();
    for name in identities[0].sha256.keys() {
        std::fs::copy(format!("{}/{name}", tiny("tiny-model")), folder.path().join(name)).unwrap();
    }
    // What is not read of a folder makes no other model of it.
    std::fs::write(folder.path().join("adapter.safetensors"), "not read").unwrap();
    let here = identity(&tiny("tiny-model")).unwrap();
    assert_eq!(identity(&folder.path().display().to_string()).unwrap(), here);
    assert_ne!(identity(&tiny("tiny-verifier")).unwrap(), here);
}

#[test]
fn shipped_models_load_and_write() {
    let models = Models::default();
    for name in shipped_names() {
        let engine = models.engine(name).unwrap();
        assert!(engine.model().parameters() > 100_000, "{name}");
        assert_eq!(identity(name).unwrap().len(), 64);
    }
    let smallest = shipped_names().iter().find(|name| !name.contains("verifier"));
    let Some(smallest) = smallest else { return };
    let backbone = EmbeddedBackbone::open(smallest, &models).unwrap();
    let (question, messages) = (question(), messages());
    let sampling = Sampling { temperature: 0.0, top_p: 1.0, max_tokens: 64 };
    let request = Request { sampling: &sampling, ..request(&question, &messages, 1) };
    let completion = futures::executor::block_on(backbone.complete(request)).unwrap();
    assert!(completion.text.contains("\\boxed{"), "{completion:?}");
}

#[test]
fn draws_asked_for_together_are_those_asked_for_alone() {
    let models = Models::default();
    let backbone = EmbeddedBackbone::open(&tiny("tiny-model"), &models).unwrap();
    let (question, messages) = (question(), messages());
    let request = |seed| request(&question, &messages, seed);
    let together = futures::executor::block_on(backbone.complete_all((0..24).map(request).collect()));
    let together: Vec<Completion> = together.into_iter().map(|result| timeless(result.unwrap())).collect();
    let mut texts: Vec<&str> = together.iter().map(|completion| completion.text.as_str()).collect();
    texts.sort_unstable();
    texts.dedup();
    assert!(texts.len() > 2, "one seed would do: {texts:?}");
    let mut ends = [false, false];
    for (seed, completion) in (0..).zip(&together) {
        let alone = timeless(futures::executor::block_on(backbone.complete(request(seed))).unwrap());
        assert_eq!(alone, *completion, "{seed}");
        ends[usize::from(completion.finish_reason == FinishReason::Stop)] = true;
        assert!(completion.prompt_tokens > Tokens(0) && completion.completion_tokens <= Tokens(24));
        assert_eq!((completion.cached_tokens, completion.attempts), (Tokens(0), 1));
        assert!(completion.request_hash.is_none() && !completion.tokens_estimated);
    }
    assert!(ends[1], "nothing came to an end");
    assert!(futures::executor::block_on(backbone.complete_all(Vec::new())).is_empty());
}

#[test]
fn a_text_is_gone_on_with_where_it_ends() {
    let models = Models::default();
    let backbone = EmbeddedBackbone::open(&tiny("tiny-model"), &models).unwrap();
    let (question, messages) = (question(), messages());
    let greedy = Sampling { temperature: 0.0, ..SAMPLING };
    let draw = |continue_text| {
        let request = Request { continue_text, sampling: &greedy, ..request(&question, &messages, 1) };
        futures::executor::block_on(backbone.complete(request)).unwrap()
    };
    let (whole, rest) = (draw(None), draw(Some("3 + 4 = 9\n")));
    assert!(whole.text.contains(" = "), "{whole:?}");
    assert!(rest.text.starts_with("\\boxed{"), "{rest:?}");
    assert!(rest.prompt_tokens > whole.prompt_tokens);
}

fn score(verifier: &EmbeddedVerifier, completion: &str, answer: Option<&str>) -> Result<Score, String> {
    let question = question();
    let completion_tokens = Tokens(1);
    let request = ScoreRequest { question: &question, draw: key(0), completion, completion_tokens, answer, seed: 0 };
    futures::executor::block_on(verifier.score(request)).map_err(|failure| failure.to_string())
}

#[test]
fn every_line_gets_a_score_and_the_last_is_the_draws() {
    let models = Models::default();
    let verifier = EmbeddedVerifier::open(&tiny("tiny-verifier"), &models).unwrap();
    let scored = score(&verifier, "3 + 4 = 7\n\n\\boxed{7}", Some("7")).unwrap();
    assert_eq!(scored.step_scores.len(), 2, "{scored:?}");
    assert!(scored.step_scores.iter().all(|step| (0.0..=1.0).contains(step)), "{scored:?}");
    assert_eq!(scored.score, scored.step_scores[1]);
    assert!(scored.verifier_tokens > Tokens(10) && scored.written_tokens == Tokens(0) && !scored.tokens_estimated);
    assert_eq!(score(&verifier, " \n", None), Ok(Score::default()));
    let unstored = score(&verifier, "", Some("7")).unwrap_err();
    assert!(unstored.contains("nothing was stored of the draw but its answer"), "{unstored}");
}
