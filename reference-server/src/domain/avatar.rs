//! The picture of a member.

/// A picture as it is kept: made by the forum itself from what was sent, never what was sent.
#[derive(Clone, PartialEq, Eq)]
pub struct Avatar {
    /// The first half of the SHA-256 of the picture.
    pub digest: [u8; 16],
    /// The picture, as PNG.
    pub png: Vec<u8>,
}

impl std::fmt::Debug for Avatar {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Avatar({} bytes)", self.png.len())
    }
}
