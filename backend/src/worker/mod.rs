//! What every worker has in common: its channels, its commands, its reports.
