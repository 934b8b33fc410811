//! Characters that deceive: a name that is shown has to be the name that is there.

use icu_properties::{
    CodePointMapData, CodePointSetData,
    props::{
        DefaultIgnorableCodePoint, GeneralCategory, GeneralCategoryGroup, NoncharacterCodePoint, Script, WhiteSpace,
    },
    script::ScriptWithExtensions,
};

/// A letter of Braille without dots: neither white space nor ignorable to Unicode, and blank all the same.
const BLANK: char = '\u{2800}';

/// Whether a character cannot be seen, looks like a space without being one, or reorders what stands beside it. Control
/// characters are not asked about here.
pub(crate) fn deceives(c: char) -> bool {
    if c.is_ascii() || c.is_control() {
        return false;
    }
    let category = CodePointMapData::<GeneralCategory>::new().get(c);
    c == BLANK
        || matches!(
            category,
            GeneralCategory::Format | GeneralCategory::LineSeparator | GeneralCategory::ParagraphSeparator
        )
        || CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(c)
        || CodePointSetData::new::<WhiteSpace>().contains(c)
        || CodePointSetData::new::<NoncharacterCodePoint>().contains(c)
}

/// Whether a character is drawn onto the one before it.
pub(super) fn is_mark(c: char) -> bool {
    GeneralCategoryGroup::Mark.contains(CodePointMapData::<GeneralCategory>::new().get(c))
}

/// The text with � for each character that deceives, and for marks that have nothing to be drawn onto: so what was
/// stored before such characters were refused can be read, and seen for what it is.
#[must_use]
pub fn revealed(text: &str) -> String {
    let mut before = ' ';
    text.chars()
        .map(|c| {
            let alone = matches!(before, ' ' | ',' | '\n') && is_mark(c);
            before = c;
            if alone || deceives(c) { char::REPLACEMENT_CHARACTER } else { c }
        })
        .collect()
}

/// Systems of writing that a name may be in: a script by itself, or scripts that are written together.
#[derive(Clone, Copy, PartialEq, Eq)]
enum System {
    Of(Script),
    Japanese,
    Korean,
    Chinese,
}

/// Whether a name mixes scripts as no language does, such as Latin with a Cyrillic letter that looks like one of its
/// own: a reason to look twice. As "highly restrictive" in Unicode's UTS 39.
#[must_use]
pub fn mixes_scripts(text: &str) -> bool {
    let extensions = ScriptWithExtensions::new();
    let mut common: Option<Vec<System>> = None;
    for c in text.chars() {
        let scripts: Vec<Script> = extensions.get_script_extensions_val(c).iter().collect();
        if scripts.iter().any(|script| matches!(*script, Script::Common | Script::Inherited | Script::Unknown)) {
            continue;
        }
        let systems: Vec<System> = scripts.into_iter().flat_map(systems).collect();
        common = Some(match common {
            None => systems,
            Some(before) => before.into_iter().filter(|system| systems.contains(system)).collect(),
        });
    }
    common.is_some_and(|systems| systems.is_empty())
}

fn systems(script: Script) -> Vec<System> {
    use System::{Chinese, Japanese, Korean, Of};
    let mut systems = vec![Of(script)];
    systems.extend_from_slice(match script {
        // Latin words stand in names of all three.
        Script::Latin | Script::Han => &[Japanese, Korean, Chinese],
        Script::Hiragana | Script::Katakana => &[Japanese],
        Script::Hangul => &[Korean],
        Script::Bopomofo => &[Chinese],
        _ => &[],
    });
    systems
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn c25_what_cannot_be_seen_or_reorders_deceives() {
        for c in [
            '\u{202e}',
            '\u{2066}',
            '\u{200f}',
            '\u{200b}',
            '\u{200d}',
            '\u{ad}',
            '\u{feff}',
            '\u{3164}',
            '\u{115f}',
            '\u{ffa0}',
            '\u{e0041}',
            '\u{fe0f}',
            '\u{34f}',
            '\u{180e}',
            '\u{2028}',
            '\u{2029}',
            '\u{a0}',
            '\u{2003}',
            '\u{3000}',
            '\u{2800}',
            '\u{2060}',
            '\u{fff9}',
            '\u{1d173}',
            '\u{fffe}',
            '\u{2064}',
            '\u{061c}',
        ] {
            assert!(deceives(c), "{c:?}");
        }
        for c in "edge-1_ä.é漢字カナ한국עבריתالعربية🚚ßİ€\u{301}\u{fffd} ~".chars() {
            assert!(!deceives(c), "{c:?}");
        }
    }

    #[test]
    fn c25_names_of_mixed_scripts_are_told_from_others() {
        for mixed in ["pаypal", "еdge", "edgе-1", "αdmin", "gоօgle", "ѕсоре-scope", "カナж"] {
            assert!(mixes_scripts(mixed), "{mixed}");
        }
        for one in [
            "",
            "edge-1",
            "123",
            "кран-1",
            "αθήνα",
            "東京-edge",
            "とうきょうタワー東京",
            "한국 edge",
            "中文ㄅ",
            "ñandú 🚚",
            "עברית 1",
            "हिन्दी।",
        ] {
            assert!(!mixes_scripts(one), "{one}");
        }
    }
}
