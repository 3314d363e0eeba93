//! The HTTP API: shapes, views of domain values by role, and handlers.

pub mod card;
pub mod dto;
pub mod risk;
pub mod views;
