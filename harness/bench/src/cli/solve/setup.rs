//! What was typed -> a backbone, a method and a question.

use std::sync::Arc;

use markovscale::MethodConfig;
use serde_json::{Value, json};

use super::super::CommandError;
use super::super::prepare::load_plan;
use super::args::Args;
use crate::dataset::{self, Dataset, Locations, Question};
use crate::experiment::{self, BackbonePlan, Collecting, Plan, Pool, Prices, Tuning, VerifierPlan};
use crate::key::{QuestionId, short_hash};
use crate::models;
use crate::suggest::name_help;

/// The method when nothing names one: it needs no calibration to work, and says a probability.
const METHOD: &str = "markovscale: {stop: confidence}";

/// Everything that was chosen.
pub(super) struct Setup {
    /// The experiment, with this method alone.
    pub(super) plan: Plan,
    /// The backbone.
    pub(super) backbone: BackbonePlan,
    /// The method.
    pub(super) config: MethodConfig,
    /// The dataset that holds the question, perhaps alone.
    pub(super) dataset: Arc<Dataset>,
    /// The question's place in it.
    pub(super) question: usize,
    /// Whether the gold answer is known.
    pub(super) gold: bool,
}

impl Setup {
    pub(super) fn new(args: &Args) -> Result<Self, CommandError> {
        let mut plan = match &args.config {
            Some(path) => load_plan(path, &args.overrides)?,
            None => without_config(args)?,
        };
        let config = method(args, &plan)?;
        if let Some(why) = refusal(&config) {
            return Err(CommandError::usage(format!("`{}` cannot be played live: {why}", config.label())));
        }
        if plan.verifier == VerifierPlan::None && config.method().needs_scores() {
            return Err(CommandError::usage(format!(
                "`{}` needs the scores of a verifier, and there is none; name an experiment that has one (--config FILE)",
                config.label()
            )));
        }
        let backbone = sampled(args, chosen(args, &plan)?);
        plan.seed = args.seed.unwrap_or(plan.seed);
        if let Some(path) = &args.learned {
            plan.tuning = Tuning::From(path.display().to_string());
        }
        plan.methods = vec![config.clone()];
        plan.budgets = vec![args.budget];
        plan.pool = Pool { parallel: args.budget, chains: 1, rounds: args.budget };
        plan.collecting = Collecting::Live;
        let (dataset, question) = asked(args)?;
        let gold = !dataset.questions[question].gold.trim().is_empty();
        if backbone.simulated() && !gold {
            return Err(CommandError::usage(format!(
                "`{}` is simulated: it draws right and wrong answers around a gold answer; give one with --gold ANSWER, \
                 or take a question of a dataset with --dataset NAME --question-id ID",
                backbone.name
            )));
        }
        Ok(Self { plan, backbone, config, dataset: Arc::new(dataset), question, gold })
    }

    /// What draws and scores cost.
    pub(super) fn prices(&self) -> Prices {
        Prices { backbone: self.backbone.price, verifier: self.plan.verifier.price() }
    }

    /// Where the method's parameters come from, in words.
    pub(super) fn calibration(&self) -> String {
        match (&self.plan.tuning, self.config.needs_calibration()) {
            (_, false) => "needs none".to_owned(),
            (Tuning::From(path), true) => format!("learned from {path}"),
            (_, true) => "weak defaults: nothing was learned on other questions (--learned FILE)".to_owned(),
        }
    }
}

/// An experiment made of the command line.
fn without_config(args: &Args) -> Result<Plan, CommandError> {
    let (backbone, verifier) = match (&args.base_url, &args.backbone) {
        (Some(url), _) => {
            let model = args.model.clone().unwrap_or_default();
            let mut backbone = json!({"name": "model", "kind": "openai", "base_url": url, "model": model});
            if let (Some(variable), Some(fields)) = (&args.api_key_env, backbone.as_object_mut()) {
                fields.insert("api_key_env".to_owned(), json!(variable));
            }
            (backbone, "none")
        }
        (None, Some(name)) if models::shipped_names().contains(&&**name) => {
            (json!({"name": name, "kind": "embedded", "model": name}), "none")
        }
        (None, Some(name)) => (json!({"name": "simulated", "kind": "simulated", "profile": name}), "simulated"),
        (None, None) => {
            let message = "who is to answer? Name a server (--base-url URL --model NAME), an experiment (--config FILE), a \
                           shipped model (--backbone NAME), or a simulated profile (--backbone simulated-strong --gold \
                           ANSWER)";
            return Err(CommandError::usage(message));
        }
    };
    read(&backbone, verifier, &[]).map(|mut plan| {
        // A profile may be a path, which is no name; what it is called shows who answers.
        if let (Some(backbone), Some(profile)) = (plan.backbones.first_mut(), &args.backbone) {
            backbone.name.clone_from(profile);
        }
        plan
    })
}

