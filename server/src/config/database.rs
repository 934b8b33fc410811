//! The address of the database, as people write it. A password may stand in it: no error repeats any of it.

use std::{
    fmt,
    path::{Path, PathBuf},
    str::FromStr,
};

use sqlx::{ConnectOptions as _, postgres::PgConnectOptions};

/// Where the database is.
#[derive(Clone, Debug)]
pub enum DatabaseAddress {
    /// The file of an SQLite database.
    Sqlite(PathBuf),
    /// A PostgreSQL database.
    Postgres(Box<Postgres>),
}

/// How a PostgreSQL is reached. Its password is never printed.
#[derive(Clone)]
pub struct Postgres {
    options: PgConnectOptions,
    /// The names of what stands behind the question mark and means nothing here.
    pub ignored: Vec<String>,
}

impl Postgres {
    /// The options of a connection.
    #[must_use]
    pub fn options(&self) -> PgConnectOptions {
        self.options.clone()
    }
}

impl fmt::Debug for Postgres {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

/// What is wrong with an address: a sentence that says what to write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct WrongAddress(&'static str);

const WHICH: WrongAddress = WrongAddress("it begins with sqlite: or postgres://");
const NO_FILE: WrongAddress =
    WrongAddress("name the file of the database, as in sqlite:/var/lib/muster/muster.db or sqlite:muster.db");
const IN_MEMORY: WrongAddress = WrongAddress(
    "a database in memory would be lost with the process: name a file, as in sqlite:/var/lib/muster/muster.db",
);
const NO_OPTIONS: WrongAddress = WrongAddress(
    "write the file alone: what stands behind the question mark is not understood, and mode=rwc goes without saying",
);
const NO_URI: WrongAddress =
    WrongAddress("write the file without file: before it, as in sqlite:/var/lib/muster/muster.db");
const ENCODE: WrongAddress = WrongAddress(
    "it is no address of a PostgreSQL: write postgres://USER:PASSWORD@HOST:PORT/DATABASE, and percent-encode what is \
     neither a letter nor a digit in user and password (# is %23, % is %25, / is %2F, ? is %3F, @ is %40)",
);
const SSL_MODE: WrongAddress =
    WrongAddress("sslmode is one of disable, allow, prefer, require, verify-ca and verify-full");

impl FromStr for DatabaseAddress {
    type Err = WrongAddress;

    fn from_str(text: &str) -> Result<Self, WrongAddress> {
        if let Some(file) = text.strip_prefix("sqlite:") {
            return sqlite(file).map(Self::Sqlite);
        }
        if ["postgres://", "postgresql://"].iter().any(|scheme| text.starts_with(scheme)) {
            return postgres(text).map(|postgres| Self::Postgres(Box::new(postgres)));
        }
        Err(WHICH)
    }
}

/// The file: after any number of slashes it is an absolute path, but after exactly two, which are the URL's own.
fn sqlite(text: &str) -> Result<PathBuf, WrongAddress> {
    let (file, options) = text.split_once('?').unwrap_or((text, ""));
    if !matches!(options, "" | "mode=rwc") {
        return Err(if options.contains("mode=memory") { IN_MEMORY } else { NO_OPTIONS });
    }
    let path = file.strip_prefix("//").unwrap_or(file);
    if path.starts_with("file:") {
        return Err(NO_URI);
    }
    if matches!(path.trim_start_matches('/'), ":memory:" | "memory:") {
        return Err(IN_MEMORY);
    }
    let named = Path::new(path).file_name().is_some() && !path.ends_with('/');
    let file = if path.starts_with('/') { format!("/{}", path.trim_start_matches('/')) } else { path.to_owned() };
    if named { Ok(file.into()) } else { Err(NO_FILE) }
}

/// What the driver understands behind the question mark.
const OPTIONS: [&str; 17] = [
    "sslmode",
    "ssl-mode",
    "sslrootcert",
    "ssl-root-cert",
    "ssl-ca",
    "sslcert",
    "ssl-cert",
    "sslkey",
    "ssl-key",
    "statement-cache-capacity",
    "host",
    "hostaddr",
    "port",
    "dbname",
    "user",
    "password",
    "application_name",
];

fn postgres(text: &str) -> Result<Postgres, WrongAddress> {
    let (_, rest) = text.split_once("://").ok_or(ENCODE)?;
    // Where such a character of a password stands as it is, the address still reads as one: of another host.
    let authority = rest.find(['/', '?']).unwrap_or(rest.len());
    let misread = rest.contains('#') || rest[authority..].contains('@');
    if misread || !is_encoded(rest) || rest.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Err(ENCODE);
    }
    let (address, query) = text.split_once('?').unwrap_or((text, ""));
    let (mut known, mut ignored) = (Vec::new(), Vec::new());
    for option in query.split('&').filter(|option| !option.is_empty()) {
        let (name, value) = option.split_once('=').unwrap_or((option, ""));
        if !name.bytes().all(|c| c.is_ascii_alphanumeric() || b"_-[]".contains(&c)) {
            return Err(ENCODE);
        }
        let modes = ["disable", "allow", "prefer", "require", "verify-ca", "verify-full"];
        if matches!(name, "sslmode" | "ssl-mode") && !modes.contains(&value) {
            return Err(SSL_MODE);
        }
        if OPTIONS.contains(&name) || name == "options" || name.starts_with("options[") {
            known.push(option);
        } else {
            // The driver would print its value, too.
            ignored.push(name.to_owned());
        }
    }
    let address = if known.is_empty() { address.to_owned() } else { format!("{address}?{}", known.join("&")) };
    let options = PgConnectOptions::from_str(&address).map_err(|_| ENCODE)?;
    Ok(Postgres { options: options.disable_statement_logging(), ignored })
}

