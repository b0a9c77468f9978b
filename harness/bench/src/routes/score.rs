//! `/score` of vLLM and others: a question and a solution, one score.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::reply::{Scored, Trouble, one_score};
use super::settings::{SCALE, Scale, ScoredText};
use super::spec::{Asked, Route, RouteError, RouteSpec, Settings, fields, settings};

pub(super) const SPEC: RouteSpec = RouteSpec {
    kind: "score",
    about: "`/score` of vLLM and others: the score of a question and a solution",
    keys: &[SCALE],
    text: ScoredText::Answer,
    steps: false,
    open,
};

#[derive(Debug, Deserialize)]
struct Score {
    scale: Scale,
}

fn open(given: &Settings) -> Result<Box<dyn Route>, RouteError> {
    Ok(Box::new(settings::<Score>(&SPEC, given)?))
}

impl Route for Score {
    fn path(&self) -> &'static str {
        "/score"
    }

    fn body(&self, asked: &Asked<'_>) -> Option<Map<String, Value>> {
        let Asked { model, question, text, .. } = asked;
        Some(fields([("model", json!(model)), ("text_1", json!(question)), ("text_2", json!(text))]))
    }

    fn read(&self, reply: &Value, _: &Asked<'_>) -> Result<Scored, Trouble> {
        one_score(reply, &reply["data"][0]["score"], "data[0].score", self.scale)
    }
}
