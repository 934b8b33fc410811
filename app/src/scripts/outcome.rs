//! How a run ended, in words.

use leptos::prelude::*;
use muster::script::{End, MAX_RUN_TIME, Outcome, ScriptRun};

use crate::ui::{icon::Icon, status::mark};

/// How a run ended, or that it has not: an icon and words. Of one whose delegate is `lost` nobody knows what became of it.
pub fn outcome(run: &ScriptRun, lost: bool) -> impl IntoView + use<> {
    let (class, icon, words) = if lost && run.end.is_none() {
        ("status off", Icon::Silent, "Not heard of since the delegate fell silent".to_owned())
    } else {
        words(run.end.as_ref())
    };
    mark(class, icon, words)
}

fn words(end: Option<&End>) -> (&'static str, Icon, String) {
    let Some(end) = end else { return ("status run", Icon::Running, "Running".to_owned()) };
    match (end.outcome, end.exit_code) {
        (Outcome::Exited, Some(0)) => ("status ok", Icon::Done, "Succeeded".to_owned()),
        (Outcome::Exited, Some(code)) => ("status bad", Icon::Refused, format!("Failed with exit code {code}")),
        (Outcome::Exited, None) => ("status bad", Icon::Refused, "Failed".to_owned()),
        (Outcome::TimedOut, _) => {
            ("status bad", Icon::RunOut, format!("Timed out after {} minutes", MAX_RUN_TIME.as_secs() / 60))
        }
        (Outcome::Cancelled, _) => ("status off", Icon::CutOff, "Cancelled".to_owned()),
        (Outcome::Interrupted, _) => ("status off", Icon::CutOff, "Interrupted".to_owned()),
        (Outcome::NotStarted, _) => ("status bad", Icon::Warning, "Could not be started".to_owned()),
        (Outcome::NotDelivered, _) => ("status bad", Icon::Warning, "Not handed out".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use muster::time::Timestamp;

    use super::*;

    #[test]
    fn every_outcome_has_words_of_its_own() {
        let end = |outcome, exit_code| Some(End { at: Timestamp::from_millis(0), outcome, exit_code });
        let ends = [
            (None, "Running"),
            (end(Outcome::Exited, Some(0)), "Succeeded"),
            (end(Outcome::Exited, Some(137)), "Failed with exit code 137"),
            (end(Outcome::Exited, None), "Failed"),
            (end(Outcome::TimedOut, Some(143)), "Timed out after 10 minutes"),
            (end(Outcome::Cancelled, Some(143)), "Cancelled"),
            (end(Outcome::Interrupted, None), "Interrupted"),
            (end(Outcome::NotStarted, None), "Could not be started"),
            (end(Outcome::NotDelivered, None), "Not handed out"),
        ];
        for (end, text) in ends {
            assert_eq!(words(end.as_ref()).2, text);
        }
    }
}
