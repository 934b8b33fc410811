//! Whatever a script writes, no secret is kept or shown.

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use muster_server::db::entity::{install_link, script_log, script_run};
use sea_orm::{EntityTrait as _, PaginatorTrait as _};

use super::{Runner, run};
use crate::support::{
    Role, StatusCode, TestApp,
    database::{everything_stored, holds},
    days,
    log::logged_while,
};

const CANARY: &str = "c4nary/~Wert?<7>";

fn hex(text: &str) -> String {
    text.bytes().map(|byte| format!("{byte:02x}")).collect()
}

async fn values_are_masked_wherever_reports_are_cut(app: TestApp) {
    let admin = app.administrator().await;
    admin.new_secret("one", CANARY).await;
    admin.new_secret("many", "-----BEGIN-----\nMIIEpAIBAAKCAQEA\n-----END-----").await;
    let runner = Runner::new(&app, "echo ${secrets.getValue(\"one\")}\n").await;
    let text = format!("x={CANARY}\n{}\n", hex(CANARY));
    for cut in 0..=text.len() {
        let (head, tail) = text.split_at(cut);
        runner.reports(&run(1), &runner.output(0, head).await).await.ok();
        let shown = runner.shown().await.log;
        assert!("x=***\n***\n".starts_with(shown.as_str()), "{head} became {shown}");
        runner.reports(&run(1), &runner.end(cut, tail, "EXITED", Some(0)).await).await.ok();
        assert_eq!(runner.shown().await.log, "x=***\n***\n", "{head}|{tail}");
        let change = app.state().db.write().await.unwrap();
        script_run::Entity::delete_many().exec(&*change).await.unwrap();
        change.commit().await.unwrap();
    }
    let encoded = STANDARD.encode(format!("{}{CANARY}", "x".repeat(50)));
    let (first, second) = encoded.split_at(76);
    for (number, (text, masked)) in [
        (format!("<{}>", STANDARD.encode(CANARY)), "<***==>"),
        (format!("{} .", STANDARD.encode(format!("user:{CANARY}"))), "dXNlcj*** ."),
        (format!("{first}\n{second}\n"), &*format!("{}***\n", &encoded[..66])),
        ("key:\n  MIIEpAIBAAKCAQEA\n  done.".to_owned(), "key:\n  ***\n  done."),
        ("{\"x\":\"c4nary\\/~Wert?\\u003c7>\"}".to_owned(), "{\"x\":\"***\"}"),
    ]
    .into_iter()
    .enumerate()
    {
        let letters: Vec<String> = text.chars().map(String::from).collect();
        let letters: Vec<&str> = letters.iter().map(String::as_str).collect();
        let id = run(10 + number as u128);
        runner.runs(&id, &letters).await;
        assert_eq!(runner.file(&id).await.text(), masked, "{text}");
    }
}

async fn what_is_lost_tears_no_value_open(app: TestApp) {
    let admin = app.administrator().await;
    admin.new_secret("one", CANARY).await;
    let runner = Runner::new(&app, "echo ${secrets.getValue(\"one\")}\n").await;
    runner.reports(&run(1), &runner.output(0, &format!("a {}", &CANARY[..9])).await).await.ok();
    runner.reports(&run(1), &runner.output(100, &format!("{} b {}", &CANARY[7..], &CANARY[..15])).await).await.ok();
    runner.reports(&run(1), &runner.end(1000, "", "INTERRUPTED", None).await).await.ok();
    let log = "a ***\n[… 89 bytes were lost …]\n*** b ***\n[… 873 bytes were lost …]\n";
    assert_eq!(runner.shown().await.log, log);
}

