use std::{io::ErrorKind, process::Command};

use crate::secret::{SecretValue, expand};

/// Values that a shell would take apart, replace or run.
const VALUES: [&str; 13] = [
    "correct horse-battery-staple",
    "a&b;c|d>e<f",
    "$HOME/$(id)/`id`/${PATH}",
    "it's 'quoted' \"twice\"",
    "back\\slash\\\\end\\",
    "first line\nsecond 'line' $x\n  third",
    "* ? [a-z] {a,b} ~ ~root !! # no comment",
    "closing } and ) and )) and ]]",
    "pässwörd €",
    "plain-Value_1",
    "-n -e \\n",
    "%s %d 100%",
    "EOF EOF\\",
];

/// Scripts that print a value alone: `@` stands for its reference.
const SCRIPTS: [&str; 30] = [
    "printf %s @",
    "X=@; printf %s \"$X\"",
    "export X=@\nprintf %s \"$X\"",
    "printf %s \"@\"",
    "printf %s '@'",
    "X=\"$(printf %s @)\"; printf %s \"$X\"",
    "X=\"$(printf %s \"@\")\"; printf %s \"$X\"",
    "X=`printf %s @`; printf %s \"$X\"",
    "X=`printf %s \"@\"`; printf %s \"$X\"",
    "X=\"`printf %s @`\"; printf %s \"$X\"",
    "X=\"`printf %s '@'`\"; printf %s \"$X\"",
    "X=$(cat <<EOF\n@\nEOF\n); printf %s \"$X\"",
    "X=$(cat <<'EOF'\n@\nEOF\n); printf %s \"$X\"",
    "X=$(cat <<-\\END | cat\n@\n\tEND\n); printf %s \"$X\"",
    "cat <<EOF >/dev/null\nit's \"odd\nEOF\nprintf %s @",
    "cat <<A <<'B' >/dev/null\nit's \"odd\nA\nand ` so on\nB\nprintf %s @",
    "# it's a comment: @\nprintf %s \"@\"",
    "echo a#b \"# no comment\" >/dev/null; printf %s @ # it's \"@",
    "printf %s \"${UNSET:-@}\"",
    "X=${UNSET:-@}; printf %s \"$X\"",
    "case x in x) printf %s @;; esac",
    "X=\"$(case x in y) :;; x) printf %s @;; esac)\"; printf %s \"$X\"",
    "X=\"$(case x in (x) printf %s '@';; esac)\"; printf %s \"$X\"",
    "if [ $((1 << 2)) -eq 4 ]; then printf %s @; fi",
    "f() { printf %s \"$1\"; }\nf @",
    "( ( printf %s @ ) )",
    "printf '%s' \\\n  @",
    "X=\"it's $(printf %s \"$(printf %s '@')\")\"; printf %s \"${X#it?s }\"",
    "[ \"${#UNSET}\" = 0 ] && printf %s @",
    "eval 'printf %s \"$1\"' >/dev/null; set -- @; printf %s \"$1\"",
];

/// What only bash knows.
const BASH: [&str; 6] = [
    "printf %s $'@'",
    "cat <<< @ | head -c -1",
    "[[ x == x ]] && printf %s @",
    "(( 1 << 2 )); printf %s @",
    "X=(a @ b); printf %s \"${X[1]}\"",
    "diff <(printf %s @) /dev/null >/dev/null; printf %s @",
];

fn delivered(script: &str, value: &str) -> String {
    let value = SecretValue::parse(value).unwrap();
    expand(&script.replace('@', "${secrets.getValue(\"x\")}"), |_| Some(&value)).unwrap()
}

fn check(shell: &str, scripts: &[&str]) {
    let mut wrong = Vec::new();
    for script in scripts {
        for value in VALUES {
            let script = delivered(script, value);
            // `LC_ALL` so that no shell takes bytes for what they are not.
            let run = Command::new(shell).env("LC_ALL", "C.UTF-8").args(["-c", &script]).output();
            let run = match run {
                Err(error) if error.kind() == ErrorKind::NotFound => return,
                run => run.unwrap(),
            };
            let (output, errors) = (String::from_utf8_lossy(&run.stdout), String::from_utf8_lossy(&run.stderr));
            if output != value {
                wrong.push(format!("{shell}: {script}\nwrote {output:?}\n{errors}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn d33_a_value_arrives_whole_whatever_is_in_it() {
    for shell in ["bash", "dash"] {
        check(shell, &SCRIPTS);
    }
    check("bash", &BASH);
}

#[test]
fn d33_a_plain_value_and_other_languages_are_left_as_they_are() {
    for (script, value, text) in [
        ("export X=@", "abc/+=-_9", "export X=abc/+=-_9"),
        ("export X=@", "a b c d e", "export X='a b c d e'"),
        ("#!/bin/sh -e\nX=\"@\"", "a\"b$c d", "#!/bin/sh -e\nX=\"a\\\"b\\$c d\""),
        ("#!/usr/bin/env -S bash -e\nX=@", "a b c d", "#!/usr/bin/env -S bash -e\nX='a b c d'"),
        ("#!/usr/bin/python3\nx = '''@'''", "a 'b' $c", "#!/usr/bin/python3\nx = '''a 'b' $c'''"),
        ("#!/usr/bin/env python3\nx = '@'", "a b $c `d`", "#!/usr/bin/env python3\nx = 'a b $c `d`'"),
        ("# @", "a\nid\nb c", "# ${secrets.getValue(\"x\")}"),
    ] {
        assert_eq!(delivered(script, value), text);
    }
}

#[test]
fn d33_any_script_is_read_to_its_end() {
    for script in
        ["\"", "'", "$(", "$((", "((", ")", "`", "<<", "<<E", "<<E\n", "\\", "${", "case", "esac", "#", "$'", "))"]
    {
        for again in [script.repeat(2), format!("{script}@{script}"), format!("\"$(`{script}@"), format!("{script}\\")]
        {
            assert!(!delivered(&again, "a b'c$d").is_empty());
        }
    }
}
