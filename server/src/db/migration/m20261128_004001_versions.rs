//! Versions of startup scripts, and who changed a profile last.

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
        let updated_by = string(col("updated_by")).default("").take();
        manager.alter_table(Table::alter().table(col("profile")).add_column(updated_by).take()).await?;
        let versions = scoped("script_version")
            .col(uuid(col("profile_id")))
            .col(big_integer(col("saved_at")))
            .col(string(col("saved_by")))
            .col(text(col("script")))
            .col(integer(col("revision")))
            .col(big_integer_null(col("run_at")))
            .col(big_integer_null(col("restored")))
            .foreign_key(
                ForeignKey::create()
                    .name("script_version_profile")
                    .from(col("script_version"), col("profile_id"))
                    .to(col("profile"), col("id"))
                    .on_delete(ForeignKeyAction::Cascade),
            )
            .take();
        manager.create_table(versions).await?;
        // Until now every script that was saved was run. The profile's id is older than that of any version to come.
        let first = "INSERT INTO script_version (id, account_id, organization, project, profile_id, saved_at, saved_by, \
                     script, revision, run_at) SELECT id, account_id, organization, project, id, script_changed_at, '', \
                     startup_script, revision, script_changed_at FROM profile";
        manager.get_connection().execute_unprepared(first).await?;
        manager.create_index(index("script_version", &["profile_id", "saved_at"]).unique().take()).await
    }
}
