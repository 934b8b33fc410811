//! What a list's filter leaves, as a file: CSV, or a JSON object in each line.
//!
//! It is read page by page, as somebody would who looks at one after the other, while the client takes it: no lock and no
//! transaction lasts longer than a page, and nothing is held for who reads slowly. What comes meanwhile may be in it or
//! not.

mod delegates;
mod table;
mod trail;

use std::{collections::VecDeque, future::Future};

use axum::{
    Extension, Router,
    body::Body,
    http::{HeaderValue, StatusCode, Uri, header},
    response::{IntoResponse, Response},
    routing::get,
};
use futures_util::stream;
use muster::{
    audit::{TrailFilter, TrailRow},
    delegate::{DelegateFilter, DelegateRow},
    page::{Cursor, Page},
    scope::Scope,
};
use muster_app::{audit::query::trail_filter_in, delegates::query::filter_in, error::ConsoleError};

use self::{delegates::ExportedDelegate, table::Exported, trail::ExportedEntry};
use crate::{
    console::Operator,
    error::Error,
    manage::{self, Context},
    state::State,
};

/// How the file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    Csv,
    JsonLines,
}

impl Format {
    const fn content_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8; header=present",
            Self::JsonLines => "application/jsonl",
        }
    }

    const fn ending(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::JsonLines => "jsonl",
        }
    }

    /// What stands before the rows.
    fn head<T: Exported>(self) -> String {
        match self {
            Self::Csv => T::csv_head(),
            Self::JsonLines => String::new(),
        }
    }

    fn line<T: Exported>(self, row: &T) -> Result<String, Error> {
        match self {
            Self::Csv => Ok(row.csv_line()),
            Self::JsonLines => row.json_line().map_err(|error| Error::internal(error.to_string())),
        }
    }
}

/// A list that is exported.
trait List: Send + 'static {
    /// Its filter.
    type Filter: Clone + Default + Send + Sync;
    /// One of its rows.
    type Row: Send;
    /// The same, as it is exported.
    type Exported: Exported + From<Self::Row>;

    /// Where its file is, without the ending.
    const PATH: &'static str;

    /// Reads the filter in an address.
    fn filter(address: &str) -> Option<Self::Filter>;

    /// The same filter on another page.
    fn at(filter: Self::Filter, cursor: Cursor) -> Self::Filter;

    /// One page.
    fn page(
        cx: &Context,
        scope: &Scope,
        filter: &Self::Filter,
    ) -> impl Future<Output = Result<Page<Self::Row>, Error>> + Send;
}

struct Delegates;

impl List for Delegates {
    type Filter = DelegateFilter;
    type Row = DelegateRow;
    type Exported = ExportedDelegate;

    const PATH: &'static str = "/delegates/export";

    fn filter(address: &str) -> Option<DelegateFilter> {
        filter_in(address)
    }

    fn at(filter: DelegateFilter, cursor: Cursor) -> DelegateFilter {
        DelegateFilter { cursor, ..filter }
    }

    async fn page(cx: &Context, scope: &Scope, filter: &DelegateFilter) -> Result<Page<DelegateRow>, Error> {
        manage::delegates::list(cx, scope, filter).await
    }
}

struct Trail;

impl List for Trail {
    type Filter = TrailFilter;
    type Row = TrailRow;
    type Exported = ExportedEntry;

    const PATH: &'static str = "/audit/export";

    fn filter(address: &str) -> Option<TrailFilter> {
        trail_filter_in(address)
    }

    fn at(filter: TrailFilter, cursor: Cursor) -> TrailFilter {
        TrailFilter { cursor, ..filter }
    }

    async fn page(cx: &Context, scope: &Scope, filter: &TrailFilter) -> Result<Page<TrailRow>, Error> {
        manage::audit::trail(cx, scope, filter).await
    }
}

/// The files.
pub fn routes() -> Router<State> {
    Router::new().merge(of::<Delegates>()).merge(of::<Trail>())
}

fn of<L: List>() -> Router<State> {
    [Format::Csv, Format::JsonLines].into_iter().fold(Router::new(), |router, format| {
        let answer = move |Extension(operator): Extension<Operator>, uri: Uri| async move {
            export::<L>(operator, &uri, format).await
        };
        router.route(&format!("{}.{}", L::PATH, format.ending()), get(answer))
    })
}

async fn export<L: List>(operator: Operator, uri: &Uri, format: Format) -> Response {
    let no_store = (header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    match begin::<L>(&operator, uri, format).await {
        Ok(body) => {
            let file = format!("attachment; filename=\"{}.{}\"", L::Exported::FILE, format.ending());
            let kind = [(header::CONTENT_TYPE, format.content_type())];
            (kind, [(header::CONTENT_DISPOSITION, file)], [no_store], body).into_response()
        }
        Err(error) => {
            let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            let kind = (header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
            (status, [kind, no_store], format!("{error}\n")).into_response()
        }
    }
}

/// Reads the first page, so that what is wrong is told before anything is sent, and the others as they are taken.
async fn begin<L: List>(operator: &Operator, uri: &Uri, format: Format) -> Result<Body, ConsoleError> {
    let address = uri.path_and_query().map_or_else(String::new, ToString::to_string);
    let filter = L::at(L::filter(&address).unwrap_or_default(), Cursor::First);
    let mut reader = Reader::<L> { cx: operator.context()?, scope: operator.scope.clone(), format, next: Some(filter) };
    let first = operator.answer(reader.page().await)?;
    let begun = VecDeque::from([format.head::<L::Exported>(), first]);
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
                tracing::warn!(%error, file = L::Exported::FILE, "an export ended early");
                Err(error)
            }
        }
    });
    Ok(Body::from_stream(pieces))
}

/// What is still to be read.
struct Reader<L: List> {
    cx: Context,
    scope: Scope,
    format: Format,
    next: Option<L::Filter>,
}

impl<L: List> Reader<L> {
    async fn page(&mut self) -> Result<String, Error> {
        let Some(filter) = self.next.take() else { return Ok(String::new()) };
        let page = L::page(&self.cx, &self.scope, &filter).await?;
        self.next = page.next.map(|mark| L::at(filter, Cursor::After(mark)));
        page.rows.into_iter().map(|row| self.format.line(&L::Exported::from(row))).collect()
    }
}
