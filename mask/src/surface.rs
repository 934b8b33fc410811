//! A text without what terminals and tools put between its characters.

/// One byte that a text says, and where it says so: a character as it is, or an escape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct DecodedByte {
    /// The byte; none where nothing can go on.
    pub value: Option<u8>,
    /// Where it begins.
    pub start: u32,
    /// Where it ends.
    pub end: u32,
}

impl DecodedByte {
    pub(crate) fn at(value: u8, start: usize, end: usize) -> Self {
        Self { value: Some(value), start: place(start), end: place(end) }
    }

    pub(crate) const BREAK: Self = Self { value: None, start: 0, end: 0 };
}

/// Texts are looked at in chunks.
fn place(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// How many bytes may lie between the characters of an escape or of an encoded text: colours, line ends, indentation.
pub(crate) const MAX_GAP: u32 = 64;
/// The longest escape sequence of a terminal that is overlooked.
const MAX_SEQUENCE: usize = 32;

/// Whether a byte ends a line.
pub(crate) const fn is_line_end(byte: u8) -> bool {
    matches!(byte, b'\n' | b'\r')
}

/// What is overlooked in a value and in every decoding: blanks, controls, quotes, and backslashes. Tools put them in,
/// double them and leave them out.
pub(crate) const fn is_noise(byte: u8) -> bool {
    byte <= b' ' || matches!(byte, 0x7f | b'"' | b'\'' | b'\\')
}

/// A text without what is overlooked wherever it stands.
#[derive(Debug, Default)]
pub(crate) struct Surface {
    pub bytes: Vec<DecodedByte>,
    /// Where the escape sequences stood.
    pub sequences: Vec<DecodedByte>,
    /// Where one begins that is not finished.
    pub open: Option<u32>,
}

/// The bytes of a text, without escape sequences of terminals where `colours` may be in it, line ends with the blanks after them, other controls,
/// and what stands for bytes that are no text (which is what UTF-16 leaves between letters).
pub(crate) fn surface(text: &str, colours: bool) -> Surface {
    const REPLACEMENT: &[u8] = "\u{fffd}".as_bytes();
    let bytes = text.as_bytes();
    let mut surface = Surface { bytes: Vec::with_capacity(text.len()), ..Surface::default() };
    let (mut at, mut indents) = (0, false);
    while let Some(byte) = bytes.get(at) {
        let length = match *byte {
            0x1b if colours => match sequence(&bytes[at..]) {
                Some(length) => {
                    surface.sequences.push(DecodedByte { value: None, ..DecodedByte::at(0, at, at + length) });
                    length
                }
                None => {
                    surface.open = Some(place(at));
                    return surface;
                }
            },
            b' ' | b'\t' if indents => 1,
            b'\t' => 0,
            byte if byte < b' ' || byte == 0x7f => {
                indents |= is_line_end(byte);
                1
            }
            0xef if bytes[at..].starts_with(REPLACEMENT) => REPLACEMENT.len(),
            _ => 0,
        };
        if length == 0 {
            surface.bytes.push(DecodedByte::at(*byte, at, at + 1));
            indents = false;
        }
        at += length.max(1);
    }
    surface
}

/// The length of a terminal's escape sequence (ECMA-48), as for a colour; none where it is not finished. Of what is none,
/// and of sequences that hold text, such as a link's address, only the first character counts.
fn sequence(bytes: &[u8]) -> Option<usize> {
    let mut at = 1;
    let is_long = bytes.get(1) == Some(&b'[');
    if is_long {
        at = 2;
        let mut digits = 0;
        while let Some(byte @ 0x30..=0x3f) = bytes.get(at) {
            digits = if byte.is_ascii_digit() { digits + 1 } else { 0 };
            // A number that is a value is no colour.
            if digits > 4 || at > MAX_SEQUENCE {
                return Some(1);
            }
            at += 1;
        }
    }
    while let Some(0x20..=0x2f) = bytes.get(at) {
        at += 1;
        if at > MAX_SEQUENCE {
            return Some(1);
        }
    }
    match bytes.get(at)? {
        0x40..=0x7e if is_long => Some(at + 1),
        b']' | b'P' | b'X' | b'^' | b'_' if !is_long => Some(1),
        0x30..=0x7e if !is_long => Some(at + 1),
        _ => Some(1),
    }
}
