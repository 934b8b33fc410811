//! The manager that a command asks, and the key that it asks with.

use std::path::Path;

use muster::api_key::ApiKeyValue;
use reqwest::Url;
use zeroize::Zeroizing;

use crate::{
    api::{Api, parse_url},
    contexts::Contexts,
    failure::Failure,
    input,
    options::Options,
    output::Output,
};

/// The variable that may hold an API key.
pub const KEY_VARIABLE: &str = "MUSTER_API_KEY";

/// What a command works with.
#[derive(Debug)]
pub struct Session {
    /// The manager.
    pub api: Api,
    /// Where answers go.
    pub out: Output,
}

impl Session {
    /// Finds the manager and the key. Nothing is sent yet.
    ///
    /// # Errors
    /// Where there is none, or what is there cannot be read.
    pub fn open(options: &Options) -> Result<Self, Failure> {
        let (url, key) = resolve(options, &Contexts::load()?)?;
        Ok(Self { api: Api::new(url, &key)?.at(options.scope.clone()), out: Output::new(options.output) })
    }
}

/// A key that was kept for one manager is never sent to another one.
fn resolve(options: &Options, contexts: &Contexts) -> Result<(Url, Zeroizing<String>), Failure> {
    let own = own_key(options.key_file.as_deref())?;
    let context = contexts.chosen(options.context.as_deref())?;
    let Some(manager) = &options.manager else {
        let context = context.ok_or_else(|| {
            Failure::SignedOut(
                "no manager is known here; run `muster login`, or set MUSTER_URL and MUSTER_API_KEY".to_owned(),
            )
        })?;
        let key = own.map_or_else(|| check(context.key()), Ok)?;
        return Ok((parse_url(&context.url)?, key));
    };
    let url = parse_url(manager)?;
    if let Some(key) = own {
        return Ok((url, key));
    }
    let is_its = |address: &str| parse_url(address).is_ok_and(|address| address == url);
    let kept = match (&options.context, context) {
        (Some(_), context) => context.filter(|context| is_its(&context.url)),
        (None, _) => contexts.all().map(|(_, context)| context).find(|context| is_its(&context.url)),
    };
    let kept = kept.ok_or_else(|| {
        Failure::SignedOut(format!("there is no API key for {url}; set {KEY_VARIABLE}, or name a file with --key-file"))
    })?;
    Ok((url, check(kept.key())?))
}

/// The key that the file or the environment has.
///
/// # Errors
/// Where it cannot be read, or is no key.
pub fn own_key(file: Option<&Path>) -> Result<Option<Zeroizing<String>>, Failure> {
    if let Some(file) = file {
        return check(&input::read(file, "the API key")?).map(Some);
    }
    match std::env::var(KEY_VARIABLE).map(Zeroizing::new) {
        Ok(text) if text.trim().is_empty() => Ok(None),
        Ok(text) => check(&text).map(Some),
        Err(std::env::VarError::NotPresent) => Ok(None),
        Err(std::env::VarError::NotUnicode(_)) => Err(Failure::Usage(format!("{KEY_VARIABLE} is no API key"))),
    }
}

/// Reads a key; what is none is not sent anywhere, and not repeated.
///
/// # Errors
/// Says what a key looks like.
pub fn check(text: &str) -> Result<Zeroizing<String>, Failure> {
    let key = ApiKeyValue::parse(text.trim());
    key.map(|key| key.reveal()).ok_or_else(|| {
        Failure::Usage("this is no API key: it begins with pat. or sat. and has four parts between dots".to_owned())
    })
}
