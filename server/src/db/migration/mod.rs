//! Migrations: they run at start, on SQLite and on PostgreSQL alike.

mod m20261122_000001_first;
mod m20261122_000002_scripts;
mod m20261127_000003_identity;
mod m20261128_000004_lists;
mod m20261128_000005_indices;
mod m20261128_000501_decisions;
mod m20261128_001001_search_versions;
mod m20261128_002001_disabled;
mod m20261128_002002_cancel;
mod m20261128_003001_token_pages;
mod m20261128_003002_links;
mod m20261128_004001_versions;
mod m20261128_004002_secrets;
mod m20261128_005001_token_revisions;
mod m20261128_011001_people;
mod m20261128_020001_token_restrictions;
mod m20261128_020002_floods;
mod m20261128_020003_warn;
mod m20261128_030001_audit_chain;
mod m20261128_040001_api_keys;
mod m20261128_050001_second_factor;
mod m20261128_050002_single_sign_on;
mod m20261128_060001_idempotency;
mod m20261128_070001_tag_status;
mod m20261128_080001_scopes;

use sea_orm_migration::{prelude::*, schema::*};

/// All migrations, in the order in which they run.
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261122_000001_first::Migration),
            Box::new(m20261122_000002_scripts::Migration),
            Box::new(m20261127_000003_identity::Migration),
            Box::new(m20261128_000004_lists::Migration),
            Box::new(m20261128_000005_indices::Migration),
            Box::new(m20261128_000501_decisions::Migration),
            Box::new(m20261128_001001_search_versions::Migration),
            Box::new(m20261128_002001_disabled::Migration),
            Box::new(m20261128_002002_cancel::Migration),
            Box::new(m20261128_003001_token_pages::Migration),
            Box::new(m20261128_003002_links::Migration),
            Box::new(m20261128_004001_versions::Migration),
            Box::new(m20261128_004002_secrets::Migration),
            Box::new(m20261128_005001_token_revisions::Migration),
            Box::new(m20261128_011001_people::Migration),
            Box::new(m20261128_020001_token_restrictions::Migration),
            Box::new(m20261128_020002_floods::Migration),
            Box::new(m20261128_020003_warn::Migration),
            Box::new(m20261128_030001_audit_chain::Migration),
            Box::new(m20261128_040001_api_keys::Migration),
            Box::new(m20261128_050001_second_factor::Migration),
            Box::new(m20261128_050002_single_sign_on::Migration),
            Box::new(m20261128_060001_idempotency::Migration),
            Box::new(m20261128_070001_tag_status::Migration),
            Box::new(m20261128_080001_scopes::Migration),
        ]
    }
}

fn col(name: &'static str) -> Alias {
    Alias::new(name)
}

/// A table whose rows belong to a scope.
fn scoped(name: &'static str) -> TableCreateStatement {
    let mut table = Table::create();
    table
        .table(col(name))
        .col(uuid(col("id")).primary_key())
        .col(uuid(col("account_id")))
        .col(string(col("organization")))
        .col(string(col("project")));
    table
}

fn index(table: &'static str, columns: &[&'static str]) -> IndexCreateStatement {
    let mut index = Index::create();
    index.name(format!("{table}_{}", columns.join("_"))).table(col(table));
    for column in columns {
        index.col(col(column));
    }
    index
}

#[cfg(test)]
mod tests {
    use muster::{
        delegate::{DelegateFilter, Status},
        id::AccountId,
        scope::Scope,
        user::{Role, User, UserStatus},
    };
    use sea_orm::{
        ColumnTrait as _, ConnectionTrait as _, Database, DatabaseConnection, DbBackend, EntityTrait as _,
        QueryFilter as _, QueryOrder as _, Statement,
    };

    use super::*;
    use crate::{
        db::entity::{delegate, delegate_listing::status as number, token, user},
        manage::delegates::list::page,
    };

