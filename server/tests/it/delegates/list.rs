//! The list: pages, filters, search.

use std::collections::BTreeSet;

use muster::{
    delegate::{FilterNames, Status},
    page::Cursor,
};

use crate::support::{TestApp, json, seconds};

async fn a_hundred_and_twenty_delegates_are_paged_forwards_and_backwards(app: TestApp) {
    let admin = app.administrator().await;
    let edge = app.delegate(&admin.new_token("edge").await.value);
    for number in 0..120 {
        edge.named(&format!("edge-{number:03}")).registered().await;
    }
    let names = |page: &muster::page::Page<muster::delegate::DelegateRow>| -> Vec<String> {
        page.rows.iter().map(|row| row.delegate.facts.name.to_string()).collect()
    };
    let expected = |range: std::ops::Range<usize>| -> Vec<String> {
        range.map(|place| format!("edge-{:03}", 119 - place)).collect()
    };
    let first = admin.lists("", None, Cursor::First).await;
    assert_eq!((names(&first), first.total, first.previous), (expected(0..50), 120, None));
    let second = admin.lists("", None, Cursor::After(first.next.clone().unwrap())).await;
    assert_eq!((names(&second), second.total), (expected(50..100), 120));
    // A row that comes while somebody reads moves nothing on the pages that follow.
    edge.named("edge-120").registered().await;
    let third = admin.lists("", None, Cursor::After(second.next.clone().unwrap())).await;
    assert_eq!((names(&third), third.total, third.next), (expected(100..120), 121, None));

    let second_again = admin.lists("", None, Cursor::Before(third.previous.clone().unwrap())).await;
    assert_eq!(names(&second_again), expected(50..100));
    assert!(second_again.previous.is_some() && second_again.next.is_some());
    let first_again = admin.lists("", None, Cursor::Before(second_again.previous.clone().unwrap())).await;
    assert_eq!(names(&first_again), expected(0..50));
    assert!(first_again.previous.is_some(), "the row that came meanwhile is before it");
    let before_all = admin.lists("", None, Cursor::Before(first_again.previous.clone().unwrap())).await;
    assert_eq!((names(&before_all), before_all.previous), (vec!["edge-120".to_owned()], None));
    // The row that a page begins after may be gone.
    let last = second.rows.last().unwrap().delegate.id;
    let after_it = Cursor::After(second_again.next.unwrap());
    admin.acts("delegates/delete", &last.to_string()).await.ok();
    assert_eq!(names(&admin.lists("", None, after_it).await), expected(100..120));
}

async fn each_status_has_its_filter(app: TestApp) {
    let admin = app.administrator().await;
    let profile = admin.new_profile("Approval", true).await;
    let edge = app.delegate(&admin.new_token("edge").await.value);
    let waiting_for = edge.with("delegateProfileId", json!(profile));
    edge.named("stopped").unregister(&edge.named("stopped").registered().await).await.ok();
    edge.named("silent").registered().await;
    let rejected = waiting_for.named("rejected").registered().await;
    admin.decides("reject", &rejected).await.ok();
    app.advance(seconds(60));
    edge.named("alive").registered().await;
    waiting_for.named("waiting").registered().await;

    let names = async |status: Option<Status>| -> BTreeSet<String> {
        let page = admin.lists("", status, Cursor::First).await;
        assert_eq!(page.total, u64::try_from(page.rows.len()).unwrap());
        if let Some(status) = status {
            assert!(page.rows.iter().all(|row| row.status == status));
        }
        page.rows.into_iter().map(|row| row.delegate.facts.name.into()).collect()
    };
    let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<String>>();
    app.sweep().await;
    for swept in [false, true] {
        assert_eq!(names(None).await, set(&["alive", "silent", "stopped", "waiting"]), "the rejected one is left out");
        assert_eq!(names(Some(Status::Connected)).await, set(&["alive"]));
        assert_eq!(names(Some(Status::NotConnected)).await, set(&["silent", "stopped"]));
        assert_eq!(names(Some(Status::PendingApproval)).await, set(&["waiting"]));
        assert_eq!(names(Some(Status::Rejected)).await, set(&["rejected"]));
        if !swept {
            app.sweep().await;
        }
    }
}

