//! Finding the delegates of one page of the list, in a time that does not grow with their number.
//!
//! Each combination of filters and orders that an index gives is read off that index. For the others one index *drives*:
//! the one that leaves the fewest rows, or the order's own. A bounded number of its rows is looked at, and
//! judged by the other filters; where that does not fill the page, the page is short, and the next one goes on from the row
//! that was looked at last. So nothing is left out, and no query is slow.

mod counts;
mod driver;
mod filter;
mod judge;
mod meaning;
mod order;
mod replicas;
mod search;
mod sql;

use muster::{
    delegate::{DelegateFilter, Sort, Status},
    page::{Cursor, MAX_COUNT, PAGE_SIZE, Page},
    scope::Scope,
};
use sea_orm::{ConnectionTrait, DbErr, QueryResult};
use uuid::Uuid;

use self::{
    driver::{Driver, LISTING, Rows},
    filter::Filter,
    meaning::Meaning,
    order::{Order, Place},
    sql::Sql,
};

pub use self::{counts::counts, replicas::replicas};

/// How much is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Bounds {
    /// How many rows a driver may have for all of them to be judged, counted, and sorted.
    small: u64,
    /// How many rows of a larger one are looked at for a page.
    looked: u64,
    /// How many are looked at first: mostly they fill a page.
    first: u64,
    /// How many rows of a larger driver are looked at to say that there are at least so many.
    counted: u64,
}

/// A row is looked up in some microseconds, and a page has some ten milliseconds.
const BOUNDS: Bounds = Bounds { small: 6_000, looked: 2_500, first: 300, counted: 1_000 };

/// Finds what passes all filters.
struct Finder<'a, C> {
    db: &'a C,
    rows: Rows<'a>,
    order: Order,
    bounds: Bounds,
    /// How many rows filters find that were counted for another status (none stands for the index of trigrams).
    known: Vec<(Option<Filter>, u64)>,
}

/// What a look at a driver's rows brought.
struct Look {
    rows: Vec<(Place, Uuid)>,
    /// How many there are in all, where all were looked at.
    total: Option<u64>,
    /// Where it ended before the driver's rows did.
    stopped_at: Option<Place>,
}

/// The ids of the delegates on one page of the list.
///
/// # Errors
/// Where the database is out of reach.
pub async fn page(db: &impl ConnectionTrait, scope: &Scope, filter: &DelegateFilter) -> Result<Page<Uuid>, DbErr> {
    match Finder::new(db, scope, filter).await? {
        Some(mut finder) => finder.page(&filter.cursor).await,
        None => Ok(Page { rows: Vec::new(), total: 0, at_least: false, previous: None, next: None }),
    }
}

impl<'a, C: ConnectionTrait> Finder<'a, C> {
    /// Reads what is looked for; none where nothing can match.
    async fn new(db: &'a C, scope: &'a Scope, filter: &DelegateFilter) -> Result<Option<Self>, DbErr> {
        let meaning = meaning::of(db, scope, filter).await?;
        Ok(meaning.map(|meaning| Self::of(db, scope, meaning, filter.sort)))
    }

    fn of(db: &'a C, scope: &'a Scope, meaning: Meaning, sort: Sort) -> Self {
        let (backend, rejected) = (db.get_database_backend(), meaning.status == Some(Status::Rejected));
        let rows = Rows { backend, scope, rejected, indexed: meaning.indexed.clone(), filters: meaning.filters() };
        Self { db, rows, order: sort.into(), bounds: BOUNDS, known: Vec::new() }
    }

    async fn page(&mut self, cursor: &Cursor) -> Result<Page<Uuid>, DbErr> {
        // A mark of another order's list means the first page.
        let (cursor, from) = match cursor {
            Cursor::After(mark) | Cursor::Before(mark) => match self.order.parse(mark) {
                Some(place) => (cursor, Some(place)),
                None => (&Cursor::First, None),
            },
            Cursor::First => (cursor, None),
        };
        let (narrowest, size) = self.narrowest().await?;
        let order = self.order.read(cursor);
        let mut look = self.look(narrowest, size, order, from.as_ref()).await?;
        let (mut total, mut at_least) = match look.total {
            Some(total) => (total, false),
            None => self.total(narrowest, size).await?,
        };
        if look.stopped_at.is_some() && self.may_be_rare(total).await? {
            let size = self.size(Driver::Search, self.bounds.small).await?;
            if size <= self.bounds.small {
                look = self.whole(Driver::Search, order, from.as_ref()).await?;
                (total, at_least) = self.total(Driver::Search, size).await?;
            }
        }
        let is_full = look.rows.len() > PAGE_SIZE as usize;
        let mut page = Page::cut(look.rows, cursor, total, |(place, _)| place.mark());
        page.at_least = at_least;
        if let Some(stopped) = look.stopped_at.filter(|_| !is_full) {
            let end = if matches!(cursor, Cursor::Before(_)) { &mut page.previous } else { &mut page.next };
            *end = Some(stopped.mark());
        }
        let (rows, page) = page.split();
        Ok(page.with(rows.into_iter().map(|(_, id)| id).collect()))
    }

