//! The form that answers with install files.

use axum::{
    Extension,
    body::Bytes,
    extract::Path,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use muster::{
    install::{Choices, InstallFields, InstallKind},
    problem::Code,
    user::Permission,
};
use muster_app::{
    console::Console as _,
    error::ConsoleError,
    install::api::{download_path, install_page},
};

use serde::Deserialize;

use super::super::{flash_and_return, local_referrer};
use crate::{console::Operator, install::bundle::Download, manage::install};

/// The server function whose form shows what is wrong with the fields.
const CHECK: &str = "/api/install/check";

/// The longest URL, in bytes, that proxies let pass by their defaults.
const MAX_URL_BYTES: usize = 8000;

/// Which file is asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    /// Its name; empty for all of them.
    file: String,
    /// The checksum that the page showed.
    sha256: String,
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
        Some((fields, asked)) => make(&operator, kind, &fields, asked).await,
        None => Err(ConsoleError::field("", "The form could not be read. Fill it in again.")),
    };
    match made {
        Ok(download) => download.into_response(),
        Err(error) => {
            let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok());
            if !accept.is_some_and(|accept| accept.contains("text/html")) {
                return told(&error);
            }
            if matches!(&error, ConsoleError::Problem(problem) if problem.code == Code::Changed) {
                let back = local_referrer(&headers);
                return flash_and_return(&operator, download_path(kind), error, &body, &back).await;
            }
            let back = Some(install_page(&fields.unwrap_or_default(), kind, "").to_string());
            // What does not go into a URL comes back by the session alone.
            let back = back.filter(|back| back.len() <= MAX_URL_BYTES);
            let back = back.unwrap_or_else(|| install_page(&InstallFields::default(), kind, "").to_string());
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
    asked: Asked,
) -> Result<Download, ConsoleError> {
    let cx = operator.context()?;
    operator.authorize(Permission::ManageDelegates)?;
    let chosen = Choices::parse(kind, fields)?;
    let manager_url = operator.manager_url()?;
    operator.answer(install::download(&cx, &operator.scope, chosen, &manager_url, asked.file, &asked.sha256).await)
}
