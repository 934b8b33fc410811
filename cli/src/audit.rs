//! `muster audit`.

use clap::{Args, Subcommand, builder::PossibleValuesParser};
use muster::audit::Subject;

use crate::{failure::Failure, lookup::list, options::Extent, output::Column, session::Session};

/// What can be done with the audit trail.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// List entries, the newest first.
    #[command(visible_alias = "list")]
    Ls(Filter),
}

/// Which entries.
#[derive(Debug, Args)]
pub struct Filter {
    /// Those of whom this is a part of the name.
    #[arg(long, value_name = "NAME")]
    who: Option<String>,
    /// Those about an object: a part of its name, or its id.
    #[arg(long, value_name = "OBJECT")]
    object: Option<String>,
    /// Those from an address, or a part of one.
    #[arg(long)]
    address: Option<String>,
    /// Those about a kind of object.
    #[arg(long, value_parser = PossibleValuesParser::new(Subject::ALL.map(Subject::slug)))]
    subject: Option<String>,
    /// Those of an action, as DELEGATE_APPROVED.
    #[arg(long)]
    action: Option<String>,
    /// Not before this, as 2026-11-21T09:30:00Z.
    #[arg(long, value_name = "TIME")]
    since: Option<String>,
    /// Before this.
    #[arg(long, value_name = "TIME")]
    until: Option<String>,
    /// Also those of what lies under the scope.
    #[arg(long)]
    beneath: bool,
    #[command(flatten)]
    extent: Extent,
}

const COLUMNS: [Column; 6] = [
    Column::time("TIME", "/at"),
    Column::text("WHO", "/actor"),
    Column::text("ADDRESS", "/address"),
    Column::text("ACTION", "/action"),
    Column::text("OBJECT", "/object_name"),
    Column::text("DETAIL", "/detail"),
];

/// Runs a command.
///
/// # Errors
/// What the manager says, or why it cannot be reached.
pub async fn perform(session: &Session, command: Command) -> Result<(), Failure> {
    let Command::Ls(filter) = command;
    let query = [
        ("who", filter.who),
        ("object", filter.object),
        ("address", filter.address),
        ("subject", filter.subject),
        ("action", filter.action),
        ("since", filter.since),
        ("until", filter.until),
        ("beneath", filter.beneath.then(|| "true".to_owned())),
    ];
    let query: Vec<_> = query.into_iter().filter_map(|(name, value)| Some((name, value?))).collect();
    let list = list(&session.api, "audit", &query, filter.extent.most()).await?;
    session.out.list(&list.items, &COLUMNS, "entries")?;
    list.tell_rest();
    Ok(())
}
