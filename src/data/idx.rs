//! Reads the IDX format, in which MNIST is published: a type, dimensions, then values.
//!
//! Two zero bytes, a byte for the type (8: unsigned bytes), a byte for the number of dimensions, each dimension as a
//! big-endian 32-bit number, then the values in row-major order. Only unsigned bytes are read.

use thiserror::Error;

/// The code of unsigned bytes, the only type that is read.
const UNSIGNED_BYTES: u8 = 8;

/// An array of bytes as an IDX file holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Idx {
    /// The length along each dimension.
    pub dimensions: Vec<usize>,
    /// As many bytes as the product of the dimensions, the last dimension running fastest.
    pub values: Vec<u8>,
}

/// Why bytes are not an IDX file, or not the one that was meant.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum IdxError {
    /// It ends within its header.
    #[error("the file ends within its header: {found} bytes of {expected}")]
    Header {
        /// The length of the header.
        expected: usize,
        /// The length of the file.
        found: usize,
    },
    /// It does not begin as such files do.
    #[error("the file begins with {found:02x?}; an IDX file of unsigned bytes begins with [00, 00, 08]")]
    Magic {
        /// Its first three bytes.
        found: [u8; 3],
    },
    /// Its dimensions are so great that their product overflows.
    #[error("the dimensions {dimensions:?} are too great")]
    TooGreat {
        /// As the header says.
        dimensions: Vec<usize>,
    },
    /// Too many or too few values.
    #[error("the dimensions {dimensions:?} need {expected} bytes of values, not {found}")]
    Length {
        /// As the header says.
        dimensions: Vec<usize>,
        /// Their product.
        expected: usize,
        /// The bytes that follow the header.
        found: usize,
    },
    /// Not as many dimensions as the content has.
    #[error("{content} have {expected} dimensions, not {dimensions:?}")]
    Dimensions {
        /// `images` or `labels`.
        content: &'static str,
        /// How many dimensions those have.
        expected: usize,
        /// As the header says.
        dimensions: Vec<usize>,
    },
}

/// What stands before the values: their type, and the length along each dimension.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// What a value is.
    pub kind: Kind,
    /// The length along each dimension.
    pub dimensions: Vec<usize>,
}

/// What a value is; of the other types of the format there are no images.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// 0 to 255.
    UnsignedByte,
    /// -128 to 127.
    Byte,
    /// Two bytes, big-endian.
    Short,
    /// Four bytes, big-endian.
    Int,
}

impl Kind {
    /// The bytes of a value.
    pub fn bytes(self) -> usize {
        match self {
            Self::UnsignedByte | Self::Byte => 1,
            Self::Short => 2,
            Self::Int => 4,
        }
    }

    fn of(code: u8) -> Option<Self> {
        match code {
            UNSIGNED_BYTES => Some(Self::UnsignedByte),
            0x09 => Some(Self::Byte),
            0x0B => Some(Self::Short),
            0x0C => Some(Self::Int),
            _ => None,
        }
    }
}

impl Header {
    /// The length of a header that begins with these four bytes.
    pub fn length(start: [u8; 4]) -> usize {
        4 + 4 * usize::from(start[3])
    }

    /// Reads a whole header, and nothing behind it.
    pub fn parse(bytes: &[u8]) -> Result<Self, IdxError> {
        let &[a, b, kind, count, ..] = bytes else {
            return Err(IdxError::Header { expected: 4, found: bytes.len() });
        };
        let (Some(kind), [0, 0]) = (Kind::of(kind), [a, b]) else {
            return Err(IdxError::Magic { found: [a, b, kind] });
        };
        let expected = Self::length([a, b, 0, count]);
        let Some(lengths) = bytes.get(4..expected) else {
            return Err(IdxError::Header { expected, found: bytes.len() });
        };
        let (lengths, _) = lengths.as_chunks::<4>();
        Ok(Self { kind, dimensions: lengths.iter().map(|length| u32::from_be_bytes(*length) as usize).collect() })
    }

    /// The bytes of all values.
    pub fn values(&self) -> Result<usize, IdxError> {
        let Self { kind, dimensions } = self;
        let product = dimensions.iter().try_fold(kind.bytes(), |product, length| product.checked_mul(*length));
        product.ok_or_else(|| IdxError::TooGreat { dimensions: dimensions.clone() })
    }
}

