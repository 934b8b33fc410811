//! Startup scripts and their runs, secrets, selectors given by people, rotated tokens, and install links.

use sea_orm_migration::{prelude::*, schema::*};

use super::{col, index, scoped};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let added = [
            ("delegate", text_null(col("selectors"))),
            ("delegate", boolean(col("next_gen")).default(false).take()),
            ("delegate", big_integer(col("script_version")).default(0).take()),
            ("profile", big_integer(col("script_changed_at")).default(0).take()),
            ("token", uuid_null(col("successor_id"))),
            ("token", big_integer_null(col("rotated_at"))),
            ("token", big_integer_null(col("rotation_step_at"))),
        ];
        for (table, column) in added {
            manager.alter_table(Table::alter().table(col(table)).add_column(column).take()).await?;
        }
        // Until now a version was the time of the profile's last change.
        for since in [
            "UPDATE profile SET script_changed_at = updated_at",
            "UPDATE delegate SET script_version = \
             (SELECT updated_at FROM profile WHERE profile.id = delegate.profile_id)",
        ] {
            manager.get_connection().execute_unprepared(since).await?;
        }

        let of_delegate = |table: &'static str| {
            ForeignKey::create()
                .name(format!("{table}_delegate"))
                .from(col(table), col("delegate_id"))
                .to(col("delegate"), col("id"))
                .on_delete(ForeignKeyAction::Cascade)
                .take()
        };
        let tables = [
            scoped("secret")
                .col(string(col("name")))
                .col(blob(col("sealed_value")))
                .col(string(col("updated_by")))
                .col(big_integer(col("created_at")))
                .col(big_integer(col("updated_at")))
                .take(),
            scoped("retired_secret").col(blob(col("sealed_value"))).col(big_integer(col("retired_at"))).take(),
            scoped("script_run")
                .col(uuid(col("delegate_id")))
                .col(uuid(col("profile_id")))
                .col(text(col("profile_name")))
                .col(big_integer(col("version")))
                .col(big_integer(col("started_at")))
                .col(big_integer_null(col("ended_at")))
                .col(string_null(col("outcome")))
                .col(integer_null(col("exit_code")))
                .col(big_integer(col("received")))
                .col(blob(col("sealed_rest")))
                .foreign_key(&mut of_delegate("script_run"))
                .take(),
            Table::create()
                .table(col("script_log"))
                .col(uuid(col("run_id")))
                .col(big_integer(col("position")))
                .col(text(col("piece")))
                .primary_key(Index::create().col(col("run_id")).col(col("position")))
                .foreign_key(
                    ForeignKey::create()
                        .name("script_log_script_run")
                        .from(col("script_log"), col("run_id"))
                        .to(col("script_run"), col("id"))
                        .on_delete(ForeignKeyAction::Cascade),
                )
                .take(),
            scoped("install_link")
                .col(string(col("digest")).unique_key())
                .col(string(col("session")))
                .col(blob(col("sealed_key")))
                .col(text(col("plan")))
                .col(string(col("created_by")))
                .col(big_integer(col("created_at")))
                .col(big_integer(col("expires_at")))
                .col(big_integer_null(col("used_at")))
                .col(string(col("used_from")))
                .take(),
        ];
        for table in tables {
            manager.create_table(table).await?;
        }
        let indexes = [
            index("secret", &["account_id", "organization", "project", "name"]).unique().take(),
            index("script_run", &["delegate_id", "id"]),
            index("install_link", &["expires_at"]),
        ];
        for index in indexes {
            manager.create_index(index).await?;
        }
        Ok(())
    }
}
