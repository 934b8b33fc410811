//! Settings as install files write them, and every way to get them wrong.

use std::{collections::BTreeMap, fs};

use super::*;

const HEX: &str = "30313233343536373839616263646566";
const BASE64: &str = "MzAzMTMyMzMzNDM1MzYzNzM4Mzk2MTYyNjM2NDY1NjY=";
const OTHER: &str = "ffffffffffffffffffffffffffffffff";
const GOOD: [(&str, &str); 3] =
    [("ACCOUNT_ID", "acc"), ("DELEGATE_TOKEN", HEX), ("MANAGER_HOST_AND_PORT", "https://muster.example.com")];

fn token() -> TokenValue {
    TokenValue::from_bytes(*b"0123456789abcdef")
}

/// Loads from the three that have to be set and these, of which the last of a name wins.
fn env(more: &[(&str, &str)]) -> Result<Settings, SettingsError> {
    let all: BTreeMap<_, _> = GOOD.iter().chain(more).copied().collect();
    Settings::load(None, |name| all.get(name).map(ToString::to_string))
}

/// Loads from a config file and this environment.
fn file(text: &str, env: &[(&str, &str)]) -> Result<Settings, SettingsError> {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("config-delegate.yml");
    fs::write(&path, text).unwrap();
    let env: BTreeMap<_, _> = env.iter().copied().collect();
    Settings::load(Some(&path), |name| env.get(name).map(ToString::to_string))
}

fn yaml(more: &str) -> String {
    format!("accountId: acc\ndelegateToken: {HEX}\nmanagerUrl: https://muster.example.com\n{more}\n")
}

#[test]
fn three_settings_do() {
    for settings in [env(&[]).unwrap(), file(&yaml(""), &[]).unwrap()] {
        assert_eq!((settings.account.as_str(), &settings.token), ("acc", &token()));
        assert_eq!(settings.manager.as_str(), "https://muster.example.com/");
        assert_eq!((settings.kind.as_str(), settings.heartbeat), ("SHELL_SCRIPT", Duration::from_secs(10)));
        assert_eq!(settings.name.as_str(), settings.host.as_str());
        assert!(settings.polls && settings.proxy.is_none() && settings.profile.is_empty());
    }
}

#[test]
fn everything_can_be_set_in_the_file_or_in_the_environment() {
    let from_file = file(
        &yaml(
            "delegateName: edge-1\ndelegateType: DOCKER\ndelegateProfile: Primary\ndelegateTags: [a, b]\n\
             description: for tests\nheartbeatIntervalMs: 1000\nlocalDiskPath: /var/lib/x\npollForTasks: false\n\
             nextGen: true\ninitScript: |\n  a\n  b\n",
        ),
        &[],
    );
    let from_env = env(&[
        ("DELEGATE_NAME", "edge-1"),
        ("DELEGATE_TYPE", "DOCKER"),
        ("DELEGATE_PROFILE", "Primary"),
        ("DELEGATE_TAGS", "a, b"),
        ("DELEGATE_DESCRIPTION", "for tests"),
        ("POLL_FOR_TASKS", "FALSE"),
        ("MUSTER_DELEGATE_DIR", "/var/lib/x"),
        ("NEXT_GEN", "true"),
        ("INIT_SCRIPT", "a\nb\n"),
    ]);
    for settings in [from_file.as_ref().unwrap(), from_env.as_ref().unwrap()] {
        assert_eq!((settings.name.as_str(), settings.kind.as_str()), ("edge-1", "DOCKER"));
        assert_eq!((settings.profile.as_str(), settings.description.as_str()), ("Primary", "for tests"));
        assert_eq!((settings.tags.to_string().as_str(), settings.polls), ("a, b", false));
        let script = settings.init_script.as_ref().map(InitScript::expose);
        assert_eq!((settings.next_gen, script), (true, Some("a\nb\n")));
        assert_eq!((settings.directory.as_path(), &settings.fallback), (Path::new("/var/lib/x"), &None));
    }
    assert_eq!(from_file.unwrap().heartbeat, Duration::from_secs(1));
}

