//! The form that answers with install files.

use axum::{
    Extension,
    body::Bytes,
    extract::Path,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use muster::install::InstallKind;
use muster_app::{error::ConsoleError, install::api::InstallFields};
use serde::Deserialize;

use super::handout::Handout;
use crate::{console::Operator, manage::install, web::flash_and_return};

/// The server function whose form shows what is wrong with the fields.
const CHECK: &str = "/api/install/check";

/// The longest URL, in bytes, that proxies let pass by their defaults.
const URL_MOST: usize = 8000;

/// Which file is asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    /// Its name; empty for all of them.
    file: String,
}

/// Answers the form with a file, or sends back to the setup with what is wrong. A script, which asks for no page, is
/// told by status and sentence.
pub async fn download(
    Extension(operator): Extension<Operator>,
    Path(kind): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let Some(kind) = InstallKind::from_slug(&kind) else {
        return (StatusCode::NOT_FOUND, "There is no such way to install a delegate.\n").into_response();
    };
    let fields: Option<InstallFields> = serde_urlencoded::from_bytes(&body).ok();
    let asked: Option<Asked> = serde_urlencoded::from_bytes(&body).ok();
    let made = match fields.clone().zip(asked) {
        Some((fields, asked)) => make(&operator, kind, &fields, asked.file).await,
        None => Err(ConsoleError::field("", "The form could not be read. Fill it in again.")),
    };
    match made {
        Ok(handout) => handout.into_response(),
        Err(error) => {
            let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok());
            if !accept.is_some_and(|accept| accept.contains("text/html")) {
                return told(&error);
            }
            let back = Some(fields.unwrap_or_default().page(kind, "").to_string());
            // What does not go into a URL comes back by the session alone.
            let back = back.filter(|back| back.len() <= URL_MOST);
            let back = back.unwrap_or_else(|| InstallFields::default().page(kind, "").to_string());
            flash_and_return(&operator, CHECK.to_owned(), error, &body, &back).await
        }
    }
}

fn told(error: &ConsoleError) -> Response {
    let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status, format!("{error}\n")).into_response()
}

async fn make(
    operator: &Operator,
    kind: InstallKind,
    fields: &InstallFields,
    file: String,
) -> Result<Handout, ConsoleError> {
    let cx = operator.context()?;
    let chosen = operator.read(kind, fields)?;
    let manager_url = operator.manager_url()?;
    operator.answer(install::download(&cx, &operator.scope(), chosen, &manager_url, file).await)
}
