//! `muster tokens`.

use clap::{Args, Subcommand, builder::PossibleValuesParser};
use muster::token::{TokenSort, successor_name};
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    clock,
    each::{Act, each},
    expiry::Expiry,
    failure::Failure,
    lookup::{Noun, find, id_of, list, name_of},
    options::{Consent, Extent, types},
    output::Column,
    session::Session,
};

const NOUN: Noun = Noun::Token;

/// What can be done about tokens.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// List tokens.
    #[command(visible_alias = "list")]
    Ls(Filter),
    /// Show all that is known of a token, but not its value.
    Show {
        /// Its id or its name.
        #[arg(value_name = "TOKEN")]
        name: String,
    },
    /// Make a token. Its value is printed this once, alone on standard output.
    Create(Box<Create>),
    /// Make a token's successor, and print its value. The old one is good until it is revoked.
    Rotate(Rotate),
    /// Revoke tokens; the next request with them is refused.
    Revoke(End),
    /// Delete tokens that are revoked or have expired.
    #[command(visible_alias = "delete")]
    Rm(End),
}

/// Which tokens, and in which order.
#[derive(Debug, Args)]
pub struct Filter {
    /// Those with this in their names.
    #[arg(long, short = 'q', value_name = "TEXT")]
    search: Option<String>,
    /// Also those that are revoked.
    #[arg(long)]
    with_revoked: bool,
    /// In which order.
    #[arg(long, value_parser = PossibleValuesParser::new(TokenSort::ALL.map(TokenSort::slug)))]
    sort: Option<String>,
    #[command(flatten)]
    extent: Extent,
}

/// A token to be made.
#[derive(Debug, Args)]
pub struct Create {
    /// What it is called; unique among those that are not revoked.
    name: String,
    /// Until when it is good: a span as 90d or 12h, a time as 2026-11-21T09:30:00Z, or never.
    #[arg(long, value_name = "WHEN", default_value = "90d", value_parser = Expiry::parse)]
    expires: Expiry,
    /// The profile of delegates that name none: its id or its name.
    #[arg(long)]
    profile: Option<String>,
    /// Let every delegate that registers with it for the first time wait for a person.
    #[arg(long)]
    requires_approval: bool,
    /// How many delegates may register with it for the first time.
    #[arg(long, value_name = "NUMBER")]
    max_registrations: Option<u32>,
    /// From where it can be used, as 10.0.0.0/8; may be said several times.
    #[arg(long = "network", value_name = "NETWORK")]
    networks: Vec<String>,
    /// A type of delegate that may register with it; may be said several times.
    #[arg(long = "type", value_name = "TYPE", value_parser = types(), ignore_case = true)]
    types: Vec<String>,
    /// The names that those may have, as edge-*.
    #[arg(long, value_name = "PATTERN")]
    name_pattern: Option<String>,
}

/// A token's successor.
#[derive(Debug, Args)]
pub struct Rotate {
    /// The token: its id or its name.
    token: String,
    /// What the successor is called; without it the number at the end is counted up.
    #[arg(long)]
    name: Option<String>,
    /// Until when the successor is good: a span as 90d or 12h, a time as 2026-11-21T09:30:00Z, or never.
    #[arg(long, value_name = "WHEN", default_value = "90d", value_parser = Expiry::parse)]
    expires: Expiry,
}

/// Tokens that end.
#[derive(Debug, Args)]
pub struct End {
    /// Their ids or names.
    #[arg(value_name = "TOKEN", required = true)]
    names: Vec<String>,
    #[command(flatten)]
    consent: Consent,
}

const COLUMNS: [Column; 6] = [
    Column::text("NAME", "/name"),
    Column::status("STATUS", "/status"),
    Column::text("CONNECTED", "/connected"),
    Column::time("EXPIRES", "/expires_at"),
    Column::time("LAST USED", "/last_used_at"),
    Column::text("ID", "/id"),
];