    /// What drives best, and how many rows that has, as far as that matters.
    async fn narrowest(&mut self) -> Result<(Driver, u64), DbErr> {
        let mut narrowest: Option<(Driver, u64)> = None;
        let mut drivers = self.rows.drivers();
        // There are few of the rejected, and their index is better than one of words alone.
        if self.rows.rejected && !drivers.iter().any(|driver| matches!(driver, Driver::Filter(_))) {
            drivers.push(Driver::All);
        }
        for driver in drivers {
            // What is not narrower is not counted to its end.
            let most = narrowest.map_or(self.bounds.small, |(_, least)| least.min(self.bounds.small));
            let size = self.known_size(driver, most).await?;
            if narrowest.is_none_or(|(_, least)| size < least) {
                narrowest = Some((driver, size));
            }
        }
        match narrowest {
            Some(narrowest) => Ok(narrowest),
            None => Ok((Driver::All, self.size(Driver::All, self.bounds.small).await?)),
        }
    }

    /// [`Self::size`], where it is not known already.
    async fn known_size(&mut self, driver: Driver, most: u64) -> Result<u64, DbErr> {
        if driver == Driver::All {
            return self.size(driver, most).await;
        }
        let filter = self.rows.filter_of(driver);
        if let Some((_, size)) = self.known.iter().find(|(known, _)| *known == filter) {
            return Ok(*size);
        }
        let size = self.size(driver, most).await?;
        if size <= most || most == self.bounds.small {
            self.known.push((filter, size));
        }
        Ok(size)
    }

    /// Whether words are so rare among what was looked at that PostgreSQL's index of them all is worth asking.
    async fn may_be_rare(&self, total: u64) -> Result<bool, DbErr> {
        if !self.rows.is_postgres() || self.rows.indexed.is_empty() || total.saturating_mul(100) > self.bounds.counted {
            return Ok(false);
        }
        // Where it could not be made, asking would read the whole table.
        let mut sql = self.rows.sql();
        sql.push("SELECT count(*) FROM pg_class WHERE oid = to_regclass('delegate_listing_search')");
        Ok(sql.number(self.db).await? > 0)
    }

    /// How many rows a driver has. That is what the page says where nothing else judges them; of others it is counted only
    /// whether there are more than `most`.
    async fn size(&self, driver: Driver, most: u64) -> Result<u64, DbErr> {
        let most = if self.rows.is_judged(driver) { most } else { MAX_COUNT };
        let mut sql = self.rows.sql();
        sql.push("SELECT count(*) FROM (");
        self.rows.driven(&mut sql, driver, None, None, most + 1);
        sql.push(") AS d");
        sql.number(self.db).await
    }

    /// How many rows there are in all, and whether there may be more.
    async fn total(&self, driver: Driver, size: u64) -> Result<(u64, bool), DbErr> {
        if !self.rows.is_judged(driver) {
            return Ok((size, false));
        }
        let mut sql = self.rows.sql();
        sql.push("SELECT count(*) FROM (");
        let is_small = size <= self.bounds.small;
        self.rows.driven(&mut sql, driver, None, None, if is_small { self.bounds.small } else { self.bounds.counted });
        sql.push(") AS d CROSS JOIN delegate_listing AS l WHERE l.n = d.n");
        self.rows.judges(&mut sql, driver);
        Ok((sql.number(self.db).await?, !is_small))
    }

