//! `prices:`, and the same map as a file of its own.

use crate::conventions::Conventions;
use crate::error::ScenarioError;
use crate::prices::{Prices, StoragePrice, TransferPrice};
use crate::raw::{self, Node};
use crate::units::Price;

use super::fields::{Fields, File, Read};

pub(super) fn read(file: File<'_>, node: &Node) -> Read<Prices> {
    let fields = Fields::of(node, "prices", &["core", "memory", "disk", "blob", "egress", "cdn"])?;
    Ok(Prices {
        core: fields.read("core", |node| file.sourced::<Price>(node))?,
        memory: fields.read("memory", |node| file.sourced::<StoragePrice>(node))?,
        disk: fields.read("disk", |node| file.sourced::<StoragePrice>(node))?,
        blob: fields.read("blob", |node| file.sourced::<StoragePrice>(node))?,
        egress: fields.read("egress", |node| file.sourced::<TransferPrice>(node))?,
        cdn: fields.read("cdn", |node| file.sourced::<TransferPrice>(node))?,
        file: None,
    })
}

impl Prices {
    /// Reads prices from a file of their own, which `name` is called in sources. A month is as long as by
    /// `conventions`, those of the scenario that the prices are for.
    ///
    /// # Errors
    /// As for a scenario: the first place that is not acceptable, what was expected there, and a hint.
    pub fn from_yaml(text: &str, name: &str, conventions: &Conventions) -> Result<Prices, ScenarioError> {
        let tree = raw::parse(text)?;
        let prices = read(File { text, conventions, is_forum: false }, &tree)?;
        Ok(Prices { file: Some(name.to_owned()), ..prices })
    }
}
