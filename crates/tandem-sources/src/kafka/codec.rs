//! Kafka's primitive types (protocol guide, "Protocol Primitive Types"), read without trusting a length.

/// What was received is not what the protocol says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(super) struct Garbled(pub(super) &'static str);

const SHORT: Garbled = Garbled("it ends too early");

/// Reads from the front of some bytes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(super) const fn new(rest: &'a [u8]) -> Self {
        Self { rest }
    }

    pub(super) const fn left(&self) -> usize {
        self.rest.len()
    }

    pub(super) fn take(&mut self, count: usize) -> Result<&'a [u8], Garbled> {
        let (taken, rest) = self.rest.split_at_checked(count).ok_or(SHORT)?;
        self.rest = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Garbled> {
        let (taken, rest) = self.rest.split_first_chunk::<N>().ok_or(SHORT)?;
        self.rest = rest;
        Ok(*taken)
    }

    pub(super) fn i8(&mut self) -> Result<i8, Garbled> {
        self.array().map(i8::from_be_bytes)
    }

    pub(super) fn i16(&mut self) -> Result<i16, Garbled> {
        self.array().map(i16::from_be_bytes)
    }

    pub(super) fn i32(&mut self) -> Result<i32, Garbled> {
        self.array().map(i32::from_be_bytes)
    }

    pub(super) fn u32(&mut self) -> Result<u32, Garbled> {
        self.array().map(u32::from_be_bytes)
    }

    pub(super) fn i64(&mut self) -> Result<i64, Garbled> {
        self.array().map(i64::from_be_bytes)
    }

    /// A number in groups of seven bits, zig-zag (Protocol Buffers encoding).
    pub(super) fn varint(&mut self) -> Result<i64, Garbled> {
        let mut raw = 0_u64;
        for shift in (0..64).step_by(7) {
            let [byte] = self.array::<1>()?;
            raw |= u64::from(byte & 0x7f).checked_shl(shift).unwrap_or(0);
            if byte & 0x80 == 0 {
                return Ok((raw >> 1) as i64 ^ -((raw & 1) as i64));
            }
        }
        Err(Garbled("a number has more than ten bytes"))
    }

    /// Bytes behind a length in [`Self::varint`]; `None` for the length -1.
    pub(super) fn varint_bytes(&mut self) -> Result<Option<&'a [u8]>, Garbled> {
        match self.varint()? {
            -1 => Ok(None),
            length => self
                .take(usize::try_from(length).map_err(|_| Garbled("a length is negative"))?)
                .map(Some),
        }
    }

    /// `NULLABLE_STRING`.
    pub(super) fn text(&mut self) -> Result<Option<&'a str>, Garbled> {
        let length = self.i16()?;
        if length < 0 {
            return Ok(None);
        }
        let bytes = self.take(length.unsigned_abs().into())?;
        std::str::from_utf8(bytes)
            .map(Some)
            .map_err(|_| Garbled("a text is not UTF-8"))
    }

    /// `STRING`.
    pub(super) fn string(&mut self) -> Result<&'a str, Garbled> {
        self.text()?.ok_or(Garbled("a text is missing"))
    }

    /// `NULLABLE_BYTES`, nothing for null.
    pub(super) fn bytes(&mut self) -> Result<&'a [u8], Garbled> {
        match self.i32()? {
            length if length < 0 => Ok(&[]),
            length => self.take(length.unsigned_abs() as usize),
        }
    }

    /// `ARRAY`, nothing for null.
    pub(super) fn list<T>(
        &mut self,
        mut item: impl FnMut(&mut Self) -> Result<T, Garbled>,
    ) -> Result<Vec<T>, Garbled> {
        let count = self.i32()?;
        // Grown as items are read: the count may lie, what is there does not.
        let mut items = Vec::new();
        for _ in 0..count.max(0) {
            items.push(item(self)?);
        }
        Ok(items)
    }
}

/// Writes a request.
#[derive(Debug, Default)]
pub(super) struct Writer {
    bytes: Vec<u8>,
}

impl Writer {
    pub(super) fn i8(&mut self, value: i8) {
        self.bytes.extend(value.to_be_bytes());
    }

    pub(super) fn i16(&mut self, value: i16) {
        self.bytes.extend(value.to_be_bytes());
    }

    pub(super) fn i32(&mut self, value: i32) {
        self.bytes.extend(value.to_be_bytes());
    }

    pub(super) fn i64(&mut self, value: i64) {
        self.bytes.extend(value.to_be_bytes());
    }

    /// `STRING`; what is longer than the type can say is cut, which no name or mechanism is.
    pub(super) fn string(&mut self, text: &str) {
        let bytes = text.as_bytes();
        let length = i16::try_from(bytes.len()).unwrap_or(i16::MAX);
        self.i16(length);
        self.bytes.extend(bytes.iter().take(length.unsigned_abs().into()));
    }

    /// `BYTES`.
    pub(super) fn bytes(&mut self, bytes: &[u8]) {
        self.i32(i32::try_from(bytes.len()).unwrap_or(i32::MAX));
        self.bytes.extend(bytes);
    }

    /// The length of an `ARRAY`, whose items follow.
    pub(super) fn count(&mut self, count: usize) {
        self.i32(i32::try_from(count).unwrap_or(i32::MAX));
    }

    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}
