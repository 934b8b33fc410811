//! How much WebAssembly the first load of a page fetches: the same for every page, since pages are rendered by the server
//! and add nothing to it.

use crate::layout::{Layout, Profile};
use crate::run::Result;
use std::collections::BTreeMap;
use std::fs;
use std::io::Write;

/// The most that a first load may fetch, in bytes as they are sent.
const BOUND: usize = 80_000;

/// Prints what a first load fetches, and fails where that is too much. The site has to be built.
pub fn check(layout: &Layout) -> Result {
    let sizes = sizes(layout)?;
    println!("WebAssembly in brotli, in bytes:");
    for (name, bytes) in &sizes {
        println!("{bytes:>9}  {name}");
    }
    within(BOUND, &sizes)
}

/// The size of each module of the release, as it is sent.
fn sizes(layout: &Layout) -> Result<BTreeMap<String, usize>> {
    let site = layout.site(Profile::Release);
    let mut sizes = BTreeMap::new();
    for (path, _) in crate::site::list(&site)? {
        if path.extension().is_some_and(|extension| extension == "wasm") {
            let full = site.join(&path);
            let bytes = fs::read(&full).map_err(|error| format!("cannot read {}: {error}", full.display()))?;
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
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

fn within(bound: usize, sizes: &BTreeMap<String, usize>) -> Result {
    match sizes.values().sum::<usize>() {
        0 => Err("the site has no WebAssembly: it is not built".to_owned()),
        all if all > bound => Err(format!("a first load fetches {all} bytes of WebAssembly, and may {bound}")),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::within;

    #[test]
    fn what_is_beyond_the_bound_and_what_is_not_there_is_told() {
        let sizes = |sizes: &[usize]| sizes.iter().map(|size| (size.to_string(), *size)).collect();
        assert_eq!(within(120, &sizes(&[100, 20])), Ok(()));
        let error = within(119, &sizes(&[100, 20])).unwrap_err();
        assert!(error.contains("120") && error.contains("119"), "{error}");
        assert!(within(119, &sizes(&[])).is_err());
    }
}