#[test]
fn the_script_of_the_environment_is_never_printed() {
    let settings = env(&[("INIT_SCRIPT", "export KEY=canary")]).unwrap();
    assert!(settings.init_script.is_some() && !format!("{settings:?}").contains("canary"));
    assert_eq!(env(&[("INIT_SCRIPT", " \n")]).unwrap().init_script, None);
}

#[test]
fn d34_an_init_script_is_read_as_interpreters_read_it() {
    let settings = env(&[("INIT_SCRIPT", "\u{feff}\r\n#!/bin/sh\r\nexit 0\r\n")]).unwrap();
    assert_eq!(settings.init_script.unwrap().expose(), "#!/bin/sh\nexit 0\n");
}

#[test]
fn a_group_name_names_the_delegate_where_nothing_else_does() {
    let name = |more: &[(&str, &str)]| env(more).unwrap().name.to_string();
    assert_eq!(name(&[("DELEGATE_GROUP_NAME", "ecs-1")]), "ecs-1");
    assert_eq!(name(&[("DELEGATE_GROUP_NAME", "ecs-1"), ("DELEGATE_NAME", "")]), "ecs-1");
    assert_eq!(name(&[("DELEGATE_GROUP_NAME", "ecs-1"), ("DELEGATE_NAME", "edge-1")]), "edge-1");
    let wrong = env(&[("DELEGATE_GROUP_NAME", "zq\u{7}")]).unwrap_err().to_string();
    assert!(wrong.starts_with("DELEGATE_GROUP_NAME is wrong") && !wrong.contains("zq"), "{wrong}");
}

#[test]
fn the_state_lies_where_it_is_told_else_here_else_at_home() {
    let home = ("HOME", "/home/x");
    let place = |settings: Settings| (settings.directory, settings.fallback);
    let at_home = Some(PathBuf::from("/home/x/.muster-delegate"));
    assert_eq!(place(env(&[home]).unwrap()), (".".into(), at_home));
    for more in [&[][..], &[("HOME", "")], &[("HOME", "relative")]] {
        assert_eq!(place(env(more).unwrap()), (".".into(), None));
    }
    assert_eq!(place(env(&[home, ("MUSTER_DELEGATE_DIR", "/state")]).unwrap()), ("/state".into(), None));
    let beside = file(&yaml(""), &[home]).unwrap();
    assert!(beside.directory.is_absolute() && beside.fallback.is_none(), "beside the file");
}

#[test]
fn probes_are_answered_where_next_generation_containers_run() {
    let port = |more: &[(&str, &str)]| env(more).unwrap().health_port;
    let (next, docker) = (("NEXT_GEN", "true"), ("DELEGATE_TYPE", "DOCKER"));
    assert_eq!(port(&[next, docker]), Some(3460));
    assert_eq!(port(&[next, ("DELEGATE_TYPE", "HELM_DELEGATE")]), Some(3460));
    for more in
        [&[next][..], &[docker], &[next, ("DELEGATE_TYPE", "SHELL_SCRIPT")], &[next, docker, ("HEALTH_PORT", "0")]]
    {
        assert_eq!(port(more), None, "{more:?}");
    }
    assert_eq!(port(&[next, docker, ("HEALTH_PORT", "8080")]), Some(8080));
    assert_eq!(port(&[("HEALTH_PORT", "8080")]), Some(8080));
}

#[test]
fn what_is_meant_for_other_programs_is_left_alone() {
    let others = [
        ("DEPLOY_MODE", "KUBERNETES"),
        ("DELEGATE_CHECK_LOCATION", "delegate.txt"),
        ("CLUSTER_NAME", "zq\u{7}"),
        ("WATCHER_STORAGE_URL", "::"),
    ];
    let (with, without) = (env(&others).unwrap(), env(&[]).unwrap());
    assert_eq!(format!("{with:?}"), format!("{without:?}"));
}

#[test]
fn the_new_name_of_the_token_wins_and_the_file_wins_over_the_environment() {
    let rest = "accountId: acc\nmanagerUrl: http://m\n";
    for (settings, who) in [
        (env(&[("ACCOUNT_SECRET", OTHER)]), "environment, both"),
        (env(&[("DELEGATE_TOKEN", ""), ("ACCOUNT_SECRET", HEX)]), "environment, old alone"),
        (env(&[("DELEGATE_TOKEN", BASE64)]), "base64"),
        (file(&format!("{rest}accountSecret: {OTHER}\ndelegateToken: {HEX}"), &[]), "file, both"),
        (file(&format!("{rest}accountSecret: {HEX}"), &[("DELEGATE_TOKEN", OTHER)]), "file before environment"),
        (file(rest, &[("DELEGATE_TOKEN", HEX)]), "environment beside a file"),
    ] {
        assert_eq!(settings.unwrap().token, token(), "{who}");
    }
}

