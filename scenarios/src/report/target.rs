//! Who answered in a run: where it is, how it was spoken to, and what it was filled with.

use serde::{Deserialize, Serialize};

/// Who answered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TargetFacts {
    /// `http://127.0.0.1:41873`.
    pub url: String,
    /// `reference server 0.1.0, SQLite 3.51.3`; the address alone for a target of the user's.
    pub what: String,
    /// What it was filled with.
    pub seeded: Option<Seeded>,
    /// How long it took to find its address by its name, once, before the run; `None` for an address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolved_s: Option<f64>,
    /// What was agreed on with a target that speaks TLS.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tls: Option<TlsFacts>,
    /// How connections were kept, where that was not for as long as the server keeps them: `one for each visit`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub connections: String,
}

/// How TLS was spoken.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TlsFacts {
    /// `TLS 1.3`.
    pub version: String,
    /// `AES-256-GCM-SHA384`.
    pub cipher: String,
    /// Whether the server's certificate was taken as it is.
    pub insecure: bool,
    /// Handshakes with certificates, in the whole run.
    pub handshakes: u64,
    /// Those that went on from an earlier one.
    pub resumed: u64,
}

/// The data of a reference server that was filled for the run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Seeded {
    /// Questions.
    pub questions: u64,
    /// Questions that the scenario describes.
    pub scenario_questions: f64,
    /// By which rule the one came from the other.
    pub rule: String,
    /// Size of the database when the run began.
    pub database_bytes: u64,
    /// Seconds that filling it took.
    pub seconds: f64,
    /// Rows and bytes, indexes included, by entity.
    pub storage: Vec<StoredEntity>,
}

/// What one kind of thing takes in a database.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StoredEntity {
    /// `question`, `answer`, `user`.
    pub entity: String,
    /// How many.
    pub rows: u64,
    /// Of tables and indexes.
    pub bytes: u64,
}
