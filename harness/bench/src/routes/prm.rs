//! Process reward models behind vLLM's `/pooling`, in the form of Qwen2.5-Math-PRM: a chat whose answer has a token after
//! every step, and a reply with one score for each of those tokens.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::reply::{Scored, Trouble, logistic, number, probability, usage};
use super::settings::{Aggregate, SCALE, Scale, ScoredText};
use super::spec::{Asked, Route, RouteError, RouteSpec, Settings, fields, settings};
use super::text::steps;
use crate::schema::{Fallback, ValueKind, key};

pub(super) const SPEC: RouteSpec = RouteSpec {
    kind: "prm",
    about: "a process reward model behind `/pooling` of vLLM: the scores of steps",
    keys: &[
        SCALE,
        key("step_token", ValueKind::Text, Fallback::Text("<extra_0>"), "what the model wants after every step"),
    ],
    text: ScoredText::Whole,
    steps: true,
    open,
};

/// What the model was trained with.
const SYSTEM: &str = "Please reason step by step, and put your final answer within \\boxed{}.";

/// How far a pair may be from summing to 1 and still be two probabilities.
const SUM: f64 = 1e-3;

#[derive(Debug, Deserialize)]
struct Prm {
    scale: Scale,
    step_token: String,
}

fn open(given: &Settings) -> Result<Box<dyn Route>, RouteError> {
    Ok(Box::new(settings::<Prm>(&SPEC, given)?))
}

impl Route for Prm {
    fn path(&self) -> &'static str {
        "/pooling"
    }

    fn at_root(&self) -> bool {
        true
    }

    /// The steps of a solution to a question.
    fn body(&self, asked: &Asked<'_>) -> Option<Map<String, Value>> {
        let steps = steps(asked.text, &self.step_token);
        if steps.is_empty() {
            return None;
        }
        let solution: String = steps.iter().flat_map(|step| [step.as_str(), &self.step_token]).collect();
        let message = |role: &str, content: &str| json!({"role": role, "content": content});
        let messages = [message("system", SYSTEM), message("user", asked.question), message("assistant", &solution)];
        Some(fields([("model", json!(asked.model)), ("messages", json!(messages))]))
    }

    /// The scores of the steps: for each a pair `[wrong, right]`, which is two probabilities or two logits, or one number;
    /// or one number for the whole solution.
    fn read(&self, reply: &Value, asked: &Asked<'_>) -> Result<Scored, Trouble> {
        let Self { scale, step_token } = self;
        let scored = |score, step_scores| Scored { score, step_scores, usage: usage(reply), written_characters: 0 };
        let items = match &reply["data"][0]["data"] {
            Value::Array(items) => items,
            Value::Null => return Err(Trouble::Unreadable("the reply has no `data[0].data`".to_owned())),
            whole => return Ok(scored(probability(number(whole, "the score")?, *scale)?, Vec::new())),
        };
        let sent = steps(asked.text, step_token).len();
        if items.len() != sent {
            return Err(Trouble::Refused(format!(
                "the reply scores {} steps, but {sent} were sent; `verifier.step_token` ({step_token}) must be the token \
                 after which this model scores, and the server must pool by steps",
                items.len()
            )));
        }
        let step_scores = items.iter().map(|item| step(item, *scale)).collect::<Result<Vec<f64>, Trouble>>()?;
        // As many as were sent, and nothing is asked about no step.
        let mean = Aggregate::Mean.of(&step_scores);
        let score = mean.ok_or_else(|| Trouble::Refused("the reply scores no step".to_owned()))?;
        Ok(scored(score, step_scores))
    }
}

fn step(item: &Value, scale: Scale) -> Result<f64, Trouble> {
    const WHAT: &str = "a step's score";
    match item.as_array().map(Vec::as_slice) {
        None => probability(number(item, WHAT)?, scale),
        Some([only]) => probability(number(only, WHAT)?, scale),
        Some([wrong, right]) => {
            let (wrong, right) = (number(wrong, WHAT)?, number(right, WHAT)?);
            let are_probabilities = [wrong, right].iter().all(|p| (0.0..=1.0).contains(p));
            if are_probabilities && (wrong + right - 1.0).abs() <= SUM {
                return Ok(right);
            }
            // Of two classes: the softmax.
            Ok(logistic(right - wrong))
        }
        Some(many) => Err(Trouble::Refused(format!(
            "the reply has {} numbers for a step, expected 1, or 2 (wrong, right); is the model a process reward model?",
            many.len()
        ))),
    }
}
