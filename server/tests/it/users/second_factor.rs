//! The second factor: set up, asked for, lost, reset, required.

use muster::{
    audit::Action,
    id::SecondFactorId,
    time::Timestamp,
    user::{EnrolmentStep, RecoveryCodes},
};
use totp_rs::{Builder, Secret, Totp};

use super::{id_in, opens, reads_link};
use crate::support::{
    Person, Role, StatusCode, TestApp, Value,
    database::{everything_stored, holds},
    json,
    person::PASSWORD,
    seconds,
};

const NEW: &str = "another long password";

/// An authenticator app, and the list of recovery codes beside it.
struct Device {
    totp: Totp,
    recovery: Vec<String>,
}

impl Device {
    fn code(&self, now: Timestamp) -> String {
        self.totp.generate(u64::try_from(now.as_seconds()).unwrap()).to_string()
    }
}

async fn step(person: &Person) -> EnrolmentStep {
    person.ask("second-factor/step", &[]).await
}

async fn begins(person: &Person) -> (String, Totp) {
    person.post("second-factor/begin", &[("current_password", PASSWORD)]).await.ok();
    let EnrolmentStep::Confirm(shown) = step(person).await else { panic!("the secret is shown") };
    let secret = Secret::try_from_base32(shown.secret.replace(' ', "")).unwrap();
    (shown.secret, Builder::new().with_secret(secret).build().unwrap())
}

async fn reveals(person: &Person) -> Option<(SecondFactorId, RecoveryCodes)> {
    person.ask("second-factor/reveal-codes", &[]).await
}

/// Turns the second factor of a person on. The next code is good a step later.
async fn enrols(app: &TestApp, person: &Person) -> Device {
    let (_, totp) = begins(person).await;
    let mut device = Device { totp, recovery: Vec::new() };
    person.post("second-factor/finish", &[("code", &device.code(app.now()))]).await.ok();
    device.recovery = reveals(person).await.expect("the codes are shown").1.0;
    app.advance(seconds(30));
    device
}

async fn gives_password(person: &Person) -> String {
    let form = [("email", person.email.as_str()), ("password", PASSWORD), ("next", "/tokens")];
    person.post("session/sign-in", &form).await.ok().location().to_owned()
}

async fn gives_code(person: &Person, code: &str) -> (StatusCode, Value) {
    person.call("session/give-code", &[("code", code), ("next", "/tokens")]).await
}

async fn is_in(person: &Person) -> bool {
    person.post("session/frame", &[]).await.status == StatusCode::OK
}