#[test]
fn what_is_missing_is_named_in_both_spellings() {
    for (name, says) in [
        ("ACCOUNT_ID", "accountId (ACCOUNT_ID) is missing"),
        ("DELEGATE_TOKEN", "delegateToken (DELEGATE_TOKEN) is missing"),
        ("MANAGER_HOST_AND_PORT", "managerUrl (MANAGER_HOST_AND_PORT) is missing"),
    ] {
        assert_eq!(env(&[(name, " ")]).unwrap_err().to_string(), says);
    }
}

#[test]
fn what_is_wrong_is_named_and_never_repeated() {
    let long = "zq".repeat(600);
    for (name, value, begins) in [
        ("ACCOUNT_ID", "zq\nzq", "accountId (ACCOUNT_ID) is wrong"),
        ("DELEGATE_TOKEN", "zqzqzq", "delegateToken (DELEGATE_TOKEN) is wrong"),
        ("MANAGER_HOST_AND_PORT", "zq.example.com:443", "managerUrl (MANAGER_HOST_AND_PORT) is wrong"),
        ("MANAGER_HOST_AND_PORT", "ftp://zq", "managerUrl (MANAGER_HOST_AND_PORT) is wrong"),
        ("MANAGER_HOST_AND_PORT", "https://u:zq@m", "managerUrl (MANAGER_HOST_AND_PORT) is wrong"),
        ("MANAGER_HOST_AND_PORT", "https://m?zq", "managerUrl (MANAGER_HOST_AND_PORT) is wrong"),
        ("DELEGATE_NAME", "zq\u{7}", "delegateName (DELEGATE_NAME) is wrong"),
        ("DELEGATE_TYPE", "zq\u{7}", "delegateType (DELEGATE_TYPE) is wrong"),
        ("DELEGATE_PROFILE", &long, "delegateProfile (DELEGATE_PROFILE) is wrong"),
        ("DELEGATE_TAGS", &long, "delegateTags (DELEGATE_TAGS) is wrong"),
        ("DELEGATE_DESCRIPTION", &long, "description (DELEGATE_DESCRIPTION) is wrong"),
        ("POLL_FOR_TASKS", "zq", "pollForTasks (POLL_FOR_TASKS) is wrong"),
        ("NEXT_GEN", "zq", "nextGen (NEXT_GEN) is wrong"),
        ("HEALTH_PORT", "zq", "HEALTH_PORT is wrong"),
        ("HEALTH_PORT", "65536", "HEALTH_PORT is wrong"),
    ] {
        let error = env(&[(name, value)]).unwrap_err().to_string();
        assert!(error.starts_with(begins) && !error.contains("zq"), "{error}");
    }
    let old = env(&[("DELEGATE_TOKEN", ""), ("ACCOUNT_SECRET", "zq")]).unwrap_err().to_string();
    assert!(old.starts_with("accountSecret (ACCOUNT_SECRET) is wrong"), "{old}");
    for interval in ["999", "600001", "-1", "zq"] {
        let error = file(&yaml(&format!("heartbeatIntervalMs: {interval}")), &[]).unwrap_err().to_string();
        assert_eq!(error, "heartbeatIntervalMs is wrong: Write milliseconds, from 1000 to 600000.");
    }
}

#[test]
fn a_file_that_cannot_be_read_is_named() {
    let missing = Settings::load(Some(Path::new("/nowhere/config-delegate.yml")), |_| None).unwrap_err();
    assert!(missing.to_string().starts_with("/nowhere/config-delegate.yml cannot be read: "), "{missing}");
    let malformed = file(&yaml("\tdelegateToken: zq"), &[]).unwrap_err().to_string();
    assert!(
        malformed.contains("config-delegate.yml is not right in line ") && !malformed.contains("zq"),
        "{malformed}"
    );
}

