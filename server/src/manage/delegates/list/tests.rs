//! No list reads a whole table, and none sorts what an index does not bound: asked of SQLite itself, for every filter and
//! order that is offered, alone and together.

use muster::{
    delegate::{DelegateType, Sort, Status},
    id::AccountId,
    page::Mark,
};
use tempfile::TempDir;

use super::*;
use crate::{config::DatabaseAddress, db::Db, events::Events};

const PROFILE: Uuid = Uuid::from_u128(0xa);
const TOKENS: [Uuid; 2] = [Uuid::from_u128(0xb), Uuid::from_u128(0xc)];

fn scope() -> Scope {
    Scope::account(AccountId(Uuid::from_u128(1)))
}

/// A database with `many` delegates of all sorts.
async fn database(many: u32) -> (TempDir, Db) {
    let folder = tempfile::tempdir().unwrap();
    let address = DatabaseAddress::Sqlite(folder.path().join("muster.db"));
    let db = Db::open(&address, Events::default()).await.unwrap();
    let change = db.write().await.unwrap();
    let scope = "x'00000000000000000000000000000001', '', ''";
    let id = |id: Uuid| format!("x'{}'", id.simple());
    let profile = id(PROFILE);
    let mut sql = format!(
        "INSERT INTO profile (id, account_id, organization, project, name, description, startup_script, \
         requires_approval, selectors, is_primary, created_at, updated_at, revision, script_changed_at) \
         VALUES ({profile}, {scope}, 'Primary', '', '', FALSE, '', TRUE, 1, 1, 1, 1);"
    );
    for number in 0..many {
        let own = id(Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0000 + u128::from(number)));
        let token = id(TOKENS[usize::from(number % 3 == 0)]);
        let kind = if number % 2 == 0 { "KUBERNETES" } else { "DOCKER" };
        let admission = match number % 7 {
            0 => "REJECTED",
            1 => "WAITING_FOR_APPROVAL",
            2 => "DISABLED",
            _ => "ENABLED",
        };
        let until = if ![0, 2].contains(&(number % 7)) && number % 5 < 2 { "99" } else { "NULL" };
        // Names do not come in the order of registrations.
        let name = format!("edge-{:04}", (number * 37) % many);
        let tags = if number % 4 == 0 { "linux, team-\"a\"\\\\1" } else { "windows" };
        sql += &format!(
            "INSERT INTO delegate (id, account_id, organization, project, name, host_name, ip, kind, version, \
             description, tags, profile_id, token_id, admission, registered_at, last_heartbeat_at, connected_until, \
             revision, search, next_gen, script_version) VALUES ({own}, {scope}, '{name}', 'host', '', '{kind}', '', \
             '', '{tags}', {profile}, {token}, '{admission}', 1, {}, {until}, 1, '{name}' || char(10) || 'qz-host', \
             FALSE, 1);",
            number % 11
        );
    }
    sea_orm::ConnectionTrait::execute_unprepared(&*change, &sql).await.unwrap();
    change.commit().await.unwrap();
    (folder, db)
}

/// Every filter alone, some pairs, and all together; each in every order.
fn filters() -> Vec<DelegateFilter> {
    let one = |change: fn(&mut DelegateFilter)| {
        let mut filter = DelegateFilter::default();
        change(&mut filter);
        filter
    };
    let mut alone = vec![
        DelegateFilter::default(),
        one(|filter| filter.kind = Some(DelegateType::Kubernetes)),
        one(|filter| filter.profile = Some(PROFILE.into())),
        one(|filter| filter.token = Some(TOKENS[0].into())),
        one(|filter| filter.tag = "linux".to_owned()),
        one(|filter| filter.tag = "team-\"a\"\\\\1".to_owned()),
        one(|filter| filter.search = "edge-00".to_owned()),
        one(|filter| filter.search = "qz".to_owned()),
        one(|filter| filter.search = "3".to_owned()),
        one(|filter| filter.search = "qz-host 1".to_owned()),
        one(|filter| (filter.kind, filter.tag) = (Some(DelegateType::Docker), "windows".to_owned())),
        one(|filter| (filter.token, filter.search) = (Some(TOKENS[1].into()), "EDGE".to_owned())),
    ];
    for status in Status::ALL {
        alone.push(DelegateFilter { status: Some(status), ..DelegateFilter::default() });
        alone.push(DelegateFilter {
            status: Some(status),
            kind: Some(DelegateType::Kubernetes),
            search: "edge".to_owned(),
            ..DelegateFilter::default()
        });
    }
    let sorted = |filter: DelegateFilter| Sort::ALL.map(|sort| DelegateFilter { sort, ..filter.clone() });
    alone.into_iter().flat_map(sorted).collect()
}

