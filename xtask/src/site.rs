//! The console's files: WebAssembly, its JavaScript, the style sheet and what lies in `public/`.

use crate::layout::{Layout, Profile};
use crate::run::{Result, run};
use std::collections::BTreeMap;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::time::SystemTime;
use wasm_bindgen_cli_support::Bindgen;

pub const WASM_TARGET: &str = "wasm32-unknown-unknown";

/// Every file of a site, by its path from the site's root.
type Files = BTreeMap<PathBuf, Vec<u8>>;

/// Builds the site of one profile and returns its folder.
pub fn build(layout: &Layout, profile: Profile) -> Result<PathBuf> {
    let wasm = compile(layout, profile)?;
    let bound = bind(layout, profile, &wasm)?;
    let mut files = Files::new();
    for (path, bytes) in read_tree(&bound)? {
        files.insert(layout.pkg().join(path), bytes);
    }
    let (style, public) = named_by_content(style(&layout.root.join("style"))?, read_tree(&layout.root.join("public"))?);
    files.insert(layout.pkg().join(format!("{}.css", layout.output_name())), style);
    files.extend(public);
    let site = layout.site(profile);
    sync(&site, &files)?;
    Ok(site)
}

fn compile(layout: &Layout, profile: Profile) -> Result<PathBuf> {
    let mut command = layout.cargo();
    // Of the library alone: as a dependency nothing needs it here.
    command.args(["rustc", "-p", "muster-app", "--lib", "--crate-type", "cdylib", "--target", WASM_TARGET]);
    let folder = match profile {
        Profile::Dev => "debug",
        Profile::Tested | Profile::Release => {
            command.args(["--profile", "wasm-release"]);
            "wasm-release"
        }
    };
    run(&mut command)?;
    Ok(layout.target.join(WASM_TARGET).join(folder).join("muster_app.wasm"))
}

/// Runs wasm-bindgen into a folder of its own, unless that was already done with this very module. In the folder is
/// another one, named after what is in it: its files name each other, so the folder has the hash that other files have in
/// their names.
fn bind(layout: &Layout, profile: Profile, wasm: &Path) -> Result<PathBuf> {
    let folder = layout.target.join("wasm-bindgen").join(profile.site());
    // By content: cargo brings back an earlier artifact with its earlier time. Another build of this tool may bind
    // otherwise, so it counts too.
    let tool = std::env::current_exe().ok().and_then(|tool| modified(&tool));
    let module = fs::read(wasm).map_err(|error| format!("cannot read {}: {error}", layout.relative(wasm)))?;
    let mut hasher = DefaultHasher::new();
    (tool, &module).hash(&mut hasher);
    let (stamp, bound) = (folder.with_extension("stamp"), format!("{:016x}", hasher.finish()));
    if fs::read_to_string(&stamp).is_ok_and(|stamp| stamp == bound) && folder.is_dir() {
        return Ok(folder);
    }
    remove(&stamp)?;
    println!("wasm-bindgen → {}", layout.relative(&folder));
    remove(&folder)?;
    let name = layout.output_name();
    let inner = folder.join(&bound);
    let release = profile != Profile::Dev;
    let mut bindgen = Bindgen::new();
    bindgen.input_bytes(name, module).out_name(name).typescript(false).demangle(false);
    // Names make a browser's backtrace readable in development; a release carries neither them nor the toolchain's.
    bindgen.remove_name_section(release).remove_producers_section(release);
    bindgen
        .web(true)
        .and_then(|bindgen| bindgen.generate(&inner))
        .map_err(|error| format!("wasm-bindgen on {}: {error:#}", layout.relative(wasm)))?;
    write(&stamp, bound.as_bytes())?;
    Ok(folder)
}

/// The style sheet: the files of `style/` one after the other, so that their names give the cascade's order.
fn style(folder: &Path) -> Result<Vec<u8>> {
    let mut css = Vec::new();
    for (path, bytes) in read_tree(folder)? {
        if path.extension().is_some_and(|extension| extension == "css") {
            css.extend_from_slice(&bytes);
            if !bytes.ends_with(b"\n") {
                css.push(b'\n');
            }
        }
    }
    Ok(css)
}

/// Gives each font the hash of its content in its name, and has the style sheet name it so: the server gives the files
/// that pages name a hash, and does not look into a style sheet.
fn named_by_content(style: Vec<u8>, public: Files) -> (Vec<u8>, Files) {
    let mut style = String::from_utf8_lossy(&style).into_owned();
    let files = public.into_iter().map(|(path, bytes)| {
        let font = path.extension().is_some_and(|extension| extension == "woff2");
        let Some(stem) = path.file_stem().filter(|_| font).map(|stem| stem.to_string_lossy().into_owned()) else {
            return (path, bytes);
        };
        let mut hasher = DefaultHasher::new();
        bytes.hash(&mut hasher);
        let named = path.with_file_name(format!("{stem}.{:016x}.woff2", hasher.finish()));
        style = style.replace(&format!("\"/{}\"", path.display()), &format!("\"/{}\"", named.display()));
        (named, bytes)
    });
    let files = files.collect();
    (style.into_bytes(), files)
}

