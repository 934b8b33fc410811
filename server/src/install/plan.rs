//! What install files are made of: what a person chose, and what the installation adds.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use muster::{install::Choices, token::TokenValue};
use zeroize::Zeroizing;

/// Everything that install files of a delegate are made of.
#[derive(Clone, Debug)]
pub struct InstallPlan {
    /// What a person chose.
    pub chosen: Choices,
    /// The account that the delegate registers with.
    pub account: String,
    /// Where the delegate finds its manager.
    pub manager_url: String,
    /// The name of its profile.
    pub profile: String,
    /// The image of its container.
    pub image: String,
    /// The value of its token, or dots.
    pub token: TokenText,
    /// Of what a delegate in a container makes its key, since it keeps no file: 32 random bytes in base64url. None in what
    /// a page shows.
    pub key_seed: Option<Zeroizing<String>>,
}

impl InstallPlan {
    /// The seed of the key, or dots.
    pub fn key_seed(&self) -> Zeroizing<String> {
        self.key_seed.clone().unwrap_or_else(|| Zeroizing::new(TokenText::DOTS.to_owned()))
    }

    /// The same in base64, as Secrets of Kubernetes hold it; or dots.
    pub fn key_seed_base64(&self) -> Zeroizing<String> {
        let encoded = self.key_seed.as_ref().map(|seed| Zeroizing::new(STANDARD.encode(seed.as_bytes())));
        encoded.unwrap_or_else(|| self.key_seed())
    }

    /// What the delegate asks for: the profile's id, which stays when the profile is renamed.
    pub fn profile_id(&self) -> String {
        self.chosen.profile.to_string()
    }
}

/// What stands where the token's value belongs.
#[derive(Clone, Debug)]
pub enum TokenText {
    /// The value: in what a person downloads.
    Clear(TokenValue),
    /// Dots: in what a page shows.
    Hidden,
}

impl TokenText {
    const DOTS: &str = "••••••••••••••••";

    /// As most files hold it: in hexadecimal.
    pub fn hex(&self) -> Zeroizing<String> {
        match self {
            Self::Clear(value) => value.expose(),
            Self::Hidden => Zeroizing::new(Self::DOTS.to_owned()),
        }
    }

    /// As data of a Kubernetes Secret: base64 of that.
    pub fn base64(&self) -> Zeroizing<String> {
        match self {
            Self::Clear(value) => Zeroizing::new(STANDARD.encode(value.expose().as_bytes())),
            Self::Hidden => self.hex(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hidden_token_has_no_form_that_tells_it() {
        let clear = TokenText::Clear(TokenValue::from_bytes([7; 16]));
        assert_eq!(*clear.hex(), "07".repeat(16));
        assert_eq!(TokenValue::parse(&clear.base64()).unwrap(), TokenValue::from_bytes([7; 16]));
        assert_eq!(TokenText::Hidden.hex(), TokenText::Hidden.base64());
        assert!(!format!("{clear:?}").contains("07"));
    }
}
