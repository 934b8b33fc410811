//! A database of PostgreSQL that has Muster's schema and nothing else. Each test's is a copy of it: making the schema takes
//! longer than most tests.

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    thread,
    time::SystemTime,
};

use muster_server::{db::Db, events::Events};
use sea_orm::{ConnectionTrait as _, DatabaseConnection, DbBackend, Statement};
use tokio::runtime::Runtime;

use super::database::{connect, on_server};

/// Held by who makes one: any number.
const LOCK: i64 = 0x6d75_7374_6572;

/// Makes a database with Muster's schema. The first of these very tests makes what is copied.
pub async fn copy(server: &str, name: &str) {
    let program = std::env::current_exe().expect("a test has a file");
    let built = program.metadata().and_then(|file| file.modified()).unwrap_or(SystemTime::UNIX_EPOCH);
    let family = format!("muster_template_{:016x}_", hash(&program));
    let template = format!("{family}{:016x}", hash(&built));
    let db = connect(server).await;
    if !exists(&db, &template).await {
        make(server, &db, &family, &template).await;
    }
    db.execute_unprepared(&format!("CREATE DATABASE {name} TEMPLATE {template}")).await.unwrap();
    db.close().await.unwrap();
}

fn hash(of: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    of.hash(&mut hasher);
    hasher.finish()
}

async fn exists(db: &DatabaseConnection, name: &str) -> bool {
    let ask = Statement::from_sql_and_values(
        DbBackend::Postgres,
        "SELECT 1 FROM pg_database WHERE datname = $1",
        [name.into()],
    );
    db.query_one_raw(ask).await.unwrap().is_some()
}

/// Makes it under another name, so that it is whole once it has its own; and removes those of earlier builds.
async fn make(server: &str, db: &DatabaseConnection, family: &str, name: &str) {
    let lock = connect(server).await;
    lock.execute_unprepared(&format!("SELECT pg_advisory_lock({LOCK})")).await.unwrap();
    if !exists(db, name).await {
        let sql = format!("SELECT datname::text FROM pg_database WHERE datname LIKE '{family}%'");
        for row in db.query_all_raw(Statement::from_string(DbBackend::Postgres, sql)).await.unwrap() {
            let old: String = row.try_get_by_index(0).unwrap();
            on_server(server, &format!("DROP DATABASE {old} WITH (FORCE)")).await;
        }
        let new = format!("{family}new");
        on_server(server, &format!("CREATE DATABASE {new}")).await;
        let (before, _) = server.rsplit_once('/').expect("the URL names a database");
        migrate(format!("{before}/{new}"));
        let others = format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{new}'");
        on_server(server, &others).await;
        on_server(server, &format!("ALTER DATABASE {new} RENAME TO {name}")).await;
    }
    // With its connection goes the lock.
    lock.close().await.unwrap();
}

/// Opens it as a manager does. What watches it then ends with the runtime.
fn migrate(url: String) {
    let migrated = thread::spawn(move || {
        Runtime::new().unwrap().block_on(async {
            let db = Db::open(&url.parse().unwrap(), Events::default()).await.expect("the schema is made");
            db.close().await;
        });
    });
    migrated.join().unwrap();
}
