//! Process reward models behind vLLM's `/pooling`, in the form of Qwen2.5-Math-PRM: a chat whose answer has a token after
//! every step, and a reply with one score for each of those tokens.

use serde_json::{Map, Value, json};

use super::reply::{Scored, Trouble, logistic, number, probability, usage};
use crate::experiment::{Aggregate, Scale};

/// What the model was trained with.
const SYSTEM: &str = "Please reason step by step, and put your final answer within \\boxed{}.";

/// How far a pair may be from summing to 1 and still be two probabilities.
const SUM: f64 = 1e-3;

/// What is asked: the steps of a solution to a question.
pub(super) fn body(model: &str, question: &str, steps: &[String], step_token: &str) -> Map<String, Value> {
    let solution: String = steps.iter().flat_map(|step| [step.as_str(), step_token]).collect();
    let message = |role: &str, content: &str| json!({"role": role, "content": content});
    let messages = [message("system", SYSTEM), message("user", question), message("assistant", &solution)];
    Map::from_iter([("model".to_owned(), json!(model)), ("messages".to_owned(), json!(messages))])
}

/// The scores of `steps` steps: for each a pair `[wrong, right]`, which is two probabilities or two logits, or one number;
/// or one number for the whole solution.
pub(super) fn read(reply: &Value, steps: usize, step_token: &str, scale: Scale) -> Result<Scored, Trouble> {
    let scored = |score, step_scores| Scored { score, step_scores, usage: usage(reply), written_characters: 0 };
    let items = match &reply["data"][0]["data"] {
        Value::Array(items) => items,
        Value::Null => return Err(Trouble::Unreadable("the reply has no `data[0].data`".to_owned())),
        whole => return Ok(scored(probability(number(whole, "the score")?, scale)?, Vec::new())),
    };
    if items.len() != steps {
        return Err(Trouble::Refused(format!(
            "the reply scores {} steps, but {steps} were sent; `verifier.step_token` ({step_token}) must be the token after \
             which this model scores, and the server must pool by steps",
            items.len()
        )));
    }
    let step_scores = items.iter().map(|item| step(item, scale)).collect::<Result<Vec<f64>, Trouble>>()?;
    // As many as were sent, and nothing is asked about no step.
    let mean = Aggregate::Mean.of(&step_scores);
    let score = mean.ok_or_else(|| Trouble::Refused("the reply scores no step".to_owned()))?;
    Ok(scored(score, step_scores))
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