async fn search_finds_parts_of_names_hosts_addresses_and_tags(app: TestApp) {
    let admin = app.administrator().await;
    let edge = app.delegate(&admin.new_token("t0ken").await.value);
    let fra = edge.named("Edge-FRA").on("node-1.example.com").with("ip", json!("203.0.113.7"));
    fra.with("tags", json!(["linux", "Frankfurt am Main"])).registered().await;
    edge.named("batch").on("node-2.example.com").with("ip", json!("2001:db8::7")).registered().await;
    for (search, found) in [
        ("edge-fra", &["Edge-FRA"][..]),
        ("EDGE", &["Edge-FRA"]),
        ("node-2", &["batch"]),
        ("203.0.113", &["Edge-FRA"]),
        ("2001:DB8", &["batch"]),
        ("frankfurt", &["Edge-FRA"]),
        ("linux node-1", &["Edge-FRA"]),
        ("linux node-2", &[]),
        ("example.com", &["Edge-FRA", "batch"]),
        ("  ", &["Edge-FRA", "batch"]),
        ("nothing", &[]),
        ("nothing' OR '1'='1", &[]),
    ] {
        assert_eq!(admin.finds(search).await, found, "{search}");
    }
    let page = admin.lists("batch", Some(Status::PendingApproval), Cursor::First).await;
    assert!(page.rows.is_empty(), "search and filter narrow together");
}

/// U13: what a row shows is found, whosever it is.
async fn search_finds_what_rows_show_beside_the_delegate(app: TestApp) {
    let admin = app.administrator().await;
    let (first, second) = (admin.new_token("alpha-token").await, admin.new_token("beta-token").await);
    let form = [
        ("name", "Payments"),
        ("description", ""),
        ("startup_script", ""),
        ("approval", "off"),
        ("selectors", "pci, Vault Room"),
    ];
    admin.post("profiles/create", &form).await.ok();
    let of_first = app.delegate(&first.value).named("one").with("version", json!("24.03.82302"));
    of_first.with("delegateType", json!("DOCKER")).with("delegateProfileId", json!("Payments")).registered().await;
    let of_second = app.delegate(&second.value).named("two").on("ip-10-0-1-57.eu-west-1.compute.internal");
    of_second.with("tags", json!(["pci"])).registered().await;
    of_second.on("ip-10-0-1-58").registered().await;
    for (search, found) in [
        ("alpha", &["one"][..]),
        ("BETA-TOK", &["two", "two"]),
        ("payments", &["one"]),
        ("vault", &["one"]),
        ("pci", &["one", "two"]),
        ("docker", &["one"]),
        ("82302", &["one"]),
        ("docker alpha 24.03", &["one"]),
        ("docker beta", &[]),
        ("token:alpha", &["one"]),
        ("token:beta-token host:eu-west", &["two"]),
        ("profile:pay type:docker", &["one"]),
        ("profile:none", &[]),
        ("tag:pci", &["one", "two"]),
        ("tag:pc", &[]),
        ("tag:\"Vault Room\" status:connected", &["one"]),
        ("version:24", &["one"]),
        ("version:03", &[]),
        ("host:10-0-1-5", &["two", "two"]),
        ("group:TWO", &["two", "two"]),
        ("group:tw", &[]),
        ("is:connected two", &["two", "two"]),
        ("is:waiting", &[]),
        ("is:outdated", &[]),
        ("is:refused", &[]),
        ("is:script-failed", &[]),
        ("is:key-differs", &[]),
        ("status:connected status:rejected", &[]),
        ("stauts:connected", &[]),
        ("\"token:alpha\"", &[]),
    ] {
        assert_eq!(admin.finds(search).await, found, "{search}");
    }
    let page = admin.lists("", None, Cursor::First).await;
    let replicas: Vec<Option<u64>> = page.rows.iter().map(|row| row.replicas.map(|replicas| replicas.all)).collect();
    assert_eq!(replicas, [Some(2), Some(2), None]);
    assert!(page.rows[0].replicas.is_some_and(|replicas| replicas.connected == 2));
}

