//! What an administrator does at the server's own machine.

use std::{
    io::{Read as _, Write as _},
    net::SocketAddr,
    time::Duration,
};

use muster::{
    api_key::{NewApiKey, Owner},
    audit::Actor,
    user::{Email, Password, Role},
};
use muster_server::{
    clock::Clock,
    config::Config,
    error::Error,
    manage::{Context, api_keys, users},
    problem::describe,
    start,
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};
use zeroize::Zeroizing;

use crate::cli::{AdminCommand, Person};

/// How long the manager may take to answer a health check.
const PATIENCE: Duration = Duration::from_secs(5);

/// Runs a command on the installation's database. The manager may run meanwhile.
pub async fn run(config: Config, command: AdminCommand) -> Result<(), String> {
    // What is wrong with a command is told before anything is opened.
    let act = Act::read(command)?;
    let state = start::start(&config, Clock::system()).await.map_err(|error| error.to_string())?;
    let cx = Context::system(state.clone(), Actor::CommandLine);
    let done = act.run(&cx).await;
    state.db.clone().close().await;
    let done = done.map_err(|error| describe(&error).map_or_else(|| error.to_string(), |problem| problem.message))?;
    let _ = writeln!(std::io::stdout(), "{}", *done);
    Ok(())
}

/// A command, read.
enum Act {
    Create(Email, Password),
    ResetPassword(Email, Password),
    CreateKey(Email, NewApiKey),
}

impl Act {
    fn read(command: AdminCommand) -> Result<Self, String> {
        let email = |text: &str| Email::parse(text).map_err(|error| format!("--email: {error}"));
        Ok(match command {
            AdminCommand::Create(person) => Self::Create(email(&person.email)?, password(&person)?),
            AdminCommand::ResetPassword(person) => Self::ResetPassword(email(&person.email)?, password(&person)?),
            AdminCommand::CreateKey(key) => {
                let role = key.role.trim().to_uppercase().replace('-', "_");
                let days = if key.expires_in_days == "0" { "" } else { &key.expires_in_days };
                let command = NewApiKey::parse(&key.name, &role, days, "").map_err(|wrong| wrong.to_string())?;
                Self::CreateKey(email(&key.email)?, command)
            }
        })
    }

    /// Does it. Gives what is printed.
    async fn run(self, cx: &Context) -> Result<Zeroizing<String>, Error> {
        match self {
            Self::Create(email, password) => {
                users::create(cx, email.clone(), password, Role::AccountAdministrator).await?;
                Ok(Zeroizing::new(format!("{email} is created.")))
            }
            Self::ResetPassword(email, password) => {
                users::reset_password(cx, &email, password).await?;
                Ok(Zeroizing::new(format!("{email} is given a new password.")))
            }
            Self::CreateKey(email, command) => {
                let owner = Owner::User(users::by_email(cx, &email).await?);
                let mut change = cx.state.db.write().await?;
                let created = api_keys::create(cx, &mut change, owner, command).await?;
                change.commit().await?;
                Ok(created.value)
            }
        }
    }
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
