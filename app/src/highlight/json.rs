//! JSON.

use super::{
    Look,
    scan::{Part, Scan},
};

pub fn read(mut scan: Scan<'_>) -> Vec<Part<'_>> {
    while let Some(c) = scan.peek() {
        match c {
            '"' => {
                scan.cut(Look::Plain);
                quoted(&mut scan);
                let is_key = scan.rest().trim_start().starts_with(':');
                scan.cut(if is_key { Look::Key } else { Look::Text });
            }
            c if c.is_ascii_alphanumeric() || c == '-' => {
                scan.cut(Look::Plain);
                scan.take_while(|c| c.is_ascii_alphanumeric() || "+-.".contains(c));
                scan.cut(Look::Word);
            }
            _ => _ = scan.next(),
        }
    }
    scan.finish()
}

/// Reads a text in double quotes, which may lack its end. None reaches over a line.
pub fn quoted(scan: &mut Scan<'_>) {
    scan.take("\"");
    while let Some(c) = scan.peek().filter(|c| *c != '\n') {
        scan.next();
        match c {
            '"' => return,
            '\\' if scan.peek() != Some('\n') => _ = scan.next(),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use muster::install::Language;

    use super::Look;
    use crate::ui::code::tests::looks;

    #[test]
    fn names_are_told_from_values() {
        let text = r#"{"cpu": 256, "a \"b" : ["x", true, -1.5e3, null]}"#;
        assert_eq!(
            looks(Language::Json, text),
            [
                (Look::Key, "\"cpu\""),
                (Look::Word, "256"),
                (Look::Key, r#""a \"b""#),
                (Look::Text, "\"x\""),
                (Look::Word, "true"),
                (Look::Word, "-1.5e3"),
                (Look::Word, "null"),
            ]
        );
    }
}