#[test]
fn both_endings_of_the_file_are_found_and_paths_start_beside_it() {
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("config-delegate.yaml"), yaml("localDiskPath: state\nvideo: 1")).unwrap();
    let settings = Settings::load(Some(&directory.path().join("config-delegate.yml")), |_| None).unwrap();
    assert_eq!(settings.directory, directory.path().join("state"));
}

#[test]
fn the_managers_address_may_have_a_prefix_and_slashes() {
    for (text, url) in [
        ("http://m:8080/", "http://m:8080/"),
        (" https://m/prefix// ", "https://m/prefix"),
        ("https://[2001:db8::1]:9", "https://[2001:db8::1]:9/"),
    ] {
        assert_eq!(env(&[("MANAGER_HOST_AND_PORT", text)]).unwrap().manager.as_str(), url);
    }
}

/// User and password, as a proxy would read them.
fn login(proxy: &Proxy) -> String {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    let header = proxy.authorization().unwrap();
    assert!(header.is_sensitive());
    let encoded = header.to_str().unwrap().strip_prefix("Basic ").unwrap();
    String::from_utf8(STANDARD.decode(encoded).unwrap()).unwrap()
}

#[test]
fn c26_user_and_password_of_a_proxy_are_taken_as_they_are() {
    let (user, password) = ("CORP\\ada", "50%25off%40x#/?@:");
    let more = [("PROXY_HOST", "proxy"), ("PROXY_USER", user), ("PROXY_PASSWORD", password)];
    assert_eq!(login(&env(&more).unwrap().proxy.unwrap()), format!("{user}:{password}"));
    let ends = [("PROXY_HOST", "proxy"), ("PROXY_USER", "ada\n"), ("PROXY_PASSWORD", " p ä \r\n")];
    assert_eq!(login(&env(&ends).unwrap().proxy.unwrap()), "ada: p ä ");
    let encoded = "proxyUrl: 'http://CORP%5Cada:50%2525off%2540x%23%2F%3F%40%3A@proxy:3128'";
    let proxy = file(&yaml(encoded), &[]).unwrap().proxy.unwrap();
    assert_eq!(
        (login(&proxy).as_str(), proxy.expose().as_str()),
        (&*format!("{user}:{password}"), "http://proxy:3128/")
    );
    assert_eq!(env(&[("PROXY_HOST", "proxy")]).unwrap().proxy.unwrap().authorization(), None);
    for url in ["http://u:50%off@zq", "http://u:zq#x@p", "http://u:zq/x@p", "http://u:1?zq@p", "http://u:zq@p/path"] {
        let error = file(&yaml(&format!("proxyUrl: '{url}'")), &[]).unwrap_err().to_string();
        assert!(error.starts_with("proxyUrl is wrong: ") && error.contains("percent-encoded"), "{error}");
        assert!(!error.contains("zq"), "{error}");
    }
}

#[test]
fn c26_exceptions_are_looked_at_only_where_there_is_a_proxy() {
    assert_eq!(env(&[("NO_PROXY", "10.*,<local>")]).unwrap().proxy, None);
    let error = env(&[("PROXY_HOST", "proxy"), ("NO_PROXY", "a, 10.*")]).unwrap_err().to_string();
    assert!(error.starts_with("noProxy (NO_PROXY) is wrong: Entry 2 is not understood"), "{error}");
}

#[test]
fn c19_an_empty_setting_is_no_setting() {
    let names: Vec<_> = KEYS.iter().chain(&proxy::KEYS).collect();
    for empty in ["", " ", "\t\n"] {
        let all: Vec<_> = names.iter().filter_map(|key| key.env).map(|name| (name, empty)).collect();
        let some = |name: &&(&str, &str)| GOOD.iter().all(|(good, _)| *good != name.0);
        let rest: Vec<_> = all.iter().filter(some).copied().collect();
        assert_eq!(format!("{:?}", env(&rest).unwrap()), format!("{:?}", env(&[]).unwrap()));
        let lines: Vec<String> =
            names.iter().filter_map(|key| key.file).map(|name| format!("{name}: {empty:?}")).collect();
        assert_eq!(file(&lines.join("\n"), &GOOD).unwrap().account, "acc", "the environment's stands");
    }
    let all: BTreeMap<_, _> = GOOD.into();
    assert!(Settings::load(Some(Path::new("")), |name| all.get(name).map(ToString::to_string)).is_ok());
}

