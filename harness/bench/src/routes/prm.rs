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
            pair(wrong, right)
        }
        Some(many) => Err(Trouble::Refused(format!(
            "the reply has {} numbers for a step, expected 1, or 2 (wrong, right); is the model a process reward model?",
            many.len()
        ))),
    }
}

/// Bits of a bf16 number, the coarsest format that servers compute in. Its rounding covers that of f16, and that of three
/// decimals.
const BITS: i32 = 8;

/// What printing a number with few digits may add to its rounding.
const PRINTED: f64 = 1e-4;

/// Pairs in [0, 1] whose sum is as near to 1 as this are hardly logits, and are no probabilities of a known format either.
const NEAR: f64 = 0.05;

/// How far a probability may be from this number that it was rounded to: half a unit in the last place.
fn rounding(p: f64) -> f64 {
    // What was rounded to 1 was below it, where numbers lie twice as near together.
    if p <= 0.0 { 0.0 } else { (p.log2().floor().min(-1.0) - f64::from(BITS)).exp2() }
}

/// The probability that a pair `[wrong, right]` gives to `right`: two probabilities that sum to 1 within what their format
/// rounds away, or else two logits, whose softmax it is.
fn pair(wrong: f64, right: f64) -> Result<f64, Trouble> {
    let are_in_range = [wrong, right].iter().all(|p| (-1e-6..=1.0 + 1e-6).contains(p));
    let off = (wrong + right - 1.0).abs();
    if are_in_range && off <= rounding(wrong) + rounding(right) + PRINTED {
        return Ok(right.clamp(0.0, 1.0));
    }
    if are_in_range && off <= NEAR {
        return Err(Trouble::Refused(format!(
            "the reply has the pair [{wrong}, {right}] for a step, which could be two probabilities or two logits: it sums to \
             {}, which is not 1 within the rounding of bf16; let the server give one number a step, or float32",
            wrong + right
        )));
    }
    // Of two classes: the softmax.
    Ok(logistic(right - wrong))
}
