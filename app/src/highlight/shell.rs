//! Shell scripts, as far as colours need it.

use super::{
    Look,
    scan::{Part, Scan},
};

const WORDS: [&str; 24] = [
    "if", "then", "else", "elif", "fi", "for", "in", "do", "done", "while", "until", "case", "esac", "function", "set",
    "export", "local", "readonly", "return", "exit", "exec", "trap", "shift", "unset",
];

pub fn read(mut scan: Scan<'_>) -> Vec<Part<'_>> {
    // The words that end the texts which begin on the next line.
    let mut heredocs: Vec<&str> = Vec::new();
    let mut before = '\n';
    while let Some(c) = scan.peek() {
        let begins_word = before.is_whitespace() || ";|&(`{!".contains(before);
        match c {
            '#' if begins_word => {
                scan.cut(Look::Plain);
                scan.take_line();
                scan.cut(Look::Comment);
            }
            '\'' => {
                scan.cut(Look::Plain);
                scan.next();
                scan.take_while(|c| c != '\'');
                scan.take("'");
                scan.cut(Look::Text);
            }
            '"' => double_quoted(&mut scan),
            '$' => variable(&mut scan, Look::Plain),
            '\\' => {
                scan.next();
                scan.next();
            }
            '<' if scan.rest().starts_with("<<") && !scan.rest().starts_with("<<<") => {
                heredocs.extend(heredoc(&mut scan))
            }
            '\n' => {
                scan.next();
                for word in heredocs.drain(..) {
                    body(&mut scan, word);
                }
            }
            c if begins_word && (c.is_ascii_alphabetic() || c == '_') => word(&mut scan),
            _ => _ = scan.next(),
        }
        before = if c == '\\' { 'x' } else { c };
    }
    scan.finish()
}

/// Reads a word: a name that gets a value, a word of the language, or any other.
fn word(scan: &mut Scan<'_>) {
    scan.cut(Look::Plain);
    let rest = scan.rest();
    scan.take_while(is_name);
    let word = rest.get(..rest.len() - scan.rest().len()).unwrap_or_default();
    let ends = scan.peek().is_none_or(|c| c.is_whitespace() || ";)&|".contains(c));
    scan.cut(match scan.peek() {
        Some('=') => Look::Key,
        _ if ends && WORDS.contains(&word) => Look::Word,
        _ => Look::Plain,
    });
}

/// Reads a text in which variables count.
fn double_quoted(scan: &mut Scan<'_>) {
    scan.cut(Look::Plain);
    scan.next();
    while let Some(c) = scan.peek() {
        match c {
            '$' => variable(scan, Look::Text),
            '\\' => {
                scan.next();
                scan.next();
            }
            _ => {
                scan.next();
                if c == '"' {
                    break;
                }
            }
        }
    }
    scan.cut(Look::Text);
}

/// Reads a dollar, and the variable that it names. What is before it looks as `before`.
fn variable(scan: &mut Scan<'_>, before: Look) {
    scan.cut(before);
    scan.next();
    if scan.take("{") {
        scan.take_while(|c| c != '}' && c != '\n');
        scan.take("}");
        scan.cut(Look::Variable);
    } else if scan.peek().is_some_and(|c| c.is_ascii_digit() || "?#@*!$-".contains(c)) {
        scan.next();
        scan.cut(Look::Variable);
    } else if scan.take_while(is_name) {
        scan.cut(Look::Variable);
    }
}

/// Reads the beginning of a text that stands on the next lines. Gives the word that ends it.
fn heredoc<'a>(scan: &mut Scan<'a>) -> Option<&'a str> {
    scan.take("<<");
    scan.take("-");
    scan.take_while(|c| c == ' ');
    let rest = scan.rest();
    let quote = scan.peek().filter(|c| ['\'', '"'].contains(c));
    if let Some(quote) = quote {
        scan.next();
        scan.take_while(|c| c != quote && c != '\n');
        scan.take(quote.encode_utf8(&mut [0; 4]));
    } else {
        scan.take_while(|c| !c.is_whitespace() && !";|&<>()".contains(c));
    }
    let word = rest.get(..rest.len() - scan.rest().len())?.trim_matches(['\'', '"', '\\']);
    (!word.is_empty()).then_some(word)
}

/// Reads such a text, and the word that ends it.
fn body(scan: &mut Scan<'_>, word: &str) {
    scan.cut(Look::Plain);
    while scan.peek().is_some() {
        let line = scan.rest().split('\n').next().unwrap_or_default();
        let last = line.trim_start_matches('\t') == word;
        if last {
            scan.cut(Look::Text);
        }
        scan.take_line();
        if last {
            scan.cut(Look::Plain);
        }
        scan.take("\n");
        if last {
            return;
        }
    }
    scan.cut(Look::Text);
}

const fn is_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

#[cfg(test)]
mod tests {
    use muster::install::Language;

    use super::Look;
    use crate::ui::code::tests::looks;

    #[test]
    fn texts_names_and_variables_are_told_apart() {
        let text =
            "#!/bin/sh\nset -eu # c\nA=1 B=\"x $C ${D:-#}\" cmd --e=f#g 'it$' \\# h\nif [ $? ]; then ifs=$1; fi\n";
        assert_eq!(
            looks(Language::Shell, text),
            [
                (Look::Comment, "#!/bin/sh"),
                (Look::Word, "set"),
                (Look::Comment, "# c"),
                (Look::Key, "A"),
                (Look::Key, "B"),
                (Look::Text, "\"x "),
                (Look::Variable, "$C"),
                (Look::Variable, "${D:-#}"),
                (Look::Text, "\""),
                (Look::Text, "'it$'"),
                (Look::Word, "if"),
                (Look::Variable, "$?"),
                (Look::Word, "then"),
                (Look::Key, "ifs"),
                (Look::Variable, "$1"),
                (Look::Word, "fi"),
            ]
        );
    }

    #[test]
    fn a_text_that_stands_on_lines_of_its_own_ends_with_its_word() {
        assert_eq!(
            looks(Language::Shell, "cat <<END >&2\nit's # no comment\nEND\necho 'x'\n"),
            [(Look::Text, "it's # no comment\n"), (Look::Text, "'x'"),]
        );
        assert_eq!(looks(Language::Shell, "cat <<'A B'\n"), []);
    }
}
