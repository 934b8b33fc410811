//! What Prometheus asks for.

use axum::{
    Router,
    extract::State,
    http::{StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
    routing::get,
};
use prometheus_client::encoding::prometheus_text;
use sea_orm::{ColumnTrait, DbErr, EntityTrait, PaginatorTrait, QueryFilter, sea_query::Expr};

use super::Found;
use crate::{db::entity::delegate, state};

/// Where the metrics are, on a listener of their own: nobody is asked for a key.
pub fn router(state: &state::State) -> Router {
    Router::new().route("/metrics", get(scrape)).with_state(state.clone())
}

async fn scrape(State(state): State<state::State>) -> Response {
    let metrics = &state.metrics;
    let up = match look(&metrics.found, &state).await {
        Ok(()) => 1,
        Err(error) => {
            tracing::debug!(%error, "delegates could not be counted for the metrics");
            0
        }
    };
    metrics.found.database_up.set(up);
    let mut text = String::new();
    match prometheus_text::encode(&mut text, &metrics.registry) {
        Ok(()) => ([(CONTENT_TYPE, prometheus_text::CONTENT_TYPE)], text).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

async fn look(found: &Found, state: &state::State) -> Result<(), DbErr> {
    let db = state.db.read();
    let connected = delegate::Entity::find().filter(delegate::Column::ConnectedUntil.is_not_null());
    let waiting = delegate::Entity::find().filter(Expr::cust(delegate::WAITING));
    let disabled = delegate::Entity::find().filter(Expr::cust(delegate::DISABLED));
    let (connected, waiting) = (connected.count(db).await?, waiting.count(db).await?);
    let disabled = disabled.count(db).await?;
    found.connected.set(i64::try_from(connected).unwrap_or(i64::MAX));
    found.waiting.set(i64::try_from(waiting).unwrap_or(i64::MAX));
    found.disabled.set(i64::try_from(disabled).unwrap_or(i64::MAX));
    Ok(())
}