/// What the list has to be, by the plainest query there is.
async fn expected(db: &Db, filter: &DelegateFilter) -> Vec<Uuid> {
    let mut sql = Sql::new(sea_orm::DbBackend::Sqlite);
    sql.push("SELECT l.delegate_id FROM delegate_listing l JOIN delegate d ON d.id = l.delegate_id WHERE TRUE");
    match filter.status {
        None => sql.push(" AND d.admission <> 'REJECTED'"),
        Some(Status::Rejected) => sql.push(" AND d.admission = 'REJECTED'"),
        Some(Status::PendingApproval) => sql.push(" AND d.admission = 'WAITING_FOR_APPROVAL'"),
        Some(Status::Disabled) => sql.push(" AND d.admission = 'DISABLED'"),
        Some(Status::Connected) => sql.push(" AND d.admission = 'ENABLED' AND d.connected_until IS NOT NULL"),
        Some(Status::NotConnected) => sql.push(" AND d.admission = 'ENABLED' AND d.connected_until IS NULL"),
    };
    if let Some(kind) = filter.kind {
        sql.push(" AND d.kind = ").bind(kind.code());
    }
    if let Some(id) = filter.profile {
        sql.push(" AND d.profile_id = ").bind(id.0);
    }
    if let Some(id) = filter.token {
        sql.push(" AND d.token_id = ").bind(id.0);
    }
    if !filter.tag.is_empty() {
        sql.push(" AND ', ' || d.tags || ',' LIKE ").bind(format!("%, {},%", filter.tag));
    }
    for word in filter.search.to_lowercase().split_whitespace() {
        sql.push(" AND instr(d.search, ").bind(word).push(") > 0");
    }
    sql.push(match filter.sort {
        Sort::Newest => " ORDER BY d.id DESC",
        Sort::Name => " ORDER BY d.name, d.id",
        Sort::NameBackwards => " ORDER BY d.name DESC, d.id DESC",
        Sort::Heard => " ORDER BY d.connected_until IS NULL, iif(d.connected_until IS NULL, d.last_heartbeat_at, 0) DESC, d.id DESC",
        Sort::Silent => " ORDER BY d.connected_until IS NOT NULL, iif(d.connected_until IS NULL, d.last_heartbeat_at, 0), d.id",
    });
    let rows = sql.all(db.read()).await.unwrap();
    rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect()
}

#[tokio::test]
async fn every_filter_and_order_pages_through_what_it_means() {
    let (_folder, db) = database(210).await;
    for filter in filters() {
        let expected = expected(&db, &filter).await;
        let (mut read, mut filter) = (Vec::new(), filter);
        let last = loop {
            let found = page(db.read(), &scope(), &filter).await.unwrap();
            assert_eq!((found.total, found.at_least), (u64::try_from(expected.len()).unwrap(), false), "{filter:?}");
            read.extend(found.rows.iter().copied());
            match found.next.clone() {
                Some(next) => filter.cursor = Cursor::After(next),
                None => break found,
            }
        };
        assert_eq!(read, expected, "{filter:?}");
        // And back.
        let mut before = last.previous.clone();
        let mut back = last.rows;
        while let Some(mark) = before {
            filter.cursor = Cursor::Before(mark);
            let found = page(db.read(), &scope(), &filter).await.unwrap();
            back.splice(0..0, found.rows);
            before = found.previous;
        }
        assert_eq!(back, expected, "{filter:?}");
    }
}

/// For each status, whatever the filter: what a list of that status says itself, and what it means.
#[tokio::test]
async fn statuses_are_counted_as_they_are_listed() {
    let (_folder, db) = database(210).await;
    let statuses: Vec<Option<Status>> = std::iter::once(None).chain(Status::ALL.map(Some)).collect();
    for filter in filters().into_iter().filter(|filter| filter.sort == Sort::default() && filter.status.is_none()) {
        let counts = counts(db.read(), &scope(), &filter, &statuses).await.unwrap();
        for (status, count) in statuses.iter().zip(counts) {
            let listed = DelegateFilter { status: *status, ..filter.clone() };
            let expected = expected(&db, &listed).await.len() as u64;
            assert_eq!(count, (expected, false), "{listed:?}");
        }
    }
}