impl Idx {
    /// Reads a whole file of unsigned bytes. The values stay in the memory of `bytes`: nothing is allocated on the header's word.
    pub fn parse(mut bytes: Vec<u8>) -> Result<Self, IdxError> {
        let header = Header::parse(&bytes)?;
        if header.kind != Kind::UnsignedByte {
            return Err(IdxError::Magic { found: [bytes[0], bytes[1], bytes[2]] });
        }
        let expected = header.values()?;
        let Header { dimensions, .. } = header;
        let length = 4 + 4 * dimensions.len();
        let found = bytes.len() - length;
        if found != expected {
            return Err(IdxError::Length { dimensions, expected, found });
        }
        bytes.drain(..length);
        Ok(Self { dimensions, values: bytes })
    }

    /// The file as grey images: height and width, and the pixels of one image after the other.
    pub fn into_images(self) -> Result<([usize; 2], Vec<u8>), IdxError> {
        match self.dimensions[..] {
            [_, height, width] => Ok(([height, width], self.values)),
            _ => Err(IdxError::Dimensions { content: "images", expected: 3, dimensions: self.dimensions }),
        }
    }

    /// The file as labels.
    pub fn into_labels(self) -> Result<Vec<u8>, IdxError> {
        match self.dimensions[..] {
            [_] => Ok(self.values),
            _ => Err(IdxError::Dimensions { content: "labels", expected: 1, dimensions: self.dimensions }),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    fn encode(idx: &Idx) -> Vec<u8> {
        let mut bytes = vec![0, 0, UNSIGNED_BYTES, idx.dimensions.len() as u8];
        bytes.extend(idx.dimensions.iter().flat_map(|length| (*length as u32).to_be_bytes()));
        bytes.extend(&idx.values);
        bytes
    }

    fn any_idx() -> impl Strategy<Value = Idx> {
        vec(0usize..6, 0..5).prop_flat_map(|dimensions| {
            let values = vec(any::<u8>(), dimensions.iter().product::<usize>());
            (Just(dimensions), values).prop_map(|(dimensions, values)| Idx { dimensions, values })
        })
    }

    proptest! {
        #[test]
        fn what_was_written_is_read(idx in any_idx()) {
            prop_assert_eq!(Idx::parse(encode(&idx)), Ok(idx));
        }

        #[test]
        fn a_file_cut_short_or_with_a_tail_is_refused(idx in any_idx(), cut in any::<prop::sample::Index>(), tail in 1usize..9) {
            let bytes = encode(&idx);
            prop_assert!(Idx::parse(bytes[..cut.index(bytes.len())].to_vec()).is_err());
            prop_assert!(Idx::parse([bytes, vec![0; tail]].concat()).is_err());
        }

        #[test]
        fn arbitrary_bytes_never_panic(bytes in vec(any::<u8>(), 0..64), begins_well in any::<bool>()) {
            let mut bytes = bytes;
            if begins_well && bytes.len() > 3 {
                bytes[..3].copy_from_slice(&[0, 0, UNSIGNED_BYTES]);
            }
            if let Ok(idx) = Idx::parse(bytes.clone()) {
                prop_assert_eq!(encode(&idx), bytes);
            }
        }
    }

    #[test]
    fn what_is_wrong_is_said() {
        let huge = [&[0, 0, 8, 3][..], &[255; 12]].concat();
        let cases = [
            (vec![0, 0], "the file ends within its header: 2 bytes of 4"),
            (vec![0, 0, 8, 2, 0, 0], "the file ends within its header: 6 bytes of 12"),
            (vec![0x1f, 0x8b, 8, 0], "the file begins with [1f, 8b, 08]; an IDX file of unsigned bytes begins with [00, 00, 08]"),
            (vec![0, 0, 8, 1, 0, 0, 0, 2, 9], "the dimensions [2] need 2 bytes of values, not 1"),
            (huge, "the dimensions [4294967295, 4294967295, 4294967295] are too great"),
        ];
        for (bytes, message) in cases {
            assert_eq!(Idx::parse(bytes).expect_err(message).to_string(), message);
        }
        let labels = Idx { dimensions: vec![2], values: vec![1, 2] };
        let error = labels.clone().into_images().expect_err("labels are no images");
        assert_eq!(error.to_string(), "images have 3 dimensions, not [2]");
        assert_eq!(labels.into_labels(), Ok(vec![1, 2]));
    }
}
