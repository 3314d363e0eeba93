//! The cookie by which an account's own device is known again.

use serde::{Deserialize, Serialize};
use tandem_domain::Timestamp;
use tandem_domain::time::MICROS_PER_DAY;

use crate::encoding::{base64url, from_base64url};
use crate::{Key, secret};

/// Name of the device cookie.
pub const DEVICE_COOKIE: &str = "__Host-tandem-device";
/// A device is known for this long after the last successful sign-in, microseconds.
pub const DEVICE_LIFE: i64 = 180 * MICROS_PER_DAY;
/// A cookie has 76 characters; nothing much longer is looked at.
const LONGEST: usize = 160;

/// 16 random bytes that tell one device from another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DeviceId(pub [u8; 16]);

/// What the cookie says: this browser signed in to this account before. It opens nothing; it only gives the browser a failure
/// counter of its own.
#[derive(Debug, Clone, Copy)]
pub struct KnownDevice<'a> {
    /// Account name.
    pub account: &'a str,
    /// A number of the account that grows when its password changes or somebody says "forget my devices": older cookies are
    /// strangers then.
    pub epoch: u32,
}

impl KnownDevice<'_> {
    /// The cookie's value after a successful sign-in: a new device with fresh random bytes, or the known one again.
    pub fn write(&self, key: &Key, device: DeviceId, now: Timestamp) -> String {
        let body = base64url(&[&device.0[..], &now.0.to_be_bytes()].concat());
        let signed = self.sign(key, &body);
        format!("{body}.{signed}")
    }

    /// The device, if the cookie was written by this installation for this account and epoch, and not too long ago.
    pub fn read(&self, key: &Key, cookie: &str, now: Timestamp) -> Option<DeviceId> {
        if cookie.len() > LONGEST {
            return None;
        }
        let (body, signed) = cookie.split_once('.')?;
        if !secret::same(signed, &self.sign(key, body)) {
            return None;
        }
        let bytes = from_base64url(body)?;
        let (device, written) = bytes.split_first_chunk::<16>()?;
        let written = Timestamp(i64::from_be_bytes(written.try_into().ok()?));
        let age = now.0.saturating_sub(written.0);
        (0..DEVICE_LIFE).contains(&age).then_some(DeviceId(*device))
    }

    fn sign(&self, key: &Key, body: &str) -> String {
        let account = self.account.to_lowercase();
        let epoch = self.epoch.to_be_bytes();
        key.sign(
            "tandem known device 1",
            &[account.as_bytes(), &epoch, body.as_bytes()],
        )
    }
}