/// Makes a folder hold exactly these files. A file that is right already is not touched: cargo rebuilds the server
/// by the time stamps.
fn sync(folder: &Path, files: &Files) -> Result {
    for (path, _) in list(folder)? {
        if !files.contains_key(&path) {
            let stale = folder.join(path);
            remove(&stale)?;
            // Only an empty folder can be removed in this way.
            let _ = stale.parent().map(fs::remove_dir);
        }
    }
    for (path, bytes) in files {
        let path = folder.join(path);
        if fs::read(&path).is_ok_and(|old| old == *bytes) {
            continue;
        }
        write(&path, bytes)?;
    }
    Ok(())
}

fn read_tree(folder: &Path) -> Result<Files> {
    let read = |(path, _): (PathBuf, fs::Metadata)| {
        let full = folder.join(&path);
        fs::read(&full).map(|bytes| (path, bytes)).map_err(|error| format!("cannot read {}: {error}", full.display()))
    };
    list(folder)?.into_iter().map(read).collect()
}

/// The files below a folder, sorted by path from it; none when the folder is missing. Hidden files are left out.
pub fn list(folder: &Path) -> Result<BTreeMap<PathBuf, fs::Metadata>> {
    let mut found = BTreeMap::new();
    let mut pending = vec![folder.to_path_buf()];
    while let Some(next) = pending.pop() {
        let Ok(entries) = fs::read_dir(&next) else { continue };
        for entry in entries.flatten() {
            // A file can go away between the listing and the look: an editor's temporary one, most often.
            let Ok(metadata) = fs::metadata(entry.path()) else { continue };
            if entry.file_name().to_string_lossy().starts_with('.') {
                continue;
            }
            if metadata.is_dir() {
                pending.push(entry.path());
            } else if let Ok(path) = entry.path().strip_prefix(folder) {
                found.insert(path.to_path_buf(), metadata);
            }
        }
    }
    Ok(found)
}

fn write(path: &Path, bytes: &[u8]) -> Result {
    let made = path.parent().map_or(Ok(()), fs::create_dir_all);
    made.and_then(|()| fs::write(path, bytes)).map_err(|error| format!("cannot write {}: {error}", path.display()))
}

fn modified(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).and_then(|metadata| metadata.modified()).ok()
}

fn remove(path: &Path) -> Result {
    let removed = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
    match removed {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(format!("cannot remove {}: {error}", path.display()))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::{Files, modified, named_by_content, read_tree, style, sync};
    use std::fs;

    #[test]
    fn style_sheets_are_joined_in_file_name_order() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("20-table.css"), "table {}").unwrap();
        fs::write(folder.path().join("00-reset.css"), "* {}\n").unwrap();
        fs::write(folder.path().join("notes.md"), "not CSS").unwrap();
        assert_eq!(style(folder.path()).unwrap(), b"* {}\ntable {}\n");
    }

    #[test]
    fn a_font_is_named_by_what_is_in_it() {
        let named = |content: &[u8]| {
            let files = Files::from([("a.woff2".into(), content.to_vec()), ("a.txt".into(), Vec::new())]);
            let (style, files) = named_by_content(b"x { src: url(\"/a.woff2\"); }".to_vec(), files);
            let font = files.keys().find(|path| path.to_string_lossy().ends_with("woff2")).unwrap();
            assert_eq!(String::from_utf8(style).unwrap(), format!("x {{ src: url(\"/{}\"); }}", font.display()));
            assert!(files.contains_key(std::path::Path::new("a.txt")));
            font.clone()
        };
        assert_ne!(named(b"1"), named(b"2"));
        assert_eq!(named(b"1"), named(b"1"));
    }

    #[test]
    fn a_missing_folder_is_an_empty_one() {
        let folder = tempfile::tempdir().unwrap();
        assert!(style(&folder.path().join("none")).unwrap().is_empty());
    }

    #[test]
    fn the_site_holds_exactly_the_files_and_keeps_those_that_did_not_change() {
        let folder = tempfile::tempdir().unwrap();
        let files = Files::from([("pkg/a.js".into(), b"1".to_vec()), ("icon.svg".into(), b"2".to_vec())]);
        sync(folder.path(), &files).unwrap();
        fs::write(folder.path().join("pkg/stale.js"), "old").unwrap();
        let icon = folder.path().join("icon.svg");
        let before = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_000_000_000);
        fs::File::options().write(true).open(&icon).unwrap().set_modified(before).unwrap();

        let changed = Files::from([("pkg/a.js".into(), b"3".to_vec()), ("icon.svg".into(), b"2".to_vec())]);
        sync(folder.path(), &changed).unwrap();

        assert_eq!(read_tree(folder.path()).unwrap(), changed);
        assert_eq!(modified(&icon), Some(before));
    }
}
