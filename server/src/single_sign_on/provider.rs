//! The identity provider as discovery describes it, and what is asked of it.

use std::{sync::Arc, time::Duration};

use muster::{time::Timestamp, user::Email};
use muster_client::log_safe;
use openidconnect::{
    AdditionalClaims, AuthType, AuthorizationCode, ClaimsVerificationError, Client, ClientId, ClientSecret, CsrfToken,
    EmptyExtraTokenFields, EndpointMaybeSet, EndpointNotSet, EndpointSet, IdTokenClaims, IdTokenFields, IssuerUrl,
    Nonce, OAuth2TokenResponse, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RequestTokenError, Scope,
    SignatureVerificationError, StandardErrorResponse, StandardTokenResponse, TokenResponse, UserInfoClaims,
    core::{
        CoreAuthDisplay, CoreAuthPrompt, CoreAuthenticationFlow, CoreClientAuthMethod, CoreErrorResponseType,
        CoreGenderClaim, CoreJsonWebKey, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm,
        CoreProviderMetadata, CoreRevocableToken, CoreRevocationErrorResponse, CoreTokenIntrospectionResponse,
        CoreTokenType,
    },
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{
    Attempt, Identity, SignOnError, SingleSignOnSettings,
    http::{Http, causes},
};

/// How long what discovery said is taken for true.
const FRESH_FOR: Duration = Duration::from_secs(10 * 60);
/// How often it is looked up for tokens whose key is unknown: who makes some up causes no more.
const ANEW_EVERY: Duration = Duration::from_secs(30);

/// All claims that are no standard ones.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct Claims {
    #[serde(flatten)]
    all: Map<String, Value>,
}

impl AdditionalClaims for Claims {}

type Fields = IdTokenFields<
    Claims,
    EmptyExtraTokenFields,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJwsSigningAlgorithm,
>;

/// What a code was worth.
pub(super) type Tokens = StandardTokenResponse<Fields, CoreTokenType>;

type OidcClient = Client<
    Claims,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    Tokens,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// Why an ID token is not believed.
pub(super) enum Unverified {
    /// It is signed with a key that was not there when the provider was looked up.
    UnknownKey,
    /// Anything else.
    Other(String),
}

/// A provider.
#[derive(Clone, Debug)]
pub(super) struct Provider {
    client: Arc<OidcClient>,
    seen_at: Timestamp,
}

impl Provider {
    /// Looks it up.
    pub async fn discover(settings: &SingleSignOnSettings, http: &Http, now: Timestamp) -> Result<Self, SignOnError> {
        let unusable = |error: &dyn std::error::Error| SignOnError::Unusable(causes(error));
        let issuer = IssuerUrl::new(settings.issuer.clone()).map_err(|error| unusable(&error))?;
        let redirect = RedirectUrl::new(settings.redirect.clone()).map_err(|error| unusable(&error))?;
        let found = CoreProviderMetadata::discover_async(issuer, http).await.map_err(|error| unusable(&error))?;
        // Where nothing is said of it, it is the header (RFC 8414, section 2).
        let takes = |method| found.token_endpoint_auth_methods_supported().is_none_or(|all| all.contains(&method));
        let auth_type = match takes(CoreClientAuthMethod::ClientSecretBasic) {
            true => AuthType::BasicAuth,
            false => AuthType::RequestBody,
        };
        let secret = ClientSecret::new(settings.client_secret.expose().to_owned());
        let client = OidcClient::from_provider_metadata(found, ClientId::new(settings.client_id.clone()), Some(secret));
        let client = client.set_redirect_uri(redirect).set_auth_type(auth_type);
        Ok(Self { client: Arc::new(client), seen_at: now })
    }

    /// Whether it need not be looked up again; `anew` where its keys may have changed.
    pub fn is_fresh(&self, now: Timestamp, anew: bool) -> bool {
        now.since(self.seen_at) < if anew { ANEW_EVERY } else { FRESH_FOR }
    }

    /// Where the browser is sent.
    pub fn address(&self, settings: &SingleSignOnSettings, attempt: &Attempt) -> String {
        let (state, nonce) = (attempt.state.clone(), attempt.nonce.clone());
        let challenge = PkceCodeChallenge::from_code_verifier_sha256(&PkceCodeVerifier::new(attempt.verifier.clone()));
        let flow = CoreAuthenticationFlow::AuthorizationCode;
        let request = self.client.authorize_url(flow, || CsrfToken::new(state), || Nonce::new(nonce));
        let request = request.add_scopes(settings.scopes.iter().cloned().map(Scope::new)).set_pkce_challenge(challenge);
        request.url().0.to_string()
    }

