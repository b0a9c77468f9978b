//! Rounds as people read them, or as JSON lines.

use markovscale::{Choice, ClassId};
use markovscale_answers::Grader;
use serde_json::{Value, json};

use super::super::Printer;
use super::setup::Setup;
use crate::experiment::Money;
use crate::live::{Decided, LiveError, Round, Solved};

/// Shows what happens.
pub(super) struct Show<'a> {
    setup: &'a Setup,
    printer: &'a Printer,
}

impl<'a> Show<'a> {
    pub(super) fn new(setup: &'a Setup, printer: &'a Printer) -> Self {
        Self { setup, printer }
    }

    fn line(&self, value: &Value) {
        self.printer.data(&value.to_string());
    }

    /// What is about to happen.
    pub(super) fn start(&self) {
        let Setup { plan, backbone, config, dataset, question, .. } = self.setup;
        let question = &dataset.questions[*question];
        let verifier = plan.verifier.name().filter(|_| config.uses_scores());
        let budget = plan.budgets.first().copied().unwrap_or_default();
        if self.printer.is_json() {
            self.line(&json!({
                "event": "start",
                "question": question.text,
                "question_id": question.id,
                "method": config.label(),
                "draws": config.draws(),
                "budget": budget,
                "backbone": backbone.name,
                "model": backbone.model(),
                "simulated": backbone.simulated(),
                "verifier": verifier,
                "calibration": self.setup.calibration(),
                "seed": plan.seed,
            }));
            return;
        }
        let simulated = if backbone.simulated() { " (simulated: no language model answers)" } else { "" };
        self.printer.data(&format!("question     {}", question.text));
        self.printer.data(&format!("method       {}, at most {budget} answers", config.label()));
        self.printer.data(&format!("backbone     {} = {}{simulated}", backbone.name, backbone.model()));
        let nobody = if config.uses_scores() { "none: the answers alone decide" } else { "none" };
        self.printer.data(&format!("verifier     {}", verifier.unwrap_or(nobody)));
        self.printer.data(&format!("calibration  {}", self.setup.calibration()));
    }

    /// A round.
    pub(super) fn round(&self, round: &Round<'_>) {
        if self.printer.is_json() {
            self.line(&self.round_value(round));
            return;
        }
        let critique = round.seen.last().is_some_and(|draw| draw.critique.is_some());
        let what = match (&round.draw.answer, critique) {
            (Some(answer), false) => answer.clone(),
            (None, false) => "no answer".to_owned(),
            (verdict, true) => format!("critique: {}", verdict.as_deref().unwrap_or("no verdict")),
        };
        let mut facts = Vec::new();
        if let Some(score) = round.score.and_then(|row| row.score) {
            facts.push(format!("score {score:.3}"));
        }
        facts.push(format!("{} tokens", round.draw.completion_tokens.0));
        if &*round.draw.finish_reason != "stop" {
            facts.push(format!("ended by {}", round.draw.finish_reason));
        }
        facts.push(format!("{:.1} s", round.took.as_secs_f64()));
        let simulated = if self.setup.backbone.simulated() { "simulated " } else { "" };
        self.printer.data(&format!("\n{simulated}round {}: {what}  ({})", round.number, facts.join(", ")));
        if let Some(explained) = round.explanation {
            let best = explained.best.and_then(|class| round.answer_of(class)).unwrap_or("none yet");
            self.printer.data(&format!(
                "  best answer {best} with P = {:.3}; none seen is right with P = {:.3}",
                explained.best_probability, explained.none
            ));
            let rounds = explained.rounds.map_or(String::new(), |rounds| format!(", {rounds} more in mind"));
            self.printer.data(&format!(
                "  this answer P = {:.3}, in the long run {:.3}: predicted gain {:+.3}{rounds}",
                explained.belief, explained.fixed_point, explained.gain
            ));
        }
        let decided = match round.decided {
            Decided::Stop(_) => "stops",
            Decided::GoOn => "continues",
        };
        self.printer.data(&format!("  {decided}: {}", why(round)));
    }

