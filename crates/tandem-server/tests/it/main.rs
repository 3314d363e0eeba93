//! The server with a real database, a real lake and its real routes.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod acts;
mod analysis;
mod calibration;
mod chat;
mod chat_matrix;
mod colleagues;
mod doors;
mod exports;
mod far_side;
mod forward;
mod forward_senders;
mod hostile;
mod hunt;
mod hunt_kept;
mod hunt_rules;
mod hunt_scheduled;
mod intake;
mod keeping;
mod live;
mod office;
#[path = "../../../tandem-sign-in/tests/it/oidc_process.rs"]
mod oidc_process;
mod own;
mod policies;
mod privacy;
mod provider;
mod reminders;
mod reports;
mod rooms;
mod rooms_mattermost;
mod rooms_slack;
mod rooms_socket;
mod rooms_teams;
mod rules;
mod runs;
mod sequences;
mod sign_in;
#[allow(dead_code)] // The same device can lie, which is tested where passkeys are checked.
#[path = "../../../tandem-sign-in/tests/it/software_passkey.rs"]
mod software_passkey;
mod support;
#[path = "../../../tandem-connect/tests/it/synapse.rs"]
mod synapse;
mod teamwork;
mod together;
mod watch;
mod what_if;
mod withdraw;
