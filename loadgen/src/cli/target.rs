//! The options that say whom to load, the same for every command that does.

use clap::Args;

use crate::target::TargetAsked;

#[derive(Debug, Args)]
#[command(next_help_heading = "Target")]
pub(super) struct TargetArguments {
    /// Load this server instead of starting the reference server
    #[arg(long, value_name = "URL")]
    target: Option<String>,
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
}

impl TargetArguments {
    pub(super) fn asked(self) -> TargetAsked {
        let TargetArguments { target, host, ca, cert, key, insecure } = self;
        TargetAsked { url: target, host, ca, identity: cert.zip(key), insecure }
    }
}
