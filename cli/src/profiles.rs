//! `muster profiles`.

use std::path::PathBuf;

use clap::{Args, Subcommand, builder::PossibleValuesParser};
use muster::profile::Approval;
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    ask::confirm,
    each::{Act, each},
    failure::Failure,
    input,
    lookup::{Noun, find, id_of, list, name_of},
    options::{Consent, Extent},
    output::{Column, note},
    session::Session,
};

const NOUN: Noun = Noun::Profile;

/// What can be done about profiles.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// List profiles.
    #[command(visible_alias = "list")]
    Ls(Filter),
    /// Show a profile and its startup script.
    Show {
        /// Its id or its name.
        #[arg(value_name = "PROFILE")]
        name: String,
        /// Print the startup script alone.
        #[arg(long)]
        script: bool,
    },
    /// Make a profile.
    Create {
        /// What it is called; unique.
        name: String,
        #[command(flatten)]
        fields: Fields,
    },
    /// Change a profile. What is not said stays as it is.
    Edit(Edit),
    /// Delete profiles that no delegate has.
    #[command(visible_alias = "delete")]
    Rm {
        /// Their ids or names.
        #[arg(value_name = "PROFILE", required = true)]
        names: Vec<String>,
        #[command(flatten)]
        consent: Consent,
    },
}

/// Which profiles.
#[derive(Debug, Args)]
pub struct Filter {
    /// Those with this in their names or descriptions.
    #[arg(long, short = 'q', value_name = "TEXT")]
    search: Option<String>,
    #[command(flatten)]
    extent: Extent,
}

/// What a profile holds.
#[derive(Debug, Args)]
pub struct Fields {
    /// What it is for.
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,
    /// Whether a delegate that registers with it waits for a person: off, warn (it works, and is marked) or require. A new
    /// profile requires it where nothing is said.
    #[arg(long, value_parser = PossibleValuesParser::new(Approval::ALL.map(Approval::slug)))]
    approval: Option<String>,
    /// The file of the startup script; `-` for standard input.
    #[arg(long, value_name = "FILE")]
    script_file: Option<PathBuf>,
    /// A selector that its delegates inherit; may be said several times, and takes the place of all that there were.
    #[arg(long = "selector", value_name = "SELECTOR")]
    selectors: Vec<String>,
}

/// A change of a profile.
#[derive(Debug, Args)]
pub struct Edit {
    /// The profile: its id or its name.
    profile: String,
    /// What it is called from now on.
    #[arg(long)]
    name: Option<String>,
    #[command(flatten)]
    fields: Fields,
    /// Take all its selectors away.
    #[arg(long, conflicts_with = "selectors")]
    no_selectors: bool,
    /// Let its delegates run the startup script, where it is another one or was saved without running it.
    #[arg(long)]
    run: bool,
    /// Do not ask first, also where the script runs on many delegates.
    #[arg(long, short)]
    yes: bool,
}

const COLUMNS: [Column; 6] = [
    Column::text("NAME", "/name"),
    Column::text("APPROVAL", "/approval"),
    Column::list("SELECTORS", "/selectors"),
    Column::flag("PRIMARY", "/is_primary"),
    Column::text("DESCRIPTION", "/description"),
    Column::text("ID", "/id"),
];

const LINES: [Column; 9] = [
    Column::text("Name", "/name"),
    Column::text("Id", "/id"),
    Column::text("Scope", "/scope"),
    Column::text("Description", "/description"),
    Column::text("Approval", "/approval"),
    Column::list("Selectors", "/selectors"),
    Column::flag("Primary", "/is_primary"),
    Column::time("Made", "/created_at"),
    Column::text("Revision", "/revision"),
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
            session.out.list(&list.items, &COLUMNS, "profiles")?;
            list.tell_rest();
            Ok(())
        }
        Command::Show { name, script } => show(session, &find(&session.api, NOUN, &name).await?, script),
        Command::Create { name, fields } => create(session, &name, fields).await,
        Command::Edit(edit) => change(session, edit).await,
        Command::Rm { names, consent } => {
            let act = Act { noun: NOUN, done: "deleted", asks: Some(("Delete", consent)) };
            each(session, act, &names, async |profile| {
                session.api.send(Method::DELETE, &[NOUN.path(), id_of(profile)], None).await
            })
            .await
        }
    }
}

fn show(session: &Session, profile: &Value, script_alone: bool) -> Result<(), Failure> {
    let script = profile.get("startup_script").and_then(Value::as_str).unwrap_or_default();
    if script_alone {
        return session.out.raw(script);
    }
    session.out.object(profile, &LINES)?;
    if !session.out.is_json() && !script.is_empty() {
        note("Its startup script: --script prints it.");
    }
    Ok(())
}

async fn create(session: &Session, name: &str, fields: Fields) -> Result<(), Failure> {
    let script = fields.script_file.as_deref().map(|file| input::read(file, "the startup script")).transpose()?;
    let body = json!({
        "name": name,
        "description": fields.description.unwrap_or_default(),
        "approval": fields.approval.as_deref().unwrap_or(Approval::Require.slug()),
        "startup_script": script.as_deref().map_or("", String::as_str),
        "selectors": fields.selectors,
    });
    let made = session.api.send(Method::POST, &[NOUN.path()], Some(&body)).await?;
    told(session, &made, "made")
}

async fn change(session: &Session, edit: Edit) -> Result<(), Failure> {
    let before = find(&session.api, NOUN, &edit.profile).await?;
    let path = [NOUN.path(), id_of(&before)];
    let mut body = edited(&before, &edit)?;
    let mut saved = session.api.send(Method::PUT, &path, Some(&body)).await;
    if let Err(Failure::Refused(problem)) = &saved
        && problem.is_about("confirmed")
    {
        confirm(&problem.detail, Consent { yes: edit.yes })?;
        body["confirmed"] = json!(u64::MAX);
        saved = session.api.send(Method::PUT, &path, Some(&body)).await;
    }
    told(session, &saved?, "changed")
}

/// What a profile is to hold: what it holds, and what was said. The revision says what was looked at.
fn edited(before: &Value, edit: &Edit) -> Result<Value, Failure> {
    let mut body = json!({"run": edit.run});
    for key in ["name", "description", "startup_script", "approval", "selectors", "revision"] {
        body[key] = before.get(key).cloned().unwrap_or_default();
    }
    let fields = &edit.fields;
    for (key, said) in [("name", &edit.name), ("description", &fields.description), ("approval", &fields.approval)] {
        if let Some(said) = said {
            body[key] = json!(said);
        }
    }
    if let Some(file) = &fields.script_file {
        body["startup_script"] = json!(*input::read(file, "the startup script")?);
    }
    if edit.no_selectors || !fields.selectors.is_empty() {
        body["selectors"] = json!(fields.selectors);
    }
    Ok(body)
}

fn told(session: &Session, profile: &Value, done: &str) -> Result<(), Failure> {
    if session.out.is_json() {
        return session.out.json(profile);
    }
    session.out.line(&muster_client::log_safe(&format!("{}: {done}", name_of(profile))))
}
