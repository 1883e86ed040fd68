//! Scenario files that ship with the tools.
