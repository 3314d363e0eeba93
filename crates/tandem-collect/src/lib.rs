//! Brings bytes in.
//!
//! [`inputs::expand`] turns what a person names (files, folders, globs, `-`) into a list of [`inputs::Input`]s in a stable
//! order; [`open::open`] gives one input's bytes decompressed; [`pieces::Pieces`] hands them on in bounded pieces together
//! with their offset, so that reading can stop anywhere and go on there later. What the bytes mean is decided elsewhere.

pub mod inputs;
pub mod open;
pub mod pieces;

pub use inputs::{Input, InputError, expand};
pub use open::{Encoding, OpenError, decode_body, open, open_reader};
pub use pieces::{Pieces, stream_id};
