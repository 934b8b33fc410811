//! Measures how long the lists take with many delegates: `cargo run -p muster-server --example lists -- 1000000 [URL]`.
//!
//! It fills a database of its own (SQLite in a temporary folder, or the empty PostgreSQL that the address names) through
//! the triggers that every write goes through, asks the use cases behind the pages, and prints what they took.

#![expect(clippy::print_stdout, reason = "it prints what it measured")]

use std::{
    collections::BTreeMap,
    error::Error,
    ffi::OsString,
    time::{Duration, Instant},
};

use muster::{
    audit::Actor,
    delegate::{DelegateFilter, DelegateType, Sort, Status},
    id::{DelegateId, ProfileId, TokenId},
    page::Cursor,
    scope::Scope,
};
use muster_server::{
    clock::Clock,
    config::Config,
    db::entity::delegate,
    manage::{Context, delegates, profiles, scripts, secrets, tokens},
    start,
};
use sea_orm::{ConnectionTrait as _, DbBackend, EntityTrait as _, QueryOrder as _};

/// How many rows one change adds.
const BATCH: u64 = 500;
/// How often each question is asked.
const TIMES: usize = 60;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let many: u64 = args.next().ok_or("say how many delegates")?.parse()?;
    let folder = tempfile::tempdir()?;
    let mut env = vec![("MUSTER_DATA_DIR".into(), folder.path().join("data").into_os_string())];
    env.extend(args.next().map(|url| ("MUSTER_DATABASE_URL".into(), OsString::from(url))));
    let config = Config::load(&BTreeMap::new(), env, None)?;
    let state = start::start(&config, Clock::system()).await?;
    let cx = Context::system(state, Actor::CommandLine);
    let scope = Scope::account(cx.state.account);

    let began = Instant::now();
    fill(&cx, many).await?;
    println!(
        "{many} delegates in {:.1?}: {:.0} a second",
        began.elapsed(),
        many as f64 / began.elapsed().as_secs_f64()
    );
    heartbeats(&cx, many).await?;

    let one =
        delegate::Entity::find().order_by_asc(delegate::Column::Id).one(cx.state.db.read()).await?.ok_or("none")?;
    let (token, profile) = (TokenId(one.token_id), ProfileId(one.profile_id));
    for (name, filter) in filters(token, profile, many) {
        for sort in Sort::ALL {
            let filter = DelegateFilter { sort, ..filter.clone() };
            let mut total = String::new();
            let mut deep = filter.clone();
            let took = measure(async || {
                let page = delegates::list(&cx, &scope, &deep).await.map_err(|error| format!("{error:?}"))?;
                total = format!("{} of {}", page.rows.len(), page.count_label());
                // Some pages on, and then from the first again.
                deep.cursor = page.next.map_or(Cursor::First, Cursor::After);
                Ok(())
            })
            .await?;
            println!("{name:<44} {:<15} {took}  last {total}", sort.slug());
        }
    }
    let ask = |error: muster_server::error::Error| format!("{error:?}");
    let id = DelegateId(one.id);
    println!(
        "waiting {:>76}",
        measure(async || delegates::count_pending(&cx, &scope).await.map(drop).map_err(ask)).await?
    );
    println!(
        "tokens {:>77}",
        measure(async || tokens::list(&cx, &scope, false, Cursor::First).await.map(drop).map_err(ask)).await?
    );
    println!("token's users {:>70}", measure(async || tokens::get_use(&cx, token).await.map(drop).map_err(ask)).await?);
    println!(
        "profiles {:>75}",
        measure(async || profiles::list(&cx, &scope, Cursor::First).await.map(drop).map_err(ask)).await?
    );
    println!("profile {:>76}", measure(async || profiles::get(&cx, profile).await.map(drop).map_err(ask)).await?);
    println!(
        "secrets {:>76}",
        measure(async || secrets::list(&cx, &scope, Cursor::First).await.map(drop).map_err(ask)).await?
    );
    println!("delegate {:>75}", measure(async || delegates::get(&cx, id).await.map(drop).map_err(ask)).await?);
    println!("its scripts {:>72}", measure(async || scripts::of_delegate(&cx, id).await.map(drop).map_err(ask)).await?);
    Ok(())
}