async fn what_a_value_was_is_still_masked(app: TestApp) {
    let admin = app.administrator().await;
    let one = admin.new_secret("one", "first-value").await;
    let two = admin.new_secret("two", "other-value").await;
    let runner = Runner::new(&app, "true\n").await;
    let text = "first-value other-value new-value-of-one.\n";
    runner.runs(&run(1), &[text]).await;
    assert_eq!(runner.shown().await.log, "*** *** new-value-of-one.\n");
    // What runs now was handed out before.
    runner.reports(&run(2), &runner.output(0, "first-").await).await.ok();
    admin.replaces_secret(&one, "new-value-of-one").await.ok();
    admin.acts("secrets/delete", &two).await.ok();
    runner.reports(&run(2), &runner.end(6, &text[6..], "EXITED", Some(0)).await).await.ok();
    assert_eq!(runner.shown().await.log, "*** *** ***.\n");
    app.advance(days(6));
    runner.admin.sign_in().await;
    runner.runs(&run(3), &[text]).await;
    assert_eq!(runner.shown().await.log, "*** *** ***.\n");
    // No session lasts so long.
    let report = runner.end(0, text, "EXITED", Some(0)).await;
    app.advance(days(2));
    runner.reports(&run(4), &report).await.ok();
    let pieces = script_log::Entity::find().all(app.state().db.read()).await.unwrap();
    let piece = pieces.into_iter().find(|row| row.run_id.to_string() == run(4)).unwrap().piece;
    assert_eq!(piece, "first-value other-value ***.\n", "nothing runs for so long, either");
}

async fn a_delegates_own_token_is_masked(app: TestApp) {
    let runner = Runner::new(&app, "env\n").await;
    let token = runner.admin.rotates_token(&runner.token, "another").await;
    let other = runner.client.holding(&token.value);
    let value = token.value.expose();
    let text = format!("DELEGATE_TOKEN={}\n{} {}!\n", *value, value.to_uppercase(), STANDARD.encode(value.as_bytes()));
    let report = runner.end(0, &text, "EXITED", Some(0)).await.to_string();
    super::reports_as(&app, &other, &runner.id, &run(1), report).await.ok();
    assert_eq!(runner.shown().await.log.replace('=', ""), "DELEGATE_TOKEN***\n*** ***!\n");
}

async fn a_secret_is_nowhere_but_where_it_is_used(app: TestApp) {
    let admin = app.administrator().await;
    let viewer = app.person(Role::Viewer).await;
    let (answers, log) = logged_while(async {
        let secret = admin.new_secret("canary", CANARY).await;
        let script = "echo ${secrets.getValue(\"canary\")}\n";
        let runner = Runner::new(&app, script).await;
        let delivered = runner.asks().await.resource()["scriptContent"].take();
        assert_eq!(delivered, format!("echo '{CANARY}'\n"));
        let url = CANARY.bytes().map(|byte| format!("%{byte:02X}")).collect::<String>();
        let forms = [CANARY.to_owned(), STANDARD.encode(CANARY), hex(CANARY), hex(CANARY).to_uppercase(), url];
        let text = format!("+ echo {}\n", forms.join("\n"));
        let cuts: Vec<String> = text.chars().collect::<Vec<_>>().chunks(5).map(String::from_iter).collect();
        let pieces: Vec<&str> = cuts.iter().map(String::as_str).collect();
        runner.runs(&run(1), &pieces).await;
        // One that never ends, and one that is sent whole.
        runner.sends_result("&error=true", text.as_bytes()).await.ok();
        runner.reports(&run(2), &runner.output(0, &text[..text.len() - 9]).await).await.ok();
        let refused = runner.reports(&run(3), &serde_json::json!({"output": [CANARY], "profileId": CANARY})).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST);
        let wrong = [("name", "a b"), ("value", CANARY)];
        let mut answers = vec![
            refused,
            admin.post("secrets/create", &wrong).await,
            admin.post("secrets/create", &[("name", "canary"), ("value", CANARY)]).await,
            admin.replaces_secret(&secret, &format!("{CANARY}\0")).await,
            admin.post_form_without_script("/api/secrets/create", &wrong, "http://muster.test/secrets").await,
            admin.acts("secrets/delete", &secret).await,
        ];
        let delegate = runner.id.as_str();
        for person in [&admin, &viewer] {
            for (endpoint, form) in [
                ("secrets/list", [("cursor", "First")]),
                ("secrets/get", [("id", secret.as_str())]),
                ("scripts/of", [("delegate", delegate)]),
                ("delegates/get", [("id", delegate)]),
                ("profiles/get", [("id", runner.profile.as_str())]),
            ] {
                answers.push(person.post(endpoint, &form).await);
            }
            for path in ["/secrets", "/profiles", &format!("/delegates/{delegate}"), "/delegates"] {
                answers.push(person.page(path).await);
            }
        }
        for run in runner.shown().await.runs {
            answers.push(runner.file(&run.id.to_string()).await.ok());
        }
        answers
    })
    .await;
    let stored = everything_stored(&app).await;
    assert!(holds(&stored, b"+ echo ***") && holds(&log, b"SECRET_CREATED"), "this is what is searched");
    assert_eq!(install_link::Entity::find().count(app.state().db.read()).await.unwrap(), 0);
    let forms = [
        CANARY.to_owned(),
        // The inner characters of base64, at each alignment.
        STANDARD.encode(CANARY)[..20].to_owned(),
        STANDARD.encode(format!("x{CANARY}"))[2..21].to_owned(),
        STANDARD.encode(format!("xy{CANARY}"))[3..23].to_owned(),
        URL_SAFE_NO_PAD.encode(CANARY)[..20].to_owned(),
        hex(CANARY),
        hex(CANARY).to_uppercase(),
        // As JSON, and as HTML, would have it.
        CANARY.replace('/', "\\/"),
        CANARY.replace('<', "&lt;").replace('>', "&gt;"),
        "c4nary".to_owned(),
    ];
    for form in forms {
        assert!(!holds(&stored, form.as_bytes()), "{form} stands in the database");
        assert!(!holds(&log, form.as_bytes()), "{form} stands in the log");
        for answer in &answers {
            assert!(!holds(&answer.body, form.as_bytes()), "{form} stands in {}", answer.text());
        }
    }
}

