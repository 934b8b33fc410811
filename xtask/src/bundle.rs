//! How much WebAssembly the first load of each page fetches.

use crate::layout::{Layout, Profile};
use crate::parts::PAGES;
use crate::run::Result;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write;

/// The most that a first load may fetch, in bytes as they are sent: what the largest page needs today, so that none
/// grows unseen. It is to come down to 150 kB.
const BOUND: usize = 560_000;

/// Prints what each page fetches, and fails where one fetches too much. The site has to be built.
pub fn check(layout: &Layout) -> Result {
    let sizes = sizes(layout)?;
    let main = format!("{}_bg", layout.output_name());
    let first_loads = first_loads(PAGES, &main, &sizes)?;
    println!("WebAssembly in brotli, in bytes ({} of them in the main module):", sizes.get(&main).unwrap_or(&0));
    for (page, bytes) in &first_loads {
        println!("{bytes:>9}  {page}");
    }
    within(BOUND, &first_loads)
}

/// The size of each module of the release, as it is sent.
fn sizes(layout: &Layout) -> Result<BTreeMap<String, usize>> {
    let mut sizes = BTreeMap::new();
    for (path, _) in crate::site::list(&layout.site(Profile::Release).join(layout.pkg()))? {
        if path.extension().is_some_and(|extension| extension == "wasm") {
            let full = layout.site(Profile::Release).join(layout.pkg()).join(&path);
            let bytes = fs::read(&full).map_err(|error| format!("cannot read {}: {error}", full.display()))?;
            let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            sizes.insert(name, compressed(&bytes).map_err(|error| format!("{}: {error}", full.display()))?);
        }
    }
    Ok(sizes)
}

fn compressed(bytes: &[u8]) -> std::io::Result<usize> {
    let mut writer = brotli::CompressorWriter::new(Vec::new(), 4096, 11, 22);
    writer.write_all(bytes)?;
    Ok(writer.into_inner().len())
}

type FirstLoads<'a> = Vec<(&'a str, usize)>;

fn first_loads<'a>(
    pages: &[(&'a str, &[&str])],
    main: &str,
    sizes: &BTreeMap<String, usize>,
) -> Result<FirstLoads<'a>> {
    let size = |part: &str| sizes.get(part).copied().ok_or_else(|| format!("the console has no part `{part}`"));
    let mut known = BTreeSet::from([main]);
    let mut first_loads = Vec::new();
    for (page, parts) in pages {
        let parts: usize = parts.iter().map(|part| size(part)).sum::<Result<usize>>()?;
        first_loads.push((*page, size(main)? + parts));
    }
    known.extend(pages.iter().flat_map(|(_, parts)| parts.iter().copied()));
    match sizes.keys().find(|part| !known.contains(part.as_str())) {
        Some(part) => Err(format!("no page is known to fetch the part `{part}`: name it in xtask/src/parts.rs")),
        None => Ok(first_loads),
    }
}

fn within(bound: usize, first_loads: &[(&str, usize)]) -> Result {
    let over: Vec<_> = first_loads
        .iter()
        .filter(|(_, bytes)| *bytes > bound)
        .map(|(page, bytes)| format!("the first load of {page} fetches {bytes} bytes of WebAssembly, and may {bound}"))
        .collect();
    if over.is_empty() { Ok(()) } else { Err(over.join("\n")) }
}

#[cfg(test)]
mod tests {
    use super::{first_loads, within};
    use std::collections::BTreeMap;

    const PAGES: &[(&str, &[&str])] = &[("/a", &["a"]), ("/a/b", &["a", "b"])];

    fn sizes(sizes: &[(&str, usize)]) -> BTreeMap<String, usize> {
        sizes.iter().map(|(name, bytes)| ((*name).to_owned(), *bytes)).collect()
    }

    #[test]
    fn a_page_fetches_the_main_module_and_its_parts() {
        let loads = first_loads(PAGES, "main", &sizes(&[("main", 100), ("a", 20), ("b", 3)])).unwrap();
        assert_eq!(loads, [("/a", 120), ("/a/b", 123)]);
    }

    #[test]
    fn a_part_and_a_page_that_do_not_know_each_other_are_told() {
        let missing = first_loads(PAGES, "main", &sizes(&[("main", 1), ("a", 1)])).unwrap_err();
        assert!(missing.contains("`b`"), "{missing}");
        let unknown = first_loads(PAGES, "main", &sizes(&[("main", 1), ("a", 1), ("b", 1), ("c", 1)])).unwrap_err();
        assert!(unknown.contains("`c`"), "{unknown}");
    }

    #[test]
    fn every_page_beyond_the_bound_is_named() {
        let loads = [("/a", 120), ("/b", 121), ("/c", 122)];
        assert_eq!(within(122, &loads), Ok(()));
        let error = within(120, &loads).unwrap_err();
        assert!(!error.contains("/a") && error.contains("/b") && error.contains("/c"), "{error}");
    }
}
