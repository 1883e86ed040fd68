//! The options that say whom to load, the same for every command that does.

use clap::Args;

use crate::target::TargetAsked;

#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Target")]
pub(super) struct TargetArguments {
    /// Load this server instead of starting the reference server
    #[arg(long, value_name = "URL")]
    target: Option<String>,
    /// Start the target with this line of shell for the run, and stop it after; {port} is a free port, also in PORT
    #[arg(long, value_name = "LINE")]
    command: Option<String>,
    /// Wait until this path of the target is answered
    #[arg(long, value_name = "PATH")]
    ready: Option<String>,
    /// Ask the target by this name, as Host header and in TLS
    #[arg(long, value_name = "NAME")]
    host: Option<String>,
    /// Check the target's certificate by those in this PEM file [default: those of the system]
    #[arg(long, value_name = "FILE")]
    ca: Option<String>,
    /// Show the target this certificate (PEM)
    #[arg(long, value_name = "FILE", requires = "key")]
    cert: Option<String>,
    /// The private key of --cert (PEM)
    #[arg(long, value_name = "FILE", requires = "cert")]
    key: Option<String>,
    /// Take any certificate of the target; the report says so
    #[arg(long)]
    insecure: bool,
    /// Load a target that is not on this machine, however heavily
    #[arg(long)]
    yes: bool,
}

impl TargetArguments {
    pub(super) fn asked(self) -> TargetAsked {
        let TargetArguments { target, command, ready, host, ca, cert, key, insecure, yes } = self;
        TargetAsked { url: target, command, ready, host, ca, identity: cert.zip(key), insecure, yes }
    }
}
