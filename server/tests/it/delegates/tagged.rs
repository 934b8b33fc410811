//! How many delegates of a tag there are of each status: what says who has a tag says the status, too.

use muster::delegate::{Status, StatusCount};

use crate::support::{Person, TestApp, json, seconds};

/// The statuses of those that have a tag, and how many of each.
async fn tagged(admin: &Person, tag: &str) -> Vec<(Status, u64)> {
    let form = [("filter[search]", ""), ("filter[tag]", tag), ("filter[cursor]", "First")];
    let counts: Vec<StatusCount> = admin.ask("delegates/count", &form).await;
    let some = counts.into_iter().filter(|one| one.count > 0);
    some.filter_map(|one| one.status.map(|status| (status, one.count))).collect()
}

async fn those_of_a_tag_are_counted_by_what_they_are_at_that_moment(app: TestApp) {
    let admin = app.administrator().await;
    let profile = admin.new_profile("Approval", true).await;
    let edge = app.delegate(&admin.new_token("edge").await.value).with("tags", json!(["linux"]));
    let edge = edge.with("delegateProfileId", json!(profile));
    let (id, other) = (edge.registered().await, edge.named("other").registered().await);
    assert_eq!(tagged(&admin, "linux").await, [(Status::PendingApproval, 2)]);
    admin.decides("reject", &other).await.ok();
    assert_eq!(tagged(&admin, "linux").await, [(Status::PendingApproval, 1), (Status::Rejected, 1)]);
    admin.acts("delegates/take-back", &other).await.ok();
    assert_eq!(tagged(&admin, "linux").await, [(Status::PendingApproval, 2)]);

    admin.decides("approve", &id).await.ok();
    assert_eq!(tagged(&admin, "linux").await, [(Status::Connected, 1), (Status::PendingApproval, 1)]);
    app.advance(seconds(60));
    app.sweep().await;
    assert_eq!(tagged(&admin, "linux").await, [(Status::NotConnected, 1), (Status::PendingApproval, 1)]);
    edge.registered().await;
    let edit = [("id", id.as_str()), ("selectors", "gpu"), ("own", "false"), ("back", "")];
    admin.post("delegates/edit-selectors", &edit).await.ok();
    assert_eq!(tagged(&admin, "gpu").await, [(Status::Connected, 1)]);
    assert_eq!(tagged(&admin, "linux").await, [(Status::PendingApproval, 1)]);

    let form = [("id", id.as_str()), ("note", ""), ("back", "/delegates")];
    admin.post("delegates/disable", &form).await.ok();
    assert_eq!(tagged(&admin, "gpu").await, [(Status::Disabled, 1)]);
    admin.acts("delegates/enable", &id).await.ok();
    assert_eq!(tagged(&admin, "gpu").await, [(Status::NotConnected, 1)]);
    admin.acts("delegates/delete", &id).await.ok();
    assert_eq!(tagged(&admin, "gpu").await, []);
}

on_both_databases!(those_of_a_tag_are_counted_by_what_they_are_at_that_moment);
