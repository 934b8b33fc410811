//! A row of an exported file.

use serde::Serialize;

/// What programs that show tables take for the beginning of a formula.
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// A row: in JSON Lines an object, of which CSV has the same fields in this order.
pub trait Exported: Serialize {
    /// What the file is called, without its ending.
    const FILE: &'static str;
    /// The names of the columns.
    const COLUMNS: &'static [&'static str];

    /// What stands in the columns.
    fn cells(&self) -> Vec<&str>;

    /// The line of a CSV file that names the columns.
    fn csv_head() -> String {
        Self::COLUMNS.join(",") + "\r\n"
    }

    /// Its line of a CSV file.
    fn csv_line(&self) -> String {
        self.cells().into_iter().map(cell).collect::<Vec<_>>().join(",") + "\r\n"
    }

    /// Its line of a file of JSON Lines.
    ///
    /// # Errors
    /// None that could happen with what it holds.
    fn json_line(&self) -> Result<String, serde_json::Error> {
        Ok(serde_json::to_string(self)? + "\n")
    }
}

/// A cell: strangers choose what stands in it, so none may be a formula to who opens the file.
fn cell(value: &str) -> String {
    let guard = if value.starts_with(FORMULA) { "'" } else { "" };
    if guard.is_empty() && !value.contains([',', '"', '\r', '\n']) {
        return value.to_owned();
    }
    format!("\"{guard}{}\"", value.replace('"', "\"\""))
}

#[cfg(test)]
pub mod tests {
    use super::*;

    /// Each column is a field of the object, and stands in the line. Gives the object.
    pub fn has_the_same_columns<T: Exported>(row: &T) -> serde_json::Value {
        let line = row.json_line().unwrap();
        assert!(line.ends_with("}\n") && line.lines().count() == 1);
        let json: serde_json::Value = serde_json::from_str(&line).unwrap();
        assert_eq!(row.cells().len(), T::COLUMNS.len());
        for name in T::COLUMNS {
            assert!(json.get(name).is_some(), "{name}");
        }
        json
    }
}
