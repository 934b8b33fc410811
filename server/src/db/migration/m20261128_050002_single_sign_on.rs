//! People can be known by an identity provider; some may use their password where it is switched off for others.

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
        let break_glass = boolean(col("break_glass")).default(false).take();
        manager.alter_table(Table::alter().table(col("user")).add_column(break_glass).take()).await?;
        let identities = Table::create()
            .table(col("user_identity"))
            .col(string(col("issuer")))
            .col(string(col("subject")))
            .col(uuid(col("user_id")))
            .col(big_integer(col("created_at")))
            .primary_key(Index::create().col(col("issuer")).col(col("subject")))
            .foreign_key(
                ForeignKey::create()
                    .name("user_identity_user")
                    .from(col("user_identity"), col("user_id"))
                    .to(col("user"), col("id"))
                    .on_delete(ForeignKeyAction::Cascade),
            )
            .take();
        manager.create_table(identities).await?;
        manager.create_index(index("user_identity", &["user_id"])).await
    }
}
