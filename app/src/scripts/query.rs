//! What the address of a delegate's page says of its runs: which log is shown, and how.

use leptos::prelude::*;
use leptos_router::{hooks::use_query_map, params::ParamsMap};
use muster::{
    id::{DelegateId, ScriptRunId},
    script::LogQuery,
};

use crate::{delegates::query::ListQuery, ui::href::Href};

/// What the address says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogView {
    /// Which log, and what of it.
    pub log: LogQuery,
    /// Whether the end of a log that grows stays in sight.
    pub follows: bool,
    /// Whether it is shown when lines came.
    pub times: bool,
}

impl LogView {
    fn read(query: &ParamsMap) -> Self {
        Self {
            log: LogQuery {
                run: query.get_str("run").and_then(|id| id.parse().ok()),
                find: query.get_str("find").unwrap_or_default().trim().to_owned(),
                line: query.get_str("line").and_then(|line| line.parse().ok()),
            },
            follows: query.get_str("follow") != Some("off"),
            times: query.get_str("times") == Some("on"),
        }
    }

    /// The page of a delegate with this view of its log.
    #[must_use]
    pub fn href(&self, list: &ListQuery, id: DelegateId) -> Href {
        let word = |is: bool, word: &'static str| is.then_some(word);
        list.detail(id)
            .with_some("run", self.log.run)
            .with("find", &self.log.find)
            .with_some("line", self.log.line)
            .with_some("follow", word(!self.follows, "off"))
            .with_some("times", word(self.times, "on"))
    }

    /// The log of another run, from its end.
    #[must_use]
    pub fn of_run(&self, run: Option<ScriptRunId>) -> Self {
        Self { log: LogQuery { run, ..LogQuery::default() }, ..self.clone() }
    }

    /// The same with something changed.
    #[must_use]
    pub fn with(&self, change: impl FnOnce(&mut Self)) -> Self {
        let mut view = self.clone();
        change(&mut view);
        view
    }
}

/// What the address of this page says.
#[must_use]
pub fn use_log_view() -> LogView {
    use_query_map().with_untracked(LogView::read)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_view_is_read_back_as_it_was_written() {
        let id = uuid::Uuid::from_u128(7);
        let log = LogQuery { run: Some(ScriptRunId(id)), find: "a & b".into(), line: Some(12) };
        for view in [LogView { follows: true, ..LogView::default() }, LogView { log, follows: false, times: true }] {
            let href = view.href(&ListQuery::default(), DelegateId(id));
            let map: ParamsMap = href.query().iter().cloned().collect();
            assert_eq!(LogView::read(&map), view);
        }
    }
}
