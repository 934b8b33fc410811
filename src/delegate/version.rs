//! Versions of delegates, which say themselves what they are.

/// How many numbers of a version count: the major, the minor, and the patch.
const PARTS: usize = 3;

/// How many digits of a number count: no real one has more.
const MAX_DIGITS: usize = 9;

/// The numbers of a version: `0.2.0` and `0.2.0-rc.1` are (0, 2, 0). What is no number counts as 0.
#[must_use]
pub fn numbers(version: &str) -> [u32; PARTS] {
    let mut numbers = [0; PARTS];
    for (number, part) in numbers.iter_mut().zip(version.split('.')) {
        let digits = part.len() - part.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        *number = part[..digits.min(MAX_DIGITS)].parse().unwrap_or(0);
    }
    numbers
}

/// Whether a version comes before another one. What states no version comes before none.
#[must_use]
pub fn is_older(version: &str, than: &str) -> bool {
    !version.is_empty() && numbers(version) < numbers(than)
}

#[cfg(test)]
mod tests {
    use super::is_older;

    #[test]
    fn versions_are_compared_by_their_numbers() {
        for (version, older) in [
            ("0.1.9", true),
            ("0.2.0-rc.1", false),
            ("0.2.0", false),
            ("0.10.0", false),
            ("24.03.82302", false),
            ("99999999999999999999.x", false),
            ("0", true),
            ("x", true),
            ("", false),
        ] {
            assert_eq!(is_older(version, "0.2.0"), older, "{version}");
        }
    }
}
