//! `muster delegates`.

use clap::{Args, Subcommand, builder::PossibleValuesParser};
use muster::delegate::{Flag, Sort, Status};
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    each::{Act, each},
    failure::Failure,
    lookup::{Noun, find, id_of, list},
    options::{Consent, Extent, types},
    output::Column,
    session::Session,
};

const NOUN: Noun = Noun::Delegate;

/// What can be done about delegates.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// List delegates.
    #[command(visible_alias = "list")]
    Ls(Filter),
    /// Show all that is known of a delegate.
    Show {
        /// Its id, or its name where it is the only one of that name.
        #[arg(value_name = "DELEGATE")]
        name: String,
    },
    /// Let waiting delegates work.
    Approve(Decision),
    /// Turn waiting delegates away.
    Reject(Decision),
    /// Let rejected delegates wait for a decision again.
    TakeBack(Names),
    /// Put delegates out of work; their next request is refused.
    Disable(Names),
    /// Let disabled delegates work again.
    Enable(Names),
    /// Give delegates another profile; they run its startup script.
    Profile {
        #[command(flatten)]
        names: Names,
        /// The profile: its id or its name.
        #[arg(long, value_name = "PROFILE")]
        to: String,
    },
    /// Give delegates selectors in the place of their own.
    Selectors {
        #[command(flatten)]
        names: Names,
        /// A selector; may be said several times. Without any their own count again.
        #[arg(long = "selector", value_name = "SELECTOR")]
        selectors: Vec<String>,
        /// Give them none at all, in the place of their own.
        #[arg(long, conflicts_with = "selectors")]
        none: bool,
    },
    /// Delete delegates; one that runs still registers anew, as a stranger.
    #[command(visible_alias = "delete")]
    Rm {
        #[command(flatten)]
        names: Names,
        #[command(flatten)]
        consent: Consent,
    },
}

/// Which delegates something is done to.
#[derive(Debug, Args)]
pub struct Names {
    /// Their ids, or names that only one has.
    #[arg(value_name = "DELEGATE", required = true)]
    names: Vec<String>,
}

/// A decision about delegates.
#[derive(Debug, Args)]
pub struct Decision {
    #[command(flatten)]
    names: Names,
    /// A note that is kept with the decision.
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
}

/// Which delegates, and in which order.
#[derive(Debug, Args)]
pub struct Filter {
    /// What the console's search takes: words, and terms as profile:edge.
    #[arg(long, short = 'q', value_name = "TEXT")]
    search: Option<String>,
    /// Those of a status; without it all but the rejected.
    #[arg(long, value_parser = PossibleValuesParser::new(Status::ALL.map(Status::slug)))]
    status: Option<String>,
    /// Those of a type.
    #[arg(long = "type", value_parser = types(), ignore_case = true)]
    kind: Option<String>,
    /// Those of a profile: its id or its name.
    #[arg(long)]
    profile: Option<String>,
    /// Those that registered with a token: its id or its name.
    #[arg(long)]
    token: Option<String>,
    /// Those with a selector of their own.
    #[arg(long)]
    selector: Option<String>,
    /// Those with which something is the matter.
    #[arg(long, value_name = "WHAT", value_parser = PossibleValuesParser::new(Flag::ALL.map(Flag::slug)))]
    is: Option<String>,
    /// In which order.
    #[arg(long, value_parser = PossibleValuesParser::new(Sort::ALL.map(Sort::slug)))]
    sort: Option<String>,
    #[command(flatten)]
    extent: Extent,
}

const COLUMNS: [Column; 8] = [
    Column::text("NAME", "/name"),
    Column::text("HOST", "/host_name"),
    Column::text("TYPE", "/type"),
    Column::status("STATUS", "/status"),
    Column::text("PROFILE", "/profile/name"),
    Column::text("TOKEN", "/token/name"),
    Column::time("LAST HEARTBEAT", "/last_heartbeat_at"),
    Column::text("ID", "/id"),
];

