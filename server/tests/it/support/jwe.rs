//! Credentials as other clients make them: without the name of the key.

use aes_gcm::{
    Aes128Gcm, Nonce,
    aead::{Aead, KeyInit, Payload},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use muster::{token::TokenValue, wire::credential::Claims};

/// A compact JWE with the header of the first Java clients.
pub fn seal_without_kid(token: &TokenValue, claims: &Claims, iv: [u8; 12]) -> String {
    seal_text(token, &serde_json::to_string(claims).unwrap(), iv)
}

/// The same around any text.
pub fn seal_text(token: &TokenValue, text: &str, iv: [u8; 12]) -> String {
    let header = URL_SAFE_NO_PAD.encode(r#"{"typ":"JWT","alg":"dir","enc":"A128GCM"}"#);
    let payload = Payload { msg: text.as_bytes(), aad: header.as_bytes() };
    let sealed = Aes128Gcm::new(token.key().into()).encrypt(&Nonce::from(iv), payload).unwrap();
    let (text, tag) = sealed.split_at(sealed.len() - 16);
    let [iv, text, tag] = [&iv[..], text, tag].map(|part| URL_SAFE_NO_PAD.encode(part));
    format!("{header}..{iv}.{text}.{tag}")
}
