//! Cross-encoders: a question and a solution, one score. `/score` of vLLM, and `/rerank` of Jina, Cohere, vLLM, llama.cpp
//! and text-embeddings-inference.

use serde_json::{Map, Value, json};

use super::reply::{Scored, Trouble, number, probability, usage};
use crate::experiment::Scale;

/// What `/score` is asked.
pub(super) fn score_body(model: &str, question: &str, solution: &str) -> Map<String, Value> {
    map([("model", json!(model)), ("text_1", json!(question)), ("text_2", json!(solution))])
}

/// What `/rerank` is asked: a list of one document. `as_texts` names it as text-embeddings-inference does.
pub(super) fn rerank_body(model: &str, question: &str, solution: &str, as_texts: bool) -> Map<String, Value> {
    let documents = if as_texts { "texts" } else { "documents" };
    map([("model", json!(model)), ("query", json!(question)), (documents, json!([solution]))])
}

/// Reads `data[0].score`.
pub(super) fn read_score(reply: &Value, scale: Scale) -> Result<Scored, Trouble> {
    one(reply, &reply["data"][0]["score"], "data[0].score", scale)
}

/// Reads `results[0].relevance_score`, or the `score` of a bare list's only item.
pub(super) fn read_rerank(reply: &Value, scale: Scale) -> Result<Scored, Trouble> {
    match reply {
        Value::Array(_) => one(reply, &reply[0]["score"], "[0].score", scale),
        _ => one(reply, &reply["results"][0]["relevance_score"], "results[0].relevance_score", scale),
    }
}

fn one(reply: &Value, score: &Value, place: &str, scale: Scale) -> Result<Scored, Trouble> {
    let score = probability(number(score, &format!("`{place}`"))?, scale)?;
    Ok(Scored { score, step_scores: Vec::new(), usage: usage(reply), written_characters: 0 })
}

fn map<const N: usize>(fields: [(&str, Value); N]) -> Map<String, Value> {
    fields.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}
