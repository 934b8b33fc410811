//! The delegates that a list's filter leaves, as a file: CSV, or a JSON object in each line.
//!
//! It is read page by page, as somebody would who looks at one after the other, while the client takes it: no lock and no
//! transaction lasts longer than a page, and nothing is held for who reads slowly. What registers meanwhile may be in it
//! or not.

mod row;

use std::collections::VecDeque;

use axum::{
    Extension,
    body::Body,
    http::{HeaderValue, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use futures_util::stream;
use muster::{delegate::DelegateFilter, page::Cursor, scope::Scope};
use muster_app::{delegates::query::filter_in, error::ConsoleError};

use self::row::ExportedDelegate;
use crate::{
    console::Operator,
    error::Error,
    manage::{Context, delegates},
};

/// How the file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    Csv,
    JsonLines,
}

impl Format {
    const fn headers(self) -> (&'static str, &'static str) {
        match self {
            Self::Csv => ("text/csv; charset=utf-8; header=present", "attachment; filename=\"delegates.csv\""),
            Self::JsonLines => ("application/jsonl", "attachment; filename=\"delegates.jsonl\""),
        }
    }

    /// What stands before the rows.
    fn head(self) -> String {
        match self {
            Self::Csv => ExportedDelegate::csv_head(),
            Self::JsonLines => String::new(),
        }
    }

    fn line(self, row: &ExportedDelegate) -> Result<String, Error> {
        match self {
            Self::Csv => Ok(row.csv_line()),
            Self::JsonLines => row.json_line().map_err(|error| Error::internal(error.to_string())),
        }
    }
}

/// As CSV (RFC 4180).
pub async fn csv(Extension(operator): Extension<Operator>, uri: Uri) -> Response {
    export(operator, &uri, Format::Csv).await
}

/// As JSON Lines.
pub async fn json_lines(Extension(operator): Extension<Operator>, uri: Uri) -> Response {
    export(operator, &uri, Format::JsonLines).await
}

async fn export(operator: Operator, uri: &Uri, format: Format) -> Response {
    let no_store = (header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    match begin(&operator, uri, format).await {
        Ok(body) => {
            let (kind, file) = format.headers();
            let kind = (header::CONTENT_TYPE, HeaderValue::from_static(kind));
            let file = (header::CONTENT_DISPOSITION, HeaderValue::from_static(file));
            ([kind, file, no_store], body).into_response()
        }
        Err(error) => {
            let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            let kind = (header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
            (status, [kind, no_store], format!("{error}\n")).into_response()
        }
    }
}

/// Reads the first page, so that what is wrong is told before anything is sent, and the others as they are taken.
async fn begin(operator: &Operator, uri: &Uri, format: Format) -> Result<Body, ConsoleError> {
    let address = uri.path_and_query().map_or_else(String::new, ToString::to_string);
    let filter = filter_in(&address).unwrap_or_default();
    let filter = DelegateFilter { cursor: Cursor::First, ..filter };
    let mut reader = Reader { cx: operator.context()?, scope: operator.scope(), format, next: Some(filter) };
    let first = operator.answer(reader.page().await)?;
    let begun = VecDeque::from([format.head(), first]);
    let pieces = stream::try_unfold((begun, reader), |(mut begun, mut reader)| async move {
        if let Some(piece) = begun.pop_front() {
            return Ok(Some((piece, (begun, reader))));
        }
        if reader.next.is_none() {
            return Ok(None);
        }
        match reader.page().await {
            Ok(piece) => Ok(Some((piece, (begun, reader)))),
            Err(error) => {
                // The connection breaks off: what the client has is not taken for the whole.
                tracing::warn!(%error, "an export of delegates ended early");
                Err(error)
            }
        }
    });
    Ok(Body::from_stream(pieces))
}

/// What is still to be read.
struct Reader {
    cx: Context,
    scope: Scope,
    format: Format,
    next: Option<DelegateFilter>,
}

impl Reader {
    async fn page(&mut self) -> Result<String, Error> {
        let Some(filter) = self.next.take() else { return Ok(String::new()) };
        let page = delegates::list(&self.cx, &self.scope, &filter).await?;
        self.next = page.next.map(|mark| DelegateFilter { cursor: Cursor::After(mark), ..filter });
        page.rows.into_iter().map(|row| self.format.line(&ExportedDelegate::from(row))).collect()
    }
}
