//! Install files over HTTP: a form that answers with them, and links that hand them out once.

mod download;
mod link;

use std::convert::Infallible;

use axum::{
    body::{Body, Bytes},
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use futures_util::stream;

pub use self::{
    download::download,
    link::{fetch, head},
};
use crate::install::bundle::Download;

/// How many bytes are handed on at a time.
const SLICE: usize = 64 * 1024;

/// A piece, cut so that it is handed on as the client takes it, and not at once. Nothing is copied.
fn slices(mut piece: Bytes) -> impl Iterator<Item = Bytes> {
    std::iter::from_fn(move || (!piece.is_empty()).then(|| piece.split_to(piece.len().min(SLICE))))
}

impl IntoResponse for Download {
    fn into_response(self) -> Response {
        // Names of files are ours: plain ASCII.
        let disposition = HeaderValue::from_str(&format!("attachment; filename=\"{}\"", self.name));
        let headers = [
            (header::CONTENT_TYPE, HeaderValue::from_static(self.media_type)),
            (header::CONTENT_DISPOSITION, disposition.unwrap_or_else(|_| HeaderValue::from_static("attachment"))),
            (header::CONTENT_LENGTH, HeaderValue::from(self.size())),
            (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        ];
        let body = Body::from_stream(stream::iter(self.body.into_iter().flat_map(slices).map(Ok::<_, Infallible>)));
        (headers, body).into_response()
    }
}
