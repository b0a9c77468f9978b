//! A method with its parameters as data: what a config names, what an outcome row is labelled with.

use std::fmt;
use std::sync::Arc;

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::interface::{DrawMode, Method};
use super::spec::{MethodSpec, Setting, Specified};

/// A method with its parameters. Made of values that a config gives ([`MethodConfig::new`]), or of the typed parameters of a
/// method (`MethodConfig::from(EarlyStoppingConfig { window: 3, ..Default::default() })`).
#[derive(Clone)]
pub struct MethodConfig {
    spec: &'static MethodSpec,
    /// In the order of the spec's parameters.
    settings: Vec<Setting>,
    method: Arc<dyn Method>,
}

/// A value that no parameter takes.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum SettingError {
    /// The method has no parameter of this name.
    #[error("`{method}` has no parameter `{parameter}`; it has {}", listed(known))]
    Unknown {
        /// The method.
        method: &'static str,
        /// The name.
        parameter: String,
        /// The parameters that there are.
        known: Vec<&'static str>,
    },
    /// The value is of another type, or outside the parameter's range.
    #[error("`{method}.{parameter}` cannot be `{value}`")]
    NotAllowed {
        /// The method.
        method: &'static str,
        /// The parameter.
        parameter: &'static str,
        /// The value.
        value: Setting,
    },
}

fn listed(names: &[&str]) -> String {
    if names.is_empty() { "none".to_owned() } else { format!("`{}`", names.join("`, `")) }
}

impl MethodConfig {
    /// A method with these values of its parameters, and the defaults of the others.
    ///
    /// # Errors
    /// [`SettingError`] for a parameter that the method lacks, or a value that the parameter does not take.
    pub fn new<'n>(
        spec: &'static MethodSpec,
        given: impl IntoIterator<Item = (&'n str, Setting)>,
    ) -> Result<Self, SettingError> {
        let mut settings: Vec<Setting> = spec.defaults().collect();
        let not_allowed = |parameter, value| SettingError::NotAllowed { method: spec.name, parameter, value };
        let mut last = ("", Setting::Flag(false));
        for (name, value) in given {
            let Some(place) = spec.parameters.iter().position(|parameter| parameter.name == name) else {
                let known = spec.parameters.iter().map(|parameter| parameter.name).collect();
                return Err(SettingError::Unknown { method: spec.name, parameter: name.to_owned(), known });
            };
            let parameter = &spec.parameters[place];
            if !parameter.kind.allows(value) {
                return Err(not_allowed(parameter.name, value));
            }
            settings[place] = value;
            last = (parameter.name, value);
        }
        // A kind that allows what the parameter's type does not hold, such as a word too many.
        let method = (spec.new)(&settings).ok_or_else(|| not_allowed(last.0, last.1))?;
        Ok(Self { spec, settings, method })
    }

    /// The method's spec.
    pub fn spec(&self) -> &'static MethodSpec {
        self.spec
    }

    /// The method itself.
    pub fn method(&self) -> &dyn Method {
        &*self.method
    }

    /// The method itself, to keep.
    pub fn build(&self) -> Arc<dyn Method> {
        Arc::clone(&self.method)
    }

    /// The method's name alone, as in configs.
    pub fn name(&self) -> &'static str {
        self.spec.name
    }

    /// Every parameter with its value, defaults included, in the order of the documentation.
    pub fn settings(&self) -> impl Iterator<Item = (&'static str, Setting)> {
        self.spec.parameters.iter().map(|parameter| parameter.name).zip(self.settings.iter().copied())
    }

    /// The typed parameters; `None` when they are of another method.
    pub fn parameters<P: Specified>(&self) -> Option<P> {
        (P::SPEC.name == self.spec.name).then(|| P::from_settings(&self.settings)).flatten()
    }

    /// The name with its parameters, unique to the configuration: choices always, numbers where they are not the
    /// default, `legacy` where it is on, as in `markovscale(gate, posterior, epsilon=0.02)`.
    pub fn label(&self) -> String {
        let settings = self.spec.parameters.iter().zip(&self.settings);
        let mut parts: Vec<(u8, String)> =
            settings.filter_map(|(parameter, setting)| parameter.label(*setting)).collect();
        parts.sort_by_key(|(place, _)| *place);
        let parts: Vec<String> = parts.into_iter().map(|(_, part)| part).collect();
        if parts.is_empty() { self.name().to_owned() } else { format!("{}({})", self.name(), parts.join(", ")) }
    }

    /// Parallel draws or a chain.
    pub fn draws(&self) -> DrawMode {
        self.method.draws()
    }

    /// Whether its decisions or its choice depend on verifier scores (then it pays for them).
    pub fn uses_scores(&self) -> bool {
        self.method.uses_scores()
    }

    /// Whether it is fitted to labelled questions before it is used.
    pub fn needs_calibration(&self) -> bool {
        self.method.needs_calibration()
    }

    /// Whether it is an upper bound that no ranking may contain.
    pub fn upper_bound(&self) -> bool {
        self.method.upper_bound()
    }
}

impl<P: Specified> From<P> for MethodConfig {
    fn from(parameters: P) -> Self {
        Self { spec: P::SPEC, settings: parameters.to_settings(), method: parameters.method() }
    }
}

impl PartialEq for MethodConfig {
    fn eq(&self, other: &Self) -> bool {
        self.spec.name == other.spec.name && self.settings == other.settings
    }
}

impl fmt::Debug for MethodConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct(self.name()).field("settings", &self.settings().collect::<Vec<_>>()).finish()
    }
}

impl Serialize for MethodConfig {
    /// A map: `method` is the name, then every parameter.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(1 + self.settings.len()))?;
        map.serialize_entry("method", self.name())?;
        for (name, setting) in self.settings() {
            map.serialize_entry(name, &setting)?;
        }
        map.end()
    }
}