/// Every filter alone, and what may be hard: rare words of common trigrams, and filters that hardly meet.
fn filters(token: TokenId, profile: ProfileId, many: u64) -> Vec<(String, DelegateFilter)> {
    let mut filters = vec![("everything".to_owned(), DelegateFilter::default())];
    for status in Status::ALL {
        let filter = DelegateFilter { status: Some(status), ..DelegateFilter::default() };
        filters.push((status.slug().to_owned(), filter));
    }
    let kind = Some(DelegateType::Ecs);
    filters.push(("type".to_owned(), DelegateFilter { kind, ..DelegateFilter::default() }));
    filters.push(("profile".to_owned(), DelegateFilter { profile: Some(profile), ..DelegateFilter::default() }));
    filters.push(("token".to_owned(), DelegateFilter { token: Some(token), ..DelegateFilter::default() }));
    for tag in ["linux", "team-77"] {
        filters.push((format!("tag {tag}"), DelegateFilter { tag: tag.to_owned(), ..DelegateFilter::default() }));
    }
    let last = format!("host-{:07}", many / 2);
    for search in
        ["edge", "fra17", "team-77", "10.77.7.7", "192.168.7.", "e-000000", "zzz", "ed", "q", &last, "linux fra1"]
    {
        let filter = DelegateFilter { search: search.to_owned(), ..DelegateFilter::default() };
        filters.push((format!("search {search}"), filter));
    }
    let all = DelegateFilter {
        status: Some(Status::NotConnected),
        kind,
        token: Some(token),
        profile: Some(profile),
        tag: "linux".to_owned(),
        search: "edge fra1".to_owned(),
        ..DelegateFilter::default()
    };
    filters.push(("everything at once".to_owned(), all));
    let never = DelegateFilter { kind, tag: "never-ecs".to_owned(), ..DelegateFilter::default() };
    filters.push(("type and tag that never meet".to_owned(), never));
    filters
}

async fn measure(mut ask: impl AsyncFnMut() -> Result<(), String>) -> Result<String, String> {
    let mut took: Vec<Duration> = Vec::with_capacity(TIMES);
    for _ in 0..TIMES {
        let began = Instant::now();
        ask().await?;
        took.push(began.elapsed());
    }
    took.sort_unstable();
    let of = |share: usize| took[(TIMES - 1) * share / 100].as_secs_f64() * 1000.0;
    Ok(format!("p50 {:7.2} ms  p99 {:7.2} ms", of(50), took[TIMES - 1].as_secs_f64() * 1000.0))
}

