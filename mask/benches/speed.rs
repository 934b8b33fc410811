//! How long a log of one mebibyte takes: `cargo bench -p muster-mask`.
#![allow(clippy::print_stdout)]

use std::{hint::black_box, sync::Arc, time::Instant};

use muster_mask::{After, Before, Carry, Masker, Patterns, PatternsError};

const LOG: usize = 1024 * 1024;

const LINES: [(&str, &str); 4] = [
    (
        "a package manager",
        "Get:12 http://deb.example.org/debian stable/main amd64 libfoo-bar2 amd64 1.2.3-4 [123 kB]\n",
    ),
    ("base64", "TWFuIGlzIGRpc3Rpbmd1aXNoZWQsIG5vdCBvbmx5IGJ5IGhpcyByZWFzb24sIGJ1dCBieSB0aGlz\n"),
    (
        "all escapes",
        "{\"msg\":\"GET /a?b=%20c&d=1 \\u00e4\\n &amp; x=41 \\\\t M-C\",\"t\":\"2026-11-27T10:00:00+01:00\"}\n",
    ),
    ("secrets", "export X=secret-5-Value39595 secret-99-Value783981\n"),
];

fn main() -> Result<(), PatternsError> {
    let values: Vec<String> = (0..100).map(|number| format!("secret-{number}-Value{}", number * 7919)).collect();
    let masker = Masker::new([
        Arc::new(Patterns::of_texts(values.iter().map(String::as_str))?),
        Arc::new(Patterns::of_texts(["07070707070707070707070707070707"])?),
        Arc::new(Patterns::of_bytes([[7; 16].as_slice()])?),
    ]);
    for (name, line) in LINES {
        let text = line.repeat(LOG / line.len());
        let begun = Instant::now();
        black_box(masker.mask(&text));
        println!("{name}: {:?} at once", begun.elapsed());
        let (begun, mut carry) = (Instant::now(), Carry::default());
        for line in text.split_inclusive('\n') {
            carry = masker.feed(carry, line, Before::Known, After::More).1;
        }
        println!("{name}: {:?} line by line", begun.elapsed());
    }
    Ok(())
}
