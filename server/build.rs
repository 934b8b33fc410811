//! Embeds the console's files into the binary.
//!
//! `cargo xtask` builds them first. Where they are missing, as in a fresh clone, an empty site takes their place, so
//! that plain `cargo test` and `cargo clippy` work. A dev build reads the files from disk at each request instead.

use std::error::Error;
use std::hash::{DefaultHasher, Hasher};
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() -> Result<(), Box<dyn Error>> {
    if env::var("CARGO_CFG_TARGET_ENV").is_ok_and(|env| env == "musl") {
        // Where the program is loaded is written into it in a twentieth of the room.
        println!("cargo::rustc-link-arg-bins=-Wl,-z,pack-relative-relocs");
    }
    println!("cargo::rerun-if-env-changed=MUSTER_SITE_DIR");
    println!("cargo::rerun-if-changed=build.rs");
    let embed = env::var("PROFILE")? == "release";
    let site = site(embed)?;
    fs::create_dir_all(&site)?;
    let site = fs::canonicalize(site)?;
    println!("cargo::rerun-if-changed={}", site.display());

    let files = files(&site)?;
    if embed && files.is_empty() {
        println!("cargo::warning=the console is not built: `cargo xtask build` makes a binary that has one");
    }
    println!("cargo::rustc-env=MUSTER_BUILD_ID={}", build_id(&site, &files)?);
    chart()?;
    assets(&site, embed)
}

/// Writes the table that `src/install/archive.rs` includes: the files of the chart that installs a delegate, but for
/// those that only its tests need.
fn chart() -> Result<(), Box<dyn Error>> {
    let folder = fs::canonicalize("../deploy/helm/muster-delegate")?;
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut table = String::from("&[\n");
    for file in files(&folder)? {
        let path = file.strip_prefix(&folder)?;
        if !path.starts_with("ci") {
            let name = path.to_str().ok_or("a file of the chart has no plain name")?;
            table.push_str(&format!("    ({name:?}, include_bytes!({file:?})),\n"));
        }
    }
    table.push(']');
    fs::write(PathBuf::from(env::var("OUT_DIR")?).join("chart.rs"), table)?;
    Ok(())
}

/// The folder that xtask names, or the one where it puts the site of this profile (`Leptos.toml` has the name).
fn site(embed: bool) -> Result<PathBuf, Box<dyn Error>> {
    if let Some(named) = env::var_os("MUSTER_SITE_DIR") {
        return Ok(named.into());
    }
    let folder = if embed { "../target/site-release" } else { "../target/site-dev" };
    Ok(Path::new(&env::var("CARGO_MANIFEST_DIR")?).join(folder))
}

/// Writes the table that `memory_serve::load!()` includes. Its own `load_directory` would do the same, but can be
/// kept from printing a warning for each file only through the environment, and names the build machine's folders.
fn assets(site: &Path, embed: bool) -> Result<(), Box<dyn Error>> {
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let mut table = memory_serve::assets_to_code("the site", site, &out, embed, |_| {});
    if embed {
        // An embedded file is never looked for on disk: where it once lay is nobody's business.
        table = table.replace(&format!("path: r\"{}", site.display()), "path: r\"");
    }
    fs::write(out.join("memory_serve_assets.rs"), format!("&[(\"default\", {table})]"))?;
    Ok(())
}

/// A short name for this state of the console, by which an open tab learns that the server has a newer one.
fn build_id(site: &Path, files: &[PathBuf]) -> Result<String, Box<dyn Error>> {
    let mut hasher = DefaultHasher::new();
    for file in files {
        hasher.write(file.strip_prefix(site)?.to_string_lossy().as_bytes());
        hasher.write_u8(0xff);
        hasher.write(&fs::read(file)?);
        hasher.write_u8(0xff);
    }
    Ok(format!("{:016x}", hasher.finish()))
}

/// Every file of the site, in a stable order.
fn files(site: &Path) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let mut found = Vec::new();
    let mut pending = vec![site.to_path_buf()];
    while let Some(folder) = pending.pop() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                pending.push(path);
            } else {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}