/// Delegates of one name stand in one line, but for those that wait for a person and where each is asked for.
async fn replicas_stand_in_one_line(app: TestApp) {
    let admin = app.administrator().await;
    let edge = app.delegate(&admin.new_token("t0ken").await.value);
    let mut ids = Vec::new();
    for host in ["node-1", "node-2", "node-3"] {
        ids.push(edge.named("Web").on(host).registered().await);
    }
    let alone = edge.named("alone").on("node-9").registered().await;
    edge.named("Web").on("node-3").unregister(&ids[2]).await.ok();
    app.sweep().await;
    let rows = async |address: &str| -> (usize, String) {
        let page = admin.page(address).await.ok().text().to_owned();
        (page.matches("class=\"main-cell\"").count(), page)
    };
    let (count, page) = rows("/delegates").await;
    assert_eq!(count, 2, "one of the three, and one that has no like");
    for shown in ["2 of 3 connected", "3 replicas", "/delegates?q=group%3A%22Web%22", &alone] {
        assert!(page.contains(shown), "{shown}");
    }
    let select = format!("value=\"{}\"", ids[0]);
    assert!(!page.contains(&select), "what is selected stands by itself");
    for address in ["/delegates?q=group:%22Web%22", "/delegates?q=host:node", "/delegates?status=connected"] {
        let (_, page) = rows(address).await;
        assert!(page.contains(&select) && !page.contains("2 of 3 connected</span>"), "{address}");
    }
    admin.new_profile("Guarded", true).await;
    let waits = edge.named("Web").on("node-4").with("delegateProfileId", json!("Guarded")).registered().await;
    let (count, page) = rows("/delegates").await;
    assert_eq!(count, 3);
    assert!(page.contains(&waits) && page.contains("2 of 4 connected"));
}

/// What is the matter with delegates is found as their rows show it.
async fn what_is_the_matter_is_found(app: TestApp) {
    let admin = app.administrator().await;
    let edge = app.delegate(&admin.new_token("t0ken").await.value);
    let of = |name: &str, key, version: &str| edge.named(name).on("h").with_key(key).with("version", json!(version));
    of("old", 1, "0.0.9").registered().await;
    of("older", 2, "0.0.10-rc.1").registered().await;
    of("same", 3, muster::delegate::MANAGER_VERSION).registered().await;
    of("newer", 4, "9.0").registered().await;
    of("garbage", 5, "99999999999999999999.x").registered().await;
    // Another's versions are its own.
    edge.named("another").on("h").with("version", json!("0.0.1")).registered().await;
    assert_eq!(admin.finds("is:outdated").await, ["old", "older"]);
    let page = admin.lists("", None, Cursor::First).await;
    let mut outdated: Vec<String> = page
        .rows
        .into_iter()
        .filter(|row| row.delegate.is_outdated())
        .map(|row| row.delegate.facts.name.into())
        .collect();
    outdated.sort();
    assert_eq!(outdated, ["old", "older"], "as rows show it");

    of("old", 6, "0.0.9").registered().await;
    assert_eq!(admin.finds("is:key-differs").await, ["old"]);
    assert_eq!(admin.finds("is:waiting is:outdated").await, ["old"]);
}

