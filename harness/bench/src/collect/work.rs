//! What collecting and scoring need: an experiment, who is asked, and the run that keeps what they say.

use std::sync::Arc;

use super::CollectError;
use super::stop::Stop;
use crate::backbone::Backbone;
use crate::dataset::Dataset;
use crate::experiment::{BackbonePlan, Plan};
use crate::prompt::PromptSet;
use crate::trace::RunFolder;
use crate::verifier::Verifier;

/// Makes the backbone that answers a dataset's questions.
pub type OpenBackbone<'a> = dyn Fn(&BackbonePlan, &Dataset) -> Result<Arc<dyn Backbone>, CollectError> + 'a;

/// Makes the verifier that scores a backbone's draws on a dataset.
pub type OpenVerifier<'a> = dyn Fn(&BackbonePlan, &Dataset) -> Result<Arc<dyn Verifier>, CollectError> + 'a;

/// What asking takes, with or without a run.
pub struct Setup<'a> {
    /// The experiment.
    pub plan: &'a Plan,
    /// Its prompts.
    pub prompts: Arc<PromptSet>,
    /// How to open a backbone.
    pub backbone: &'a OpenBackbone<'a>,
    /// The verifier's name as stored, and how to open it; `None` when nothing is scored.
    pub verifier: Option<(&'a str, &'a OpenVerifier<'a>)>,
    /// Set when the user asks to stop.
    pub stop: Stop,
}

/// Everything that a pass over the grid of an experiment needs.
pub struct Work<'a> {
    /// Who is asked.
    pub setup: Setup<'a>,
    /// The experiment's datasets, loaded and limited.
    pub datasets: &'a [Arc<Dataset>],
    /// The run, open for writing.
    pub run: &'a RunFolder,
}

impl<'a> Work<'a> {
    /// Every backbone with every dataset, in the order in which they are asked.
    pub(crate) fn grid(&self) -> impl Iterator<Item = (&'a BackbonePlan, &'a Arc<Dataset>)> + use<'a> {
        let datasets = self.datasets;
        self.setup
            .plan
            .backbones
            .iter()
            .flat_map(move |backbone| datasets.iter().map(move |dataset| (backbone, dataset)))
    }
}
