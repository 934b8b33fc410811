//! From choices to a plan: what they name is looked up.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use muster::{
    delegate::unknown_profile,
    form::FormReader,
    install::{Choices, unknown_token, wrong_type},
    scope::Scope,
    token::{Token, TokenStatus},
};
use sea_orm::{ConnectionTrait, EntityTrait, QueryFilter};
use zeroize::Zeroizing;

use super::plan::{InstallPlan, TokenText};
use crate::{
    db::entity::{Scoped, profile, token},
    error::Error,
    state::State,
    token_values,
};

/// What some choices name: it exists in the scope, and the token is good.
pub struct Resolved {
    /// What was chosen.
    pub chosen: Choices,
    /// The profile that it names.
    pub profile: profile::Model,
    /// The token that it names.
    pub token: Token,
    row: token::Model,
}

impl Resolved {
    /// Looks them up.
    ///
    /// # Errors
    /// Names the fields that name nothing, or a token that is not active or registers no delegates of that type.
    pub async fn resolve(
        state: &State,
        db: &impl ConnectionTrait,
        scope: &Scope,
        chosen: Choices,
    ) -> Result<Self, Error> {
        let profile =
            profile::Entity::find_by_id(chosen.profile.0).filter(profile::Entity::visible_from(scope)).one(db);
        let profile = profile.await?.ok_or_else(unknown_profile);
        let row = token::Entity::find_by_id(chosen.token.0).filter(token::Entity::at(scope)).one(db);
        let token = match row.await? {
            Some(row) => Some((Token::try_from(row.clone())?, row)),
            None => None,
        };
        let good = token.filter(|(token, _)| token.status(state.clock.now()) == TokenStatus::Active);
        let good = good.ok_or_else(unknown_token).and_then(|(token, row)| {
            let kinds = &token.restrictions.kinds;
            let is_allowed = kinds.is_empty() || kinds.contains(&chosen.delegate_type());
            if is_allowed { Ok((token, row)) } else { Err(wrong_type()) }
        });
        let mut form = FormReader::default();
        let (profile, good) = (form.part(profile), form.part(good));
        let (profile, (token, row)) = form.finish(|| Some((profile?, good?)))?;
        Ok(Self { chosen, profile, token, row })
    }

    /// The plan with the token's value in it.
    ///
    /// # Errors
    /// Where the value cannot be unsealed.
    pub fn plan(&self, state: &State, manager_url: &str) -> Result<InstallPlan, Error> {
        let value = token_values::unseal(&state.encryption, muster::id::TokenId(self.row.id), &self.row.sealed_value)?;
        // The same each time: who downloads the files anew keeps a delegate that was approved.
        let (kind, name, token) = (self.chosen.kind.slug(), self.chosen.name.as_str(), self.chosen.token);
        let seed = state.encryption.derive(&format!("delegate key seed {kind} {token} {name}"));
        let key_seed = Some(Zeroizing::new(URL_SAFE_NO_PAD.encode(seed)));
        Ok(InstallPlan { token: TokenText::Clear(value), key_seed, ..self.plan_to_show(state, manager_url) })
    }

    /// The image that a container runs.
    pub fn image(&self, state: &State) -> String {
        self.chosen.image.clone().unwrap_or_else(|| state.delegate_image.clone())
    }

    /// The plan with dots where the value belongs.
    pub fn plan_to_show(&self, state: &State, manager_url: &str) -> InstallPlan {
        InstallPlan {
            account: state.account.to_string(),
            manager_url: manager_url.to_owned(),
            profile: self.profile.name.clone(),
            image: self.image(state),
            token: TokenText::Hidden,
            key_seed: None,
            chosen: self.chosen.clone(),
        }
    }
}