/// Adds tokens, and delegates in changes of [`BATCH`], each on its own connection to the triggers.
async fn fill(cx: &Context, many: u64) -> Result<(), Box<dyn Error>> {
    let postgres = cx.state.db.read().get_database_backend() == DbBackend::Postgres;
    let (id, choose) = if postgres {
        (
            "(lpad(to_hex(K), 8, '0') || '-0000-7000-8000-' || lpad(to_hex(i), 12, '0'))::uuid",
            "(ARRAY[LIST])[1 + i % COUNT]",
        )
    } else {
        ("unhex(printf('%08x000070008000%012x', K, i))", "json_extract('[LIST]', '$[' || (i % COUNT) || ']')")
    };
    let id = |kind: u32| id.replace('K', &kind.to_string());
    let quote = if postgres { "'" } else { "\"" };
    let choose = |words: &[&str]| {
        let list = words.iter().map(|word| format!("{quote}{word}{quote}")).collect::<Vec<_>>().join(",");
        choose.replace("LIST", &list).replace("COUNT", &words.len().to_string())
    };
    let scope = "account.id, '', ''";
    let pad = |expression: &str| {
        if postgres { format!("lpad(({expression})::text, 7, '0')") } else { format!("printf('%07d', {expression})") }
    };
    let series = |from: u64, to: u64| {
        format!(
            "WITH RECURSIVE s(i) AS (SELECT CAST({from} AS bigint) UNION ALL SELECT i + 1 FROM s WHERE i + 1 < {to}) "
        )
    };
    let blob = if postgres { "'\\x00'::bytea" } else { "x'00'" };
    // Half of all delegates share one token.
    let tokens = format!(
        "{}INSERT INTO token (id, account_id, organization, project, name, key_id, sealed_value, created_by, created_at, \
         last_used_by) SELECT {}, {scope}, 'token-' || i, 'key-' || i, {blob}, 'ada', 1, '' FROM s, account",
        series(0, 40),
        id(1)
    );
    let change = cx.state.db.write().await?;
    change.execute_unprepared(&tokens).await?;
    change.commit().await?;
    let kinds = choose(&["SHELL_SCRIPT", "DOCKER", "KUBERNETES", "KUBERNETES", "HELM_DELEGATE", "ECS"]);
    let admissions = choose(&[
        "ENABLED",
        "ENABLED",
        "ENABLED",
        "ENABLED",
        "ENABLED",
        "ENABLED",
        "ENABLED",
        "ENABLED",
        "REJECTED",
        "ENABLED",
        "WAITING_FOR_APPROVAL",
    ]);
    let token = id(1).replace("i)", "CASE WHEN i % 2 = 0 THEN 0 ELSE i % 40 END)");
    let host = format!("'host-' || {} || '.fra' || (i % 19) || '.example.com'", pad("(i * 7919) % 1000003"));
    let name = format!("'edge-' || {}", pad("i"));
    let ip = "'10.' || (i % 251) || '.' || (i % 241) || '.' || (i % 239)";
    let address = "'192.168.' || (i % 253) || '.' || (i % 229)";
    let tags =
        "'linux, region-' || (i % 30) || ', team-' || (i % 500) || CASE WHEN i % 6 = 0 THEN ', never-ecs' ELSE '' END";
    for from in (0..many).step_by(usize::try_from(BATCH)?) {
        let rows = format!(
            "{}INSERT INTO delegate (id, account_id, organization, project, name, host_name, ip, kind, version, description, \
             tags, profile_id, token_id, admission, registered_at, last_heartbeat_at, connected_until, revision, search, \
             next_gen, script_version, unbound, address) \
             SELECT {own}, {scope}, {name}, {host}, {ip}, {kinds}, '26.11.87300', '', {tags}, profile.id, {token}, {admissions}, \
             1, i, CASE WHEN i % 3 = 0 AND i % 11 <> 8 THEN 99999999999999 END, 1, {name} || '\n' || {host} || '\n' || {ip} || '\n' \
             || {address} || '\n' || {tags}, FALSE, 1, FALSE, {address} \
             FROM s, account, profile",
            series(from, many.min(from + BATCH)),
            own = id(2),
        );
        let change = cx.state.db.write().await?;
        change.execute_unprepared(&rows).await?;
        change.commit().await?;
    }
    if postgres {
        cx.state.db.write().await?.execute_unprepared("ANALYZE").await?;
    }
    Ok(())
}

/// What a flush of heartbeats costs, and what one costs that finds everybody lost.
async fn heartbeats(cx: &Context, many: u64) -> Result<(), Box<dyn Error>> {
    let some = many.min(20_000);
    for (what, set) in [
        ("heartbeats", "last_heartbeat_at = last_heartbeat_at + 1, connected_until = connected_until + 1"),
        ("lost", "connected_until = NULL"),
        ("back", "connected_until = 99999999999999"),
    ] {
        let which = if what == "back" {
            "connected_until IS NULL AND admission = 'ENABLED'"
        } else {
            "connected_until IS NOT NULL"
        };
        let began = Instant::now();
        let mut changed = 0;
        for _ in 0..some / BATCH {
            let sql =
                format!("UPDATE delegate SET {set} WHERE id IN (SELECT id FROM delegate WHERE {which} LIMIT {BATCH})");
            let change = cx.state.db.write().await?;
            changed += change.execute_unprepared(&sql).await?.rows_affected();
            change.commit().await?;
        }
        println!("{what}: {changed} rows, {:.0} a second", changed as f64 / began.elapsed().as_secs_f64());
    }
    Ok(())
}
