//! What a secret is for, which profiles may use it, and to whom it was handed out.

use sea_orm_migration::{prelude::*, schema::*};

use super::{col, index};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in [
            text(col("description")).default("").take(),
            string(col("created_by")).default("").take(),
            boolean(col("limited")).default(false).take(),
        ] {
            manager.alter_table(Table::alter().table(col("secret")).add_column(column).take()).await?;
        }
        let to = |table: &'static str, column: &'static str| {
            ForeignKey::create()
                .name(format!("secret_profile_{table}"))
                .from(col("secret_profile"), col(column))
                .to(col(table), col("id"))
                .on_delete(ForeignKeyAction::Cascade)
                .take()
        };
        let allowed = Table::create()
            .table(col("secret_profile"))
            .col(uuid(col("secret_id")))
            .col(uuid(col("profile_id")))
            .primary_key(Index::create().col(col("secret_id")).col(col("profile_id")))
            .foreign_key(&mut to("secret", "secret_id"))
            .foreign_key(&mut to("profile", "profile_id"))
            .take();
        manager.create_table(allowed).await?;
        // Without foreign keys: that a delegate got a secret is known also once either is gone, and a delegate that is
        // handed a script waits for nobody who deletes one.
        let handouts = Table::create()
            .table(col("secret_handout"))
            .col(uuid(col("id")).primary_key())
            .col(uuid(col("secret_id")))
            .col(uuid(col("delegate_id")))
            .col(text(col("delegate_name")))
            .col(big_integer(col("at")))
            .take();
        manager.create_table(handouts).await?;
        manager.create_index(index("secret_handout", &["secret_id", "delegate_id"]).unique().take()).await?;
        manager.create_index(index("secret_handout", &["secret_id", "at"])).await?;
        manager.create_index(index("secret_handout", &["at"])).await
    }
}
