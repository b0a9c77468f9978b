//! Who scores draws.

use serde_json::{Value, json};

use super::json::put;
use super::service::{Price, ServicePlan};
use crate::routes::{ROUTES, Route, RouteError, RouteSpec, ScoredText, Settings};

/// Draws, or scores, of a model in this process that are under way at once where nothing is given: enough to fill the batches
/// of its threads.
pub const EMBEDDED_CONCURRENCY: u32 = 256;

/// The word for no verifier.
pub(super) const NONE: &str = "none";

/// The verifier kinds that exist: none, servers, what is no server.
pub const VERIFIER_KINDS: &[&str] = &{
    let mut kinds = [NONE; 1 + ROUTES.len() + PROCESSES.len()];
    let mut index = 0;
    while index < ROUTES.len() {
        kinds[1 + index] = ROUTES[index].kind;
        index += 1;
    }
    while index < ROUTES.len() + PROCESSES.len() {
        kinds[1 + index] = PROCESSES[index - ROUTES.len()].kind;
        index += 1;
    }
    kinds
};

/// A kind of verifier that is no server. What it does stands in `verifier::process`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProcessSpec {
    /// Its name in configs.
    pub kind: &'static str,
    /// What it is.
    pub about: &'static str,
    /// How it is called in traces.
    pub naming: Naming,
    /// Whose its scores are.
    pub origin: Origin,
    /// The keys that it has.
    pub keys: &'static [&'static str],
}

/// How a verifier that is no server is called in traces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Naming {
    /// As its kind, always.
    Kind,
    /// As the config says, or else as its model.
    Model,
    /// As the config says.
    Given,
}

/// Whose the scores of a verifier that is no server are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// A model's, which `model` names.
    Model,
    /// A simulation's.
    Simulation,
    /// Somebody else's: they were imported with their draws, cost nothing here, and none can be added.
    Import,
}

/// Every kind of verifier that is no server, in the order of the documentation.
pub const PROCESSES: &[&ProcessSpec] = &[
    &ProcessSpec {
        kind: "embedded",
        about: "a small process reward model that runs in the process",
        naming: Naming::Model,
        origin: Origin::Model,
        keys: &["name", "model", "aggregate", "price"],
    },
    &ProcessSpec {
        kind: "simulated",
        about: "the simulated verifier, with the parameters of each backbone's profile",
        naming: Naming::Kind,
        origin: Origin::Simulation,
        keys: &["aggregate"],
    },
    &ProcessSpec {
        kind: "imported",
        about: "scores that were imported with their draws",
        naming: Naming::Given,
        origin: Origin::Import,
        keys: &["name", "aggregate"],
    },
];

/// A verifier that is no server.
#[derive(Debug, Clone, PartialEq)]
pub struct ProcessVerifier {
    /// What it is.
    pub spec: &'static ProcessSpec,
    /// Its name in traces.
    pub name: String,
    /// Its model's name (shipped) or the path of its folder; `None` where no model scores.
    pub model: Option<String>,
    /// What the tokens that it reads would cost elsewhere.
    pub price: Price,
}

/// A server that scores draws.
#[derive(Debug, Clone, PartialEq)]
pub struct VerifierService {
    /// The verifier's name in traces.
    pub name: String,
    /// What it is.
    pub route: &'static RouteSpec,
    /// The server.
    pub service: ServicePlan,
    /// What of a completion it reads.
    pub text: ScoredText,
    /// The values of its route's own keys.
    pub settings: Settings,
}

impl VerifierService {
    /// Its route, ready to make bodies and to read replies.
    ///
    /// # Errors
    /// When a prompt that it names cannot be used.
    pub fn open(&self) -> Result<Box<dyn Route>, RouteError> {
        (self.route.open)(&self.settings)
    }
}

/// Who scores draws.
#[derive(Debug, Clone, PartialEq)]
pub enum VerifierPlan {
    /// Nobody; methods that need scores are then a config error.
    None,
    /// A reward model or judge behind a server.
    Service(Box<VerifierService>),
    /// What is no server.
    Process(ProcessVerifier),
}

impl VerifierPlan {
    /// The verifier's name in traces; `None` when nobody scores.
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::None => None,
            Self::Service(verifier) => Some(&verifier.name),
            Self::Process(verifier) => Some(&verifier.name),
        }
    }

    /// What its tokens cost; a simulation's and imported ones never do.
    pub fn price(&self) -> Price {
        match self {
            Self::None => Price::default(),
            Self::Service(verifier) => verifier.service.price,
            Self::Process(verifier) => verifier.price,
        }
    }

    /// The model that scores in this process, by name (shipped) or path.
    pub fn model(&self) -> Option<&str> {
        match self {
            Self::Process(verifier) => verifier.model.as_deref(),
            Self::None | Self::Service(_) => None,
        }
    }

    /// Whether a simulation scores instead of a reward model.
    pub fn simulated(&self) -> bool {
        self.is_of(Origin::Simulation)
    }

    /// Whether its scores were imported, so that none can be added.
    pub fn imported(&self) -> bool {
        self.is_of(Origin::Import)
    }

    fn is_of(&self, origin: Origin) -> bool {
        matches!(self, Self::Process(verifier) if verifier.spec.origin == origin)
    }

    /// As the config writes it, without `aggregate`.
    pub(super) fn value(&self) -> Value {
        match self {
            Self::None => json!({"kind": NONE}),
            Self::Process(ProcessVerifier { spec, name, model, price }) => {
                let mut value = json!({"kind": spec.kind});
                if spec.naming != Naming::Kind {
                    value["name"] = json!(name);
                }
                if let Some(model) = model {
                    value["model"] = json!(model);
                }
                if !price.is_free() {
                    value["price"] = json!(price);
                }
                value
            }
            Self::Service(verifier) => {
                let VerifierService { name, route, service, text, settings } = &**verifier;
                let mut value = json!({"kind": route.kind, "name": name});
                put(&mut value, json!(service));
                value["text"] = json!(text);
                put(&mut value, json!(settings));
                value
            }
        }
    }
}
