//! Settings, as they are written and refused.

use super::*;

fn load(env: &[(&str, &str)], file: &str) -> Result<Config, String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("muster.toml");
    fs::write(&path, file).unwrap();
    let env = env.iter().map(|(name, value)| (OsString::from(name), OsString::from(value)));
    let flags = BTreeMap::from([(Setting::Log, "warn".to_owned())]);
    let error = |error: ConfigError| error.to_string().replace(&path.display().to_string(), "FILE");
    Config::load(&flags, env, Some(&path)).map_err(error)
}

fn file_of(config: &Config) -> &Path {
    match &config.database {
        DatabaseAddress::Sqlite(file) => file,
        DatabaseAddress::Postgres(_) => panic!("it is SQLite"),
    }
}

#[test]
fn a_flag_wins_over_the_environment_and_that_over_the_file() {
    let file = "listen = \"127.0.0.1:1\"\nlog = \"debug\"\ndata_dir = \"/srv/muster\"";
    let env = [("MUSTER_LISTEN", "127.0.0.1:2"), ("MUSTER_LOG", "error"), ("HOME", "/root")];
    let config = load(&env, file).unwrap();
    assert_eq!((config.listen.port(), config.log.as_str()), (2, "warn"));
    assert_eq!(file_of(&config), Path::new("/srv/muster/muster.db"));
    assert_eq!(config.secret_key_file, Path::new("/srv/muster/secret.key"));
}

#[test]
fn what_is_wrong_is_named() {
    for (env, file, message) in [
        (("MUSTER_LISTEN", "3000"), "", "MUSTER_LISTEN (MUSTER_LISTEN): give an IP address"),
        (("X", ""), "listen = \"x\"", "MUSTER_LISTEN (FILE): give an IP address"),
        (("X", ""), "listen = 3000", "MUSTER_LISTEN (FILE): it has to be text"),
        (("X", ""), "lisen = \"x\"", "lisen in FILE is not a setting"),
        (("X", ""), "listen = ", "the settings file FILE is not valid TOML"),
        (("MUSTER_LISEN", "x"), "", "MUSTER_LISEN is not a setting"),
        (("MUSTER_PUBLIC_URL", "muster.example.com"), "", "MUSTER_PUBLIC_URL (MUSTER_PUBLIC_URL): give an address"),
        (("MUSTER_PUBLIC_URL", "https://a.example/b"), "", "MUSTER_PUBLIC_URL (MUSTER_PUBLIC_URL): give an address"),
        (("MUSTER_DELEGATE_IMAGE", "a b"), "", "MUSTER_DELEGATE_IMAGE (MUSTER_DELEGATE_IMAGE): Write an image"),
        (("MUSTER_TRUSTED_PROXIES", "lb"), "", "MUSTER_TRUSTED_PROXIES (MUSTER_TRUSTED_PROXIES): \"lb\" is neither"),
        (
            ("MUSTER_METRICS_LISTEN", "9090"),
            "",
            "MUSTER_METRICS_LISTEN (MUSTER_METRICS_LISTEN): give an IP address and a port, like 127.0.0.1:9090",
        ),
        (
            ("MUSTER_METRICS_LISTEN", "127.0.0.1:3000"),
            "",
            "MUSTER_METRICS_LISTEN (MUSTER_METRICS_LISTEN): MUSTER_LISTEN has that address: give the metrics one",
        ),
        (("MUSTER_MAX_PENDING", "0"), "", "MUSTER_MAX_PENDING (MUSTER_MAX_PENDING): give a whole number from 1"),
        (("MUSTER_AUDIT_DAYS", "0"), "", "MUSTER_AUDIT_DAYS (MUSTER_AUDIT_DAYS): give a number of days"),
        (("MUSTER_DATABASE_URL", "mysql://x"), "", "MUSTER_DATABASE_URL (MUSTER_DATABASE_URL): it begins with"),
        (
            ("MUSTER_PASSWORD_SIGN_IN", "no"),
            "",
            "MUSTER_PASSWORD_SIGN_IN (MUSTER_PASSWORD_SIGN_IN): give true or false",
        ),
        (("MUSTER_PASSWORD_SIGN_IN", "false"), "", "MUSTER_PASSWORD_SIGN_IN is set, but MUSTER_OIDC_ISSUER is not"),
        (("MUSTER_OIDC_LABEL", "x"), "", "MUSTER_OIDC_LABEL is set, but MUSTER_OIDC_ISSUER is not"),
        (
            ("MUSTER_OIDC_ISSUER", "https://id.example.com"),
            "",
            "MUSTER_OIDC_ISSUER is set, but MUSTER_PUBLIC_URL is not",
        ),
        (
            ("MUSTER_ADMIN_EMAIL", "ada@example.com"),
            "",
            "MUSTER_ADMIN_EMAIL is set, but MUSTER_ADMIN_PASSWORD_FILE is not",
        ),
    ] {
        let error = load(&[env], file).unwrap_err();
        assert!(error.starts_with(message), "{error}");
    }
    let flags = BTreeMap::from([(Setting::Log, "x=y=z".to_owned())]);
    let error = Config::load(&flags, [], None).unwrap_err().to_string();
    assert!(error.starts_with("MUSTER_LOG (--log): give a level"), "{error}");
}