async fn d32_what_tools_make_of_a_value_is_masked(app: TestApp) {
    let admin = app.administrator().await;
    admin.new_secret("quoted", "it's-a-Secret9").await;
    admin.new_secret("foreign", "pässwörd-9x").await;
    admin.new_secret("markup", "a&b<c>d-123").await;
    admin.new_secret("words", "correct horse-battery-staple").await;
    let runner = Runner::new(&app, "true\n").await;
    let spaced = |by: char| "it's-a-Secret9".bytes().map(|byte| format!("{byte:02x}{by}")).collect::<String>();
    let utf16 = "it's-a-Secret9".chars().flat_map(|c| [c, '\0']).collect::<String>();
    for (number, text) in [
        r"'it'\''s-a-Secret9'",
        "'it'\"'\"'s-a-Secret9'",
        "'it''s-a-Secret9'",
        r"p\303\244ssw\303\266rd-9x",
        r"p\xc3\xa4ssw\xc3\xb6rd-9x",
        "pM-CM-$sswM-CM-6rd-9x",
        "p=C3=A4ssw=C3=\n=B6rd-9x",
        "a&amp;b&lt;c&gt;d-123",
        "NF2CO4ZNMEWVGZLDOJSXIOI",
        &spaced(' '),
        &spaced(':'),
        &utf16,
        "it's\u{1b}[0m\u{1b}[31m-a-Sec\rret9",
        "correct ho\nrse-batter\ny-staple",
        "horse-battery-staple",
    ]
    .into_iter()
    .enumerate()
    {
        let text = format!("<{text}>\n");
        let letters: Vec<String> = text.chars().map(String::from).collect();
        let letters: Vec<&str> = letters.iter().map(String::as_str).collect();
        let id = run(10 + number as u128);
        runner.runs(&id, &letters).await;
        let log = runner.file(&id).await.text().replace(['\'', '"', ' ', ':', '\u{fffd}'], "");
        assert_eq!(log, "<***>\n", "{text}");
    }
}

on_both_databases!(
    d32_what_tools_make_of_a_value_is_masked,
    values_are_masked_wherever_reports_are_cut,
    what_is_lost_tears_no_value_open,
    what_a_value_was_is_still_masked,
    a_delegates_own_token_is_masked,
    a_secret_is_nowhere_but_where_it_is_used,
);
