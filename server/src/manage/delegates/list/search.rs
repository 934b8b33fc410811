//! Searching: which words an index finds, and by which of their trigrams.

use std::collections::BTreeSet;

use sea_orm::{ConnectionTrait, DbErr};

use super::sql::Sql;

/// How many words of a search count.
const MAX_WORDS: usize = 8;
/// How many characters of a word are looked up: what is found is compared with all of it.
const MAX_WORD_CHARS: usize = 64;
/// How many characters an index needs.
const GRAM: usize = 3;
/// How many trigrams are looked up. Those of a longer word mean little more: what is found is compared with it anyway.
const MAX_GRAMS: usize = 3;
/// How many delegates are looked at to find out which trigrams are rare.
const SAMPLES: i64 = 48;

/// The words of a search that count; none where nothing can match.
pub fn words(words: &[String]) -> Option<Vec<String>> {
    let words: Vec<String> = words.iter().take(MAX_WORDS).cloned().collect();
    // PostgreSQL takes no NUL in text, and nothing that is searched holds a control character.
    let plain = !words.iter().any(|word| word.contains(char::is_control));
    plain.then_some(words)
}

fn is_indexed(word: &str) -> bool {
    word.chars().nth(GRAM - 1).is_some()
}

/// What an index is asked for words: FTS5 for their rarest trigrams, PostgreSQL for a pattern of each. Empty where they
/// are too short for it.
pub async fn indexed(db: &impl ConnectionTrait, sql: Sql, words: &[String]) -> Result<Vec<String>, DbErr> {
    let words: Vec<&String> = words.iter().filter(|word| is_indexed(word)).collect();
    if words.is_empty() || sql.is_postgres() {
        return Ok(words.into_iter().map(|word| pattern(word)).collect());
    }
    Ok(vec![rarest(db, sql, &words).await?])
}

/// A pattern for `LIKE`: the word, wherever it stands.
pub fn pattern(word: &str) -> String {
    format!("%{}%", word.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_"))
}

/// The trigrams that FTS5 looks up. Of those that nearly every delegate has it would walk through all, so it is asked of
/// some delegates first which these are.
async fn rarest(db: &impl ConnectionTrait, sql: Sql, words: &[&String]) -> Result<String, DbErr> {
    let mut grams: Vec<(usize, String)> = grams(words).into_iter().map(|gram| (0, gram)).collect();
    if grams.len() > MAX_GRAMS {
        let texts = samples(db, sql).await?;
        for (seen, gram) in &mut grams {
            *seen = texts.iter().filter(|text| text.contains(gram.as_str())).count();
        }
        grams.sort_unstable();
        grams.truncate(MAX_GRAMS);
    }
    let quoted = grams.into_iter().map(|(_, gram)| format!("\"{}\"", gram.replace('"', "\"\"")));
    Ok(quoted.collect::<Vec<_>>().join(" AND "))
}

fn grams(words: &[&String]) -> BTreeSet<String> {
    let of_word = |word: &&String| {
        let chars: Vec<char> = word.chars().take(MAX_WORD_CHARS).collect();
        chars.windows(GRAM).map(|gram| gram.iter().collect()).collect::<Vec<String>>()
    };
    words.iter().flat_map(of_word).collect()
}

/// What some delegates are searched in, evenly spread over all.
async fn samples(db: &impl ConnectionTrait, mut sql: Sql) -> Result<Vec<String>, DbErr> {
    sql.push("WITH RECURSIVE newest(n) AS (SELECT max(n) FROM delegate_listing), point(i) AS (SELECT 1 UNION ALL ");
    sql.push("SELECT i + 1 FROM point WHERE i < ").bind(SAMPLES).push(") SELECT (SELECT search FROM delegate_listing ");
    sql.push("WHERE n >= newest.n * point.i / ").bind(SAMPLES).push(" ORDER BY n LIMIT 1) FROM newest, point");
    let rows = sql.all(db).await?;
    let texts = rows.iter().map(|row| row.try_get_by_index::<Option<String>>(0));
    Ok(texts.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_looked_up_by_its_beginning() {
        assert_eq!(grams(&[&"edge".to_owned()]), BTreeSet::from(["edg".to_owned(), "dge".to_owned()]));
        let long: String = (0..200).map(|number| char::from_u32(0x4e00 + number).unwrap()).collect();
        assert_eq!(grams(&[&long]).len(), MAX_WORD_CHARS - 2);
    }

    #[test]
    fn words_are_as_they_are_stored() {
        let read = |text: &str| words(&[text.to_owned()]);
        assert_eq!(read("grün").unwrap(), ["grün"]);
        assert_eq!(read("a\0b"), None);
        assert_eq!(words(&vec!["x".to_owned(); 20]).unwrap().len(), MAX_WORDS);
        assert!(is_indexed("grü") && !is_indexed("gr") && !is_indexed("ü"));
    }
}