#[test]
fn single_sign_on_is_set_as_a_whole() {
    let secret = tempfile::NamedTempFile::new().unwrap();
    fs::write(&secret, "zq-secret\n").unwrap();
    let path = secret.path().to_str().unwrap();
    let whole = [
        ("MUSTER_PUBLIC_URL", "https://muster.example.com"),
        ("MUSTER_OIDC_ISSUER", "https://id.example.com/realms/x"),
        ("MUSTER_OIDC_CLIENT_ID", "muster"),
        ("MUSTER_OIDC_CLIENT_SECRET_FILE", path),
        ("MUSTER_OIDC_ROLES_CLAIM", "realm_access.roles"),
        ("MUSTER_OIDC_ROLES", "ops=VIEWER@platform"),
        ("MUSTER_OIDC_REQUIRE_ROLE", "false"),
    ];
    let config = load(&whole, "").unwrap();
    let settings = config.single_sign_on.as_ref().unwrap();
    assert_eq!(settings.redirect, "https://muster.example.com/login/sso/callback");
    assert_eq!(
        (settings.client_secret.expose(), &settings.scopes[..]),
        ("zq-secret", &["email", "profile"].map(str::to_owned)[..])
    );
    assert!(!settings.requires_role && !settings.links_by_email && config.password_sign_in);
    assert!(!format!("{config:?}").contains("zq-secret"));
    assert!(load(&whole[..4], "").unwrap().single_sign_on.unwrap().requires_role, "nobody comes in by accident");
    for (at, error) in [
        (2, "MUSTER_OIDC_ISSUER is set, but MUSTER_OIDC_CLIENT_ID is not"),
        (3, "MUSTER_OIDC_ISSUER is set, but MUSTER_OIDC_CLIENT_SECRET_FILE is not"),
        (4, "MUSTER_OIDC_ROLES is set, but MUSTER_OIDC_ROLES_CLAIM is not"),
        (5, "MUSTER_OIDC_ROLES_CLAIM is set, but MUSTER_OIDC_ROLES is not"),
    ] {
        let part: Vec<_> = whole.into_iter().enumerate().filter(|(one, _)| *one != at).map(|(_, one)| one).collect();
        assert!(load(&part, "").unwrap_err().starts_with(error), "{error}");
    }
    for (at, value, error) in [
        (1, "http://id.example.com", "give the address of the provider"),
        (1, "id.example.com", "give the address of the provider"),
        (3, "/no/such/file", "the settings file /no/such/file cannot be read"),
        (5, "ops=OWNER", "\"ops=OWNER\" cannot be read"),
        (6, "yes", "give true or false"),
    ] {
        let mut wrong = whole;
        wrong[at].1 = value;
        let told = load(&wrong, "").unwrap_err();
        assert!(told.contains(error), "{told}");
    }
}

#[test]
fn c19_an_empty_setting_is_no_setting() {
    let file = "listen = \"127.0.0.1:1\"\ndata_dir = \"\"\nsecret_key_file = \" \"";
    let names = Setting::ALL.map(|setting| setting.to_string());
    for empty in ["", " ", "\t\n"] {
        let mut env: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), empty)).collect();
        env.push((FILE, ""));
        let config = load(&env, file).unwrap();
        assert_eq!((config.listen.port(), config.log.as_str()), (1, "warn"), "what is set elsewhere stands");
        assert_eq!((config.data_dir.as_path(), config.public_url.as_ref()), (Path::new("muster-data"), None));
        assert_eq!(file_of(&config), Path::new("muster-data/muster.db"));
        assert_eq!(config.secret_key_file, Path::new("muster-data/secret.key"));
        assert!(config.admin.is_none() && config.delegate_image == image::DEFAULT);

        let flags: BTreeMap<_, _> = Setting::ALL.map(|setting| (setting, empty.to_owned())).into();
        let env = [("MUSTER_LISTEN", "127.0.0.1:2"), (FILE, "")].map(|(name, value)| (name.into(), value.into()));
        let config = Config::load(&flags, env, Some(Path::new(""))).unwrap();
        assert_eq!((config.listen.port(), config.log.as_str()), (2, "info"));
    }
}

#[test]
fn c19_white_space_around_a_value_is_not_part_of_it() {
    let env = [("MUSTER_LISTEN", " 127.0.0.1:2\n"), ("MUSTER_DATABASE_URL", "sqlite:/x.db\n")];
    let config = load(&env, "").unwrap();
    assert_eq!((config.listen.port(), file_of(&config)), (2, Path::new("/x.db")));
}

#[test]
fn c22_a_bad_address_names_the_setting_and_where_it_stands() {
    let error = load(&[("MUSTER_DATABASE_URL", "postgres://u:zq#zq@db/muster")], "").unwrap_err();
    assert!(error.starts_with("MUSTER_DATABASE_URL (MUSTER_DATABASE_URL): it is no address"), "{error}");
    assert!(error.contains("percent-encode") && !error.contains("zq"), "{error}");
}

#[test]
fn a_public_url_is_an_origin() {
    let env = [("MUSTER_PUBLIC_URL", "https://muster.example.com/")];
    assert_eq!(load(&env, "").unwrap().public_url.as_deref(), Some("https://muster.example.com"));
}

#[test]
fn c23_a_public_url_is_written_as_browsers_write_it() {
    for (text, origin) in [
        ("http://Muster.lan:8080", "http://muster.lan:8080"),
        ("http://muster.lan:80", "http://muster.lan"),
        ("HTTPS://MUSTER.lan:443/", "https://muster.lan"),
        ("http://[2001:DB8::1]:80", "http://[2001:db8::1]"),
    ] {
        assert_eq!(load(&[("MUSTER_PUBLIC_URL", text)], "").unwrap().public_url.as_deref(), Some(origin));
    }
}