    const FIRST: &str = "01900000-0000-7000-8000-000000000001";
    const NEXT: &str = "01900000-0000-7000-8000-000000000002";

    async fn one(db: &DatabaseConnection, sql: &str) -> i64 {
        let row = db.query_one_raw(Statement::from_string(DbBackend::Sqlite, sql)).await.unwrap();
        row.unwrap().try_get_by_index(0).unwrap()
    }

    /// What the version before this one left: a delegate that waits, one that went over to another token, and one of a
    /// client without a fingerprint.
    async fn before(db: &DatabaseConnection) {
        let id = |text: &str| format!("x'{}'", text.replace('-', ""));
        let scope = "x'01900000000070008000000000000000', '', ''";
        let profile = id("01900000-0000-7000-8000-00000000000a");
        db.execute_unprepared(&format!(
            "INSERT INTO profile (id, account_id, organization, project, name, description, startup_script, \
             requires_approval, selectors, is_primary, created_at, updated_at, revision, script_changed_at) \
             VALUES ({profile}, {scope}, 'Primary', '', '', FALSE, '', TRUE, 1, 1, 1, 1)"
        ))
        .await
        .unwrap();
        for (token, key, successor, step) in [(FIRST, "k1", id(NEXT), "77"), (NEXT, "k2", "NULL".to_owned(), "NULL")] {
            let token = id(token);
            db.execute_unprepared(&format!(
                "INSERT INTO token (id, account_id, organization, project, name, key_id, sealed_value, created_by, \
                 created_at, last_used_by, successor_id, rotated_at, rotation_step_at) \
                 VALUES ({token}, {scope}, '{key}', '{key}', x'00', 'ada', 1, '', {successor}, {step}, {step})"
            ))
            .await
            .unwrap();
        }
        for (number, host, token, admission, thumbprint) in [
            (1, "waits", FIRST, "WAITING_FOR_APPROVAL", format!("'{}'", "A".repeat(43))),
            (2, "went-over", NEXT, "ENABLED", format!("'{}'", "B".repeat(43))),
            (3, "keyless", FIRST, "ENABLED", "NULL".to_owned()),
        ] {
            let (own, token) = (id(&format!("01900000-0000-7000-8000-00000000010{number}")), id(token));
            db.execute_unprepared(&format!(
                "INSERT INTO delegate (id, account_id, organization, project, name, host_name, ip, kind, version, \
                 description, tags, thumbprint, profile_id, token_id, admission, registered_at, last_heartbeat_at, \
                 revision, search, next_gen, script_version) VALUES ({own}, {scope}, 'edge', '{host}', '', \
                 'SHELL_SCRIPT', '', '', 'linux, gpu', {thumbprint}, {profile}, {token}, '{admission}', 1, 1, 1, \
                 'edge' || char(10) || '{host}', FALSE, 1)"
            ))
            .await
            .unwrap();
        }
    }

    #[tokio::test]
    async fn a02_a_database_from_before_keys_keeps_its_decisions() {
        let db = Database::connect("sqlite::memory:").await.unwrap();
        Migrator::up(&db, Some(2)).await.unwrap();
        before(&db).await;
        Migrator::up(&db, None).await.unwrap();
        let rows = delegate::Entity::find().all(&db).await.unwrap();
        let of = |host: &str| rows.iter().find(|row| row.host_name == host).unwrap().clone();
        let (waits, went_over, keyless) = (of("waits"), of("went-over"), of("keyless"));
        assert_eq!(
            (waits.admission.as_str(), waits.waiting_reason.as_deref()),
            ("WAITING_FOR_APPROVAL", Some("REQUIRED"))
        );
        assert_eq!((waits.unbound, went_over.unbound, keyless.unbound), (true, true, false));
        assert_eq!((went_over.admission.as_str(), went_over.token_changed_at), ("ENABLED", Some(77)));
        assert_eq!(went_over.previous_token_id, Some(FIRST.parse().unwrap()));
        assert!(rows.iter().all(|row| row.public_key.is_none() && row.conflict_at.is_none()));
        for row in rows {
            assert!(muster::delegate::Delegate::try_from(row).is_ok());
        }
        assert!(token::Entity::find().all(&db).await.unwrap().iter().all(|token| !token.requires_approval));
        assert_eq!(one(&db, "SELECT count(*) FROM refusal").await, 0);
    }