const LINES: [Column; 17] = [
    Column::text("Name", "/name"),
    Column::text("Id", "/id"),
    Column::text("Scope", "/scope"),
    Column::status("Status", "/status"),
    Column::text("Made by", "/created_by"),
    Column::time("Made", "/created_at"),
    Column::time("Expires", "/expires_at"),
    Column::time("Revoked", "/revoked_at"),
    Column::text("Profile", "/default_profile"),
    Column::flag("Requires approval", "/requires_approval"),
    Column::text("Most registrations", "/max_registrations"),
    Column::text("Registrations", "/registrations"),
    Column::list("Networks", "/networks"),
    Column::list("Types", "/types"),
    Column::text("Names", "/name_pattern"),
    Column::text("Connected", "/connected"),
    Column::time("Last used", "/last_used_at"),
];

/// Runs a command.
///
/// # Errors
/// What the manager says, or why it cannot be reached.
pub async fn perform(session: &Session, command: Command) -> Result<(), Failure> {
    match command {
        Command::Ls(filter) => ls(session, filter).await,
        Command::Show { name } => session.out.object(&find(&session.api, NOUN, &name).await?, &LINES),
        Command::Create(token) => create(session, *token).await,
        Command::Rotate(rotate) => make_successor(session, rotate).await,
        Command::Revoke(End { names, consent }) => {
            let act = Act { noun: NOUN, done: "revoked", asks: Some(("Revoke", consent)) };
            each(session, act, &names, async |token| {
                session.api.send(Method::POST, &[NOUN.path(), id_of(token), "revoke"], None).await
            })
            .await
        }
        Command::Rm(End { names, consent }) => {
            let act = Act { noun: NOUN, done: "deleted", asks: Some(("Delete", consent)) };
            each(session, act, &names, async |token| {
                session.api.send(Method::DELETE, &[NOUN.path(), id_of(token)], None).await
            })
            .await
        }
    }
}

async fn ls(session: &Session, filter: Filter) -> Result<(), Failure> {
    let with_revoked = filter.with_revoked.then(|| "true".to_owned());
    let query = [("q", filter.search), ("with_revoked", with_revoked), ("sort", filter.sort)];
    let query: Vec<_> = query.into_iter().filter_map(|(name, value)| Some((name, value?))).collect();
    let list = list(&session.api, NOUN.path(), &query, filter.extent.most()).await?;
    session.out.list(&list.items, &COLUMNS, "tokens")?;
    list.tell_rest();
    Ok(())
}

async fn create(session: &Session, token: Create) -> Result<(), Failure> {
    let profile = match &token.profile {
        Some(profile) => Some(find(&session.api, Noun::Profile, profile).await?),
        None => None,
    };
    let body = json!({
        "name": token.name,
        "expires_at": token.expires.at(clock::now()),
        "default_profile": profile.as_ref().map(id_of),
        "requires_approval": token.requires_approval,
        "max_registrations": token.max_registrations,
        "networks": token.networks,
        "types": token.types,
        "name_pattern": token.name_pattern,
    });
    let made = session.api.send(Method::POST, &[NOUN.path()], Some(&body)).await?;
    tell(session, &made)
}

async fn make_successor(session: &Session, rotate: Rotate) -> Result<(), Failure> {
    let token = find(&session.api, NOUN, &rotate.token).await?;
    let name = rotate.name.unwrap_or_else(|| successor_name(name_of(&token)));
    let body = json!({"name": name, "expires_at": rotate.expires.at(clock::now())});
    let made = session.api.send(Method::POST, &[NOUN.path(), id_of(&token), "rotate"], Some(&body)).await?;
    tell(session, &made)
}

fn tell(session: &Session, made: &Value) -> Result<(), Failure> {
    let token = made.get("token").unwrap_or(&Value::Null);
    let expires = token.get("expires_at").and_then(Value::as_str).unwrap_or("never");
    let told = format!("{} is made; it expires {expires}. Its value is shown this once.", name_of(token));
    session.out.value(made, &muster_client::log_safe(&told))
}