const LINES: [Column; 22] = [
    Column::text("Name", "/name"),
    Column::text("Id", "/id"),
    Column::text("Scope", "/scope"),
    Column::status("Status", "/status"),
    Column::text("Waits because", "/waits_because"),
    Column::text("Host", "/host_name"),
    Column::text("Address", "/address"),
    Column::text("Type", "/type"),
    Column::text("Version", "/version"),
    Column::text("Key fingerprint", "/key"),
    Column::text("Profile", "/profile/name"),
    Column::text("Token", "/token/name"),
    Column::list("Selectors", "/selectors"),
    Column::list("Inherited selectors", "/inherited_selectors"),
    Column::text("Description", "/description"),
    Column::flag("Script failed", "/script_failed"),
    Column::time("Registered", "/registered_at"),
    Column::time("Last heartbeat", "/last_heartbeat_at"),
    Column::text("Decided by", "/decision/by"),
    Column::time("Decided", "/decision/at"),
    Column::text("Note", "/decision/note"),
    Column::text("Revision", "/revision"),
];

/// Runs a command.
///
/// # Errors
/// What the manager says, or why it cannot be reached.
pub async fn perform(session: &Session, command: Command) -> Result<(), Failure> {
    match command {
        Command::Ls(filter) => ls(session, filter).await,
        Command::Show { name } => session.out.object(&find(&session.api, NOUN, &name).await?, &LINES),
        Command::Approve(decision) => decide(session, decision, "approve", "approved").await,
        Command::Reject(decision) => decide(session, decision, "reject", "rejected").await,
        Command::TakeBack(names) => post(session, &names, "take-back", "waits for a decision again").await,
        Command::Disable(names) => post(session, &names, "disable", "disabled").await,
        Command::Enable(names) => post(session, &names, "enable", "enabled").await,
        Command::Profile { names, to } => {
            let profile = find(&session.api, Noun::Profile, &to).await?;
            put(session, &names, "profile", &json!({"profile": id_of(&profile)}), "profile switched").await
        }
        Command::Selectors { names, selectors, none } => {
            let selectors = (none || !selectors.is_empty()).then_some(selectors);
            put(session, &names, "selectors", &json!({"selectors": selectors}), "selectors changed").await
        }
        Command::Rm { names, consent } => {
            let act = Act { noun: NOUN, done: "deleted", asks: Some(("Delete", consent)) };
            each(session, act, &names.names, async |delegate| {
                session.api.send(Method::DELETE, &[NOUN.path(), id_of(delegate)], None).await
            })
            .await
        }
    }
}

async fn ls(session: &Session, filter: Filter) -> Result<(), Failure> {
    let api = &session.api;
    let id = async |noun, name: Option<String>| match name {
        Some(name) => find(api, noun, &name).await.map(|found| Some(id_of(&found).to_owned())),
        None => Ok(None),
    };
    let query = [
        ("q", filter.search),
        ("status", filter.status),
        ("type", filter.kind),
        ("profile", id(Noun::Profile, filter.profile).await?),
        ("token", id(Noun::Token, filter.token).await?),
        ("selector", filter.selector),
        ("is", filter.is),
        ("sort", filter.sort),
    ];
    let query: Vec<_> = query.into_iter().filter_map(|(name, value)| Some((name, value?))).collect();
    let list = list(api, NOUN.path(), &query, filter.extent.most()).await?;
    session.out.list(&list.items, &COLUMNS, "delegates")?;
    list.tell_rest();
    Ok(())
}

/// Decides by what was looked up: whoever was first in between wins, and we are told.
async fn decide(session: &Session, decision: Decision, call: &str, done: &'static str) -> Result<(), Failure> {
    let act = Act { noun: NOUN, done, asks: None };
    each(session, act, &decision.names.names, async |delegate| {
        let body = json!({"revision": delegate.get("revision"), "note": decision.note});
        session.api.send(Method::POST, &[NOUN.path(), id_of(delegate), call], Some(&body)).await
    })
    .await
}

async fn post(session: &Session, names: &Names, call: &str, done: &'static str) -> Result<(), Failure> {
    let act = Act { noun: NOUN, done, asks: None };
    each(session, act, &names.names, async |delegate| {
        session.api.send(Method::POST, &[NOUN.path(), id_of(delegate), call], None).await
    })
    .await
}

async fn put(session: &Session, names: &Names, call: &str, body: &Value, done: &'static str) -> Result<(), Failure> {
    let act = Act { noun: NOUN, done, asks: None };
    each(session, act, &names.names, async |delegate| {
        session.api.send(Method::PUT, &[NOUN.path(), id_of(delegate), call], Some(body)).await
    })
    .await
}
