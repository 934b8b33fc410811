//! The settings of single sign-on, which belong together: with an issuer the others are asked for.

use std::{fs, path::PathBuf};

use muster::{
    id::AccountId,
    single_sign_on::{ClaimPath, RoleMapping},
    user::Password,
};

use super::{ConfigError, Setting};
use crate::{
    install::address::is_only_here,
    single_sign_on::{CALLBACK_PATH, SingleSignOnSettings},
};

/// The settings that mean nothing without an issuer.
const OF_THE_PROVIDER: [Setting; 9] = [
    Setting::OidcClientId,
    Setting::OidcClientSecret,
    Setting::OidcClientSecretFile,
    Setting::OidcLabel,
    Setting::OidcScopes,
    Setting::OidcRolesClaim,
    Setting::OidcRoles,
    Setting::OidcRequireRole,
    Setting::OidcLinkByEmail,
];

/// What reads one setting, and what says what is wrong with one.
pub(super) struct Reader<'a> {
    pub get: &'a dyn Fn(Setting) -> Option<&'a str>,
    pub wrong: &'a dyn Fn(Setting, &str) -> ConfigError,
    pub yes_or_no: &'a dyn Fn(Setting, bool) -> Result<bool, ConfigError>,
    pub public_url: Option<&'a str>,
}

impl Reader<'_> {
    /// Single sign-on; none where no issuer is set.
    pub fn read(&self) -> Result<Option<SingleSignOnSettings>, ConfigError> {
        let get = self.get;
        let Some(issuer) = get(Setting::OidcIssuer) else {
            return match OF_THE_PROVIDER.into_iter().find(|setting| get(*setting).is_some()) {
                Some(alone) => Err(ConfigError::Alone(alone, Setting::OidcIssuer)),
                None => Ok(None),
            };
        };
        let needs = |setting| get(setting).ok_or(ConfigError::Alone(Setting::OidcIssuer, setting));
        let public_url = self.public_url.ok_or(ConfigError::Alone(Setting::OidcIssuer, Setting::PublicUrl))?;
        Ok(Some(SingleSignOnSettings {
            issuer: self.issuer(issuer)?,
            client_id: needs(Setting::OidcClientId)?.to_owned(),
            client_secret: self.secret()?,
            redirect: format!("{public_url}{CALLBACK_PATH}"),
            label: get(Setting::OidcLabel).unwrap_or("single sign-on").to_owned(),
            scopes: get(Setting::OidcScopes).unwrap_or("email profile").split_whitespace().map(str::to_owned).collect(),
            roles_claim: self.roles_claim()?,
            roles: self.roles()?,
            // Whoever the provider knows may be anybody: who comes in is decided here, unless somebody says otherwise.
            requires_role: (self.yes_or_no)(Setting::OidcRequireRole, true)?,
            links_by_email: (self.yes_or_no)(Setting::OidcLinkByEmail, false)?,
        }))
    }

    fn issuer(&self, issuer: &str) -> Result<String, ConfigError> {
        let is_address =
            issuer.parse::<http::Uri>().is_ok_and(|uri| uri.authority().is_some() && uri.query().is_none());
        let is_private = issuer.starts_with("https://") || (issuer.starts_with("http://") && is_only_here(issuer));
        if is_address && is_private {
            return Ok(issuer.to_owned());
        }
        let why =
            "give the address of the provider as its discovery document names it, like https://id.example.com/realms/x";
        Err((self.wrong)(Setting::OidcIssuer, why))
    }

    fn secret(&self) -> Result<Password, ConfigError> {
        match ((self.get)(Setting::OidcClientSecret), (self.get)(Setting::OidcClientSecretFile)) {
            (Some(secret), None) => Ok(Password::new(secret.to_owned())),
            (None, Some(file)) => {
                let text = fs::read_to_string(file).map_err(|error| ConfigError::File(PathBuf::from(file), error))?;
                let text = text.trim();
                if text.is_empty() {
                    return Err((self.wrong)(Setting::OidcClientSecretFile, "the file is empty"));
                }
                Ok(Password::new(text.to_owned()))
            }
            (Some(_), Some(_)) => {
                Err((self.wrong)(Setting::OidcClientSecretFile, "the secret itself is set, too: set one"))
            }
            (None, None) => Err(ConfigError::Alone(Setting::OidcIssuer, Setting::OidcClientSecretFile)),
        }
    }

    fn roles_claim(&self) -> Result<Option<ClaimPath>, ConfigError> {
        let path = (self.get)(Setting::OidcRolesClaim).map(ClaimPath::parse).transpose();
        let path = path.map_err(|error| (self.wrong)(Setting::OidcRolesClaim, &error.to_string()))?;
        match (&path, (self.get)(Setting::OidcRoles)) {
            (Some(_), None) => Err(ConfigError::Alone(Setting::OidcRolesClaim, Setting::OidcRoles)),
            (None, Some(_)) => Err(ConfigError::Alone(Setting::OidcRoles, Setting::OidcRolesClaim)),
            _ => Ok(path),
        }
    }

    fn roles(&self) -> Result<RoleMapping, ConfigError> {
        let text = (self.get)(Setting::OidcRoles).unwrap_or_default();
        // The account is known once the database is open.
        let roles = RoleMapping::parse(text, AccountId(uuid::Uuid::nil()));
        roles.map_err(|error| (self.wrong)(Setting::OidcRoles, &error.to_string()))
    }
}