    #[tokio::test]
    async fn the_script_of_every_profile_is_its_first_version() {
        let db = Database::connect("sqlite::memory:").await.unwrap();
        Migrator::up(&db, Some(2)).await.unwrap();
        before(&db).await;
        db.execute_unprepared("UPDATE profile SET startup_script = 'date', script_changed_at = 7").await.unwrap();
        Migrator::up(&db, None).await.unwrap();
        let kept = "SELECT count(*) FROM script_version v JOIN profile p ON p.id = v.profile_id \
                    WHERE v.script = 'date' AND v.saved_at = 7 AND v.run_at = 7 AND v.account_id = p.account_id";
        assert_eq!((one(&db, kept).await, one(&db, "SELECT count(*) FROM script_version").await), (1, 1));
    }

    #[tokio::test]
    async fn delegates_of_every_older_schema_are_listed_and_found() {
        // As many later ones as there are run in another process before.
        for (later, _) in (0..).zip(Migrator::migrations().iter().skip(2)) {
            let db = Database::connect("sqlite::memory:").await.unwrap();
            Migrator::up(&db, Some(2)).await.unwrap();
            before(&db).await;
            Migrator::up(&db, Some(later)).await.unwrap();
            Migrator::up(&db, None).await.unwrap();
            let scope = Scope::account(AccountId("01900000-0000-7000-8000-000000000000".parse().unwrap()));
            for (filter, hosts) in [
                (DelegateFilter::default(), &["keyless", "waits", "went-over"][..]),
                (DelegateFilter { search: "WENT".to_owned(), ..DelegateFilter::default() }, &["went-over"]),
                (
                    DelegateFilter { search: "edge".to_owned(), ..DelegateFilter::default() },
                    &["keyless", "waits", "went-over"],
                ),
                (
                    DelegateFilter { tag: "gpu".to_owned(), ..DelegateFilter::default() },
                    &["keyless", "waits", "went-over"],
                ),
                (DelegateFilter { status: Some(Status::PendingApproval), ..DelegateFilter::default() }, &["waits"]),
                (DelegateFilter { search: "elsewhere".to_owned(), ..DelegateFilter::default() }, &[]),
            ] {
                let found = page(&db, &scope, &filter).await.unwrap();
                let rows =
                    delegate::Entity::find().filter(delegate::Column::Id.is_in(found.rows)).all(&db).await.unwrap();
                let mut found: Vec<String> = rows.into_iter().map(|row| row.host_name).collect();
                found.sort_unstable();
                assert_eq!(found, hosts, "{filter:?}, {later} steps later");
            }
        }
    }