    /// Looks for the rows of a page: at those of the narrowest driver where that gives them in order, and otherwise at all
    /// in order, for many filters leave enough of them; where these do not fill the page, a small driver is sorted.
    async fn look(&self, narrowest: Driver, size: u64, order: Order, from: Option<&Place>) -> Result<Look, DbErr> {
        let rows = u64::from(PAGE_SIZE) + 1;
        let driver = if self.rows.gives(narrowest, order) { narrowest } else { Driver::All };
        if !self.rows.is_judged(driver) {
            return Ok(Look { rows: self.pick(driver, order, from, Some(rows)).await?, total: None, stopped_at: None });
        }
        let is_full = |found: &[_]| u64::try_from(found.len()).is_ok_and(|found| found >= rows);
        let found = self.pick(driver, order, from, Some(self.bounds.first)).await?;
        if is_full(&found) {
            return Ok(Look { rows: found, total: None, stopped_at: None });
        }
        if size <= self.bounds.small {
            return self.whole(narrowest, order, from).await;
        }
        let found = self.pick(driver, order, from, Some(self.bounds.looked)).await?;
        let stopped_at =
            if is_full(&found) { None } else { self.last_of(driver, order, from, self.bounds.looked).await? };
        Ok(Look { rows: found, total: None, stopped_at })
    }

    /// Looks at all rows of a small driver, and sorts them. The first page counts them on the way.
    async fn whole(&self, driver: Driver, order: Order, from: Option<&Place>) -> Result<Look, DbErr> {
        let mut sql = self.rows.sql();
        self.picking(&mut sql, driver, order, from, None);
        let rows = sql.all(self.db).await?;
        let total = match rows.first() {
            _ if from.is_some() => None,
            Some(row) => u64::try_from(row.try_get_by_index::<i64>(1)?).ok(),
            None => Some(0),
        };
        Ok(Look { rows: places(&rows, order)?, total, stopped_at: None })
    }

    /// The first rows, from a place on, of those that pass all filters: `looked` of the driver in its own order, or all
    /// of one that is small.
    async fn pick(
        &self,
        driver: Driver,
        order: Order,
        from: Option<&Place>,
        looked: Option<u64>,
    ) -> Result<Vec<(Place, Uuid)>, DbErr> {
        let mut sql = self.rows.sql();
        self.picking(&mut sql, driver, order, from, looked);
        places(&sql.all(self.db).await?, order)
    }

    fn picking(&self, sql: &mut Sql, driver: Driver, order: Order, from: Option<&Place>, looked: Option<u64>) {
        sql.push("SELECT l.delegate_id, ").push(if looked.is_none() { "count(*) OVER (), " } else { "0, " });
        order.columns(sql, LISTING);
        sql.push(" FROM (");
        match looked {
            Some(looked) => self.rows.driven(sql, driver, Some(order), from, looked),
            None => self.rows.driven(sql, driver, None, None, self.bounds.small),
        }
        // This join is done from the left in both databases.
        sql.push(") AS d CROSS JOIN delegate_listing AS l WHERE l.n = d.n");
        self.rows.judges(sql, driver);
        if let (None, Some(place)) = (looked, from) {
            order.follows(sql, LISTING, place);
        }
        order.by(sql, LISTING);
        sql.push(" LIMIT ").bind(i64::from(PAGE_SIZE) + 1);
    }

    /// The last of the rows that were looked at; none where there were no more.
    async fn last_of(
        &self,
        driver: Driver,
        order: Order,
        from: Option<&Place>,
        looked: u64,
    ) -> Result<Option<Place>, DbErr> {
        let mut sql = self.rows.sql();
        sql.push("SELECT ");
        order.columns(&mut sql, LISTING);
        sql.push(" FROM (");
        // Two: that row, and one that shows that there are more.
        self.rows.driven_within(&mut sql, driver, Some(order), from, looked.saturating_sub(1)..looked + 1);
        sql.push(") AS d CROSS JOIN delegate_listing AS l WHERE l.n = d.n");
        order.by(&mut sql, LISTING);
        let rows: Vec<QueryResult> = sql.all(self.db).await?;
        if rows.len() < 2 { Ok(None) } else { order.place(&rows[0], 0).map(Some) }
    }
}

fn places(rows: &[QueryResult], order: Order) -> Result<Vec<(Place, Uuid)>, DbErr> {
    rows.iter().map(|row| Ok((order.place(row, 2)?, row.try_get_by_index(0)?))).collect()
}

#[cfg(test)]
mod tests;
