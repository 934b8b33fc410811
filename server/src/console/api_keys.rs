//! What the console asks about API keys and service accounts. That a new value is shown once, and to whom, is the console's
//! own business: see [`super::reveal`].

use async_trait::async_trait;
use muster::{
    api_key::{ApiKeyRow, NewApiKey, NewServiceAccount, Overlap, Owner, ServiceAccountDetail, ServiceAccountRow},
    id::{ApiKeyId, ServiceAccountId},
};
use muster_app::{
    console::{ApiKeys, Holder, RevealedKey},
    error::ConsoleError,
};

use super::Operator;
use crate::{
    error::Error,
    manage::{
        Context,
        api_keys::{self, service_accounts},
    },
};

fn owner(cx: &Context, of: Holder) -> Result<Owner, Error> {
    of.map_or_else(|| api_keys::own(cx), |id| Ok(Owner::ServiceAccount(id)))
}

#[async_trait]
impl ApiKeys for Operator {
    async fn api_keys(&self, of: Holder) -> Result<Vec<ApiKeyRow>, ConsoleError> {
        let cx = self.context()?;
        self.answer(async { api_keys::list(&cx, owner(&cx, of)?).await }.await)
    }

    async fn api_key(&self, of: Holder, id: ApiKeyId) -> Result<ApiKeyRow, ConsoleError> {
        let cx = self.context()?;
        self.answer(async { api_keys::get(&cx, owner(&cx, of)?, id).await }.await)
    }

    async fn create_api_key(&self, of: Holder, command: NewApiKey) -> Result<ApiKeyId, ConsoleError> {
        let cx = self.context()?;
        let create = async {
            let owner = owner(&cx, of)?;
            let mut change = cx.state.db.write().await?;
            let created = api_keys::create(&cx, &mut change, owner, command).await?;
            self.keep_key(&change, &created).await?;
            change.commit().await?;
            Ok::<_, Error>(created.key.id)
        };
        self.answer(create.await)
    }

    async fn rotate_api_key(&self, of: Holder, id: ApiKeyId, overlap: Overlap) -> Result<(), ConsoleError> {
        let cx = self.context()?;
        let rotate = async {
            let owner = owner(&cx, of)?;
            let mut change = cx.state.db.write().await?;
            let created = api_keys::rotate(&cx, &mut change, owner, id, overlap).await?;
            self.keep_key(&change, &created).await?;
            Ok::<_, Error>(change.commit().await?)
        };
        self.answer(rotate.await)
    }

    async fn delete_api_key(&self, of: Holder, id: ApiKeyId) -> Result<(), ConsoleError> {
        let cx = self.context()?;
        self.answer(async { api_keys::delete(&cx, owner(&cx, of)?, id).await }.await)
    }

    async fn reveal_api_key(&self, of: Holder, id: ApiKeyId) -> Result<Option<RevealedKey>, ConsoleError> {
        let cx = self.context()?;
        self.answer(async { self.reveal_key(&cx, owner(&cx, of)?, id).await }.await)
    }

    async fn forget_api_key(&self, id: ApiKeyId) -> Result<(), ConsoleError> {
        self.answer(self.forget_key(&self.context()?, id).await)
    }

    async fn service_accounts(&self) -> Result<Vec<ServiceAccountRow>, ConsoleError> {
        self.answer(service_accounts::list(&self.context()?).await)
    }

    async fn service_account(&self, id: ServiceAccountId) -> Result<ServiceAccountDetail, ConsoleError> {
        self.answer(service_accounts::get(&self.context()?, id).await)
    }

    async fn create_service_account(&self, command: NewServiceAccount) -> Result<ServiceAccountId, ConsoleError> {
        self.answer(service_accounts::create(&self.context()?, command).await)
    }

    async fn delete_service_account(&self, id: ServiceAccountId) -> Result<(), ConsoleError> {
        self.answer(service_accounts::delete(&self.context()?, id).await)
    }
}
