//! The environment: which of its variables are settings. Others have their own there, under any name and in any bytes.

use std::{collections::BTreeMap, ffi::OsString, path::PathBuf};

use super::{ConfigError, FILE, Setting, Values};

/// How every setting's name begins.
const PREFIX: &str = "MUSTER_";

/// What Muster's own delegate, its command line, its scripts and its tests call theirs.
const OURS: [&str; 6] =
    ["MUSTER_DELEGATE_DIR", "MUSTER_SERVICE", "MUSTER_URL", "MUSTER_API_KEY", "MUSTER_CONTEXT", "MUSTER_SCOPE"];
const OURS_BEGIN: [&str; 2] = ["MUSTER_SCRIPT_", "MUSTER_TEST_"];

/// Reads the settings, and the name of the settings' file.
pub fn read(env: impl IntoIterator<Item = (OsString, OsString)>) -> Result<(Values, Option<PathBuf>), ConfigError> {
    let mut values: Values = BTreeMap::new();
    let mut file = None;
    for (name, value) in env {
        let Some(name) = name.to_str().filter(|name| name.starts_with(PREFIX)) else { continue };
        if name == FILE {
            file = Some(PathBuf::from(value)).filter(|path| !path.as_os_str().is_empty());
            continue;
        }
        let setting = Setting::from_key(&name[PREFIX.len()..].to_lowercase());
        match (setting.filter(|setting| setting.to_string() == name), value.into_string()) {
            (Some(setting), Ok(value)) => {
                values.insert(setting, (value, name.to_owned()));
            }
            (Some(setting), Err(_)) => {
                return Err(ConfigError::Value(setting, name.to_owned(), "it has to be text in UTF-8".to_owned()));
            }
            (None, Ok(value)) if is_of_others(name, &value) => {}
            (None, Err(_)) if is_of_others(name, "") => {}
            (None, _) => return Err(ConfigError::Unknown(name.to_owned())),
        }
    }
    Ok((values, file))
}

/// Whether a variable of such a name is set by something else than a person who means a setting.
fn is_of_others(name: &str, value: &str) -> bool {
    OURS.contains(&name) || OURS_BEGIN.iter().any(|begin| name.starts_with(begin)) || is_of_kubernetes(name, value)
}

/// Kubernetes gives each pod variables for the services of its namespace, and Docker for linked containers: those of a
/// service `muster`, `muster-metrics` or the like look like settings.
fn is_of_kubernetes(name: &str, value: &str) -> bool {
    let of_a_service =
        name.ends_with("_SERVICE_HOST") || name.ends_with("_SERVICE_PORT") || name.contains("_SERVICE_PORT_");
    let is_address = value.split_once("://").is_some_and(|(protocol, _)| matches!(protocol, "tcp" | "udp" | "sctp"));
    of_a_service || name.ends_with("_PORT") && is_address || is_of_a_port(name)
}

/// Whether a name is like `MUSTER_PORT_3000_TCP` or `MUSTER_METRICS_PORT_9090_TCP_ADDR`.
fn is_of_a_port(name: &str) -> bool {
    let whole = ["_ADDR", "_PROTO", "_PORT"].iter().find_map(|end| name.strip_suffix(end)).unwrap_or(name);
    ["_TCP", "_UDP", "_SCTP"]
        .iter()
        .find_map(|protocol| whole.strip_suffix(protocol))
        .and_then(|rest| rest.rsplit_once("_PORT_"))
        .is_some_and(|(_, number)| number.parse::<u16>().is_ok())
}

#[cfg(test)]
mod tests {
    use std::os::unix::ffi::OsStringExt as _;

    use super::*;

    fn settings(env: &[(&str, &str)]) -> Result<usize, String> {
        let env = env.iter().map(|(name, value)| (OsString::from(name), OsString::from(value)));
        read(env).map(|(values, _)| values.len()).map_err(|error| error.to_string())
    }

    #[test]
    fn c20_variables_that_others_make_are_left_alone() {
        for (name, value) in [
            ("MUSTER_PORT", "tcp://10.0.0.1:3000"),
            ("MUSTER_SERVICE_HOST", "10.0.0.1"),
            ("MUSTER_SERVICE_PORT", "80"),
            ("MUSTER_SERVICE_PORT_HTTP", "80"),
            ("MUSTER_PORT_3000_TCP", "tcp://10.0.0.1:3000"),
            ("MUSTER_METRICS_SERVICE_HOST", "10.0.0.1"),
            ("MUSTER_METRICS_PORT", "tcp://10.0.0.1:9090"),
            ("MUSTER_METRICS_PORT_9090_TCP_ADDR", "10.0.0.1"),
            ("MUSTER_METRICS_PORT_9090_TCP_PROTO", "tcp"),
            ("MUSTER_METRICS_PORT_9090_TCP_PORT", "9090"),
            ("MUSTER_DNS_PORT_53_UDP", "udp://10.0.0.1:53"),
            ("MUSTER_LISTEN_SERVICE_HOST", "10.0.0.1"),
            ("MUSTER_DELEGATE_DIR", "/state"),
            ("MUSTER_SERVICE", "harness-delegate.service"),
            ("MUSTER_SCRIPT_RUN", "0190"),
            ("MUSTER_URL", "https://muster.example.com"),
            ("MUSTER_API_KEY", "pat.x"),
            ("MUSTER_CONTEXT", "prod"),
            ("MUSTER_TEST_POSTGRES_URL", "postgres://x"),
        ] {
            assert_eq!(settings(&[(name, value)]), Ok(0), "{name}");
        }
    }

    #[test]
    fn c20_a_mistyped_setting_is_named() {
        for (name, value) in [
            ("MUSTER_LISEN", "x"),
            ("MUSTER_listen", "x"),
            ("MUSTER_PORTS", "tcp://10.0.0.1:3000"),
            ("MUSTER_LISTEN_PORT", "3000"),
            ("MUSTER_PORT_X_TCP", "x"),
            ("MUSTER_DELEGATE_DIRS", "/x"),
            ("MUSTER_", "x"),
        ] {
            let error = settings(&[(name, value)]).unwrap_err();
            assert!(error.starts_with(&format!("{name} is not a setting")), "{error}");
        }
    }

    #[test]
    fn c20_bytes_of_others_are_nobodys_business() {
        let latin = || OsString::from_vec(b"caf\xe9".to_vec());
        let name = OsString::from_vec(b"MUSTER_\xe9".to_vec());
        let env = [("OLD".into(), latin()), ("PWD".into(), latin()), (name, "x".into())];
        let (values, file) = read(env).unwrap();
        assert!(values.is_empty() && file.is_none());
        let error = read([("MUSTER_LOG".into(), latin())]).unwrap_err().to_string();
        assert_eq!(error, "MUSTER_LOG (MUSTER_LOG): it has to be text in UTF-8");
    }
}
