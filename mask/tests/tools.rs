//! What real tools make of a value is masked, and nothing of it is left. A tool that is not on the machine is left out;
//! what each writes also stands as fixed text in the crate's own tests.

use std::{io::ErrorKind, process::Command, sync::Arc};

use muster_mask::{MASK, Masker, Patterns};

const VALUES: [&str; 8] = [
    "it's-a-Secret9",
    "pässwörd-9x",
    "a&b<c>\"d\"-'e'+/=?",
    "two words; and $HOME `id` $(id) & more",
    "back\\slash\\new\\\\twice",
    "first line\nsecond 'line'\n\tthird",
    "{\"key\": \"välue\", \"n\": [1, 2]}",
    "Größe: 10 € – 50 %",
];

/// What stands between several outputs of one program.
const NEXT: &str = "\u{1e}";

/// What a program writes, to both outputs, with the value in variable `V` and on its input.
fn written(program: &str, arguments: &[&str], value: &str) -> Option<Vec<u8>> {
    let mut command = Command::new("sh");
    command.args(["-c", "printf %s \"$V\" | \"$@\" 2>&1", "sh", program]).args(arguments);
    command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default()).env("LC_ALL", "C").env("V", value);
    let found = Command::new(program).arg("--version").output();
    if found.is_err_and(|error| error.kind() == ErrorKind::NotFound) {
        return None;
    }
    Some(command.output().ok()?.stdout)
}

/// Nothing is left but what has nothing to do with the value: at most so many characters.
fn check(program: &str, arguments: &[&str], max_left: usize) {
    for value in VALUES {
        let Some(output) = written(program, arguments, value) else { return };
        for text in String::from_utf8_lossy(&output).split(NEXT) {
            let patterns = Patterns::of_texts([value]).expect("a small automaton");
            let masked = Masker::new([Arc::new(patterns)]).mask(text);
            let left = masked.replace(MASK, "").replace(|c: char| c.is_whitespace() || "'\"=\u{fffd}".contains(c), "");
            assert!(masked.contains(MASK), "{program} {arguments:?}:\n{text}\nbecame\n{masked}");
            assert!(left.chars().count() <= max_left, "{program} {arguments:?}:\n{text}\nbecame\n{masked}");
        }
    }
}

#[test]
fn d32_what_shells_write() {
    for shell in ["bash", "dash"] {
        check(shell, &["-c", "set -x; : \"$V\""], 4);
        check(shell, &["-c", "set -x; W=$V"], 4);
        check(shell, &["-c", "set -x; [ \"$V\" = x ]"], 7);
        check(shell, &["-c", "set | sed -n '/^V/,/^[W-Z_]/p' | grep -v '^_'"], 3);
        check(shell, &["-c", "export -p | sed -n '/ V=/,/ [W-Z]/p'"], 12);
    }
    check("bash", &["-c", "printf '%q\\n' \"$V\"; echo \"${V@Q}\"; declare -p V"], 16);
    // What the locale does not know stands as octal digits there, or as it is.
    check("bash", &["-c", "LC_ALL=C.UTF-8; set -x; : \"$V\""], 16);
}

#[test]
fn d32_what_encoders_write() {
    check("base64", &[], 0);
    check("base64", &["-w", "10"], 3);
    check("base32", &[], 0);
    check("base32", &["-w", "12"], 3);
    check("xxd", &["-p"], 0);
    check("od", &["-An", "-tx1"], 0);
    check("cat", &["-v"], 0);
    check("fold", &["-w", "10"], 0);
    check("fold", &["-s", "-w", "9"], 0);
    for filter in ["@json", "@csv", "@sh", "@uri", "@base64", "@html", "@json | @json", "@html | @json"] {
        check("jq", &["-Rs", &format!("[.] | {filter}")], 30);
        check("jq", &["-Rsr", &format!("[.] | {filter}")], 30);
        check(
            "jq",
            &["-Rsar", &format!("{{v: .}} | {filter}").replace("@csv", "[.v] | @csv").replace("@sh", ".v | @sh")],
            30,
        );
    }
}

#[test]
fn d32_what_languages_write() {
    let expressions = [
        "repr(v)",
        "ascii(v)",
        "repr(v.encode())",
        "json.dumps(v)",
        "json.dumps({'v': v}, ensure_ascii=False)",
        "json.dumps(json.dumps(v))",
        "html.escape(v)",
        "html.escape(json.dumps(v))",
        "v.encode('ascii', 'xmlcharrefreplace').decode()",
        "saxutils.quoteattr(v)",
        "parse.quote(v)",
        "parse.quote_plus(v)",
        "parse.quote(v.encode('latin-1', 'ignore') if v.isascii() or 'ä' in v else v)",
        "base64.b64encode(v.encode('utf-16-le')).decode()",
        "base64.b85encode(v.encode()).decode() and base64.b32encode(v.encode()).decode().lower()",
        "v.encode().hex()",
        "v.encode().hex(':')",
        "v.encode().hex(' ', 2).upper()",
        "quopri.encodestring(v.encode()).decode()",
        "quopri.encodestring(b'.' * 70 + v.encode()).decode()[70:]",
        "v.encode('unicode_escape').decode()",
        "shlex.quote(v)",
        "sqlite3.connect(':memory:').execute('select quote(?)', [v]).fetchone()[0]",
        "v.encode('utf-16-le').decode('utf-8', 'replace')",
        "v.encode('utf-16-be').decode('utf-8', 'replace')",
        "v.encode('latin-1', 'replace').decode('utf-8', 'replace') if '€' not in v else v",
        "''.join('\\x1b[38;5;%dm%s\\x1b[0m' % (i % 256, c) for i, c in enumerate(v))",
        "'\\r'.join([v[:5], v[5:]])",
        "'\\r\\n'.join(textwrap.wrap(v, 12, drop_whitespace=False))",
        "(lambda f: (csv.writer(f).writerow([v]), f.getvalue())[1])(io.StringIO())",
        "'|\\n    ' + v.replace('\\n', '\\n    ')",
    ];
    let program = format!(
        "import base64, csv, html, io, json, os, quopri, shlex, sqlite3, sys, textwrap\n\
         from urllib import parse\nfrom xml.sax import saxutils\n\
         v = os.environb[b'V'].decode()\n\
         sys.stdout.buffer.write('\\x1e'.join([{}]).encode())",
        expressions.join(", ")
    );
    check("python3", &["-c", &program], 14);
}
