//! Values in shell scripts: each is written so that it arrives whole, whatever is in it, where the script has it: in
//! quotes of either kind, in none, in a here-document, in a command that is put in.

use crate::escape::{shell_inside_quotes, shell_quoted};

/// What a place in a script lies within.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Within {
    /// Commands: those of the script, or in parentheses.
    Commands { in_parentheses: bool, cases: u32 },
    /// `` `…` ``
    Backticks,
    /// `"…"`
    Double,
    /// `'…'`
    Single,
    /// `$'…'`
    Escaped,
    /// `${…}`, in double quotes or not.
    Braces { quoted: bool },
    /// `$((…))` and `((…))`, with so many parentheses open.
    Arithmetic(u32),
    /// `# …`
    Comment,
    /// The lines after `<<END`.
    Document(Document),
}

/// A here-document.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Document {
    end: String,
    /// Whether nothing in it means anything to the shell.
    quoted: bool,
    /// Whether tabs at the beginning of its end do not count.
    indented: bool,
}

impl Document {
    fn ends_with(&self, line: &str) -> bool {
        let line = if self.indented { line.trim_start_matches('\t') } else { line };
        line == self.end
    }
}

/// Reads a shell script as far as it has to, to know what a place lies within. It does not have to be right: what it
/// takes for something else is quoted in another way.
#[derive(Debug)]
pub(super) struct Shell {
    /// The innermost last; never empty.
    within: Vec<Within>,
    /// Here-documents that begin with the next line.
    documents: Vec<Document>,
    /// The character before.
    before: char,
    /// The word that is being read, where it may be a keyword.
    word: String,
    /// Whether a command may begin with the next word.
    expects_command: bool,
    /// The line of a here-document so far.
    line: String,
}

/// Whether a script is run by a shell: its first line names one, or nothing.
pub(super) fn runs(script: &str) -> bool {
    const SHELLS: [&str; 8] = ["sh", "bash", "dash", "ash", "ksh", "mksh", "zsh", "busybox"];
    let line = script.strip_prefix("#!").and_then(|rest| rest.lines().next()).unwrap_or_default();
    let mut words = line.split_whitespace().map(|word| word.rsplit('/').next().unwrap_or(word));
    let program = match words.next() {
        Some("env") => words.find(|word| !word.starts_with('-') && !word.contains('=')),
        program => program,
    };
    program.is_none_or(|program| SHELLS.contains(&program))
}

fn is_plain(value: &str) -> bool {
    value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_@%+=:,./-".contains(&byte))
}

/// With a backslash before each of these.
fn escaped(value: &str, which: &[char]) -> String {
    value.chars().flat_map(|c| which.contains(&c).then_some('\\').into_iter().chain([c])).collect()
}

impl Shell {
    pub(super) fn new() -> Self {
        Self {
            within: vec![Within::Commands { in_parentheses: false, cases: 0 }],
            documents: Vec::new(),
            before: '\n',
            word: String::new(),
            expects_command: true,
            line: String::new(),
        }
    }

    /// How a value is written after what was read; none where it is not needed, in a comment.
    pub(super) fn write(&mut self, value: &str) -> Option<String> {
        // Part of a word, and no end of a document.
        self.before = 'x';
        self.word.push('$');
        self.line.push('$');
        let mut written = match self.innermost() {
            Within::Comment => return None,
            Within::Commands { .. } | Within::Backticks | Within::Braces { quoted: false } if is_plain(value) => {
                value.to_owned()
            }
            Within::Commands { .. } | Within::Backticks | Within::Braces { quoted: false } => shell_quoted(value),
            Within::Single => shell_inside_quotes(value),
            Within::Escaped => escaped(value, &['\\', '\'']),
            Within::Double | Within::Arithmetic(_) => escaped(value, &['\\', '"', '$', '`']),
            // There, shells do not agree on what a single quote means.
            Within::Braces { quoted: true } => {
                escaped(value, &['\\', '"', '$', '`', '}']).replace('\'', "$(printf \\\\047)")
            }
            Within::Document(Document { quoted: true, .. }) => value.to_owned(),
            Within::Document(_) => escaped(value, &['\\', '$', '`']),
        };
        // Backticks take away one layer of backslashes before anything else is read.
        for _ in self.within.iter().filter(|within| **within == Within::Backticks) {
            written = escaped(&written, &['\\', '$', '`']);
        }
        Some(written)
    }