/// With more delegates than are looked at for a page, pages are short; but going on from each, nothing is left out, and
/// nothing comes twice.
#[tokio::test]
async fn what_is_not_looked_at_for_one_page_is_for_the_next() {
    let (_folder, db) = database(210).await;
    let scope = scope();
    let mut short = 0;
    for mut filter in filters() {
        let expected = expected(&db, &filter).await;
        let mut read = Vec::new();
        loop {
            let finder = Finder::new(db.read(), &scope, &filter).await.unwrap().expect("it can match");
            let bounds = Bounds { small: 20, looked: 30, first: 7, counted: 10 };
            let found = Finder { bounds, ..finder }.page(&filter.cursor).await.unwrap();
            let all = u64::try_from(expected.len()).unwrap();
            assert!(found.total <= all && (found.at_least || found.total == all), "{filter:?} {found:?}");
            short += usize::from(found.next.is_some() && found.rows.len() < PAGE_SIZE as usize);
            read.extend(found.rows);
            match found.next {
                Some(next) => filter.cursor = Cursor::After(next),
                None => break,
            }
        }
        assert_eq!(read, expected, "{filter:?}");
    }
    assert!(short > 0, "there were short pages");
}

#[tokio::test]
async fn a_mark_of_another_order_means_the_first_page() {
    let (_folder, db) = database(60).await;
    let first = page(db.read(), &scope(), &DelegateFilter::default()).await.unwrap();
    for mark in ["7:edge", "x", "7:", Uuid::nil().to_string().as_str(), "99999999999999999999"] {
        let filter = DelegateFilter { cursor: Cursor::After(Mark::new(mark)), ..DelegateFilter::default() };
        assert_eq!(page(db.read(), &scope(), &filter).await.unwrap(), first, "{mark}");
    }
}

async fn plan(db: &Db, sql: Sql) -> Vec<String> {
    let rows = sql.explained().all(db.read()).await.unwrap();
    rows.iter().map(|row| row.try_get::<String>("", "detail").unwrap()).collect()
}

/// What drives is searched in an index, in its order; what it finds is looked up row by row.
#[tokio::test]
async fn no_list_scans_a_table_or_sorts_what_is_not_bounded() {
    let (_folder, db) = database(3).await;
    for filter in filters() {
        let order = Order::from(filter.sort);
        let scope = scope();
        let finder = Finder::new(db.read(), &scope, &filter).await.unwrap().expect("it can match");
        let from = order.parse(&Mark::new(if order.is_by_number() { "7" } else { "7:7" }));
        let mut drivers = finder.rows.drivers();
        drivers.push(Driver::All);
        for driver in drivers {
            let ordered = finder.rows.gives(driver, order).then_some(order);
            for from in [None, from.as_ref()] {
                let mut sql = finder.rows.sql();
                finder.rows.driven(&mut sql, driver, ordered, from.filter(|_| ordered.is_some()), 10);
                let plan = plan(&db, sql).await;
                let found = |line: &String| {
                    (line.starts_with("SEARCH d USING COVERING INDEX")
                        || line.starts_with("SEARCH d USING PRIMARY KEY"))
                        || line.contains("SCAN delegate_search VIRTUAL TABLE")
                };
                assert!(plan.len() == 1 && plan.iter().all(found), "{filter:?} {driver:?} {plan:#?}");
            }
            let mut sql = finder.rows.sql();
            finder.picking(&mut sql, driver, order, from.as_ref(), ordered.map(|_| 10));
            let plan = plan(&db, sql).await;
            let scans: Vec<_> = plan.iter().filter(|line| line.starts_with("SCAN")).collect();
            assert!(
                scans.iter().all(|line| *line == "SCAN d"
                    || line.starts_with("SCAN (subquery")
                    || line.contains("VIRTUAL TABLE")),
                "{filter:?} {plan:#?}"
            );
            assert!(plan.iter().any(|line| line == "SEARCH l USING INTEGER PRIMARY KEY (rowid=?)"), "{plan:#?}");
        }
    }
}
