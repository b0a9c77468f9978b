//! What a command can fail with, and the documented exit codes.

/// A failed command.
#[derive(Debug)]
pub enum CommandError {
    /// The configuration is wrong: exit code 2. The report shows the source text.
    Config(miette::Report),
    /// The usage, or something that the configuration names, is wrong: exit code 2. Printed as it is: wrapping would break
    /// paths and addresses.
    Usage(String),
    /// Part of the work failed and is listed: exit code 3.
    Partly(String),
    /// Anything else: exit code 1. The message reads well after "error: ".
    Other(Box<dyn std::error::Error + Send + Sync>),
}

impl CommandError {
    /// The exit code: 2 usage or config, 3 partly failed, 1 anything else.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Config(_) | Self::Usage(_) => 2,
            Self::Partly(_) => 3,
            Self::Other(_) => 1,
        }
    }

    /// Wraps an error that is neither the user's config nor a partial failure.
    pub fn other(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Other(error.into())
    }

    /// A usage error, or one in what the configuration names.
    pub fn usage(message: impl Into<String>) -> Self {
        Self::Usage(message.into())
    }
}
