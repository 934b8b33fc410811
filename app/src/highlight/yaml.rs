//! YAML, as far as colours need it: line by line.

use super::{
    Look, json,
    scan::{Part, Scan},
};

pub fn read(mut scan: Scan<'_>) -> Vec<Part<'_>> {
    // How far the line is indented whose value goes on below, as a text of its own.
    let mut block = None;
    while scan.peek().is_some() {
        let indent = scan.rest().len() - scan.rest().trim_start_matches(' ').len();
        let empty = scan.rest().trim_start_matches([' ', '\t', '\r']).starts_with('\n');
        match block {
            Some(of) if empty || indent > of => {
                scan.take_line();
                scan.cut(Look::Text);
            }
            _ => block = line(&mut scan).then_some(indent),
        }
        scan.take("\n");
        scan.cut(Look::Plain);
    }
    scan.finish()
}

/// Reads a line. Tells whether its value is the text that follows.
fn line(scan: &mut Scan<'_>) -> bool {
    loop {
        scan.take_while(is_space);
        if !(scan.rest().starts_with("- ") && scan.take("-")) {
            break;
        }
    }
    scan.cut(Look::Plain);
    if scan.rest().starts_with("---") {
        scan.take_line();
        scan.cut(Look::Comment);
        return false;
    }
    key(scan);
    let mut opens = false;
    while let Some(c) = scan.peek().filter(|c| *c != '\n') {
        match c {
            '#' => {
                scan.take_line();
                scan.cut(Look::Comment);
            }
            '"' | '\'' => {
                quoted(scan, c);
                scan.cut(Look::Text);
                opens = false;
            }
            '|' | '>' => {
                scan.take_while(|c| !is_space(c) && c != '\n');
                scan.cut(Look::Plain);
                opens = true;
            }
            c if is_space(c) || "{}[],".contains(c) => {
                scan.next();
                scan.cut(Look::Plain);
            }
            _ => {
                let word = plain(scan);
                scan.cut(if is_word(word) { Look::Word } else { Look::Text });
                opens = false;
            }
        }
    }
    opens
}

/// Reads the name that the line gives a value, where it does.
fn key(scan: &mut Scan<'_>) {
    let line = scan.rest().split('\n').next().unwrap_or_default();
    let quote = line.chars().next().filter(|c| ['"', '\''].contains(c));
    let name = match quote {
        Some(quote) => {
            let mut name = Scan::new(line);
            quoted(&mut name, quote);
            Some(line.len() - name.rest().len())
        }
        None if line.starts_with('#') => None,
        None => line.match_indices(':').map(|(at, _)| at).find(|at| ends(line, *at)),
    };
    let name = name.filter(|at| ends(line, *at) && (quote.is_some() || !line[..*at].contains(" #")));
    if let Some(name) = name.and_then(|at| line.get(..at)) {
        scan.take(name);
        scan.cut(Look::Key);
        scan.take(":");
        scan.cut(Look::Plain);
    }
}

/// Whether a name ends here: with a colon, and then a space or the line's end.
fn ends(line: &str, at: usize) -> bool {
    let rest = line.get(at..).and_then(|rest| rest.strip_prefix(':'));
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(is_space))
}

fn quoted(scan: &mut Scan<'_>, quote: char) {
    if quote == '"' {
        return json::quoted(scan);
    }
    scan.take("'");
    while let Some(c) = scan.peek().filter(|c| *c != '\n') {
        scan.next();
        // Two of them stand for one.
        if c == '\'' && !scan.take("'") {
            return;
        }
    }
}

/// Reads a text without quotes, up to a comment or what ends it in a list. Gives it.
fn plain<'a>(scan: &mut Scan<'a>) -> &'a str {
    let rest = scan.rest();
    let line = rest.split(['\n', '\r']).next().unwrap_or_default();
    let end = line.find(" #").unwrap_or(line.len());
    let text = line.get(..end).unwrap_or_default().trim_end();
    let text = text.split([',', ']', '}']).next().filter(|text| !text.is_empty()).unwrap_or(text);
    if text.is_empty() {
        scan.next();
    }
    scan.take(text);
    text
}

/// Whether it is a number, or one of the words that are no texts.
fn is_word(text: &str) -> bool {
    let number = text.starts_with(|c: char| c.is_ascii_digit() || c == '-') && text.parse::<f64>().is_ok();
    number || ["true", "false", "null", "~"].contains(&text)
}

const fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\r')
}

#[cfg(test)]
mod tests {
    use muster::install::Language;

    use super::Look;
    use crate::ui::code::tests::looks;

    #[test]
    fn names_values_and_comments_are_told_apart() {
        let text = "# about\nname: edge-1 # not here\n  - \"a\\\"b\": 'it''s'\n    port: 3460\n    url: http://h:1/#x\n    on: true\n";
        assert_eq!(
            looks(Language::Yaml, text),
            [
                (Look::Comment, "# about"),
                (Look::Key, "name"),
                (Look::Text, "edge-1"),
                (Look::Comment, "# not here"),
                (Look::Key, "\"a\\\"b\""),
                (Look::Text, "'it''s'"),
                (Look::Key, "port"),
                (Look::Word, "3460"),
                (Look::Key, "url"),
                (Look::Text, "http://h:1/#x"),
                (Look::Key, "on"),
                (Look::Word, "true"),
            ]
        );
    }

    #[test]
    fn a_block_of_text_has_no_names() {
        let text = "data:\n  run.sh: |-\n    a: 1\n\n    # b\n  next: x\n";
        assert_eq!(
            looks(Language::Yaml, text),
            [
                (Look::Key, "data"),
                (Look::Key, "run.sh"),
                (Look::Text, "    a: 1"),
                (Look::Text, "    # b"),
                (Look::Key, "next"),
                (Look::Text, "x"),
            ]
        );
    }

    #[test]
    fn lists_in_one_line_are_taken_apart() {
        assert_eq!(
            looks(Language::Yaml, "verbs: [get, 1, \"x\"]\n"),
            [(Look::Key, "verbs"), (Look::Text, "get"), (Look::Word, "1"), (Look::Text, "\"x\""),]
        );
    }
}
