//! Questions to a person at a terminal.

use std::io::{self, BufRead as _, IsTerminal as _, Write as _};

use crate::{failure::Failure, options::Consent};

/// Asks whether something is to be done that cannot be taken back.
///
/// # Errors
/// Where the answer is no, or nobody is there who could give it.
pub fn confirm(question: &str, consent: Consent) -> Result<(), Failure> {
    if consent.yes {
        return Ok(());
    }
    if !io::stdin().is_terminal() {
        return Err(Failure::Usage(format!("{question} Nobody is here to ask: say --yes")));
    }
    let answer = line(&format!("{question} [y/N] "))?;
    if matches!(answer.to_lowercase().as_str(), "y" | "yes") { Ok(()) } else { Err(Failure::CalledOff) }
}

/// Asks for a line.
///
/// # Errors
/// Where it cannot be read.
pub fn line(question: &str) -> Result<String, Failure> {
    let mut error = io::stderr().lock();
    let asked = write!(error, "{question}").and_then(|()| error.flush());
    let mut text = String::new();
    let read = asked.and_then(|()| io::stdin().lock().read_line(&mut text));
    read.map_err(|error| Failure::Local(format!("the answer cannot be read: {error}")))?;
    Ok(text.trim().to_owned())
}
