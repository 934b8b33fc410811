//! The forms in which a value may come.

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD},
};

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// All characters but the unreserved ones (RFC 3986), or simply all.
pub fn percent(text: &str, all: bool) -> String {
    let one = |byte: u8| {
        let kept = !all && (byte.is_ascii_alphanumeric() || b"-._~".contains(&byte));
        if kept { char::from(byte).to_string() } else { format!("%{byte:02X}") }
    };
    text.bytes().map(one).collect()
}

/// JSON, with everything escaped that may be.
pub fn escaped(text: &str) -> String {
    text.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect()
}

pub fn xml(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    text.replace('"', "&quot;").replace('\'', "&#39;")
}

pub fn base32(bytes: &[u8]) -> String {
    let bits: String = bytes.iter().map(|byte| format!("{byte:08b}")).collect();
    let digit = |five: &[u8]| {
        let number = usize::from_str_radix(&format!("{:0<5}", String::from_utf8_lossy(five)), 2).unwrap();
        char::from(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[number])
    };
    bits.as_bytes().chunks(5).map(digit).collect()
}

/// As `cat -v` has it, and with tabs as `cat -A` has them.
pub fn caret(bytes: &[u8]) -> String {
    let low = |byte: u8| match byte {
        0..0x20 if byte != b'\n' => format!("^{}", char::from(byte + 64)),
        0x7f => "^?".to_owned(),
        byte => char::from(byte).to_string(),
    };
    bytes.iter().map(|byte| if *byte < 128 { low(*byte) } else { format!("M-{}", low(byte - 128)) }).collect()
}

/// The forms in which a value may come.
pub fn forms(value: &str) -> Vec<String> {
    let json = serde_json::to_string(value).unwrap();
    let mut forms = vec![
        value.to_owned(),
        value.replace('\n', "\r\n"),
        hex(value.as_bytes()),
        hex(value.as_bytes()).to_uppercase(),
        percent(value, false),
        percent(value, true).to_lowercase(),
        percent(value, false).replace("%20", "+"),
        json[1..json.len() - 1].to_owned(),
        json[1..json.len() - 1].replace('/', "\\/"),
        escaped(value),
        value.bytes().map(|byte| format!("={byte:02X}")).collect(),
        value.bytes().map(|byte| format!("={byte:02X}=\r\n")).collect::<String>().trim_end_matches("=\r\n").to_owned(),
        value.bytes().map(|byte| format!("\\x{byte:02x}")).collect(),
        value.bytes().map(|byte| format!("\\{byte:03o}")).collect(),
        value.chars().map(|c| format!("&#{};", u32::from(c))).collect(),
        value.chars().map(|c| format!("&#x{:x};", u32::from(c))).collect(),
        value.chars().map(|c| format!("\\u{{{:x}}}", u32::from(c))).collect(),
        value.chars().map(|c| format!("\\U{:08X}", u32::from(c))).collect(),
        xml(value),
        value.replace('\'', "'\\''"),
        value.replace('\'', "'\"'\"'"),
        value.replace('\'', "''").replace('"', "\"\""),
        base32(value.as_bytes()),
        base32(format!("xyz{value}").as_bytes()).to_lowercase(),
        caret(value.as_bytes()),
        value.bytes().map(|byte| format!("{byte:02x} ")).collect::<String>().trim().to_owned(),
        value.bytes().map(|byte| format!("{byte:02X}:")).collect::<String>().trim_matches(':').to_owned(),
        STANDARD.encode(value.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>()),
        hex(&value.encode_utf16().flat_map(u16::to_be_bytes).collect::<Vec<u8>>()),
        // Within each other.
        percent(&STANDARD.encode(value), false),
        escaped(&STANDARD.encode(value)),
        percent(&hex(value.as_bytes()), true),
        serde_json::to_string(&escaped(value)).unwrap().replace('"', ""),
    ];
    if !value.contains('\\') {
        forms.push(serde_json::to_string(&json).unwrap().replace("\"\\\"", "").replace("\\\"\"", ""));
    }
    for before in ["", "x", "xy"] {
        for after in ["", "z", "zz"] {
            let around = format!("{before}{value}{after}");
            forms.push(STANDARD.encode(&around));
            forms.push(STANDARD_NO_PAD.encode(&around));
            forms.push(URL_SAFE.encode(&around));
            forms.push(URL_SAFE_NO_PAD.encode(&around));
        }
    }
    forms
}

/// Breaks lines as tools do that encode.
pub fn with_line_ends(text: &str, columns: usize, line_end: &str) -> String {
    // In quoted-printable, a line is broken by a sign of its own.
    if text.contains(char::is_whitespace) || text.starts_with('=') {
        return text.to_owned();
    }
    let characters: Vec<char> = text.chars().collect();
    characters.chunks(columns).map(String::from_iter).collect::<Vec<_>>().join(line_end)
}
