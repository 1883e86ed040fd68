//! What the world provides to the journeys: environment variables and tables, read before they are compiled.

use std::io::Read;
use std::path::Path;

use anyhow::{Context, bail};
use scenarios::Scenario;
use scenarios::requests::{Body, VariableSource};

use crate::journey::Material;
use crate::run::Loaded;

/// The largest body from a file; each connection holds a copy while it is sent.
const MOST_BODY_BYTES: u64 = 16 << 20;

/// Reads what the scenario's variables come from.
///
/// # Errors
/// A table cannot be read.
pub(crate) fn gather(loaded: &Loaded) -> anyhow::Result<Material> {
    let mut material =
        Material { environment: environment(&loaded.scenario).collect(), ..Material::default() };
    for variable in &loaded.scenario.variables {
        match &variable.source {
            VariableSource::Csv { file, .. } => {
                let table = crate::table::read(&loaded.folder.join(file))?;
                material.files.insert(file.clone(), table);
            }
            VariableSource::Environment(_)
            | VariableSource::Zipf { .. }
            | VariableSource::Seeded(_)
            | VariableSource::Uniform(..)
            | VariableSource::OneOf(_)
            | VariableSource::Uuid => {}
        }
    }
    for request in loaded.scenario.requests.iter().flat_map(|(_, requests)| requests) {
        if let Body::File(name) = &request.body {
            let bytes = body(&loaded.folder.join(name))
                .with_context(|| format!("line {}: a body from a file", request.line))?;
            material.bodies.insert(name.clone(), bytes);
        }
    }
    Ok(material)
}

/// The environment variables that a scenario names, as far as they are set.
pub(crate) fn environment(scenario: &Scenario) -> impl Iterator<Item = (String, String)> {
    scenario.variables.iter().filter_map(|variable| match &variable.source {
        VariableSource::Environment(name) => Some((name.clone(), std::env::var(name).ok()?)),
        _ => None,
    })
}

/// Reads a file that is sent as it is.
fn body(path: &Path) -> anyhow::Result<Vec<u8>> {
    let cannot = || format!("cannot read {}", path.display());
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).with_context(cannot)?;
    file.take(MOST_BODY_BYTES + 1).read_to_end(&mut bytes).with_context(cannot)?;
    if bytes.len() as u64 > MOST_BODY_BYTES {
        bail!(
            "{} is larger than {} MiB\n  hint: each request would send all of it; take a smaller file",
            path.display(),
            MOST_BODY_BYTES >> 20
        );
    }
    Ok(bytes)
}
