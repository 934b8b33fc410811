//! Taking the console's WebAssembly apart: the main module, which every page needs, and parts that the browser fetches
//! when it first goes to a page that has one.
//!
//! The linker makes one module; it keeps its relocations, by which the splitter knows what each function needs. What
//! several parts need becomes pieces of their own, hundreds of small modules. So that a page has one file to fetch, its
//! part is a module that does nothing but carry the pieces as custom sections, and [`LOADER`] takes in those that are
//! not there yet.

use crate::run::Result;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use walrus::{ModuleConfig, RawCustomSection};
use wasm_split_cli_support::{Options, transform};

/// The module that loads parts. The main module imports from it, and it from the main module's JavaScript.
pub const LOADER: &str = "parts.js";

/// What the splitter made.
pub struct Split {
    /// The main module, for wasm-bindgen.
    pub main: Vec<u8>,
    /// The parts by their names.
    pub parts: BTreeMap<String, Vec<u8>>,
}

/// What each page needs beside the main module: its own part, and that of the dialog on top of it.
pub const PAGES: &[(&str, &[&str])] = &[
    ("/setup", &["setup"]),
    ("/login", &["login"]),
    ("/delegates", &["delegates"]),
    ("/delegates/{id}/reject, delete", &["delegates", "delegate_dialogs"]),
    ("/delegates/{id}", &["delegate"]),
    ("/delegates/{id}/profile, selectors", &["delegate", "delegate_dialogs"]),
    ("/profiles, {id}/delete", &["profiles"]),
    ("/profiles/new, {id}", &["profile"]),
    ("/tokens", &["tokens"]),
    ("/tokens/new, {id}/created, revoke, rotate, delete", &["tokens", "token_dialogs"]),
    ("/tokens/{id}/rotation", &["rotation"]),
    ("/tokens/{id}/rotation/revoke", &["rotation", "token_dialogs"]),
    ("/secrets", &["secrets"]),
    ("/secrets/new, {id}/replace, delete", &["secrets", "secret_dialogs"]),
    ("/install", &["install"]),
    ("/install/{kind}", &["install_setup"]),
    ("/install/{kind}/new-token, token/{id}", &["install_setup", "install_token"]),
    ("/install/{kind}/review", &["review"]),
    ("/install/{kind}/verify, reject/{id}", &["verify"]),
];

/// The names of a part's pieces.
type Pieces = BTreeSet<String>;

/// Leaves out of each dialog's part what comes with the page under it, whichever that is: the router needs both.
fn without_what_is_there(pages: &[(&str, &[&str])], needs: &BTreeMap<String, Pieces>) -> BTreeMap<String, Pieces> {
    let rest = |(part, pieces): (&String, &Pieces)| {
        let mut below = pages.iter().filter_map(|(_, parts)| match parts {
            [page, dialog] if dialog == part => needs.get(*page),
            _ => None,
        });
        let everywhere = below.next().map(|first| below.fold(first.clone(), |all, more| &all & more));
        (part.clone(), pieces - &everywhere.unwrap_or_default())
    };
    needs.iter().map(rest).collect()
}

/// Takes a module apart. `scratch` is a folder for the splitter's own files, `main_script` the name of the main module's
/// JavaScript.
pub fn split(module: &[u8], scratch: &Path, main_script: &str) -> Result<Split> {
    let main = scratch.join("main.wasm");
    let (link_name, main_module) = (format!("./{LOADER}"), format!("./{main_script}"));
    let mut options = Options::new(module);
    (options.output_dir, options.main_out_path) = (scratch, &main);
    (options.link_name, options.main_module) = (&link_name, &main_module);
    let done = transform(options).map_err(|error| format!("the WebAssembly cannot be taken apart: {error:#}"))?;

    let mut pieces = BTreeMap::new();
    for path in &done.split_modules {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        pieces.insert(name, slim(&read(path)?)?);
    }
    let number: BTreeMap<&String, u32> = pieces.keys().zip(0..).collect();
    let needs = done.prefetch_map.into_iter().map(|(part, names)| (part, names.into_iter().collect())).collect();
    let packed = |(part, names): (String, Pieces)| {
        let pieces = names.iter().filter_map(|name| Some((*number.get(name)?, pieces.get(name)?)));
        (part, pack(pieces))
    };
    let parts = without_what_is_there(PAGES, &needs).into_iter().map(packed).collect();
    Ok(Split { main: read(&main)?, parts })
}

