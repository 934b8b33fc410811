//! Going through a text, and cutting it into pieces.

use super::Look;

/// A piece of a text.
pub type Part<'a> = (Look, &'a str);

/// A place in a text, and the pieces before it.
pub struct Scan<'a> {
    text: &'a str,
    /// Where the piece begins that is being read.
    from: usize,
    at: usize,
    parts: Vec<Part<'a>>,
}

impl<'a> Scan<'a> {
    pub const fn new(text: &'a str) -> Self {
        Self { text, from: 0, at: 0, parts: Vec::new() }
    }

    /// What has not been read.
    pub fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// The next character.
    pub fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    /// Reads the next character.
    pub fn next(&mut self) -> Option<char> {
        let next = self.peek()?;
        self.at += next.len_utf8();
        Some(next)
    }

    /// Reads as long as the characters fit. Tells whether there were any.
    pub fn take_while(&mut self, fits: impl Fn(char) -> bool) -> bool {
        let before = self.at;
        while self.peek().is_some_and(&fits) {
            self.next();
        }
        self.at > before
    }

    /// Reads a text where it comes next.
    pub fn take(&mut self, text: &str) -> bool {
        let there = self.rest().starts_with(text);
        if there {
            self.at += text.len();
        }
        there
    }

    /// Reads up to the end of the line, which stays.
    pub fn take_line(&mut self) {
        self.take_while(|c| c != '\n');
    }

    /// Ends a piece here. Pieces of one look that meet become one.
    pub fn cut(&mut self, look: Look) {
        let piece = self.text.get(self.from..self.at).unwrap_or_default();
        if piece.is_empty() {
            return;
        }
        let joined = match self.parts.last() {
            Some((last, before)) if *last == look => self.text.get(self.from - before.len()..self.at),
            _ => None,
        };
        match (joined, self.parts.last_mut()) {
            (Some(joined), Some(last)) => last.1 = joined,
            _ => self.parts.push((look, piece)),
        }
        self.from = self.at;
    }

    /// The pieces; what was not read yet is plain.
    pub fn finish(mut self) -> Vec<Part<'a>> {
        self.at = self.text.len();
        self.cut(Look::Plain);
        self.parts
    }
}