fn refused((status, body): &(StatusCode, Value), field: &str) {
    assert_eq!((*status, &body["Problem"]["field"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!(field)), "{body}");
}

async fn it_is_set_up_with_the_password_and_a_code(app: TestApp) {
    let vera = app.person(Role::Viewer).await;
    let elsewhere = vera.with_cookie(None);
    elsewhere.sign_in().await;
    assert_eq!(step(&vera).await, EnrolmentStep::Password);
    refused(&vera.call("second-factor/begin", &[("current_password", "a guess")]).await, "current_password");
    let (secret, totp) = begins(&vera).await;
    let page = vera.page("/second-factor").await.ok();
    assert!(page.text().contains(&secret) && page.text().contains("class=\"qr\""), "{}", page.text());
    assert_eq!(step(&elsewhere).await, EnrolmentStep::Password, "the secret is for the browser that gave the password");
    let plain = [totp.secret().as_bytes().to_vec(), secret.replace(' ', "").into_bytes()];
    let stored = everything_stored(&app).await;
    assert!(plain.iter().all(|secret| !holds(&stored, secret)), "it waits sealed");

    refused(&vera.call("second-factor/finish", &[("code", "000000")]).await, "code");
    assert_eq!(vera.account().await.second_factor, None, "it does not count before a code was seen");
    let device = Device { totp, recovery: Vec::new() };
    let answer = vera.post("second-factor/finish", &[("code", &device.code(app.now()))]).await.ok();
    assert_eq!(answer.location(), "/account/recovery-codes");
    assert!(is_in(&vera).await && !is_in(&elsewhere).await, "other sessions end");
    let (id, codes) = reveals(&vera).await.expect("shown to who made them");
    assert_eq!(codes.0.len(), 10);
    let page = vera.page("/account/recovery-codes").await.ok();
    assert!(codes.0.iter().all(|code| page.text().contains(code)));
    vera.post("second-factor/forget-codes", &[("id", &id.to_string())]).await.ok();
    assert_eq!(reveals(&vera).await, None);
    let stored = everything_stored(&app).await;
    assert!(plain.iter().all(|secret| !holds(&stored, secret)));
    assert!(codes.0.iter().all(|code| !holds(&stored, code.as_bytes())));
    assert_eq!(vera.account().await.second_factor.map(|factor| factor.recovery_codes), Some(10));
    for again in [("second-factor/begin", ("current_password", PASSWORD)), ("second-factor/finish", ("code", "000000"))]
    {
        assert!(!vera.post(again.0, &[again.1]).await.status.is_success(), "{}", again.0);
    }
    assert_eq!(app.audit_of(Action::SecondFactorEnabled).await.len(), 1);
}

async fn a_code_is_asked_for_after_the_password_and_works_once(app: TestApp) {
    let vera = app.person(Role::Viewer).await;
    let device = enrols(&app, &vera).await;
    let [browser, other] = [vera.with_cookie(None), vera.with_cookie(None)];
    for (who, path, to) in [(&browser, "/login/code", "/login"), (&vera, "/login/code", "/")] {
        assert_eq!(who.page(path).await.location(), to, "the page is for who has just given the password");
    }
    refused(&gives_code(&browser, &device.code(app.now())).await, "");
    refused(&browser.call("session/sign-in", &[("email", &vera.email), ("password", "a guess")]).await, "");
    assert_eq!(gives_password(&browser).await, "/login/code?next=%2Ftokens");
    assert!(!is_in(&browser).await && browser.cookie_named("muster_device").is_none());
    assert!(browser.page("/login/code?next=%2Ftokens").await.ok().text().contains("Enter your code"));
    assert!(browser.page("/tokens").await.location().starts_with("/login?next="));

    refused(&gives_code(&browser, "000000").await, "code");
    gives_password(&other).await;
    let code = device.code(app.now());
    let answer = browser.post("session/give-code", &[("code", &code), ("next", "/tokens")]).await.ok();
    assert_eq!(answer.location(), "/tokens");
    assert!(is_in(&browser).await);
    refused(&gives_code(&other, &code).await, "code");
    let recovery = device.recovery[3].to_lowercase().replace('-', " ");
    assert_eq!(gives_code(&other, &recovery).await.0, StatusCode::OK);
    gives_password(&browser).await;
    refused(&gives_code(&browser, &recovery).await, "code");
    assert!(!is_in(&browser).await, "who begins anew is out");
    assert_eq!(vera.account().await.second_factor.map(|factor| factor.recovery_codes), Some(9));

    let signed_in = app.audit_of(Action::SignedIn).await;
    let facts: Vec<_> = signed_in.iter().skip(1).map(|entry| entry.detail.as_str()).collect();
    assert_eq!(facts, ["second factor authenticator app", "second factor recovery code, 9 left"]);
    let failed = app.audit_of(Action::SignInFailed).await;
    assert!(failed.iter().any(|entry| entry.detail.contains("the code is wrong")), "{failed:?}");
}

async fn of_two_with_one_code_one_comes_in(app: TestApp) {
    let vera = app.person(Role::Viewer).await;
    let device = enrols(&app, &vera).await;
    for code in [device.code(app.now()), device.recovery[0].clone()] {
        let [one, other] = [vera.with_cookie(None), vera.with_cookie(None)];
        gives_password(&one).await;
        gives_password(&other).await;
        let (first, second) = tokio::join!(gives_code(&one, &code), gives_code(&other, &code));
        let mut statuses = [first.0, second.0];
        statuses.sort();
        assert_eq!(statuses, [StatusCode::OK, StatusCode::UNPROCESSABLE_ENTITY]);
    }
}

async fn what_was_given_before_the_code_does_not_count_for_ever(app: TestApp) {
    let (admin, vera) = (app.administrator().await, app.person(Role::Viewer).await);
    let device = enrols(&app, &vera).await;
    let browser = vera.with_cookie(None);
    gives_password(&browser).await;
    app.advance(seconds(10 * 60));
    refused(&gives_code(&browser, &device.code(app.now())).await, "");

    // A new password, by a link: it does not take the place of the second factor.
    gives_password(&browser).await;
    let answer = admin.post("users/reset-password", &[("id", &vera.id().await)]).await.ok();
    let path = reads_link(&admin, &id_in(answer.location())).await;
    let by_link = app.nobody();
    opens(&by_link, &path).await;
    let form = [("email", vera.email.as_str()), ("password", NEW)];
    assert_eq!(by_link.post("invitation/accept", &form).await.ok().location(), "/login/code");
    assert!(!is_in(&by_link).await);
    refused(&gives_code(&browser, &device.code(app.now())).await, "");
    assert_eq!(gives_code(&by_link, &device.code(app.now())).await.0, StatusCode::OK);
    assert!(is_in(&by_link).await);

    // Who is disabled meanwhile.
    let form = [("email", vera.email.as_str()), ("password", NEW)];
    browser.post("session/sign-in", &form).await.ok();
    admin
        .post("users/disable", &[("id", &admin.row_of(&vera.email).await.unwrap().user.id.to_string()), ("back", "")])
        .await
        .ok();
    app.advance(seconds(30));
    refused(&gives_code(&browser, &device.code(app.now())).await, "");
}

async fn codes_cannot_be_tried_without_end(app: TestApp) {
    let vera = app.person(Role::Viewer).await;
    let device = enrols(&app, &vera).await;
    let mut tries = 0;
    // From many addresses, each with the password.
    loop {
        let mut stranger = app.nobody();
        stranger.email = vera.email.clone();
        gives_password(&stranger).await;
        tries += 1;
        let (status, body) = gives_code(&stranger, "000000").await;
        if status == StatusCode::TOO_MANY_REQUESTS {
            assert!(body["TooMany"].as_u64().is_some_and(|wait| (1..=60).contains(&wait)), "{body}");
            assert_eq!(gives_code(&stranger, &device.code(app.now())).await.0, StatusCode::TOO_MANY_REQUESTS);
            break;
        }
        assert!(tries < 50, "codes could be tried");
    }
    vera.loses_its_session();
    gives_password(&vera).await;
    assert_eq!(gives_code(&vera, &device.code(app.now())).await.0, StatusCode::OK, "her own browser is let try");
}

async fn its_owner_turns_it_off_and_makes_new_codes(app: TestApp) {
    let vera = app.person(Role::Viewer).await;
    let device = enrols(&app, &vera).await;
    let form = |password, code: &str| {
        [("current_password", password), ("code", code)].map(|(k, v): (_, &str)| (k, v.to_owned()))
    };
    let call = async |endpoint, password: &'static str, code: &str| {
        let form = form(password, code);
        vera.call(endpoint, &form.each_ref().map(|(name, value)| (*name, value.as_str()))).await
    };
    for endpoint in ["second-factor/renew-codes", "second-factor/turn-off"] {
        refused(&call(endpoint, "a guess", &device.code(app.now())).await, "current_password");
        refused(&call(endpoint, PASSWORD, "000000").await, "code");
    }
    assert_eq!(call("second-factor/renew-codes", PASSWORD, &device.code(app.now())).await.0, StatusCode::OK);
    let (_, codes) = reveals(&vera).await.unwrap();
    refused(&call("second-factor/turn-off", PASSWORD, &device.recovery[0]).await, "code");
    assert_eq!(call("second-factor/turn-off", PASSWORD, &codes.0[0]).await.0, StatusCode::OK);
    assert_eq!(reveals(&vera).await, None);
    assert_eq!(vera.account().await.second_factor, None);
    assert_eq!(gives_password(&vera.with_cookie(None)).await, "/tokens");
    for action in [Action::RecoveryCodesRenewed, Action::SecondFactorDisabled] {
        assert_eq!(app.audit_of(action).await.len(), 1, "{action:?}");
    }
    // It can be set up again.
    enrols(&app, &vera).await;
}