#[test]
fn c27_a_token_that_was_pasted_untidily_is_taken() {
    for untidy in [format!("'{HEX}'"), BASE64.trim_end_matches('=').to_owned(), format!("\u{a0}{HEX}")] {
        assert_eq!(env(&[("DELEGATE_TOKEN", &untidy)]).unwrap().token, token(), "{untidy}");
    }
    let folded =
        format!("accountId: acc\nmanagerUrl: http://m\ndelegateToken: >\n  {}\n  {}\n", &BASE64[..20], &BASE64[20..]);
    assert_eq!(file(&folded, &[]).unwrap().token, token());
    let error = env(&[("DELEGATE_TOKEN", &HEX[1..])]).unwrap_err().to_string();
    assert!(error.contains("delegateToken (DELEGATE_TOKEN) is wrong") && error.contains("31 characters"), "{error}");
}

#[test]
fn a_proxy_comes_from_the_file_or_the_environment_and_hides_its_password() {
    let from_env = [
        ("PROXY_HOST", "proxy"),
        ("PROXY_PORT", "3128"),
        ("PROXY_SCHEME", "HTTP"),
        ("PROXY_USER", "u@x"),
        ("PROXY_PASSWORD", "p:w/zq"),
        ("NO_PROXY", "a,b"),
    ];
    let settings = env(&from_env).unwrap();
    let proxy = settings.proxy.clone().unwrap();
    assert_eq!((proxy.expose().as_str(), proxy.no_proxy()), ("http://proxy:3128/", "a,b"));
    assert_eq!(login(&proxy), "u@x:p:w/zq");
    let printed = format!("{settings:?}");
    assert!(printed.contains("http://proxy:3128") && !printed.contains("zq") && !printed.contains(HEX), "{printed}");

    let text = yaml("proxyUrl: https://u:zq@other:8443\nnoProxy: c");
    let proxy = file(&text, &from_env).unwrap().proxy.unwrap();
    assert_eq!((proxy.expose().host_str(), proxy.no_proxy()), (Some("other"), "c"));
    assert_eq!(login(&proxy), "u:zq");

    let off = [&from_env[..], &[("PROXY_MANAGER", "false")]].concat();
    assert_eq!(env(&off).unwrap().proxy, None);
    assert_eq!(env(&[("PROXY_HOST", ""), ("PROXY_PORT", "")]).unwrap().proxy, None);
}

#[test]
fn a_wrong_proxy_is_named_and_never_repeated() {
    for (name, value) in [
        ("PROXY_HOST", "http://zq"),
        ("PROXY_HOST", "zq:3128"),
        ("PROXY_PORT", "zq"),
        ("PROXY_PORT", "0"),
        ("PROXY_SCHEME", "socks5"),
        ("PROXY_MANAGER", "zq"),
    ] {
        let error = env(&[("PROXY_HOST", "proxy"), (name, value)]).unwrap_err().to_string();
        assert!(error.starts_with(&format!("{name} is wrong: ")) && !error.contains("zq"), "{error}");
    }
    let error = file(&yaml("proxyUrl: socks5://u:zq@p"), &[]).unwrap_err().to_string();
    assert!(error.starts_with("proxyUrl is wrong: ") && !error.contains("zq"), "{error}");
}

#[test]
fn a02_a_seed_makes_another_key_on_each_host_and_is_not_printed() {
    let text = "c2VlZC1zZWVkLXNlZWQtc2VlZC1zZWVkLXNlZWQtc2U";
    let (seed, host) = (KeySeed::parse(text).unwrap(), |name: &str| HostName::parse(name).unwrap());
    assert_eq!(seed.key_on(&host("edge-0")), KeySeed::parse(text).unwrap().key_on(&host("edge-0")));
    assert_ne!(seed.key_on(&host("edge-0")), seed.key_on(&host("edge-1")));
    assert_eq!(format!("{seed:?}"), "[redacted]");
    for bad in ["", "short", "with blanks in it, which no base64url has, at all"] {
        let error = KeySeed::parse(bad).unwrap_err().to_string();
        assert!(bad.is_empty() || !error.contains(bad), "{error}");
    }
}
