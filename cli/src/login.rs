//! Remembering a manager, and forgetting it.

use std::{
    io::{self, IsTerminal as _},
    path::PathBuf,
};

use clap::Args;
use reqwest::Url;
use serde_json::Value;

use crate::{
    api::{Api, parse_url},
    ask,
    contexts::{Context, Contexts, DEFAULT_NAME},
    failure::Failure,
    input,
    options::Format,
    output::{Output, note},
    session::{KEY_VARIABLE, check, own_key},
    whoami::roles,
};

/// `muster login`.
#[derive(Debug, Args)]
pub struct Login {
    /// The manager's address, as https://muster.example.com; asked for where it is left out
    #[arg(env = "MUSTER_URL")]
    url: Option<String>,
    /// The file of the API key; `-` for standard input.
    #[arg(long, value_name = "FILE")]
    key_file: Option<PathBuf>,
    /// What to call this manager here, where you have several
    #[arg(long, value_name = "NAME", env = "MUSTER_CONTEXT", default_value = DEFAULT_NAME)]
    context: String,
}

/// `muster logout`.
#[derive(Debug, Args)]
pub struct Logout {
    /// Which of the managers; without it the current one
    #[arg(long, value_name = "NAME", env = "MUSTER_CONTEXT")]
    context: Option<String>,
}

/// Asks the manager whose key it is, and remembers both.
///
/// # Errors
/// Where the key does not work, or it cannot be remembered.
pub async fn login(login: Login) -> Result<(), Failure> {
    let url = match login.url {
        Some(url) => parse_url(&url)?,
        None if io::stdin().is_terminal() => parse_url(&ask::line("Manager's address (https://…): ")?)?,
        None => return Err(Failure::Usage("name the manager: muster login https://muster.example.com".to_owned())),
    };
    if sends_in_clear(&url) {
        note("muster: over http:// everybody on the way can read the API key; use https:// where you can");
    }
    let key = match own_key(login.key_file.as_deref())? {
        Some(key) => key,
        None => check(&input::secret("API key", "the API key")?)?,
    };
    let api = Api::new(url, &key)?;
    let who = api.get(&["whoami"], &[]).await?;
    let mut contexts = Contexts::load()?;
    contexts.put(&login.context, Context::new(api.manager(), &key));
    let path = contexts.save()?;
    let name = who.get("name").and_then(Value::as_str).unwrap_or_default();
    let told = format!("{} knows this key as {name} ({}).", api.manager(), roles(&who));
    Output::new(Format::Table).line(&muster_client::log_safe(&told))?;
    note(&format!("It is kept in {}.", path.display()));
    Ok(())
}

fn sends_in_clear(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    let is_here = host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback());
    url.scheme() == "http" && !is_here
}

/// Forgets a manager.
///
/// # Errors
/// Where there is none, or it cannot be forgotten.
pub fn logout(logout: &Logout) -> Result<(), Failure> {
    let mut contexts = Contexts::load()?;
    let name = contexts.remove(logout.context.as_deref())?;
    contexts.save()?;
    note(&format!("The context {name} is forgotten here. The key itself works until it is deleted in the console."));
    if std::env::var_os(KEY_VARIABLE).is_some() {
        note(&format!("{KEY_VARIABLE} is set still."));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_sends_a_key_in_clear_is_warned() {
        for (url, warned) in [
            ("http://muster.example.com", true),
            ("http://10.0.0.1:3000", true),
            ("https://muster.example.com", false),
            ("http://localhost:3000", false),
            ("http://127.0.0.2", false),
            ("http://[::1]:3000", false),
        ] {
            assert_eq!(sends_in_clear(&Url::parse(url).unwrap()), warned, "{url}");
        }
    }
}
