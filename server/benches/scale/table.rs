//! The table that is printed at the end, as Markdown.

/// What was measured.
#[derive(Default)]
pub struct Table(Vec<Row>);

struct Row {
    what: String,
    ours: String,
    beside: String,
    goal: String,
    met: bool,
}

/// A count, as people read it.
pub fn count(number: f64) -> String {
    let digits = format!("{number:.0}");
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

impl Table {
    /// Adds a measure, and shows it at once.
    pub fn add(&mut self, what: &str, ours: String, beside: String, goal: String, met: bool) {
        println!("{what}: {ours} ({beside}); goal {goal}{}", if met { "" } else { ": NOT REACHED" });
        let what = what.to_owned();
        self.0.push(Row { what, ours, beside, goal, met });
    }

    /// Prints all of it.
    pub fn print(&self) {
        let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
        let cores = std::thread::available_parallelism().map_or(0, usize::from);
        let load: Vec<&str> = load.split(' ').take(3).collect();
        println!("\n{cores} cores, load at the end {}\n", load.join(" "));
        println!("| measure | Muster | beside it | goal | reached |\n|---|---|---|---|---|");
        for Row { what, ours, beside, goal, met } in &self.0 {
            println!("| {what} | {ours} | {beside} | {goal} | {} |", if *met { "yes" } else { "no" });
        }
    }
}
