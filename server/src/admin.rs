//! What an administrator does at the server's own machine.

use std::{
    io::{Read as _, Write as _},
    net::SocketAddr,
    time::Duration,
};

use muster::{
    api_key::{NewApiKey, Owner},
    audit::{Actor, Link},
    user::{Email, Password, Role},
};
use muster_server::{
    clock::Clock,
    config::Config,
    error::Error,
    manage::{
        Context, api_keys, audit,
        users::{self, second_factor},
    },
    problem::describe,
    start,
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::cli::{AdminCommand, Person};

/// How long the manager may take to answer a health check.
const PATIENCE: Duration = Duration::from_secs(5);

/// Runs a command on the installation's database. The manager may run meanwhile.
pub async fn run(config: Config, command: AdminCommand) -> Result<(), String> {
    match command {
        AdminCommand::Create(person) => {
            let (email, password) = read(&person)?;
            with_context(&config, async |cx| {
                users::create(cx, email.clone(), password, Role::AccountAdministrator).await.map_err(told)?;
                Ok(format!("{email} is created."))
            })
            .await
        }
        AdminCommand::ResetPassword(person) => {
            let (email, password) = read(&person)?;
            with_context(&config, async |cx| {
                users::reset_password(cx, &email, password).await.map_err(told)?;
                Ok(format!("{email} is given a new password."))
            })
            .await
        }
        AdminCommand::ResetSecondFactor(who) => {
            let email = Email::parse(&who.email).map_err(|error| format!("--email: {error}"))?;
            with_context(&config, async |cx| {
                let id = users::by_email(cx, &email).await.map_err(told)?;
                second_factor::reset(cx, id).await.map_err(told)?;
                Ok(format!("{email} logs in by password alone, and can set up a new second factor."))
            })
            .await
        }
        AdminCommand::CreateKey(key) => {
            let email = Email::parse(&key.email).map_err(|error| format!("--email: {error}"))?;
            let role = key.role.trim().to_uppercase().replace('-', "_");
            let days = if key.expires_in_days == "0" { "" } else { &key.expires_in_days };
            with_context(&config, async |cx| {
                let command = NewApiKey::parse(cx.state.account, &key.name, &role, &key.scope, days, "");
                create_key(cx, &email, command.map_err(sentence)?).await.map_err(told)
            })
            .await
        }
        AdminCommand::VerifyAudit(known) => {
            let known =
                known.expect.as_deref().map(|text| Link::parse(text).map_err(|error| format!("--expect: {error}")));
            let known = known.transpose()?;
            with_context(&config, async |cx| verify_audit(cx, known).await).await
        }
    }
}

/// Makes a key. Gives its value.
async fn create_key(cx: &Context, email: &Email, command: NewApiKey) -> Result<String, Error> {
    let owner = Owner::User(users::by_email(cx, email).await?);
    let mut change = cx.state.db.write().await?;
    let created = api_keys::create(cx, &mut change, owner, command).await?;
    change.commit().await?;
    Ok(created.value.to_string())
}

/// What to change, where that is known.
fn told(error: Error) -> String {
    describe(&error).map_or_else(|| error.to_string(), |problem| problem.message)
}

fn sentence(error: impl ToString) -> String {
    error.to_string()
}

/// Does something on the installation's database, and prints what came of it.
async fn with_context(
    config: &Config,
    work: impl AsyncFnOnce(&Context) -> Result<String, String>,
) -> Result<(), String> {
    let state = start::start(config, Clock::system()).await.map_err(sentence)?;
    let done = work(&Context::system(state.clone(), Actor::CommandLine)).await;
    state.db.clone().close().await;
    let _ = writeln!(std::io::stdout(), "{}", done?);
    Ok(())
}

async fn verify_audit(cx: &Context, known: Option<Link>) -> Result<String, String> {
    let told = audit::verify(cx, known.as_ref()).await.map_err(sentence)?;
    match &told.broken {
        Some(broken) => Err(format!("the audit trail is not what was written: {broken}\n{told}")),
        None => Ok(told.to_string()),
    }
}

fn read(person: &Person) -> Result<(Email, Password), String> {
    let email = Email::parse(&person.email).map_err(|error| format!("--email: {error}"))?;
    Ok((email, password(person)?))
}

fn password(person: &Person) -> Result<Password, String> {
    if let Some(file) = &person.password_file {
        return start::read_password(file).map_err(|error| error.to_string());
    }
    let mut text = String::new();
    std::io::stdin()
        .take(4096)
        .read_to_string(&mut text)
        .map_err(|error| format!("the password cannot be read from standard input: {error}"))?;
    Ok(Password::new(text.trim_end_matches(['\r', '\n']).to_owned()))
}

/// Asks the manager on this machine whether it is ready. One request by hand: an HTTP client would be the larger part
/// of a program that has to start every few seconds.
pub async fn healthcheck(config: Config) -> Result<(), String> {
    let mut address: SocketAddr = config.listen;
    if address.ip().is_unspecified() {
        address.set_ip(if address.is_ipv4() { [127, 0, 0, 1].into() } else { std::net::Ipv6Addr::LOCALHOST.into() });
    }
    let ask = async {
        let mut stream = TcpStream::connect(address).await?;
        stream
            .write_all(format!("GET /readyz HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n").as_bytes())
            .await?;
        let mut answer = Vec::new();
        stream.take(4096).read_to_end(&mut answer).await?;
        Ok::<_, std::io::Error>(answer)
    };
    let answer = tokio::time::timeout(PATIENCE, ask)
        .await
        .map_err(|_| format!("{address} did not answer within {} s", PATIENCE.as_secs()))?
        .map_err(|error| format!("{address} cannot be reached: {error}"))?;
    if answer.starts_with(b"HTTP/1.1 200") { Ok(()) } else { Err(format!("{address} is not ready")) }
}