async fn an_administrator_resets_it_for_who_has_lost_it(app: TestApp) {
    let (admin, vera) = (app.administrator().await, app.person(Role::Viewer).await);
    let form = [("id", &*vera.id().await), ("back", "")];
    assert_eq!(admin.post("users/reset-second-factor", &form).await.status, StatusCode::CONFLICT);
    enrols(&app, &vera).await;
    assert!(admin.row_of(&vera.email).await.unwrap().user.second_factor_since.is_some());
    assert!(admin.page("/users").await.ok().text().contains("second factor on"));
    admin.post("users/reset-second-factor", &form).await.ok();
    assert!(!is_in(&vera).await);
    assert_eq!(gives_password(&vera).await, "/tokens");
    assert!(is_in(&vera).await);
    let reset = app.audit_of(Action::SecondFactorReset).await;
    assert_eq!((reset.len(), reset[0].actor_name.as_str()), (1, admin.email.as_str()));
}

async fn an_installation_can_ask_everybody_for_one(app: TestApp) {
    let vera = app.person(Role::Viewer).await;
    app.restart_with(|config| config.require_second_factor = true).await;
    for path in ["/", "/tokens", "/account", "/login"] {
        assert_eq!(vera.page(path).await.location(), "/second-factor", "{path}");
    }
    for endpoint in ["session/frame", "delegates/list", "account/get", "api-keys/list"] {
        let form = [("filter[search]", ""), ("filter[cursor]", "First"), ("name", "x")];
        let (status, body) = vera.call(endpoint, &form).await;
        assert_eq!(
            (status, &body["Problem"]["code"]),
            (StatusCode::CONFLICT, &json!("WRONG_STATE")),
            "{endpoint} {body}"
        );
    }
    assert_eq!(vera.page("/api/events").await.status, StatusCode::UNAUTHORIZED);
    assert!(vera.page("/second-factor").await.ok().text().contains("Set up a second factor"));
    enrols(&app, &vera).await;
    assert!(is_in(&vera).await);
    vera.page("/tokens").await.ok();
    vera.post("session/sign-out", &[]).await.ok();
}

on_both_databases!(
    it_is_set_up_with_the_password_and_a_code,
    a_code_is_asked_for_after_the_password_and_works_once,
    of_two_with_one_code_one_comes_in,
    what_was_given_before_the_code_does_not_count_for_ever,
    codes_cannot_be_tried_without_end,
    its_owner_turns_it_off_and_makes_new_codes,
    an_administrator_resets_it_for_who_has_lost_it,
    an_installation_can_ask_everybody_for_one,
);
