//! From where is read beside the primary.

use clap::Args;

use crate::store::{Database, OpenError, REPLICAS_MAX, ReplicaReads, ReplicaSet};

/// The switches about replicas.
#[derive(Debug, Args)]
pub(super) struct ReplicaSwitches {
    #[arg(
        help = "A streaming replica of the PostgreSQL database, to read from; may be given several times, or several with commas between them",
        long,
        value_name = "DATABASE",
        env = "FORUM_READ_REPLICA",
        hide_env_values = true,
        value_delimiter = ','
    )]
    read_replica: Vec<String>,
    /// Which reads may come from a replica: `token` those for whom it has what they wrote, `any` all, `off` none
    #[arg(long, default_value_t = ReplicaReads::default(), value_name = "READS", env = "FORUM_REPLICA_READS")]
    replica_reads: ReplicaReads,
}

impl ReplicaSwitches {
    /// Where they are, and what may be read from them.
    pub(super) fn set(&self) -> Result<ReplicaSet, OpenError> {
        let databases: Vec<Database> =
            self.read_replica.iter().map(|address| address.parse()).collect::<Result<_, _>>()?;
        if databases.len() > REPLICAS_MAX {
            let problem = format!("found {}, expected at most {REPLICAS_MAX}", databases.len());
            return Err(OpenError::Replica { problem });
        }
        Ok(ReplicaSet { databases, reads: self.replica_reads })
    }
}
