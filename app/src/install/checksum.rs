//! The checksum of a file that is downloaded, and the line that checks it.

use leptos::prelude::*;

use crate::ui::copy::Command;

/// The checksum of a file, as the line that checks it where the file lies.
#[component]
pub fn Checksum(
    /// The file's name.
    #[prop(into)]
    name: String,
    /// Its SHA-256, in hexadecimal.
    #[prop(into)]
    sha256: String,
) -> impl IntoView {
    let line = check_line(&name, &sha256);
    view! {
        <div class="checksum">
            <p class="hint">"SHA-256 of " <code>{name}</code> ", and the line that checks the file where it lies:"</p>
            <Command line=line />
        </div>
    }
}

/// Reads as `sha256sum` writes: the checksum, two spaces, the name. Names of install files are ours, and need no quotes.
fn check_line(name: &str, sha256: &str) -> String {
    format!("echo '{sha256}  {name}' | sha256sum -c")
}

#[cfg(test)]
mod tests {
    use super::check_line;

    #[test]
    fn the_line_is_one_that_sha256sum_reads() {
        assert_eq!(check_line("a.tar.gz", "0f"), "echo '0f  a.tar.gz' | sha256sum -c");
    }
}
