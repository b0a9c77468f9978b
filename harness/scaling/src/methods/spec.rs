//! A method as data: its name, its parameters with their ranges and defaults, and how it is made of their values.
//!
//! Each method states this once, in its own file, with `parameters!` and one [`MethodSpec`]. Reading of configs, labels,
//! the expanded form of a config, help and the tables of the documentation follow from it.

use std::fmt;
use std::sync::Arc;

use serde::Serialize;

use super::interface::Method;
use super::learned::LearnedReader;
use crate::words::Word;

/// The maximum number of draws of one kind per question: a slip of the finger must not ask for more than memory holds.
pub const MOST_DRAWS: u32 = 65_536;

/// A parameter's value.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Setting {
    /// One of a parameter's words.
    Word(&'static str),
    /// A whole number.
    Whole(u32),
    /// A number.
    Number(f64),
    /// Yes or no.
    Flag(bool),
}

impl fmt::Display for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Word(word) => f.write_str(word),
            Self::Whole(number) => write!(f, "{number}"),
            Self::Number(number) => write!(f, "{number}"),
            Self::Flag(flag) => write!(f, "{flag}"),
        }
    }
}

/// What a parameter's value may be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum ParameterKind {
    /// One of these words.
    Words(&'static [&'static str]),
    /// A whole number in a range, both ends included.
    Whole {
        /// The smallest allowed.
        least: u32,
        /// The largest allowed.
        most: u32,
    },
    /// A number in a range.
    Number {
        /// The lower end.
        least: f64,
        /// Whether the lower end itself is not allowed.
        open: bool,
        /// The largest allowed.
        most: f64,
    },
    /// `true` or `false`.
    Flag,
}

impl ParameterKind {
    /// From 0 to 1, both included.
    pub const PROBABILITY: Self = Self::Number { least: 0.0, open: false, most: 1.0 };
    /// Above 0 and up to 1.
    pub const POSITIVE_PROBABILITY: Self = Self::Number { least: 0.0, open: true, most: 1.0 };
    /// A number of draws, at least 1.
    pub const DRAWS: Self = Self::Whole { least: 1, most: MOST_DRAWS };

    /// Whether this may be the parameter's value.
    pub fn allows(self, setting: Setting) -> bool {
        match (self, setting) {
            (Self::Words(words), Setting::Word(word)) => words.contains(&word),
            (Self::Whole { least, most }, Setting::Whole(number)) => (least..=most).contains(&number),
            (Self::Number { least, open, most }, Setting::Number(number)) => {
                number <= most && if open { number > least } else { number >= least }
            }
            (Self::Flag, Setting::Flag(_)) => true,
            _ => false,
        }
    }
}

/// How a word stands in labels. Numbers stand there where they are not the default, as `name=value`, and so do flags: as
/// their name when they are off by default, as `no_NAME` when they are on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InLabel {
    /// Always, the word alone.
    Always,
    /// Always, as `name=word`.
    Named,
    /// The word alone, where it is not the default.
    IfChanged,
}

/// A parameter of a method.
#[derive(Debug, Clone, Copy)]
pub struct ParameterSpec {
    /// Its key in configs.
    pub name: &'static str,
    /// What its value may be; a list of such values expands to one configuration each.
    pub kind: ParameterKind,
    /// The value when it is left out.
    pub default: fn() -> Setting,
    /// What it means.
    pub about: &'static str,
    /// How its words stand in labels.
    pub in_label: InLabel,
}

impl ParameterSpec {
    /// What stands of this value in a label, and its place there: choices, then numbers, then flags that are on.
    pub(super) fn label(&self, setting: Setting) -> Option<(u8, String)> {
        let Self { name, in_label, .. } = self;
        let changed = setting != (self.default)();
        match setting {
            Setting::Word(word) => match in_label {
                InLabel::Always => Some((0, word.to_owned())),
                InLabel::Named => Some((0, format!("{name}={word}"))),
                InLabel::IfChanged => changed.then(|| (0, word.to_owned())),
            },
            Setting::Whole(_) | Setting::Number(_) => changed.then(|| (1, format!("{name}={setting}"))),
            Setting::Flag(on) => changed.then(|| if on { (2, (*name).to_owned()) } else { (0, format!("no_{name}")) }),
        }
    }
}

/// A method.
#[derive(Debug)]
pub struct MethodSpec {
    /// Its name.
    pub name: &'static str,
    /// What it does, in a line.
    pub about: &'static str,
    /// The paper that it is from; empty when there is none.
    pub source: &'static str,
    /// Its parameters, in the order of the documentation and of expanded configs.
    pub parameters: &'static [ParameterSpec],
    /// What it learns from other questions, as files hold it.
    pub learns: Option<LearnedReader>,
    /// The method with the values of its parameters, in their order; `None` when there are not just as many of the right
    /// types.
    pub new: fn(&[Setting]) -> Option<Arc<dyn Method>>,
}

