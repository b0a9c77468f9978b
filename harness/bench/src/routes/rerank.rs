//! `/rerank` of Jina, Cohere, vLLM, llama.cpp and text-embeddings-inference: the relevance of a document to a query.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::reply::{Scored, Trouble, one_score};
use super::settings::{SCALE, Scale, ScoredText};
use super::spec::{Asked, Route, RouteError, RouteSpec, Settings, fields, settings};

pub(super) const SPEC: RouteSpec = RouteSpec {
    kind: "rerank",
    about: "`/rerank` of Jina, Cohere, vLLM and others: the relevance of a solution to a question",
    keys: &[SCALE],
    text: ScoredText::Answer,
    steps: false,
    open,
};

/// What text-embeddings-inference calls the documents.
const TEXTS: &str = "texts";

#[derive(Debug, Deserialize)]
struct Rerank {
    scale: Scale,
}

fn open(given: &Settings) -> Result<Box<dyn Route>, RouteError> {
    Ok(Box::new(settings::<Rerank>(&SPEC, given)?))
}

impl Route for Rerank {
    fn path(&self) -> &'static str {
        "/rerank"
    }

    /// A list of one document.
    fn body(&self, asked: &Asked<'_>) -> Option<Map<String, Value>> {
        let documents = if asked.extra.contains_key(TEXTS) { TEXTS } else { "documents" };
        let Asked { model, question, text, .. } = asked;
        Some(fields([("model", json!(model)), ("query", json!(question)), (documents, json!([text]))]))
    }

    /// What `texts` says is under which key the text goes.
    fn own_extra(&self) -> &'static [&'static str] {
        &[TEXTS]
    }

    /// Reads `results[0].relevance_score`, or the `score` of a bare list's only item.
    fn read(&self, reply: &Value, _: &Asked<'_>) -> Result<Scored, Trouble> {
        match reply {
            Value::Array(_) => one_score(reply, &reply[0]["score"], "[0].score", self.scale),
            _ => one_score(reply, &reply["results"][0]["relevance_score"], "results[0].relevance_score", self.scale),
        }
    }
}
