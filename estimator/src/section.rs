//! The parts of a page, in the order in which they are read.

/// Where a line is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Section {
    /// What the file defines by formula: what its author asked for is read first.
    Own,
    Traffic,
    Bandwidth,
    Storage,
    Growth,
    Servers,
    Cache,
    Database,
    Availability,
    Cost,
    /// Inputs and steps.
    Background,
}

impl Section {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Section::Own => "Own quantities",
            Section::Traffic => "Traffic",
            Section::Bandwidth => "Bandwidth",
            Section::Storage => "Storage",
            Section::Growth => "Growth",
            Section::Servers => "Servers",
            Section::Cache => "Cache",
            Section::Database => "Database",
            Section::Availability => "Availability",
            Section::Cost => "Cost",
            Section::Background => crate::BACKGROUND,
        }
    }
}
