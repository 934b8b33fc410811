//! The whole log of a run of a startup script, as a file.

use axum::{
    Extension,
    extract::Path,
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

use muster_app::error::ConsoleError;

use crate::{console::Operator, manage::scripts};

/// The most characters of a delegate's name in a file's name.
const MAX_NAME_CHARS: usize = 64;

/// Where the logs are: [`muster_app::scripts::api::log_path`].
pub const PATH: &str = "/delegates/{delegate}/script-runs/{run}/log.txt";

/// The log of a run.
pub async fn download(
    Extension(operator): Extension<Operator>,
    Path((delegate, run)): Path<(String, String)>,
) -> Response {
    let no_store = (header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    match log(&operator, &delegate, &run).await {
        Ok((name, log)) => ([content_type(), no_store, disposition(&name)], log).into_response(),
        Err(error) => {
            let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            (status, [content_type(), no_store], format!("{error}\n")).into_response()
        }
    }
}

async fn log(operator: &Operator, delegate: &str, run: &str) -> Result<(String, String), ConsoleError> {
    let cx = operator.context()?;
    let (Ok(delegate), Ok(run)) = (delegate.parse(), run.parse()) else {
        return Err(ConsoleError::not_found("There is no such run."));
    };
    operator.answer(scripts::log(&cx, delegate, run).await)
}

fn content_type() -> (HeaderName, HeaderValue) {
    (header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"))
}

/// The name of the file: of a delegate's name, what every system takes.
fn disposition(delegate: &str) -> (HeaderName, HeaderValue) {
    let plain = |c: char| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '-' };
    let name: String = delegate.chars().take(MAX_NAME_CHARS).map(plain).collect();
    let value = format!("attachment; filename=\"startup-script-{name}.log\"");
    let value = HeaderValue::from_str(&value).unwrap_or_else(|_| HeaderValue::from_static("attachment"));
    (header::CONTENT_DISPOSITION, value)
}

#[cfg(test)]
mod tests {
    use muster::id::{DelegateId, ScriptRunId};

    use super::*;

    #[test]
    fn a_name_breaks_out_of_no_header() {
        let (_, value) = disposition("edge 1\"; é/../\r\nx");
        assert_eq!(value, "attachment; filename=\"startup-script-edge-1-----..---x.log\"");
    }

    #[test]
    fn pages_and_router_mean_the_same_path() {
        let (delegate, run) = (DelegateId(uuid::Uuid::from_u128(1)), ScriptRunId(uuid::Uuid::from_u128(2)));
        let path = PATH.replace("{delegate}", &delegate.to_string()).replace("{run}", &run.to_string());
        assert_eq!(muster_app::scripts::api::log_path(delegate, run), path);
    }
}