    /// Asks what a code is worth.
    pub async fn exchange(&self, http: &Http, attempt: &Attempt, code: String) -> Result<Tokens, SignOnError> {
        let unusable = |error: &dyn std::error::Error| SignOnError::Unusable(causes(error));
        let request = self.client.exchange_code(AuthorizationCode::new(code)).map_err(|error| unusable(&error))?;
        let request = request.set_pkce_verifier(PkceCodeVerifier::new(attempt.verifier.clone()));
        request.request_async(http).await.map_err(|error| {
            SignOnError::Unusable(match error {
                RequestTokenError::ServerResponse(answer) => {
                    log_safe(&format!("it refuses the code: {}", answer.error().as_ref()))
                }
                RequestTokenError::Request(error) => causes(&error),
                // What was read may be in the source, and that is tokens.
                RequestTokenError::Parse(..) => "its answer cannot be read".to_owned(),
                RequestTokenError::Other(why) => log_safe(&why),
            })
        })
    }

    /// Whether the ID token is one for us, for this attempt, and now.
    pub fn verify<'a>(
        &self,
        tokens: &'a Tokens,
        attempt: &Attempt,
        now: Timestamp,
    ) -> Result<&'a IdTokenClaims<Claims, CoreGenderClaim>, Unverified> {
        let other = |text: String| Unverified::Other(text);
        let token = tokens.id_token().ok_or_else(|| other("there is none".to_owned()))?;
        let time = chrono::DateTime::from_timestamp_millis(now.as_millis());
        let time = time.ok_or_else(|| other("the clock is beyond all dates".to_owned()))?;
        let verifier = self.client.id_token_verifier().set_time_fn(move || time);
        token.claims(&verifier, &Nonce::new(attempt.nonce.clone())).map_err(|error| match error {
            ClaimsVerificationError::SignatureVerification(SignatureVerificationError::NoMatchingKey) => {
                Unverified::UnknownKey
            }
            error => other(causes(&error)),
        })
    }

    /// Who the person is: by the ID token, and what is not in it by the endpoint for that.
    pub async fn identity(
        &self,
        http: &Http,
        settings: &SingleSignOnSettings,
        tokens: &Tokens,
        attempt: &Attempt,
        now: Timestamp,
    ) -> Result<Identity, SignOnError> {
        let claims = self.verify(tokens, attempt, now).map_err(|error| match error {
            Unverified::UnknownKey => SignOnError::Untrusted("it is signed with an unknown key".to_owned()),
            Unverified::Other(text) => SignOnError::Untrusted(text),
        })?;
        let mut identity = Identity {
            issuer: claims.issuer().to_string(),
            subject: claims.subject().to_string(),
            email: claims.email().and_then(|email| Email::parse(email).ok()),
            is_verified: claims.email_verified().unwrap_or_default(),
            name: claims.name().and_then(|name| name.get(None)).map(|name| name.to_string()).unwrap_or_default(),
            claims: Value::Object(claims.additional_claims().all.clone()),
        };
        let has_roles = settings.roles_claim.as_ref().is_none_or(|path| path.is_in(&identity.claims));
        if identity.email.is_none() || !has_roles {
            self.ask_more(http, tokens, &mut identity).await?;
        }
        Ok(identity)
    }

    async fn ask_more(&self, http: &Http, tokens: &Tokens, identity: &mut Identity) -> Result<(), SignOnError> {
        let subject = openidconnect::SubjectIdentifier::new(identity.subject.clone());
        // A provider without it has said all there is.
        let Ok(request) = self.client.user_info(tokens.access_token().clone(), Some(subject)) else { return Ok(()) };
        let more: UserInfoClaims<Claims, CoreGenderClaim> = request.request_async(http).await.map_err(|error| {
            // Without its sources: they may hold what the provider says of the person.
            SignOnError::Unusable(log_safe(&error.to_string()))
        })?;
        if identity.email.is_none() {
            identity.email = more.email().and_then(|email| Email::parse(email).ok());
            identity.is_verified = more.email_verified().unwrap_or_default();
        }
        if identity.name.is_empty()
            && let Some(name) = more.name().and_then(|name| name.get(None))
        {
            identity.name = name.to_string();
        }
        if let Value::Object(all) = &mut identity.claims {
            for (name, value) in &more.additional_claims().all {
                // What is signed wins.
                all.entry(name.clone()).or_insert_with(|| value.clone());
            }
        }
        Ok(())
    }
}
