//! Names of objects in a cluster: made of the delegate's name, stable, and never longer than Kubernetes takes.

use muster::install::files::cut;
use sha2::{Digest as _, Sha256};

/// Without vowels, so that chance spells no word.
const LETTERS: &[u8; 20] = b"bcdfghjklmnpqrstvwxz";

/// Six letters that stand for some texts: always the same for the same ones.
pub fn letters(texts: &[&str]) -> String {
    let mut digest = Sha256::new();
    for text in texts {
        digest.update(text.len().to_be_bytes());
        digest.update(text);
    }
    let digest = digest.finalize();
    digest.iter().take(6).map(|byte| char::from(LETTERS[usize::from(*byte) % LETTERS.len()])).collect()
}

/// The name with an ending, cut so that both together have at most `most` characters. What is cut is told apart by
/// six letters.
pub fn with_ending(name: &str, ending: &str, most: usize) -> String {
    if name.len() + ending.len() <= most {
        return format!("{name}{ending}");
    }
    let rest = most.saturating_sub(ending.len() + 7);
    format!("{}-{}{ending}", cut(name, rest), letters(&[name]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_stable_and_tell_texts_apart() {
        assert_eq!(letters(&["account", "edge"]), letters(&["account", "edge"]));
        assert_ne!(letters(&["account", "edge"]), letters(&["account", "edgf"]));
        assert_ne!(letters(&["ab", "c"]), letters(&["a", "bc"]));
        assert!(letters(&[]).bytes().all(|c| c.is_ascii_lowercase()));
        assert_eq!(letters(&[]).len(), 6);
    }

    #[test]
    fn long_names_are_cut_and_still_differ() {
        assert_eq!(with_ending("edge", "-upgrader-job", 52), "edge-upgrader-job");
        let [one, two] = ["1", "2"].map(|end| with_ending(&format!("{}{end}", "a".repeat(62)), "-upgrader-job", 52));
        assert_ne!(one, two);
        assert_eq!((one.len(), two.len()), (52, 52));
    }
}
