//! Chat templates: the text that a dialogue becomes.

use minijinja::syntax::SyntaxConfig;
use minijinja::{Environment, Error, ErrorKind, context};
use serde_json::Value;

use crate::{InferenceError, LoadError, Message, Role};

const FILE: &str = "tokenizer_config.json";
const NAME: &str = "chat_template";

/// A model's chat template.
#[derive(Debug)]
pub(crate) struct Chat {
    environment: Environment<'static>,
    begin: String,
    pub(crate) end: Option<String>,
}

impl Chat {
    /// Reads `tokenizer_config.json`. `template` is used if that has none.
    pub(crate) fn read(config: &Value, template: Option<String>) -> Result<Self, LoadError> {
        let template = match config.get(NAME) {
            None | Some(Value::Null) => template,
            Some(Value::String(template)) => Some(template.clone()),
            Some(Value::Array(named)) => {
                let default = named.iter().find(|entry| entry.get("name").and_then(Value::as_str) == Some("default"));
                let text = default.and_then(|entry| entry.get("template")?.as_str());
                let none = || LoadError(format!("{FILE}: `{NAME}` is a list without a template named `default`"));
                Some(text.ok_or_else(none)?.to_owned())
            }
            Some(other) => return Err(LoadError(format!("{FILE}: `{NAME}` is {other}; expected a Jinja template"))),
        };
        let mut environment = Environment::new();
        // As transformers sets Jinja up.
        let syntax = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build();
        environment.set_syntax(syntax.map_err(|error| LoadError(error.to_string()))?);
        environment.set_unknown_method_callback(minijinja_contrib::pycompat::unknown_method_callback);
        environment.add_function("raise_exception", |message: String| -> Result<String, Error> {
            Err(Error::new(ErrorKind::InvalidOperation, message))
        });
        if let Some(template) = template {
            environment
                .add_template_owned(NAME, template)
                .map_err(|error| LoadError(format!("{FILE}: `{NAME}`: {error:#}")))?;
        }
        let token = |key: &str| {
            let value = config.get(key)?;
            value.as_str().or_else(|| value.get("content")?.as_str()).map(str::to_owned)
        };
        Ok(Self { environment, begin: token("bos_token").unwrap_or_default(), end: token("eos_token") })
    }

    /// A dialogue as text that the model's turn continues.
    pub(crate) fn render(&self, messages: &[Message<'_>]) -> Result<String, InferenceError> {
        let template = self.environment.get_template(NAME);
        let template =
            template.map_err(|_| InferenceError(format!("the model has no chat template (`{NAME}` in {FILE})")))?;
        let messages: Vec<_> = messages
            .iter()
            .map(|message| {
                let role = match message.role {
                    Role::System => "system",
                    Role::User => "user",
                    Role::Assistant => "assistant",
                };
                context! { role, content => message.content }
            })
            .collect();
        template
            .render(context! {
                messages,
                add_generation_prompt => true,
                bos_token => self.begin.as_str(),
                eos_token => self.end.as_deref().unwrap_or_default(),
            })
            .map_err(|error| InferenceError(format!("the model's chat template refuses the dialogue: {error:#}")))
    }
}