    /// Reads on.
    pub(super) fn read(&mut self, text: &str) {
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            let length = self.take(c, rest).max(c.len_utf8());
            let taken = &rest[..length];
            self.before = taken.chars().next_back().unwrap_or(c);
            rest = &rest[length..];
        }
    }

    fn innermost(&self) -> &Within {
        self.within.last().unwrap_or(&Within::Comment)
    }

    fn leave(&mut self) {
        if self.within.len() > 1 {
            self.within.pop();
        }
    }

    fn enter(&mut self, within: Within) {
        self.within.push(within);
        self.word.clear();
        self.expects_command = true;
    }

    /// Takes the character that a text begins with. Gives how many bytes it took, where it is more than that one.
    fn take(&mut self, c: char, rest: &str) -> usize {
        match *self.innermost() {
            Within::Single if c == '\'' => self.leave(),
            Within::Single => {}
            Within::Comment if c == '\n' || (c == '`' && self.within.contains(&Within::Backticks)) => {
                self.leave();
                return self.take(c, rest);
            }
            Within::Comment => {}
            Within::Document(ref document) if c == '\n' => {
                let ended = document.ends_with(&self.line);
                self.line.clear();
                if ended {
                    self.leave();
                    self.next_document();
                }
            }
            Within::Document(Document { quoted, .. }) => return self.document(c, rest, quoted),
            _ if c == '\\' => {
                self.word.push(c);
                return 1 + rest[1..].chars().next().map_or(0, char::len_utf8);
            }
            Within::Escaped if c == '\'' => self.leave(),
            Within::Escaped => {}
            Within::Double if c == '"' => self.leave(),
            Within::Double => return self.expansion(c, rest, true),
            Within::Braces { .. } if c == '}' => self.leave(),
            Within::Braces { quoted } => match c {
                '"' => self.enter(Within::Double),
                '\'' if !quoted => self.enter(Within::Single),
                _ => return self.expansion(c, rest, quoted),
            },
            Within::Arithmetic(open) => return self.arithmetic(c, rest, open),
            Within::Commands { in_parentheses, cases } => {
                return self.commands(c, rest, in_parentheses, cases);
            }
            Within::Backticks => return self.commands(c, rest, false, 0),
        }
        0
    }

    /// What a dollar or a backtick begins.
    fn expansion(&mut self, c: char, rest: &str, quoted: bool) -> usize {
        if c == '`' {
            if *self.innermost() == Within::Backticks {
                self.leave();
            } else if self.within.contains(&Within::Backticks) {
                // The end of those, whatever was not closed within.
                while *self.innermost() != Within::Backticks {
                    self.leave();
                }
                self.leave();
            } else {
                self.enter(Within::Backticks);
            }
            return 0;
        }
        for (begin, within) in [
            ("$((", Within::Arithmetic(0)),
            ("$(", Within::Commands { in_parentheses: true, cases: 0 }),
            ("${", Within::Braces { quoted }),
        ] {
            if rest.starts_with(begin) {
                self.enter(within);
                return begin.len();
            }
        }
        if !quoted && rest.starts_with("$'") {
            self.enter(Within::Escaped);
            return 2;
        }
        0
    }

    fn arithmetic(&mut self, c: char, rest: &str, open: u32) -> usize {
        let innermost = self.within.len() - 1;
        match c {
            '(' => self.within[innermost] = Within::Arithmetic(open + 1),
            ')' if open > 0 => self.within[innermost] = Within::Arithmetic(open - 1),
            ')' if rest.starts_with("))") => {
                self.leave();
                return 2;
            }
            // They were two pairs of parentheses around commands.
            ')' => self.within[innermost] = Within::Commands { in_parentheses: true, cases: 0 },
            '"' => self.enter(Within::Double),
            _ => return self.expansion(c, rest, false),
        }
        0
    }

    /// A character within a line of a here-document.
    fn document(&mut self, c: char, rest: &str, quoted: bool) -> usize {
        self.line.push(c);
        if quoted {
            return 0;
        }
        if c == '\\' {
            return 1 + rest[1..].chars().next().filter(|next| *next != '\n').map_or(0, char::len_utf8);
        }
        self.expansion(c, rest, true)
    }

    fn next_document(&mut self) {
        if !self.documents.is_empty() {
            let document = self.documents.remove(0);
            self.enter(Within::Document(document));
        }
        self.line.clear();
    }

    fn commands(&mut self, c: char, rest: &str, in_parentheses: bool, cases: u32) -> usize {
        let begins_word = self.before.is_whitespace() || ";&|()`".contains(self.before);
        if c.is_whitespace() || ";&|()<>".contains(c) {
            self.end_word(c);
        }
        match c {
            '\n' => self.next_document(),
            '#' if begins_word => self.enter(Within::Comment),
            '\'' => self.enter(Within::Single),
            '"' => self.enter(Within::Double),
            '(' if begins_word && rest.starts_with("((") => {
                self.enter(Within::Arithmetic(0));
                return 2;
            }
            '(' => self.enter(Within::Commands { in_parentheses: true, cases: 0 }),
            // That of a pattern, unless the commands end here.
            ')' if in_parentheses && cases == 0 => self.leave(),
            '<' if rest.starts_with("<<<") => return 3,
            '<' if rest.starts_with("<<") => return self.redirection(rest),
            '$' | '`' => return self.expansion(c, rest, false),
            _ if !c.is_whitespace() => self.word.push(c),
            _ => {}
        }
        0
    }

    /// Counts what `case` and `esac` open and close: the patterns between them end in parentheses.
    fn end_word(&mut self, next: char) {
        let word = std::mem::take(&mut self.word);
        if let (true, Some(Within::Commands { cases, .. })) = (self.expects_command, self.within.last_mut()) {
            match word.as_str() {
                "case" => *cases += 1,
                "esac" => *cases = cases.saturating_sub(1),
                _ => {}
            }
        }
        const BEFORE_COMMANDS: [&str; 9] = ["then", "do", "else", "elif", "if", "while", "until", "{", "!"];
        if ";&|()\n".contains(next) {
            self.expects_command = true;
        } else if !word.is_empty() {
            self.expects_command &= BEFORE_COMMANDS.contains(&word.as_str());
        }
    }

    /// `<<END`, with quotes or without. Gives how long that is.
    fn redirection(&mut self, text: &str) -> usize {
        let mut document = Document { end: String::new(), quoted: false, indented: text.starts_with("<<-") };
        let begin = if document.indented { 3 } else { 2 };
        let word = text[begin..].trim_start_matches([' ', '\t']);
        let (mut quote, mut characters) = (None, word.char_indices());
        let end = loop {
            let Some((at, c)) = characters.next() else { break word.len() };
            match (quote, c) {
                (Some(open), c) if open == c => quote = None,
                (Some(_), c) => document.end.push(c),
                (None, '\'' | '"') => (quote, document.quoted) = (Some(c), true),
                (None, '\\') => {
                    document.quoted = true;
                    document.end.extend(characters.next().map(|next| next.1));
                }
                (None, c) if c.is_whitespace() || ";&|()<>`".contains(c) => break at,
                (None, c) => document.end.push(c),
            }
        };
        if !document.end.is_empty() {
            self.documents.push(document);
        }
        text.len() - word.len() + end
    }
}

#[cfg(test)]
mod tests;
