//! Lists, one page at a time.

use muster::page::{Cursor, MAX_COUNT, PAGE_SIZE, Page};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait, Select,
    sea_query::{Asterisk, Expr, ExprTrait as _, Func, LikeExpr, Query, SelectStatement},
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
    cursor: &Cursor,
) -> Result<(Vec<M>, Page<M>), DbErr>
where
    E: EntityTrait<Model = M>,
    M: FromQueryResult + Send + Sync,
{
    let total = count(db, query.clone()).await?;
    // An address that holds another list's mark means the first page.
    let (query, cursor) = match (cursor, cursor_id(cursor)) {
        (Cursor::After(_), Some(row)) => (query.filter(id.lt(row)).order_by_desc(id), cursor),
        (Cursor::Before(_), Some(row)) => (query.filter(id.gt(row)).order_by_asc(id), cursor),
        (_, _) => (query.order_by_desc(id), &Cursor::First),
    };
    let found = query.limit(u64::from(PAGE_SIZE) + 1).all(db).await?;
    Ok(Page::cut(found, cursor, total, |row| id_of(row).into()).split())
}

/// How many characters of a search are looked for.
const MAX_SEARCH_CHARS: usize = 64;

/// The beginning of a text, as much of it as is looked for in lists that may be long.
#[must_use]
pub fn beginning(text: &str) -> String {
    text.trim().chars().take(MAX_SEARCH_CHARS).collect()
}

/// Rows that hold a text in one of these columns, whatever the case of its letters. All of them for an empty text. It
/// looks at every row of a list: for those that are short.
pub fn matching<C: ColumnTrait>(text: &str, columns: impl IntoIterator<Item = C>) -> Condition {
    // No name holds a control character, and PostgreSQL takes no NUL in text.
    let text: String = text.trim().chars().filter(|c| !c.is_control()).collect();
    if text.is_empty() {
        return Condition::all();
    }
    let escaped = text.replace('!', "!!").replace('%', "!%").replace('_', "!_");
    let pattern = |text: &str| LikeExpr::new(format!("%{text}%")).escape('!');
    columns.into_iter().fold(Condition::any(), |any, column| {
        let lower = Expr::expr(Func::lower(Expr::col(column.as_column_ref())));
        // SQLite makes only the letters of ASCII small.
        any.add(lower.like(pattern(&escaped.to_lowercase()))).add(column.like(pattern(&escaped)))
    })
}

fn cursor_id(cursor: &Cursor) -> Option<Uuid> {
    match cursor {
        Cursor::First => None,
        Cursor::After(row) | Cursor::Before(row) => row.id(),
    }
}

/// How many rows a query finds, counted up to one more than [`MAX_COUNT`]: so it takes no longer however many there are.
///
/// # Errors
/// Where the database is out of reach.
pub async fn count<E: EntityTrait>(db: &impl ConnectionTrait, query: Select<E>) -> Result<u64, DbErr> {
    count_up_to(db, query, MAX_COUNT).await
}

/// How many rows a query finds, counted up to one more than `most`.
///
/// # Errors
/// Where the database is out of reach.
pub async fn count_up_to<E: EntityTrait>(db: &impl ConnectionTrait, query: Select<E>, most: u64) -> Result<u64, DbErr> {
    let row = db.query_one(&counting(query, most)).await?;
    let count: i64 = row.map(|row| row.try_get_by_index(0)).transpose()?.unwrap_or(0);
    Ok(u64::try_from(count).unwrap_or(0))
}

/// The statement that counts so, also as a part of another one.
pub fn counting<E: EntityTrait>(query: Select<E>, most: u64) -> SelectStatement {
    let some = query.select_only().expr_as(Expr::value(1), "one").limit(most.saturating_add(1)).into_query();
    Query::select().expr(Expr::col(Asterisk).count()).from_subquery(some, "some").to_owned()
}
