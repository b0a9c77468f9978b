//! What `solve` is given.

use std::path::PathBuf;

/// Arguments of `solve`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Each round is shown as it comes: answer, score, what the method makes of it, its decision and why. Nothing is stored;
with --json every round is a line of its own (docs/live.md has the shape), texts included, so that nothing paid for is
lost when the output is kept.

A simulated backbone draws right and wrong answers around a gold answer, so it needs one: --gold, or a dataset's question.

Examples:
  markovscale solve --base-url http://localhost:8000/v1 --model Qwen/Qwen3-8B 'What is 17 * 23?'
  markovscale solve --config configs/paper.yaml --method 'markovscale: {stop: confidence}' 'What is 17 * 23?'

Example:
  markovscale solve --backbone simulated-strong --gold 391 'What is 17 * 23?'")]
pub(in crate::cli) struct Args {
    /// The question; or name one of a dataset with --dataset and --question-id
    pub(super) question: Option<String>,
    /// An experiment whose backbones, verifier, prompts and methods are used
    #[arg(long, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
    /// Override a field of the experiment; may be repeated
    #[arg(long = "set", value_name = "PATH=VALUE", requires = "config")]
    pub(super) overrides: Vec<String>,
    /// A backbone of the experiment (default its first); without an experiment, a shipped model or a simulated profile
    #[arg(long, value_name = "NAME")]
    pub(super) backbone: Option<String>,
    /// Address of an OpenAI-compatible server, such as http://localhost:8000/v1
    #[arg(long, value_name = "URL", conflicts_with_all = ["config", "backbone"], requires = "model")]
    pub(super) base_url: Option<String>,
    /// The model's name on that server
    #[arg(long, value_name = "NAME", requires = "base_url")]
    pub(super) model: Option<String>,
    /// The environment variable that holds the server's key; never the key itself
    #[arg(long, value_name = "VAR", requires = "base_url")]
    pub(super) api_key_env: Option<String>,
    /// Softmax temperature
    #[arg(long, value_name = "T")]
    pub(super) temperature: Option<f64>,
    /// Nucleus mass
    #[arg(long, value_name = "P")]
    pub(super) top_p: Option<f64>,
    /// Most completion tokens of one draw
    #[arg(long, value_name = "N")]
    pub(super) max_tokens: Option<u32>,
    /// A method as configs write it, such as `markovscale: {stop: confidence}`, or the label of one of the experiment's
    /// (default the experiment's first; without one `markovscale: {stop: confidence}`)
    #[arg(long, value_name = "METHOD")]
    pub(super) method: Option<String>,
    /// Most answers
    #[arg(long, value_name = "N", default_value_t = 16, value_parser = clap::value_parser!(u32).range(1..=4096))]
    pub(super) budget: u32,
    /// What another run learned: RUN/learned/backbone=B/dataset=D.json, which `markovscale replay` writes
    #[arg(long, value_name = "FILE")]
    pub(super) learned: Option<PathBuf>,
    /// The right answer: a simulated backbone needs it, and with it the end says whether the answer is right
    #[arg(long, value_name = "ANSWER", conflicts_with = "dataset")]
    pub(super) gold: Option<String>,
    /// Take the question from this dataset
    #[arg(long, value_name = "NAME", requires = "question_id", conflicts_with = "question")]
    pub(super) dataset: Option<String>,
    /// The question's id in it
    #[arg(long, value_name = "ID", requires = "dataset")]
    pub(super) question_id: Option<String>,
    /// Folder with local dataset files
    #[arg(long, value_name = "DIR")]
    pub(super) dataset_dir: Option<PathBuf>,
    /// Seed of draws (default the experiment's, or 0)
    #[arg(long, value_name = "SEED")]
    pub(super) seed: Option<u64>,
}
