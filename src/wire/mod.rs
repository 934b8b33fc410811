//! The delegate protocol: what goes over the wire between a delegate and its manager.
//!
//! Names, paths and shapes are those that existing Harness delegates and managers speak.

pub mod credential;
pub mod envelope;
pub mod heartbeat;
pub mod profile;
pub mod proof;
pub mod register;
pub mod script;
pub mod tasks;

/// Paths of the calls, as axum writes them; `{id}` is the delegate's id.
pub mod path {
    /// POST: a delegate makes itself known.
    pub const REGISTER: &str = "/api/agent/delegates/register";
    /// POST: a delegate is alive, and asks for its status.
    pub const HEARTBEAT: &str = "/api/agent/delegates/heartbeat-with-polling";
    /// POST: a delegate stops.
    pub const UNREGISTER: &str = "/api/agent/delegates/unregister";
    /// GET: the tasks that wait for a delegate.
    pub const TASK_EVENTS: &str = "/api/agent/delegates/{id}/task-events";
    /// GET: the delegate's profile, where it is newer than what the delegate has.
    pub const PROFILE: &str = "/api/agent/delegates/{id}/profile";
    /// POST, multipart: the log of a startup script that has ended, from clients that do not report while it runs.
    pub const PROFILE_RESULT: &str = "/api/agent/delegateFiles/{id}/profile-result";
    /// PUT: our own delegate's: how a run of the startup script goes, again and again while it runs.
    pub const SCRIPT_RUN: &str = "/api/agent/delegates/{id}/script-runs/{run}";
}