/// The JavaScript that loads parts by their names.
pub fn loader<'a>(main_script: &str, parts: impl Iterator<Item = &'a String>) -> String {
    let mut script = format!("import {{ initSync }} from \"./{main_script}\";\n\n{}", include_str!("parts.js"));
    for part in parts {
        // The name that `wasm_split_helpers` gives to what the main module imports.
        script.push_str(&format!("export const __wasm_split_load_{part} = loads(\"{part}\");\n"));
    }
    script
}

/// A piece without what only a debugger reads, and with short numbers where the linker left room.
fn slim(piece: &[u8]) -> Result<Vec<u8>> {
    let mut config = ModuleConfig::new();
    config.generate_name_section(false).generate_producers_section(false);
    let mut module = config.parse(piece).map_err(|error| format!("a piece of the WebAssembly: {error:#}"))?;
    let custom: Vec<_> = module.customs.iter().map(|(id, _)| id).collect();
    for id in custom {
        module.customs.delete(id);
    }
    // A debug build's pieces import a mark of the build that they belong to: here the folder's name is that.
    walrus::passes::gc::run(&mut module);
    Ok(module.emit_wasm())
}

/// A module with the pieces as custom sections, each behind its number.
fn pack<'a>(pieces: impl Iterator<Item = (u32, &'a Vec<u8>)>) -> Vec<u8> {
    let mut carrier = walrus::Module::with_config({
        let mut config = ModuleConfig::new();
        config.generate_name_section(false).generate_producers_section(false);
        config
    });
    for (number, piece) in pieces {
        let data = [&number.to_le_bytes()[..], piece].concat();
        carrier.customs.add(RawCustomSection { name: "piece".to_owned(), data });
    }
    carrier.emit_wasm()
}

fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).map_err(|error| format!("cannot read {}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::{Pieces, loader, pack, without_what_is_there};
    use std::collections::BTreeMap;

    #[test]
    fn a_part_carries_its_pieces_in_their_order() {
        let (a, b) = (b"\0asm\x01\0\0\0".to_vec(), b"second".to_vec());
        let part = pack([(7, &a), (2, &b)].into_iter());
        let carried = walrus::Module::from_buffer(&part).unwrap();
        let pieces: Vec<_> =
            carried.customs.iter().map(|(_, one)| one.data(&Default::default()).into_owned()).collect();
        assert_eq!(pieces, [b"\x07\0\0\0\0asm\x01\0\0\0".to_vec(), b"\x02\0\0\0second".to_vec()]);
    }

    #[test]
    fn a_dialog_brings_what_not_every_page_under_it_has() {
        let needs: BTreeMap<String, Pieces> = [("list", "ab"), ("one", "bc"), ("dialog", "abd")]
            .map(|(part, pieces)| (part.to_owned(), pieces.chars().map(String::from).collect()))
            .into();
        let pages: &[(&str, &[&str])] = &[("/", &["list"]), ("/x", &["list", "dialog"]), ("/1/x", &["one", "dialog"])];
        let parts = without_what_is_there(pages, &needs);
        assert_eq!(parts["dialog"], Pieces::from(["a".to_owned(), "d".to_owned()]));
        assert_eq!((&parts["list"], &parts["one"]), (&needs["list"], &needs["one"]));
    }

    #[test]
    fn the_loader_exports_what_the_main_module_imports() {
        let script = loader("muster.js", ["tokens".to_owned()].iter());
        assert!(script.starts_with("import { initSync } from \"./muster.js\";\n"), "{script}");
        assert!(script.ends_with("export const __wasm_split_load_tokens = loads(\"tokens\");\n"), "{script}");
    }
}