async fn each_status_is_counted_under_a_filter(app: TestApp) {
    let admin = app.administrator().await;
    let profile = admin.new_profile("Approval", true).await;
    let edge = app.delegate(&admin.new_token("t0ken").await.value);
    for name in ["a-1", "a-2", "b-1"] {
        edge.named(name).registered().await;
        edge.named(&format!("{name}-waits")).with("delegateProfileId", json!(profile)).registered().await;
    }
    let rejected = edge.named("a-no").with("delegateProfileId", json!(profile)).registered().await;
    admin.decides("reject", &rejected).await.ok();
    let counts = async |search: &str| -> Vec<(Option<Status>, u64)> {
        let form = [("filter[search]", search), ("filter[cursor]", "First"), ("filter[status]", "Connected")];
        let counts: Vec<muster::delegate::StatusCount> = admin.ask("delegates/count", &form).await;
        counts.into_iter().filter(|one| one.count > 0).map(|one| (one.status, one.count)).collect()
    };
    let of = |all, connected, waiting, rejected| {
        vec![
            (None, all),
            (Some(Status::Connected), connected),
            (Some(Status::PendingApproval), waiting),
            (Some(Status::Rejected), rejected),
        ]
    };
    assert_eq!(counts("").await, of(6, 3, 3, 1));
    assert_eq!(counts("a-").await, of(4, 2, 2, 1));
}

