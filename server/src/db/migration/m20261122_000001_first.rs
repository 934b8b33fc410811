//! The first schema.

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
        let tables = [
            Table::create()
                .table(col("account"))
                .col(uuid(col("id")).primary_key())
                .col(string(col("name")))
                .col(big_integer(col("created_at")))
                .take(),
            Table::create().table(col("setting")).col(string(col("name")).primary_key()).col(blob(col("value"))).take(),
            Table::create()
                .table(col("user"))
                .col(uuid(col("id")).primary_key())
                .col(uuid(col("account_id")))
                .col(string(col("email")).unique_key())
                .col(string(col("role")))
                .col(string(col("password_hash")))
                .col(big_integer(col("created_at")))
                .take(),
            Table::create()
                .table(col("session"))
                .col(string(col("digest")).primary_key())
                .col(uuid_null(col("user_id")))
                .col(text(col("data")))
                .col(big_integer(col("expires_at")))
                .take(),
            Table::create()
                .table(col("reveal"))
                .col(uuid(col("token_id")).primary_key())
                .col(string(col("session")))
                .col(blob(col("sealed_value")))
                .col(big_integer(col("expires_at")))
                .take(),
            scoped("profile")
                .col(string(col("name")))
                .col(text(col("description")))
                .col(text(col("startup_script")))
                .col(boolean(col("requires_approval")))
                .col(text(col("selectors")))
                .col(boolean(col("is_primary")))
                .col(big_integer(col("created_at")))
                .col(big_integer(col("updated_at")))
                .col(integer(col("revision")))
                .take(),
            scoped("token")
                .col(string(col("name")))
                .col(string(col("key_id")))
                .col(blob(col("sealed_value")))
                .col(string(col("created_by")))
                .col(big_integer(col("created_at")))
                .col(big_integer_null(col("expires_at")))
                .col(uuid_null(col("default_profile_id")))
                .col(big_integer_null(col("revoked_at")))
                .col(big_integer_null(col("last_used_at")))
                .col(text(col("last_used_by")))
                .take(),
            scoped("delegate")
                .col(text(col("name")))
                .col(text(col("host_name")))
                .col(text(col("ip")))
                .col(string(col("kind")))
                .col(text(col("version")))
                .col(text(col("description")))
                .col(text(col("tags")))
                .col(text_null(col("thumbprint")))
                .col(big_integer_null(col("heartbeat_interval_ms")))
                .col(uuid(col("profile_id")))
                .col(uuid(col("token_id")))
                .col(string(col("admission")))
                .col(text_null(col("decided_by")))
                .col(big_integer_null(col("decided_at")))
                .col(big_integer(col("registered_at")))
                .col(big_integer(col("last_heartbeat_at")))
                .col(big_integer_null(col("connected_until")))
                .col(big_integer_null(col("refused_at")))
                .col(integer(col("revision")))
                .col(text(col("search")))
                .foreign_key(
                    ForeignKey::create()
                        .name("delegate_profile")
                        .from(col("delegate"), col("profile_id"))
                        .to(col("profile"), col("id")),
                )
                .take(),
            scoped("connection")
                .col(uuid(col("delegate_id")))
                .col(big_integer(col("connected_at")))
                .col(big_integer_null(col("lost_at")))
                .col(string(col("cause")))
                .foreign_key(
                    ForeignKey::create()
                        .name("connection_delegate")
                        .from(col("connection"), col("delegate_id"))
                        .to(col("delegate"), col("id"))
                        .on_delete(ForeignKeyAction::Cascade),
                )
                .take(),
            scoped("audit")
                .col(big_integer(col("at")))
                .col(string(col("actor_kind")))
                .col(uuid_null(col("actor_id")))
                .col(text(col("actor_name")))
                .col(string(col("address")))
                .col(string(col("action")))
                .col(uuid_null(col("object_id")))
                .col(text(col("object_name")))
                .col(text(col("detail")))
                .take(),
        ];
        for table in tables {
            manager.create_table(table).await?;
        }
        let scope = ["account_id", "organization", "project"];
        let scoped = |rest: &[&'static str]| [&scope[..], rest].concat();
        let indexes = [
            index("session", &["user_id"]),
            index("reveal", &["expires_at"]),
            index("session", &["expires_at"]),
            index("profile", &scoped(&["name"])).unique().take(),
            index("token", &scoped(&["name"])).unique().take(),
            index("token", &["key_id"]).unique().take(),
            index("delegate", &scoped(&["host_name", "name"])).unique().take(),
            // The list: newest first within a scope, mostly narrowed by admission.
            index("delegate", &scoped(&["admission", "id"])),
            index("delegate", &["token_id", "last_heartbeat_at"]),
            index("delegate", &["profile_id"]),
            index("delegate", &["connected_until"]),
            index("connection", &["delegate_id", "id"]),
            index("audit", &scoped(&["id"])),
            index("audit", &["object_id", "id"]),
        ];
        for index in indexes {
            manager.create_index(index).await?;
        }
        Ok(())
    }
}
