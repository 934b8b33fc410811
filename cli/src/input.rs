//! What is read from files and from standard input: keys, values and scripts, never from arguments, which everybody on the
//! machine can see.

use std::{
    fs::File,
    io::{self, IsTerminal as _, Read},
    path::Path,
};

use zeroize::Zeroizing;

use crate::failure::Failure;

/// The most bytes that are read: more than any of them may have.
const MAX_BYTES: u64 = 1024 * 1024;

/// Reads a file; `-` is standard input. `what` names it in errors.
///
/// # Errors
/// Where it cannot be read, is too long, or is no text.
pub fn read(file: &Path, what: &str) -> Result<Zeroizing<String>, Failure> {
    if file.as_os_str() == "-" {
        return read_stdin(what);
    }
    let failed = |error| Failure::Local(format!("{what} cannot be read from {}: {error}", file.display()));
    File::open(file).and_then(text).map_err(failed)
}

/// Reads standard input to its end.
///
/// # Errors
/// As for [`read`].
pub fn read_stdin(what: &str) -> Result<Zeroizing<String>, Failure> {
    text(io::stdin().lock())
        .map_err(|error| Failure::Local(format!("{what} cannot be read from standard input: {error}")))
}

/// Asks a person for something that nobody may see; reads standard input where there is no person.
///
/// # Errors
/// As for [`read`].
pub fn secret(question: &str, what: &str) -> Result<Zeroizing<String>, Failure> {
    if !io::stdin().is_terminal() {
        return read_stdin(what);
    }
    let typed = rpassword::prompt_password(format!("{question}: "));
    typed.map(Zeroizing::new).map_err(|error| Failure::Local(format!("{what} cannot be read: {error}")))
}

/// A value without the line end that editors and `echo` put behind it.
#[must_use]
pub fn without_line_end(text: &str) -> &str {
    let text = text.strip_suffix('\n').unwrap_or(text);
    text.strip_suffix('\r').unwrap_or(text)
}

fn text<R: Read>(source: R) -> io::Result<Zeroizing<String>> {
    let mut text = Zeroizing::new(String::new());
    source.take(MAX_BYTES + 1).read_to_string(&mut text)?;
    if text.len() as u64 > MAX_BYTES {
        return Err(io::Error::other("it has more than a megabyte"));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_end_is_not_part_of_a_value() {
        for (text, value) in [("a", "a"), ("a\n", "a"), ("a\r\n", "a"), ("a\n\n", "a\n"), ("a\nb\n", "a\nb"), ("", "")]
        {
            assert_eq!(without_line_end(text), value);
        }
    }

    #[test]
    fn what_is_too_long_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("script");
        std::fs::write(&file, vec![b'x'; 1024 * 1024 + 1]).unwrap();
        assert!(read(&file, "the script").unwrap_err().to_string().contains("more than a megabyte"));
        std::fs::write(&file, b"\xff").unwrap();
        assert!(read(&file, "the script").unwrap_err().to_string().starts_with("the script cannot be read from"));
    }
}
