//! What the console asks about tokens. That a new value is shown once, and to whom, is the console's own business: see
//! [`super::reveal`].

use async_trait::async_trait;
use muster::{
    audit::AuditRow,
    id::TokenId,
    page::{Cursor, Page},
    token::{
        Expiry, Flood, NewToken, Successor, TokenDetail, TokenFilter, TokenRotation, TokenRow, TokenSettings, TokenUse,
    },
    user::Permission,
};
use muster_app::{
    console::{RevealedToken, Tokens},
    error::ConsoleError,
};

use super::Operator;
use crate::{
    error::Error,
    manage::{delegates, tokens},
};

#[async_trait]
impl Tokens for Operator {
    async fn list_tokens(&self, filter: TokenFilter) -> Result<Page<TokenRow>, ConsoleError> {
        self.answer(tokens::list(&self.context()?, &self.scope, &filter).await)
    }

    async fn floods(&self, token: Option<TokenId>) -> Result<Vec<Flood>, ConsoleError> {
        self.answer(tokens::floods(&self.context()?, &self.scope, token).await)
    }

    async fn token_use(&self, id: TokenId) -> Result<TokenUse, ConsoleError> {
        self.answer(tokens::get_use(&self.context()?, id).await)
    }

    async fn token_detail(&self, id: TokenId) -> Result<TokenDetail, ConsoleError> {
        self.answer(tokens::detail(&self.context()?, id).await)
    }

    async fn token_record(&self, id: TokenId, cursor: Cursor) -> Result<Page<AuditRow>, ConsoleError> {
        self.answer(tokens::record(&self.context()?, id, cursor).await)
    }

    async fn edit_token(&self, id: TokenId, seen: i32, settings: TokenSettings) -> Result<(), ConsoleError> {
        self.answer(tokens::edit(&self.context()?, id, seen, settings).await.map(drop))
    }

    async fn extend_token(&self, id: TokenId, seen: i32, expiry: Expiry) -> Result<(), ConsoleError> {
        self.answer(tokens::extend(&self.context()?, id, seen, expiry).await.map(drop))
    }

    async fn create_token(&self, command: NewToken) -> Result<TokenId, ConsoleError> {
        let cx = self.context()?;
        let create = async {
            let mut change = cx.begin(Permission::ManageDelegates).await?;
            let created = tokens::create(&cx, &mut change, &self.scope, command).await?;
            self.keep_to_reveal(&change, &created).await?;
            change.commit().await?;
            Ok::<_, Error>(created.token.id)
        };
        self.answer(create.await)
    }

    async fn rotate_token(&self, id: TokenId, command: Successor) -> Result<TokenId, ConsoleError> {
        let cx = self.context()?;
        let rotate = async {
            let mut change = cx.begin(Permission::ManageDelegates).await?;
            let created = tokens::rotate(&cx, &mut change, id, command).await?;
            self.keep_to_reveal(&change, &created).await?;
            change.commit().await?;
            Ok::<_, Error>(created.token.id)
        };
        self.answer(rotate.await)
    }

    async fn reveal_token(&self, id: TokenId) -> Result<Option<RevealedToken>, ConsoleError> {
        self.answer(self.reveal(&self.context()?, id).await)
    }

    async fn forget_token_value(&self, id: TokenId) -> Result<(), ConsoleError> {
        self.answer(self.forget(&self.context()?, id).await)
    }

    async fn revoke_token(&self, id: TokenId) -> Result<(), ConsoleError> {
        self.answer(tokens::revoke(&self.context()?, id).await.map(drop))
    }

    async fn reject_waiting(&self, id: TokenId) -> Result<bool, ConsoleError> {
        self.answer(delegates::reject_waiting(&self.context()?, id).await)
    }

    async fn delete_token(&self, id: TokenId) -> Result<(), ConsoleError> {
        self.answer(tokens::delete(&self.context()?, id).await)
    }

    async fn token_rotation(&self, id: TokenId, page: u64) -> Result<TokenRotation, ConsoleError> {
        self.answer(tokens::rotation(&self.context()?, id, page).await)
    }
}
