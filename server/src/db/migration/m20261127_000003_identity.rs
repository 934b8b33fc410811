//! Delegates are known by their keys, tokens can require approval, and what is turned away is counted.

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
            ("delegate", text_null(col("public_key"))),
            ("delegate", boolean(col("unbound")).default(false).take()),
            ("delegate", text_null(col("instance"))),
            ("delegate", big_integer_null(col("instance_start"))),
            ("delegate", big_integer_null(col("proof_counter"))),
            ("delegate", big_integer_null(col("held_until"))),
            ("delegate", big_integer_null(col("conflict_at"))),
            ("delegate", text_null(col("conflict_addresses"))),
            ("delegate", string(col("address")).default("").take()),
            ("delegate", big_integer_null(col("clock_behind"))),
            ("delegate", text_null(col("asked_profile"))),
            ("delegate", uuid_null(col("resembles"))),
            ("delegate", string_null(col("waiting_reason"))),
            ("delegate", uuid_null(col("previous_token_id"))),
            ("delegate", big_integer_null(col("token_changed_at"))),
            ("token", boolean(col("requires_approval")).default(false).take()),
        ];
        for (table, column) in added {
            manager.alter_table(Table::alter().table(col(table)).add_column(column).take()).await?;
        }
        let run = manager.get_connection();
        for statement in [
            "UPDATE delegate SET waiting_reason = 'REQUIRED' WHERE admission = 'WAITING_FOR_APPROVAL'",
            // A delegate that named a fingerprint before keys were proved is bound to the key with which it comes back.
            "UPDATE delegate SET unbound = TRUE WHERE thumbprint IS NOT NULL",
            // A step of a rotation is a delegate's that went over, and no longer the token's.
            "UPDATE delegate SET previous_token_id = (SELECT id FROM token WHERE successor_id = delegate.token_id), \
             token_changed_at = (SELECT rotation_step_at FROM token WHERE successor_id = delegate.token_id)",
            "ALTER TABLE token DROP COLUMN rotation_step_at",
        ] {
            run.execute_unprepared(statement).await?;
        }

        let old = "delegate_account_id_organization_project_host_name_name";
        manager.drop_index(Index::drop().name(old).table(col("delegate")).to_owned()).await?;
        let scope = ["account_id", "organization", "project"];
        let scoped = |rest: &[&'static str]| [&scope[..], rest].concat();
        manager.create_index(index("delegate", &scoped(&["host_name", "name"]))).await?;
        manager.create_index(index("delegate", &scoped(&["public_key"])).unique().take()).await?;
        manager.create_index(index("delegate", &["previous_token_id"])).await?;
        // Without a key, a delegate is known by its host, its name and its token. sea-query has no partial index.
        let keyless = "CREATE UNIQUE INDEX delegate_without_key ON delegate \
                       (account_id, organization, project, host_name, name, token_id) WHERE public_key IS NULL";
        run.execute_unprepared(keyless).await?;

        let refusal = Table::create()
            .table(col("refusal"))
            .col(uuid(col("token_id")))
            .col(string(col("reason")))
            .col(big_integer(col("count")))
            .col(big_integer(col("first_at")))
            .col(big_integer(col("last_at")))
            .col(string(col("address")))
            .col(text(col("name")))
            .primary_key(Index::create().col(col("token_id")).col(col("reason")))
            .take();
        manager.create_table(refusal).await
    }
}
