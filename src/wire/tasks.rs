//! Tasks that wait for a delegate.

use serde::{Deserialize, Serialize};

/// The reply to a delegate that asks for its tasks. It comes without the envelope.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TaskEvents {
    /// The tasks; empty where there is nothing to do, and for every delegate that may not work.
    pub delegate_task_events: Vec<TaskEvent>,
}

/// One task that waits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TaskEvent {
    /// Always `DelegateTaskEvent`.
    pub event_type: String,
    /// The account.
    pub account_id: String,
    /// The task's id.
    pub delegate_task_id: String,
    /// Whether somebody waits for the answer.
    pub sync: bool,
    /// A word of the protocol for the kind of task.
    pub task_type: String,
}
