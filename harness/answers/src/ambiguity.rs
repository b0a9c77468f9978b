//! Which texts may be read in two ways.

/// Whether a text may have a second reading, by a look at the bytes: then grading looks for one.
pub(crate) fn may_have_several(text: &str) -> bool {
    let bytes = text.as_bytes();
    let ends_in_letter = || {
        let end = text.trim_end_matches(['.', '$', '}', '^', '2', '3']).as_bytes();
        matches!(end, [.., b' ', b'm' | b'g' | b's' | b'h' | b'L' | b'l' | b'N' | b'J' | b'W' | b'V' | b'K' | b'A'])
    };
    memchr::memchr2(b',', b'/', bytes).is_some() || memchr::memmem::find(bytes, b"and").is_some() || ends_in_letter()
}
