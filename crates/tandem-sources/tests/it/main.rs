//! Sources beside real senders.

mod settings;
