//! `muster secrets`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use reqwest::Method;
use serde_json::json;

use crate::{
    each::{Act, each},
    failure::Failure,
    input::{self, without_line_end},
    lookup::{Noun, find, id_of, list, name_of},
    options::{Consent, Extent},
    output::Column,
    session::Session,
};

const NOUN: Noun = Noun::Secret;

/// What can be done about secrets.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// List secrets; values are never shown.
    #[command(visible_alias = "list")]
    Ls(Filter),
    /// Give a secret a value, and make it where there is none of the name.
    ///
    /// The value comes from a file, from a prompt that does not show it, or from standard input; one line end behind it is
    /// not a part of it. It is never an argument, which everybody on the machine could see.
    Set(Set),
    /// Delete secrets that no script names.
    #[command(visible_alias = "delete")]
    Rm {
        /// Their ids or names.
        #[arg(value_name = "SECRET", required = true)]
        names: Vec<String>,
        #[command(flatten)]
        consent: Consent,
    },
}

/// Which secrets.
#[derive(Debug, Args)]
pub struct Filter {
    /// Those with this in their names or descriptions.
    #[arg(long, short = 'q', value_name = "TEXT")]
    search: Option<String>,
    #[command(flatten)]
    extent: Extent,
}

/// A value to be kept.
#[derive(Debug, Args)]
pub struct Set {
    /// What scripts call it.
    name: String,
    /// The file of the value; `-` for standard input.
    #[arg(long, value_name = "FILE")]
    value_file: Option<PathBuf>,
    /// What a new one is for.
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,
    /// Let all delegates whose scripts name it run them again.
    #[arg(long)]
    run_again: bool,
}

const COLUMNS: [Column; 5] = [
    Column::text("NAME", "/name"),
    Column::list("USED BY", "/used_by"),
    Column::time("HANDED OUT", "/handed_out_at"),
    Column::text("DESCRIPTION", "/description"),
    Column::text("ID", "/id"),
];

/// Runs a command.
///
/// # Errors
/// What the manager says, or why it cannot be reached.
pub async fn perform(session: &Session, command: Command) -> Result<(), Failure> {
    match command {
        Command::Ls(Filter { search, extent }) => {
            let query: Vec<_> = search.map(|text| ("q", text)).into_iter().collect();
            let list = list(&session.api, NOUN.path(), &query, extent.most()).await?;
            session.out.list(&list.items, &COLUMNS, "secrets")?;
            list.tell_rest();
            Ok(())
        }
        Command::Set(secret) => set(session, secret).await,
        Command::Rm { names, consent } => {
            let act = Act { noun: NOUN, done: "deleted", asks: Some(("Delete", consent)) };
            each(session, act, &names, async |secret| {
                session.api.send(Method::DELETE, &[NOUN.path(), id_of(secret)], None).await
            })
            .await
        }
    }
}

async fn set(session: &Session, secret: Set) -> Result<(), Failure> {
    let there = match find(&session.api, NOUN, &secret.name).await {
        Ok(there) => Some(there),
        Err(failure) if failure.is_not_found() => None,
        Err(failure) => return Err(failure),
    };
    if there.is_some() && secret.description.is_some() {
        return Err(Failure::Usage(format!("{} is there already; --description is for a new secret", secret.name)));
    }
    let value = match &secret.value_file {
        Some(file) => input::read(file, "the value")?,
        None => input::secret(&format!("Value of {}", secret.name), "the value")?,
    };
    let value = without_line_end(&value);
    let (answer, done) = match &there {
        Some(there) => {
            let body = json!({"value": value, "run_again": secret.run_again});
            let path = [NOUN.path(), id_of(there), "value"];
            (session.api.send(Method::PUT, &path, Some(&body)).await?, "its value is replaced")
        }
        None => {
            let description = secret.description.unwrap_or_default();
            let body = json!({"name": secret.name, "description": description, "value": value});
            (session.api.send(Method::POST, &[NOUN.path()], Some(&body)).await?, "made")
        }
    };
    if session.out.is_json() {
        return session.out.json(&answer);
    }
    session.out.line(&muster_client::log_safe(&format!("{}: {done}", name_of(&answer))))
}