    #[tokio::test]
    async fn people_of_every_older_schema_can_sign_in_as_what_they_were() {
        for (later, _) in (0..).zip(Migrator::migrations().iter().skip(2)) {
            let db = Database::connect("sqlite::memory:").await.unwrap();
            Migrator::up(&db, Some(2)).await.unwrap();
            let (account, ada, bob) =
                ("x'01900000000070008000000000000000'", FIRST.replace('-', ""), NEXT.replace('-', ""));
            db.execute_unprepared(&format!(
                "INSERT INTO user (id, account_id, email, role, password_hash, created_at) VALUES \
                 (x'{ada}', {account}, 'ada@example.com', 'ACCOUNT_ADMINISTRATOR', '$argon2id$', 1), \
                 (x'{bob}', {account}, 'bob@example.com', 'VIEWER', '$argon2id$', 2)"
            ))
            .await
            .unwrap();
            for (number, action, at) in [(1, "SIGNED_IN", 7), (2, "SIGNED_IN", 9), (3, "SIGNED_OUT", 11)] {
                db.execute_unprepared(&format!(
                    "INSERT INTO audit (id, account_id, organization, project, at, actor_kind, actor_name, address, action, \
                     object_id, object_name, detail) VALUES (x'0190000000007000800000000000020{number}', {account}, '', \
                     '', {at}, 'USER', 'ada@example.com', '', '{action}', x'{ada}', 'ada@example.com', '')"
                ))
                .await
                .unwrap();
            }
            Migrator::up(&db, Some(later)).await.unwrap();
            Migrator::up(&db, None).await.unwrap();
            let rows = user::Entity::find().order_by_asc(user::Column::Email).all(&db).await.unwrap();
            assert_eq!(
                rows.iter().map(|row| row.signed_in_at).collect::<Vec<_>>(),
                [Some(9), None],
                "{later} steps later"
            );
            assert!(rows.iter().all(|row| row.password_hash == "$argon2id$"));
            let people: Vec<User> = rows.into_iter().map(|row| User::try_from(row).unwrap()).collect();
            assert_eq!(
                people.iter().map(User::account_role).collect::<Vec<_>>(),
                [Some(Role::AccountAdministrator), Some(Role::Viewer)]
            );
            assert!(people.iter().all(|one| one.status == UserStatus::Active && one.name.is_none()));
            assert_eq!(one(&db, "SELECT count(*) FROM user_link").await, 0);
        }
    }

    #[tokio::test]
    async fn the_status_that_is_listed_follows_each_decision() {
        let db = Database::connect("sqlite::memory:").await.unwrap();
        Migrator::up(&db, Some(2)).await.unwrap();
        before(&db).await;
        Migrator::up(&db, None).await.unwrap();
        for (admission, connected, status) in [
            ("ENABLED", "9", Status::Connected),
            ("DISABLED", "NULL", Status::Disabled),
            ("ENABLED", "NULL", Status::NotConnected),
            ("REJECTED", "NULL", Status::Rejected),
            ("WAITING_FOR_APPROVAL", "9", Status::PendingApproval),
        ] {
            let set = format!(
                "UPDATE delegate SET admission = '{admission}', connected_until = {connected} WHERE host_name = 'waits'"
            );
            db.execute_unprepared(&set).await.unwrap();
            let listed = "SELECT status FROM delegate_listing AS l JOIN delegate AS d ON d.id = l.delegate_id \
                          WHERE d.host_name = 'waits'";
            assert_eq!(one(&db, listed).await, i64::from(number(status)), "{admission}");
        }
    }

    #[tokio::test]
    async fn tags_are_found_as_they_change() {
        let db = Database::connect("sqlite::memory:").await.unwrap();
        Migrator::up(&db, Some(2)).await.unwrap();
        before(&db).await;
        Migrator::up(&db, None).await.unwrap();
        let tags = "SELECT count(*) FROM delegate_tag WHERE tag = ";
        for (change, tag, found) in [
            ("SELECT 1", "'gpu'", 3),
            // Both at once.
            (
                "UPDATE delegate SET admission = 'REJECTED', tags = 'arm, arm' WHERE host_name = 'waits'",
                "'arm' AND rejected",
                1,
            ),
            ("SELECT 1", "'gpu' AND NOT rejected", 2),
            ("UPDATE delegate SET admission = 'ENABLED' WHERE host_name = 'waits'", "'arm' AND NOT rejected", 1),
            ("UPDATE delegate SET selectors = 'own' WHERE host_name = 'waits'", "'own'", 1),
            ("SELECT 1", "'arm'", 0),
            ("DELETE FROM delegate", "tag", 0),
        ] {
            db.execute_unprepared(change).await.unwrap();
            assert_eq!(one(&db, &format!("{tags}{tag}")).await, found, "{change} {tag}");
        }
    }
}
