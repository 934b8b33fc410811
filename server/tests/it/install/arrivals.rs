//! The delegates that came of an installation.

use muster::delegate::Status;
use muster::install::Arrivals;

use super::Installer;
use crate::support::{Person, TestApp};

async fn arrivals(person: &Person, name: &str) -> Arrivals {
    person.ask("install/arrivals", &[("name", name)]).await
}

async fn a_delegate_arrives_under_its_name(app: TestApp) {
    let installer = Installer::new(&app).await;
    let admin = &installer.person;
    let careful = admin.new_profile("Careful", true).await;
    let client = app.delegate(&installer.token.value).named("edge-fra-1");
    assert!(arrivals(admin, "edge-fra-1").await.rows.is_empty());

    let waiting = client.with("delegateProfileId", careful.into()).registered().await;
    client.named("edge-fra-11").registered().await;
    let arrived = arrivals(admin, "edge-fra-1").await;
    assert_eq!(arrived.now.as_seconds(), app.now().as_seconds());
    let status = |arrived: &Arrivals| -> Vec<(String, Status)> {
        arrived.rows.iter().map(|row| (row.row.delegate.id.to_string(), row.row.status)).collect()
    };
    assert_eq!(status(&arrived), [(waiting.clone(), Status::PendingApproval)]);
    let row = &arrived.rows[0].row;
    assert_eq!((row.profile.as_str(), row.token.as_str()), ("Careful", "edge"));
    assert_eq!((arrived.manager_url.as_str(), arrived.only_here), ("http://muster.test", false));

    admin.decides("reject", &waiting).await.ok();
    let connected_at = app.now();
    let other = client.on("host-2").registered().await;
    assert_eq!(arrivals(admin, "edge-fra-1").await.rows[0].connected_at, Some(connected_at));
    client.on("host-2").unregister(&other).await.ok();
    assert_eq!(arrivals(admin, "edge-fra-1").await.rows[0].connected_at, None);
    client.on("host-2").status(&other).await;
    let expected = [(other, Status::Connected), (waiting, Status::Rejected)];
    assert_eq!(status(&arrivals(admin, " edge-fra-1 ").await), expected);

    for host in 3..9 {
        client.on(&format!("host-{host}")).registered().await;
    }
    let hosts: Vec<String> = arrivals(admin, "edge-fra-1")
        .await
        .rows
        .into_iter()
        .map(|row| row.row.delegate.facts.host_name.into())
        .collect();
    assert_eq!(hosts, ["host-8", "host-7", "host-6", "host-5", "host-4"]);
}

async fn what_is_no_name_is_nobodys(app: TestApp) {
    let installer = Installer::new(&app).await;
    app.delegate(&installer.token.value).named("Edge 1").registered().await;
    for name in ["", "Edge 1", "%", "a\0b", &"a".repeat(100_000)] {
        assert!(arrivals(&installer.person, name).await.rows.is_empty());
    }
}

on_both_databases!(a_delegate_arrives_under_its_name, what_is_no_name_is_nobodys);
