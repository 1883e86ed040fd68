//! Reading CSV files with a header: what visitors of a run know (names, tokens).

use std::path::Path;

use anyhow::{Context, bail};

use crate::journey::Table;

/// Rows that are read at most: more visitors than that take turns.
const MOST_ROWS: usize = 1_000_000;

/// Reads a table.
///
/// # Errors
/// The file cannot be read or is no table; with file and line.
pub(crate) fn read(path: &Path) -> anyhow::Result<Table> {
    let mut reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .from_path(path)
        .with_context(|| format!("cannot read {}", path.display()))?;
    let columns: Vec<String> =
        reader.headers().with_context(|| path.display().to_string())?.iter().map(str::to_owned).collect();
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.with_context(|| path.display().to_string())?;
        rows.push(record.iter().map(str::to_owned).collect());
        if rows.len() > MOST_ROWS {
            bail!(
                "{} has more than {MOST_ROWS} rows\n  hint: visitors take turns; fewer rows do",
                path.display()
            );
        }
    }
    Ok(Table { columns, rows })
}
