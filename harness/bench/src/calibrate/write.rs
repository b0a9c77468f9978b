//! Parameters -> the text of a profile, with its fields explained and its goodness on record.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::published::Published;
use super::table::{Cell, Quantity, within_summary};
use crate::backbone::simulated::DatasetParameters;

/// What a fitted profile says about itself.
#[derive(Debug, Clone)]
pub struct FitRecord<'a> {
    /// The profile's name.
    pub name: &'a str,
    /// The command that fitted it.
    pub command: &'a str,
    /// What it was fitted to.
    pub published: &'a Published,
    /// How close it came.
    pub cells: &'a [Cell],
}

/// Built-in sets that borrow the parameters of a fitted benchmark.
const LIKE: [(&str, &str); 2] = [("arithmetic-stories", "gsm8k"), ("algebra-and-counting", "math500")];

/// Whose parameters any other dataset gets, where fitted.
const DEFAULT: &str = "math500";

const LEGEND: &str = "\
# success:       fixed points are Beta(alpha, beta) over questions; the first answer is right with probability
#                logistic(logit(fixed point) - shift); a re-answer keeps the previous answer with probability memory and
#                is fresh (right with the fixed point) otherwise.
# wrong_answers: Chinese-restaurant concentration; small means the same wrong answer again and again.
# lengths:       log-normal completion tokens. first, second, later: median tokens of a right answer to the plain
#                question, in round 1 of a chain, and in later rounds; wrong_factor: how much longer wrong answers are;
#                sd_*: standard deviations of log length between questions, first answers, re-answers; limit: longer
#                completions are cut off there (a lower max_tokens of the experiment wins).
# scores:        verifier scores on the logit scale: means of right and wrong answers, standard deviations of the
#                question effect, the answer effect, and the noise of one score.
";

/// The YAML text of a fitted profile.
pub fn profile_yaml(record: &FitRecord<'_>, parameters: &BTreeMap<String, DatasetParameters>) -> String {
    let (within, all) = within_summary(record.cells);
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = write!(
        text,
        "# A simulated backbone and verifier, fitted by `markovscale calibrate` (do not edit; run it again).\n\
         # It reproduces published averages, not the model's answers; length spreads between questions and between\n\
         # right and wrong answers (sd_question, wrong_factor) are assumptions that the published files cannot check.\n#\n\
         {LEGEND}#\n# Goodness: simulated expectation against the published run, budgets 1 to 64, three methods.\n{}",
        goodness(record.cells)
    );
    let quoted = |value: &str| serde_json::Value::from(value).to_string();
    let label = format!("simulated: {}, fitted to published curves", record.name);
    let _ = write!(
        text,
        "name: {}\nsimulated: true\nlabel: {}\nfitted_to:\n  source: {}\n  command: {}\n  curves_sha256: {}\n  \
         score_moments_sha256: {}\n  cells_within: {within} of {all}\ndatasets:\n",
        quoted(record.name),
        quoted(&label),
        quoted("curves.csv and score_moments.csv; the README.md beside them says who measured what"),
        quoted(record.command),
        record.published.curves_sha256,
        record.published.moments_sha256,
    );
    for (name, block) in parameters {
        let _ = writeln!(text, "  {}:", quoted(name));
        write_block(&mut text, "    ", block);
    }
    let like: Vec<_> = LIKE.iter().filter(|(_, target)| parameters.contains_key(*target)).collect();
    if !like.is_empty() {
        let _ = writeln!(text, "like:");
    }
    for (dataset, target) in like {
        let _ = writeln!(text, "  {dataset}: {target}");
    }
    if let Some(block) = parameters.get(DEFAULT).or_else(|| parameters.values().next()) {
        let _ = writeln!(text, "default:");
        write_block(&mut text, "  ", block);
    }
    text
}

fn write_block(text: &mut String, indent: &str, block: &DatasetParameters) {
    let DatasetParameters { success, wrong_answers, lengths, scores } = block;
    let _ = writeln!(
        text,
        "{indent}success: {{alpha: {}, beta: {}, shift: {}, memory: {}}}\n\
         {indent}wrong_answers: {{concentration: {}}}\n\
         {indent}lengths: {{first: {}, second: {}, later: {}, wrong_factor: {}, sd_question: {}, sd_first: {}, \
         sd_later: {}, limit: {}}}\n\
         {indent}scores: {{mean_right: {}, mean_wrong: {}, sd_question: {}, sd_answer: {}, sd_noise: {}}}",
        success.alpha,
        success.beta,
        success.shift,
        success.memory,
        wrong_answers.concentration,
        lengths.first,
        lengths.second,
        lengths.later,
        lengths.wrong_factor,
        lengths.sd_question,
        lengths.sd_first,
        lengths.sd_later,
        lengths.limit,
        scores.mean_right,
        scores.mean_wrong,
        scores.sd_question,
        scores.sd_answer,
        scores.sd_noise,
    );
}

/// One comment line per dataset.
fn goodness(cells: &[Cell]) -> String {
    let mut names: Vec<&str> = cells.iter().map(|cell| cell.dataset.as_str()).collect();
    names.dedup();
    let mut text = String::new();
    for name in names {
        let part = |quantity: Quantity| {
            let of: Vec<Cell> = cells.iter().filter(|c| c.dataset == name && c.quantity == quantity).cloned().collect();
            let (within, all) = within_summary(&of);
            let worst = of.iter().map(|cell| cell.z.abs()).fold(0.0, f64::max);
            format!("{within} of {all} cells within 95 % (largest |z| {worst:.2})")
        };
        let _ = writeln!(text, "#   {name}: accuracy {}, tokens {}", part(Quantity::Accuracy), part(Quantity::Tokens));
    }
    text
}
