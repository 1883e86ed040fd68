//! What the world provides to the journeys: environment variables and tables, read before they are compiled.

use scenarios::requests::VariableSource;

use crate::journey::Material;
use crate::run::Loaded;

/// Reads what the scenario's variables come from.
///
/// # Errors
/// A table cannot be read.
pub(crate) fn gather(loaded: &Loaded) -> anyhow::Result<Material> {
    let mut material = Material::default();
    for variable in &loaded.scenario.variables {
        match &variable.source {
            VariableSource::Environment(name) => {
                if let Ok(value) = std::env::var(name) {
                    material.environment.insert(name.clone(), value);
                }
            }
            VariableSource::Csv { file, .. } => {
                let table = crate::table::read(&loaded.folder.join(file))?;
                material.files.insert(file.clone(), table);
            }
            VariableSource::Zipf { .. } | VariableSource::Seeded(_) => {}
        }
    }
    Ok(material)
}
