//! Holds apart what runs in the server and what runs in the browser.
//!
//! Cargo unifies features: were `hydrate` ever switched on in the server's build, Leptos would render as a browser
//! does, and pages break at run time with no compile error. So the resolved features are read and checked.

use crate::layout::Layout;
use crate::run::{Result, output};
use crate::site::WASM_TARGET;

/// The packages with both features.
const PACKAGES: [&str; 2] = ["muster-app", "leptos"];

pub fn check(layout: &Layout) -> Result {
    let builds: [(&str, &[&str], &str, &str); 3] = [
        ("the server", &["-p", "muster-server"], "ssr", "hydrate"),
        ("the workspace", &["--workspace"], "ssr", "hydrate"),
        ("the console", &["-p", "muster-app", "--features", "hydrate", "--target", WASM_TARGET], "hydrate", "ssr"),
    ];
    for (what, selection, wanted, barred) in builds {
        let mut command = layout.cargo();
        command.args(["tree", "--edges", "normal,build,dev", "--prefix", "none", "--format", "{p}|{f}"]);
        let tree = output(command.args(selection))?;
        for package in PACKAGES {
            let features = features_of(&tree, package);
            if features.contains(&barred) {
                return Err(format!(
                    "in the build of {what}, `{package}` has the feature `{barred}`; \
                     find who asks for it with `cargo tree -e features {} -i {package}`",
                    selection.join(" ")
                ));
            }
            if !features.contains(&wanted) {
                return Err(format!("in the build of {what}, `{package}` lacks the feature `{wanted}`"));
            }
        }
    }
    println!("`hydrate` and `ssr` are in builds of their own");
    Ok(())
}

/// The features that any line of `cargo tree` gives a package.
fn features_of<'a>(tree: &'a str, package: &str) -> Vec<&'a str> {
    tree.lines()
        .filter_map(|line| line.split_once('|'))
        .filter(|(id, _)| id.split_once(' ').is_some_and(|(name, _)| name == package))
        .flat_map(|(_, features)| features.trim_end_matches(" (*)").split(','))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::features_of;

    #[test]
    fn reads_the_features_of_one_package_from_the_tree() {
        let tree = "muster-server v0.1.0 (/x/server)|\nleptos v0.8.23|default,ssr\nleptos_meta v0.8.7|hydrate\n\
                    leptos v0.8.23|default,ssr (*)\n";
        assert_eq!(features_of(tree, "leptos"), ["default", "ssr", "default", "ssr"]);
        assert_eq!(features_of(tree, "leptos_meta"), ["hydrate"]);
    }
}