async fn what_means_something_in_patterns_is_literal_in_a_search(app: TestApp) {
    let admin = app.administrator().await;
    let edge = app.delegate(&admin.new_token("edge").await.value);
    for name in ["100%", "100x", "a_b", "axb", r"c\d", "cxd", r"e\%f", "GRÜN"] {
        edge.named(name).on("host").registered().await;
    }
    for (search, found) in [
        ("0%", &["100%"][..]),
        ("%", &["100%", r"e\%f"]),
        ("a_b", &["a_b"]),
        ("_", &["a_b"]),
        (r"c\d", &[r"c\d"]),
        (r"\", &[r"c\d", r"e\%f"]),
        (r"\%", &[r"e\%f"]),
        ("*", &[]),
        ("grün", &["GRÜN"]),
        ("a\0b", &[]),
    ] {
        assert_eq!(admin.finds(search).await, found, "{search}");
    }
}

async fn the_frame_counts_who_waits(app: TestApp) {
    let admin = app.administrator().await;
    let profile = admin.new_profile("Approval", true).await;
    let edge = app.delegate(&admin.new_token("edge").await.value).with("delegateProfileId", json!(profile));
    let pending = async || admin.ask::<muster_app::console::Frame>("session/frame", &[]).await.pending;
    let ids = [edge.registered().await, edge.named("edge-2").registered().await];
    assert_eq!(pending().await, 2);
    // U6: one that has stopped is no news, and is told apart once it is approved.
    let silent = edge.named("edge-3").registered().await;
    edge.named("edge-3").unregister(&silent).await.ok();
    assert_eq!(pending().await, 2);
    admin.decides("approve", &silent).await.ok();
    let done: Option<String> = admin.ask("session/done", &[("object", &silent)]).await;
    assert_eq!(done.unwrap(), "edge-3 is approved. It is not running now: it works once it is back.");
    admin.decides("approve", &ids[0]).await.ok();
    admin.decides("reject", &ids[1]).await.ok();
    assert_eq!(pending().await, 0);
}

async fn the_list_is_sorted_as_it_is_asked_for(app: TestApp) {
    let admin = app.administrator().await;
    let edge = app.delegate(&admin.new_token("edge").await.value);
    // One stops, then another; two go on.
    for name in ["m-stopped-first", "Z-stopped-last", "b-runs", "K-runs"] {
        let id = edge.named(name).registered().await;
        app.advance(seconds(1));
        if name.contains("stopped") {
            edge.named(name).unregister(&id).await.ok();
        }
    }
    let sorted = async |sort| admin.lists_with(&[("filter[sort]", sort)]).await;
    assert_eq!(sorted("Newest").await, ["K-runs", "b-runs", "Z-stopped-last", "m-stopped-first"]);
    assert_eq!(sorted("Name").await, ["b-runs", "K-runs", "m-stopped-first", "Z-stopped-last"], "whatever their case");
    assert_eq!(sorted("NameBackwards").await, ["Z-stopped-last", "m-stopped-first", "K-runs", "b-runs"]);
    assert_eq!(sorted("Heard").await, ["K-runs", "b-runs", "Z-stopped-last", "m-stopped-first"]);
    assert_eq!(sorted("Silent").await, ["m-stopped-first", "Z-stopped-last", "b-runs", "K-runs"]);
}

/// What is written of a delegate, by whomever, is what it is listed by.
async fn a_list_follows_what_delegates_are(app: TestApp) {
    let admin = app.administrator().await;
    let (first, second) = (admin.new_token("first").await, admin.new_token("second").await);
    let profile = admin.new_profile("Approval", true).await;
    let primary = admin.primary().await;
    let edge = app.delegate(&first.value).with("tags", json!(["linux", "a \"b\" \\c"]));
    let id = edge.registered().await;
    app.delegate(&second.value).named("other").registered().await;
    let has = async |filters: &[(&str, &str)]| admin.lists_with(filters).await.contains(&"edge-1".to_owned());
    let (token, tag) = ([("filter[token]", first.id.as_str())], [("filter[tag]", "linux")]);
    assert!(has(&token).await && has(&tag).await && has(&[("filter[tag]", "a \"b\" \\c")]).await);
    assert!(!has(&[("filter[token]", &second.id)]).await && !has(&[("filter[tag]", "lin")]).await);
    assert!(has(&[("filter[kind]", "ShellScript")]).await && !has(&[("filter[kind]", "Ecs")]).await);

    let switch = [("id", id.as_str()), ("profile", &profile), ("back", "")];
    assert!(has(&[("filter[profile]", &primary)]).await);
    admin.post("delegates/switch-profile", &switch).await.ok();
    assert!(!has(&[("filter[profile]", &primary)]).await && has(&[("filter[profile]", &profile)]).await);

    let edit = [("id", id.as_str()), ("selectors", "windows, gpu"), ("own", "false"), ("back", "")];
    admin.post("delegates/edit-selectors", &edit).await.ok();
    assert!(!has(&tag).await && has(&[("filter[tag]", "gpu")]).await);
    assert_eq!((admin.finds("windows").await, admin.finds("linux").await), (vec!["edge-1".to_owned()], Vec::new()));

    let with_all = [token[0], ("filter[tag]", "gpu"), ("filter[profile]", &profile), ("filter[kind]", "ShellScript")];
    assert!(has(&with_all).await);
    admin.acts("delegates/delete", &id).await.ok();
    assert!(!has(&with_all).await && admin.finds("windows").await.is_empty());
}

async fn a_list_tells_what_it_is_filtered_by(app: TestApp) {
    let admin = app.administrator().await;
    let token = admin.new_token("edge").await;
    let names: FilterNames = admin.ask("delegates/filter-names", &[("token", &token.id)]).await;
    assert_eq!(names, FilterNames { profile: None, token: Some("edge".to_owned()) });
    let form = [("token", admin.primary().await), ("profile", admin.primary().await)];
    let names: FilterNames = admin.ask("delegates/filter-names", &form.each_ref().map(|(k, v)| (*k, v.as_str()))).await;
    assert_eq!(names, FilterNames { profile: Some("Primary".to_owned()), token: None });
}

on_both_databases!(
    the_list_is_sorted_as_it_is_asked_for,
    a_list_follows_what_delegates_are,
    a_list_tells_what_it_is_filtered_by,
    a_hundred_and_twenty_delegates_are_paged_forwards_and_backwards,
    each_status_has_its_filter,
    search_finds_parts_of_names_hosts_addresses_and_tags,
    search_finds_what_rows_show_beside_the_delegate,
    replicas_stand_in_one_line,
    what_is_the_matter_is_found,
    each_status_is_counted_under_a_filter,
    what_means_something_in_patterns_is_literal_in_a_search,
    the_frame_counts_who_waits,
);
