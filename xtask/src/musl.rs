//! The static build. Linked with musl, the release needs no library of its host: it runs on any Linux, and in a
//! container that holds nothing else. What is tested, shipped and put into install files is this one file.

use crate::run::Result;
use crate::tools;
use std::fs;
use std::path::Path;
use std::process::Command;

/// The C compiler that goes with it: SQLite, the allocator and a part of the cryptography are C.
const COMPILER: &str = "musl-gcc";

/// Installs what building for the target needs.
pub fn prepare(target: &str) -> Result {
    tools::rust_target(target)?;
    tools::program(COMPILER, "musl-tools", "the release is linked with musl, which needs its C compiler musl-gcc")
}

/// Makes a cargo call build for the target.
pub fn build_for(target: &str, command: &mut Command) {
    command.args(["--target", target]);
    // The crate `cc` finds musl-gcc by itself on x86-64 alone. There, setting it would rebuild what plain cargo built.
    let variable = format!("CC_{}", target.replace('-', "_"));
    if !target.starts_with("x86_64") && std::env::var_os(&variable).is_none() {
        command.env(variable, COMPILER);
    }
}

/// Fails unless a program runs without anything else of the system, such as a dynamic linker.
pub fn assert_static(program: &Path) -> Result {
    let name = program.display();
    let bytes = fs::read(program).map_err(|error| format!("cannot read {name}: {error}"))?;
    match has_interpreter(&bytes) {
        Some(false) => Ok(()),
        Some(true) => Err(format!("{name} is not static: it asks for a dynamic linker")),
        None => Err(format!("{name} is no 64-bit ELF program")),
    }
}

/// Whether an ELF file names the program that loads its libraries (a segment of type `PT_INTERP`).
fn has_interpreter(file: &[u8]) -> Option<bool> {
    const LITTLE_ENDIAN_64: &[u8] = b"\x7fELF\x02\x01";
    const PT_INTERP: u32 = 3;
    if !file.starts_with(LITTLE_ENDIAN_64) {
        return None;
    }
    let start = usize::try_from(u64::from_le_bytes(read_at(file, 32)?)).ok()?;
    let size = usize::from(u16::from_le_bytes(read_at(file, 54)?));
    let count = usize::from(u16::from_le_bytes(read_at(file, 56)?));
    let kinds: Option<Vec<u32>> =
        (0..count).map(|index| read_at(file, start + index * size).map(u32::from_le_bytes)).collect();
    kinds.map(|kinds| kinds.contains(&PT_INTERP))
}

fn read_at<const N: usize>(file: &[u8], offset: usize) -> Option<[u8; N]> {
    file.get(offset..)?.first_chunk().copied()
}

#[cfg(test)]
mod tests {
    use super::has_interpreter;

    /// An ELF header and program headers of the given types.
    fn elf(kinds: &[u32]) -> Vec<u8> {
        let mut file = vec![0; 64];
        file[..6].copy_from_slice(b"\x7fELF\x02\x01");
        file[32] = 64;
        file[54] = 56;
        file[56] = u8::try_from(kinds.len()).unwrap();
        for kind in kinds {
            file.extend_from_slice(&kind.to_le_bytes());
            file.extend_from_slice(&[0; 52]);
        }
        file
    }

    #[test]
    fn a_dynamic_program_is_told_from_a_static_one() {
        assert_eq!(has_interpreter(&elf(&[6, 3, 1])), Some(true));
        assert_eq!(has_interpreter(&elf(&[1, 2])), Some(false));
        assert_eq!(has_interpreter(b"#!/bin/sh"), None);
        assert_eq!(has_interpreter(&elf(&[1])[..66]), None);
    }

    #[test]
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    fn this_very_program_is_dynamic() {
        let file = std::fs::read(std::env::current_exe().unwrap()).unwrap();
        assert_eq!(has_interpreter(&file), Some(true));
    }
}
