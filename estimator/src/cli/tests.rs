//! The command line without a process.