/// The experiment that has this backbone and verifier, one method and one question. Shipped models learned from terse prompts.
fn read(backbone: &Value, verifier: &str, overrides: &[String]) -> Result<Plan, CommandError> {
    let terse = backbone["kind"] == "embedded";
    let prompts = if terse { json!({"answer": "terse", "re_answer": "terse-re-answer"}) } else { json!({}) };
    let config = json!({
        "name": "solve",
        "datasets": ["question"],
        "backbones": [backbone],
        "verifier": verifier,
        "methods": ["single"],
        "budgets": [1],
        "prompts": prompts,
    });
    experiment::parse(&config.to_string(), "the command line", overrides)
        .map_err(|error| CommandError::Config(miette::Report::new(error)))
}

/// The method: one of the experiment's by its label, or as a config writes it.
fn method(args: &Args, plan: &Plan) -> Result<MethodConfig, CommandError> {
    let written = match (&args.method, &args.config) {
        (None, Some(_)) => return plan.methods.first().cloned().ok_or_else(|| CommandError::usage("no methods")),
        (None, None) => METHOD,
        (Some(written), _) => written,
    };
    if let Some(known) = plan.methods.iter().find(|config| args.config.is_some() && config.label() == written) {
        return Ok(known.clone());
    }
    // Any experiment reads methods; this one has all that a method may ask for.
    let backbone = json!({"name": "simulated-strong", "kind": "simulated"});
    let read = read(&backbone, "simulated", &[format!("methods=[{written}]")])?;
    match read.methods.as_slice() {
        [one] => Ok(one.clone()),
        several => Err(CommandError::usage(format!(
            "`--method {written}` names {} configurations; one question is answered by one",
            several.len()
        ))),
    }
}

/// The backbone.
fn chosen(args: &Args, plan: &Plan) -> Result<BackbonePlan, CommandError> {
    let found = match (&args.backbone, &args.config) {
        (Some(name), Some(_)) => plan.backbones.iter().find(|backbone| backbone.name == *name),
        _ => plan.backbones.first(),
    };
    let Some(backbone) = found else {
        let known: Vec<&str> = plan.backbones.iter().map(|backbone| backbone.name.as_str()).collect();
        let name = args.backbone.as_deref().unwrap_or_default();
        let help = name_help(name, &known);
        return Err(CommandError::usage(format!("no backbone of the experiment is called `{name}`; {help}")));
    };
    if backbone.imported() {
        let name = &backbone.name;
        return Err(CommandError::usage(format!("the draws of `{name}` were imported: it can be asked nothing")));
    }
    Ok(backbone.clone())
}

/// The backbone with the sampling parameters that were given.
fn sampled(args: &Args, mut backbone: BackbonePlan) -> BackbonePlan {
    let sampling = &mut backbone.sampling;
    sampling.temperature = args.temperature.unwrap_or(sampling.temperature);
    sampling.top_p = args.top_p.unwrap_or(sampling.top_p);
    sampling.max_tokens = args.max_tokens.unwrap_or(sampling.max_tokens);
    backbone
}

/// The dataset and the question's place in it.
fn asked(args: &Args) -> Result<(Dataset, usize), CommandError> {
    let (Some(name), Some(id)) = (&args.dataset, &args.question_id) else {
        let Some(text) = args.question.as_deref().map(str::trim).filter(|text| !text.is_empty()) else {
            let message = "which question? Give its text as the argument, or --dataset NAME --question-id ID";
            return Err(CommandError::usage(message));
        };
        let id = QuestionId(short_hash(text.as_bytes()));
        let gold = args.gold.clone().unwrap_or_default();
        let question = Question { id, text: text.to_owned(), gold, level: None, subject: None };
        return Ok((Dataset { name: "question".to_owned(), revision: "-".to_owned(), questions: vec![question] }, 0));
    };
    let locations = Locations::new(args.dataset_dir.clone());
    let dataset = dataset::load(name, &locations).map_err(|error| CommandError::usage(error.to_string()))?;
    match dataset.questions.iter().position(|question| question.id.0 == *id) {
        Some(place) => Ok((dataset, place)),
        None => {
            let known: Vec<&str> = dataset.questions.iter().take(3).map(|question| question.id.0.as_str()).collect();
            let known = known.join(", ");
            Err(CommandError::usage(format!("{name} has no question `{id}`; its ids look like {known}")))
        }
    }
}

/// Why a method cannot answer one question by itself; `None` when it can.
fn refusal(config: &MethodConfig) -> Option<&'static str> {
    if config.method().allocation().is_some() {
        Some("it ranks all questions of a dataset by difficulty before it answers one; `markovscale run` does that")
    } else if config.upper_bound() {
        Some("it is an upper bound that knows the gold answer, and answers nothing")
    } else {
        None
    }
}