    fn round_value(&self, round: &Round<'_>) -> Value {
        let draw = round.draw;
        let answer_of = |class: ClassId| round.answer_of(class).map(str::to_owned);
        let counts: Vec<Value> = round
            .counts()
            .into_iter()
            .map(|(class, count)| json!({"class": class, "answer": answer_of(class), "count": count}))
            .collect();
        let posterior = round.explanation.map(|explained| {
            json!({
                "best": explained.best.and_then(answer_of),
                "best_class": explained.best,
                "best_probability": explained.best_probability,
                "returned_probability": explained.probability,
                "none": explained.none,
                "belief": explained.belief,
                "fixed_point": explained.fixed_point,
                "gain": explained.gain,
                "rounds": explained.rounds,
                "reason": explained.reason,
            })
        });
        json!({
            "event": "round",
            "simulated": draw.simulated,
            "round": round.number,
            "draw": {"mode": draw.draw.mode.name(), "chain": draw.draw.chain.0, "round": draw.draw.round.0},
            "answer": draw.answer,
            "class": round.seen.last().and_then(|seen| seen.class),
            "completion": draw.completion,
            "finish_reason": &*draw.finish_reason,
            "prompt_tokens": draw.prompt_tokens,
            "completion_tokens": draw.completion_tokens,
            "seed": draw.seed,
            "attempts": draw.attempts,
            "request_hash": draw.asking.request_hash,
            "score": round.score.and_then(|row| row.score),
            "step_scores": round.score.map(|row| &row.step_scores),
            "verifier_tokens": round.score.map_or(0, |row| row.verifier_tokens.0),
            "counts": counts,
            "posterior": posterior,
            "decision": match round.decided {
                Decided::Stop(_) => "stop",
                Decided::GoOn => "go_on",
            },
            "why": why(round),
            "seconds": round.took.as_secs_f64(),
        })
    }

    /// How it ended.
    pub(super) fn end(&self, solved: &Solved, priced: bool) {
        let Setup { dataset, question, gold, backbone, .. } = self.setup;
        // A missing or undecided answer is not right.
        let graded = |answer: &str| Grader::new(&dataset.questions[*question].gold).right(answer) == Some(true);
        let right = gold.then(|| solved.answer.as_deref().is_some_and(graded));
        let price = priced.then_some(solved.bill.price);
        if self.printer.is_json() {
            self.line(&json!({
                "event": "end",
                "simulated": backbone.simulated(),
                "answer": solved.answer,
                "round": solved.round,
                "answers": solved.answers,
                "prompt_tokens": solved.bill.prompt_tokens,
                "completion_tokens": solved.bill.completion_tokens,
                "verifier_tokens": solved.bill.verifier_tokens,
                "price": price.map(Money::units),
                "seconds": solved.took.as_secs_f64(),
                "right": right,
            }));
            return;
        }
        let simulated = if backbone.simulated() { " (simulated)" } else { "" };
        let answer = match (&solved.answer, solved.round) {
            (Some(answer), Some(round)) => format!("{answer}  (of round {round})"),
            _ => "none: no draw had one".to_owned(),
        };
        self.printer.data(&format!("\nanswer{simulated}  {answer}"));
        if let Some(right) = right {
            self.printer.data(if right { "graded   right" } else { "graded   wrong" });
        }
        let bill = solved.bill;
        let mut spent = vec![
            format!("{} answers", solved.answers),
            format!("{} prompt tokens", bill.prompt_tokens),
            format!("{} completion tokens", bill.completion_tokens),
        ];
        if bill.verifier_tokens > 0 {
            spent.push(format!("{} verifier tokens", bill.verifier_tokens));
        }
        spent.push(price.map_or("price unknown".to_owned(), |price| format!("price {price}")));
        spent.push(format!("{:.1} s", solved.took.as_secs_f64()));
        self.printer.data(&format!("spent    {}", spent.join(", ")));
    }

    /// That it could not go on.
    pub(super) fn failed(&self, error: &LiveError) {
        if self.printer.is_json() {
            let simulated = self.setup.backbone.simulated();
            self.line(&json!({"event": "failed", "simulated": simulated, "message": error.to_string()}));
        }
    }
}

/// Why it decided so: the session's own reason, or else how the counts stand.
fn why(round: &Round<'_>) -> String {
    if let Some(explained) = round.explanation {
        return explained.reason.to_string();
    }
    let named = |class: ClassId| round.answer_of(class).unwrap_or_default().to_owned();
    let counts = round.counts();
    let mut words = match counts.as_slice() {
        [] => "no answer yet".to_owned(),
        [(class, 1)] => format!("the only answer is {}", named(*class)),
        [(class, count)] => format!("all {count} answers are {}", named(*class)),
        [(class, count), (next, behind), ..] => {
            let all: usize = counts.iter().map(|(_, count)| count).sum();
            format!("{count} of {all} answers are {}, next {} with {behind}", named(*class), named(*next))
        }
    };
    if let Decided::Stop(Choice::Draw(index)) = round.decided {
        let chosen = round.seen.get(index);
        if let Some(class) = chosen.and_then(|draw| draw.class) {
            words.push_str(&format!("; it returns {}", named(class)));
        }
        if let Some(score) = chosen.and_then(|draw| draw.score) {
            words.push_str(&format!(", score {score:.3}"));
        }
    }
    words
}
