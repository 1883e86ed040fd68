//! How this server is set up: each switch with its value and its default. Shown by `/metrics`, by the interface and by a page; secrets and
//! addresses are no switches.

use std::sync::Arc;

/// One switch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// As on the command line, without the dashes.
    pub name: String,
    /// What it is set to, as it would be typed.
    pub value: String,
    /// What it is unless set.
    pub default: String,
    /// What it does.
    pub about: String,
}

impl Setting {
    /// Whether it is as it is unless set.
    #[must_use]
    pub fn is_default(&self) -> bool {
        self.value == self.default
    }
}

/// All switches of a server, in the order they are shown; empty where nobody set any.
#[derive(Clone, Debug, Default)]
pub struct Configuration(Arc<[Setting]>);

impl Configuration {
    /// Takes the switches.
    #[must_use]
    pub fn new(settings: Vec<Setting>) -> Self {
        Self(settings.into())
    }

    /// One by one.
    #[must_use]
    pub fn settings(&self) -> &[Setting] {
        &self.0
    }
}