impl MethodSpec {
    /// The value of every parameter that is left out.
    pub fn defaults(&self) -> impl Iterator<Item = Setting> {
        self.parameters.iter().map(|parameter| (parameter.default)())
    }

    /// The modes that it can draw in: what its parameter `draws` may be, where it has one.
    pub fn draws(&self) -> Vec<&'static str> {
        match self.parameters.iter().find(|parameter| parameter.name == "draws").map(|parameter| parameter.kind) {
            Some(ParameterKind::Words(words)) => words.to_vec(),
            _ => {
                let method = (self.new)(&self.defaults().collect::<Vec<_>>());
                method.map(|method| method.draws().name()).into_iter().collect()
            }
        }
    }
}

/// The typed parameters of a method, as `parameters!` makes them.
pub trait Parameters: Sized + Clone + 'static {
    /// Their specs, in the order of the fields.
    const PARAMETERS: &'static [ParameterSpec];
    /// Them with these values, in order; `None` when there are not just as many of the right types.
    fn from_settings(settings: &[Setting]) -> Option<Self>;
    /// Their values, in order.
    fn to_settings(&self) -> Vec<Setting>;
}

/// Parameters that make a method.
pub trait Specified: Parameters {
    /// The method's spec.
    const SPEC: &'static MethodSpec;
    /// The method with these parameters.
    fn method(self) -> Arc<dyn Method>;
}

/// The constructor of a spec.
pub fn new<P: Specified>(settings: &[Setting]) -> Option<Arc<dyn Method>> {
    P::from_settings(settings).map(P::method)
}

/// A type that a parameter can have.
pub trait ParameterValue: Sized {
    /// The value as a setting.
    fn setting(self) -> Setting;
    /// The value of a setting; `None` when it is of another type.
    fn from_setting(setting: Setting) -> Option<Self>;
}

impl<W: Word> ParameterValue for W {
    fn setting(self) -> Setting {
        Setting::Word(self.word())
    }

    fn from_setting(setting: Setting) -> Option<Self> {
        if let Setting::Word(word) = setting { Self::of_word(word) } else { None }
    }
}

impl ParameterValue for u32 {
    fn setting(self) -> Setting {
        Setting::Whole(self)
    }

    fn from_setting(setting: Setting) -> Option<Self> {
        if let Setting::Whole(number) = setting { Some(number) } else { None }
    }
}

impl ParameterValue for f64 {
    fn setting(self) -> Setting {
        Setting::Number(self)
    }

    fn from_setting(setting: Setting) -> Option<Self> {
        if let Setting::Number(number) = setting { Some(number) } else { None }
    }
}

impl ParameterValue for bool {
    fn setting(self) -> Setting {
        Setting::Flag(self)
    }

    fn from_setting(setting: Setting) -> Option<Self> {
        if let Setting::Flag(flag) = setting { Some(flag) } else { None }
    }
}

/// Declares the parameters of a method: of each its meaning (the comment), name, type, default, what its value may be, and
/// optionally how it stands in labels. Everything else that knows them follows from this.
macro_rules! parameters {
    (
        $(#[$meta:meta])*
        pub struct $name:ident {
            $($(#[doc = $about:literal])+ $field:ident: $type:ty = $default:expr, $kind:expr $(, $label:expr)?;)*
        }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq)]
        pub struct $name {
            $($(#[doc = $about])+ pub $field: $type,)*
        }

        impl Default for $name {
            /// The defaults of the documentation.
            fn default() -> Self {
                Self { $($field: $default),* }
            }
        }

        impl $crate::methods::spec::Parameters for $name {
            const PARAMETERS: &'static [$crate::methods::spec::ParameterSpec] = &[
                $($crate::methods::spec::ParameterSpec {
                    name: stringify!($field),
                    kind: $kind,
                    default: || $crate::methods::spec::ParameterValue::setting(Self::default().$field),
                    about: concat!($($about),+).trim_ascii(),
                    in_label: [$($label,)? $crate::methods::spec::InLabel::Always][0],
                },)*
            ];

            fn from_settings(settings: &[$crate::methods::spec::Setting]) -> Option<Self> {
                let [$($field),*] = *settings else { return None };
                Some(Self { $($field: $crate::methods::spec::ParameterValue::from_setting($field)?),* })
            }

            fn to_settings(&self) -> Vec<$crate::methods::spec::Setting> {
                vec![$($crate::methods::spec::ParameterValue::setting(self.$field)),*]
            }
        }
    };
    ($(#[$meta:meta])* pub struct $name:ident;) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
        pub struct $name;

        impl $crate::methods::spec::Parameters for $name {
            const PARAMETERS: &'static [$crate::methods::spec::ParameterSpec] = &[];

            fn from_settings(settings: &[$crate::methods::spec::Setting]) -> Option<Self> {
                settings.is_empty().then_some(Self)
            }

            fn to_settings(&self) -> Vec<$crate::methods::spec::Setting> {
                Vec::new()
            }
        }
    };
}

pub(crate) use parameters;
