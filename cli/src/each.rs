//! What is done to several objects: to one after the other, and what came of each is told.

use std::ops::AsyncFn;

use serde_json::{Value, json};

use crate::{
    ask::confirm,
    failure::Failure,
    lookup::{Noun, find, id_of, name_of},
    options::Consent,
    session::Session,
};

/// What is done to each.
#[derive(Clone, Copy, Debug)]
pub struct Act {
    /// To what.
    pub noun: Noun,
    /// What was done, as in *approved*.
    pub done: &'static str,
    /// What is asked before it, as in *Delete*, where it cannot be taken back.
    pub asks: Option<(&'static str, Consent)>,
}

/// Does something to each of the objects that were named. All are looked up first, so that a question names them.
///
/// # Errors
/// Where it failed for any; the exit code is that of the first.
pub async fn each(
    session: &Session,
    act: Act,
    names: &[String],
    perform: impl AsyncFn(&Value) -> Result<Value, Failure>,
) -> Result<(), Failure> {
    let mut found = Vec::with_capacity(names.len());
    for name in names {
        found.push((name, find(&session.api, act.noun, name).await));
    }
    if let Some((verb, consent)) = act.asks {
        let labels: Vec<String> = found.iter().filter_map(|(_, found)| found.as_ref().ok()).map(label).collect();
        if !labels.is_empty() {
            confirm(&format!("{verb} {}?", labels.join(", ")), consent)?;
        }
    }
    let mut results = Vec::with_capacity(names.len());
    let mut first = None;
    for (name, found) in found {
        let done = match &found {
            Ok(object) => perform(object).await,
            Err(_) => Ok(Value::Null),
        };
        match (found, done) {
            (Ok(object), Ok(answer)) => {
                session.out.line(&format!("{}: {}", label(&object), act.done))?;
                results.push(json!({"target": name, "id": id_of(&object), "done": act.done, "answer": answer}));
            }
            (Err(failure), _) | (_, Err(failure)) => {
                eprintln!("muster: {name}: {failure}");
                results.push(json!({"target": name, "error": failure.to_string(), "code": code(&failure)}));
                first.get_or_insert(failure.exit());
            }
        }
    }
    if session.out.is_json() {
        session.out.json(&Value::Array(results))?;
    }
    first.map_or(Ok(()), |exit| Err(Failure::Told(exit)))
}

/// The manager's word for what kind of problem it is.
fn code(failure: &Failure) -> Option<&str> {
    match failure {
        Failure::Refused(problem) => Some(&problem.code),
        _ => None,
    }
}

fn label(object: &Value) -> String {
    let host = object.get("host_name").and_then(Value::as_str);
    let label = format!("{}{}", name_of(object), host.map(|host| format!(" on {host}")).unwrap_or_default());
    muster_client::log_safe(&label)
}
