//! People have names, can be invited and disabled, and links that work once.

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
        let added = [
            text_null(col("name")),
            string(col("status")).default("ACTIVE").take(),
            big_integer_null(col("signed_in_at")),
        ];
        for column in added {
            manager.alter_table(Table::alter().table(col("user")).add_column(column).take()).await?;
        }
        let links = Table::create()
            .table(col("user_link"))
            .col(uuid(col("user_id")).primary_key())
            .col(string(col("digest")))
            .col(string(col("kind")))
            .col(string(col("created_by")))
            .col(big_integer(col("created_at")))
            .col(big_integer(col("expires_at")))
            .foreign_key(
                ForeignKey::create()
                    .name("user_link_user")
                    .from(col("user_link"), col("user_id"))
                    .to(col("user"), col("id"))
                    .on_delete(ForeignKeyAction::Cascade),
            )
            .take();
        manager.create_table(links).await?;
        manager.create_index(index("user_link", &["digest"]).unique().take()).await?;
        let signed_in = "UPDATE \"user\" SET signed_in_at = (SELECT max(audit.at) FROM audit \
                         WHERE audit.object_id = \"user\".id AND audit.action = 'SIGNED_IN')";
        manager.get_connection().execute_unprepared(signed_in).await.map(drop)
    }
}
