//! Messages in the wire format of protocol buffers: as much of it as event files and networks need.

/// A message while it is written, field by field.
#[derive(Clone, Debug, Default)]
pub(super) struct Message {
    bytes: Vec<u8>,
}

impl Message {
    const VARINT: u64 = 0;
    const EIGHT_BYTES: u64 = 1;
    const LENGTH: u64 = 2;
    const FOUR_BYTES: u64 = 5;

    /// Its bytes.
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    /// Adds an `int32`, `int64` or an enum's value.
    pub fn int(mut self, field: u32, value: i64) -> Self {
        self.tag(field, Self::VARINT);
        self.varint(value as u64);
        self
    }

    /// Adds a `float`.
    pub fn float(mut self, field: u32, value: f32) -> Self {
        self.tag(field, Self::FOUR_BYTES);
        self.bytes.extend(value.to_le_bytes());
        self
    }

    /// Adds a `double`.
    pub fn double(mut self, field: u32, value: f64) -> Self {
        self.tag(field, Self::EIGHT_BYTES);
        self.bytes.extend(value.to_le_bytes());
        self
    }

    /// Adds a `string` or `bytes`.
    pub fn bytes(mut self, field: u32, value: impl AsRef<[u8]>) -> Self {
        self.tag(field, Self::LENGTH);
        self.varint(value.as_ref().len() as u64);
        self.bytes.extend_from_slice(value.as_ref());
        self
    }

    /// Adds a message.
    pub fn message(self, field: u32, value: Message) -> Self {
        self.bytes(field, value.bytes)
    }

    /// Adds a message for each, in a repeated field.
    pub fn messages(self, field: u32, values: impl IntoIterator<Item = Message>) -> Self {
        values.into_iter().fold(self, |message, value| message.message(field, value))
    }

    /// Adds a number for each, in a repeated field that is not packed.
    pub fn ints(self, field: u32, values: impl IntoIterator<Item = i64>) -> Self {
        values.into_iter().fold(self, |message, value| message.int(field, value))
    }

    fn tag(&mut self, field: u32, kind: u64) {
        self.varint(u64::from(field) << 3 | kind);
    }

    /// Seven bits a byte, the low ones first; the top bit says that more follow.
    fn varint(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.bytes.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.bytes.push(value as u8);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The examples of the format's own description (protobuf.dev, "Encoding"), and the limits.
    #[test]
    fn fields_are_written_as_described() {
        let cases = [
            (Message::default().int(1, 150), vec![0x08, 0x96, 0x01]),
            (Message::default().bytes(2, "testing"), [&[0x12, 0x07][..], b"testing"].concat()),
            (Message::default().message(3, Message::default().int(1, 150)), vec![0x1a, 0x03, 0x08, 0x96, 0x01]),
            (Message::default().int(1, -2), [&[0x08, 0xfe][..], &[0xff; 8], &[0x01]].concat()),
            (Message::default().int(16, 0), vec![0x80, 0x01, 0x00]),
            (Message::default().float(1, 1.0), vec![0x0d, 0, 0, 0x80, 0x3f]),
            (Message::default().double(1, 1.0), vec![0x09, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f]),
            (Message::default().ints(1, [1, 2]), vec![0x08, 1, 0x08, 2]),
        ];
        for (message, expected) in cases {
            assert_eq!(message.into_bytes(), expected);
        }
    }
}