/// Whether each percent sign begins a character that is encoded.
fn is_encoded(text: &str) -> bool {
    text.split('%').skip(1).all(|rest| {
        let digits = rest.as_bytes().get(..2);
        digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(text: &str) -> String {
        match text.parse().unwrap() {
            DatabaseAddress::Sqlite(file) => file.to_str().unwrap().to_owned(),
            DatabaseAddress::Postgres(_) => panic!("{text}"),
        }
    }

    fn wrong(text: &str) -> String {
        text.parse::<DatabaseAddress>().expect_err(text).to_string()
    }

    #[test]
    fn c21_every_spelling_of_an_sqlite_file_is_that_file() {
        for (text, path) in [
            ("sqlite:relative.db", "relative.db"),
            ("sqlite:folder/muster.db", "folder/muster.db"),
            ("sqlite:./muster.db", "./muster.db"),
            ("sqlite://muster.db", "muster.db"),
            ("sqlite://muster.db?mode=rwc", "muster.db"),
            ("sqlite:/data/muster.db", "/data/muster.db"),
            ("sqlite:///data/x.db", "/data/x.db"),
            ("sqlite:///data/x.db?mode=rwc", "/data/x.db"),
            ("sqlite:////data/muster.db", "/data/muster.db"),
            ("sqlite:/data/50%25 off.db", "/data/50%25 off.db"),
        ] {
            assert_eq!(file(text), path, "{text}");
        }
    }

    #[test]
    fn c21_what_is_no_file_is_refused_by_name() {
        for (text, says) in [
            ("sqlite::memory:", "a database in memory would be lost"),
            ("sqlite://:memory:", "a database in memory would be lost"),
            ("sqlite:///:memory:", "a database in memory would be lost"),
            ("sqlite:x?mode=memory&cache=shared", "a database in memory would be lost"),
            ("sqlite:", "name the file"),
            ("sqlite://", "name the file"),
            ("sqlite:///", "name the file"),
            ("sqlite:/data/", "name the file"),
            ("sqlite:..", "name the file"),
            ("sqlite:file:muster.db", "write the file without file:"),
            ("sqlite://muster.db?mode=ro", "write the file alone"),
            ("mysql://x", "it begins with sqlite: or postgres://"),
            ("muster.db", "it begins with sqlite: or postgres://"),
        ] {
            assert!(wrong(text).starts_with(says), "{text}");
        }
    }

    #[test]
    fn c22_a_bad_address_of_a_postgresql_says_percent_encode_and_nothing_of_itself() {
        for address in [
            "u:zq#zq@db/muster",
            "u:zq/zq@db/muster",
            "u:zq?zq@db/muster",
            "u:zq%zq@db/muster",
            "u:zq%@db/muster",
            "u:12#zq@db/muster",
            "u:12/zq@db/muster",
            "u:12?zq=1@db/muster",
            "u:%ff%fe@db/muster",
            "u:zq zq@db/muster",
            "u:zq\n@db/muster",
            "u:zq@db:port/muster",
            "u:zq@db:99999/muster",
            "u:zq@db/muster?port=zq",
            "u:zq@db/muster?z.q=1",
            "u:zq",
        ] {
            for scheme in ["postgres", "postgresql"] {
                let error = wrong(&format!("{scheme}://{address}"));
                assert!(error.contains("percent-encode") && !error.contains("zq"), "{address}: {error}");
                assert!(!error.contains('\n'), "{error}");
            }
        }
        assert!(wrong("postgres://u:zq@db/x?sslmode=verify_full").starts_with("sslmode is one of disable, allow"));
    }

    #[test]
    fn c22_a_good_address_is_read_whole_and_printed_never() {
        let text = "postgres://us%40er:p%23%2F%3F%25%40@db.example.com:5433/muster?sslmode=require&channel_binding=zq";
        let DatabaseAddress::Postgres(postgres) = text.parse().unwrap() else { panic!() };
        let options = postgres.options();
        assert_eq!((options.get_host(), options.get_port()), ("db.example.com", 5433));
        assert_eq!((options.get_username(), options.get_database()), ("us@er", Some("muster")));
        let url = options.to_url_lossy();
        assert_eq!(url.password(), Some("p%23%2F%3F%25%40"), "it stands in the driver's own address again");
        assert_eq!(postgres.ignored, ["channel_binding"]);
        let printed = format!("{:?}", text.parse::<DatabaseAddress>());
        assert!(!printed.contains("p%23") && !printed.contains("zq"), "{printed}");
        for text in ["postgres:///muster", "postgres://%2Frun%2Fpostgresql/muster", "postgres://u@[::1]:5432/muster"] {
            assert!(text.parse::<DatabaseAddress>().is_ok(), "{text}");
        }
    }
}
