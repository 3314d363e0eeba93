//! Messages of brokers as records.

use crate::delivery::Refused;

/// Appends a message, which holds one or more records, and ends its last line. A blank message holds none.
///
/// # Errors
/// The message refused, when one of its lines is longer than a record may be; the body is as before.
pub(crate) fn append(body: &mut Vec<u8>, message: &[u8], record_bytes: usize) -> Result<(), Refused> {
    if message.trim_ascii().is_empty() {
        return Ok(());
    }
    // A message of many short lines may be larger than one record.
    if message.len() > record_bytes {
        let longest = message
            .split(|byte| *byte == b'\n')
            .map(<[u8]>::len)
            .max()
            .unwrap_or(0);
        if longest > record_bytes {
            return Err(Refused::new(
                message,
                format!("the message has a line of {longest} bytes; a record has at most {record_bytes}"),
                "have its sender split it, or raise the limit of a record in the settings",
            ));
        }
    }
    body.extend_from_slice(message);
    if !message.ends_with(b"\n") {
        body.push(b'\n');
    }
    Ok(())
}

#[cfg(test)]
mod tests;
