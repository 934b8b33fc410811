//! Lists, one page at a time.

use muster::page::{Cursor, PAGE_SIZE, Page};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, Select,
};
use uuid::Uuid;

/// One page of a query, cut by keyset on `id`: the newest rows first. One row more than a page holds is fetched, which
/// tells whether there is another page.
///
/// # Errors
/// Where the database is out of reach.
pub async fn page<E, M>(
    db: &impl ConnectionTrait,
    query: Select<E>,
    id: E::Column,
    id_of: impl Fn(&M) -> Uuid,
    cursor: Cursor,
) -> Result<(Vec<M>, Page<M>), DbErr>
where
    E: EntityTrait<Model = M>,
    M: FromQueryResult + Send + Sync,
{
    let total = query.clone().count(db).await?;
    let query = match cursor {
        Cursor::First => query.order_by_desc(id),
        Cursor::After(row) => query.filter(id.lt(row)).order_by_desc(id),
        Cursor::Before(row) => query.filter(id.gt(row)).order_by_asc(id),
    };
    let found = query.limit(u64::from(PAGE_SIZE) + 1).all(db).await?;
    Ok(Page::cut(found, cursor, total, id_of).split())
}
