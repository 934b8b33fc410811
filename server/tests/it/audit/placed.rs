//! On SQLite an entry has its place in the chain when its change is committed, whoever makes it and whatever becomes of others.

use futures_util::future::join_all;
use muster::{
    audit::{Action, Actor, BreakKind},
    scope::Scope,
};
use muster_server::{
    db::{
        Change,
        audit::{Entry, record},
    },
    manage::Context,
    state::State,
};
use sea_orm::ConnectionTrait as _;

use super::chain::{broken, chained, insert_copy, link_all, note_one, verified};
use crate::support::TestApp;

/// A change that has written an entry, and may still be undone.
async fn under_way(state: &State, name: &str) -> Change {
    let origin = Context::system(state.clone(), Actor::CommandLine).origin();
    let scope = Scope::account(state.account);
    let change = state.db.write().await.unwrap();
    let entry = Entry { scope: &scope, action: Action::SignedOut, object: None, name, facts: Vec::new() };
    record(&change, &origin, state.clock.now(), entry).await.unwrap();
    change
}

/// Everything that is there is in the chain, so many entries more than there were.
async fn all_are_placed(app: &TestApp, before: u64, more: u64) {
    let told = verified(app).await;
    assert_eq!((told.broken, told.waiting), (None, 0));
    assert_eq!((told.verified, app.audit().await.len() as u64), (before + more, before + more));
}

async fn an_entry_has_its_place_with_its_change(app: TestApp) {
    let before = chained(&app).await;
    note_one(&app.state(), "one").await;
    all_are_placed(&app, before, 1).await;
    drop(under_way(&app.state(), "undone").await);
    note_one(&app.state(), "two").await;
    all_are_placed(&app, before, 2).await;
}

async fn a_change_that_is_undone_among_others_leaves_no_gap(app: TestApp) {
    let before = chained(&app).await;
    let changes = (0..60).map(|number| {
        let state = app.state();
        tokio::spawn(async move {
            let change = under_way(&state, &number.to_string()).await;
            if number % 3 > 0 {
                change.commit().await.unwrap();
            }
        })
    });
    for change in join_all(changes.collect::<Vec<_>>()).await {
        change.unwrap();
    }
    all_are_placed(&app, before, 40).await;
}

/// As `muster admin` does beside a manager.
async fn two_programs_write_one_chain(app: TestApp) {
    let before = chained(&app).await;
    let other = app.another_manager().await.unwrap();
    for number in 0..3 {
        note_one(&app.state(), &format!("here {number}")).await;
        note_one(&other, &format!("there {number}")).await;
    }
    all_are_placed(&app, before, 6).await;
    // One waits for the other, which may still be undone.
    let undone = under_way(&other, "undone").await;
    let state = app.state();
    let waiting = tokio::spawn(async move { note_one(&state, "waited").await });
    drop(undone);
    waiting.await.unwrap();
    note_one(&other, "last").await;
    all_are_placed(&app, before, 8).await;
    other.db.clone().close().await;
}

/// As on a full disk: nobody tells the program, and every place that was given in the transaction is free again.
async fn a_transaction_that_sqlite_ended_takes_its_places_back(app: TestApp) {
    let before = chained(&app).await;
    let change = under_way(&app.state(), "lost").await;
    change.execute_unprepared("ROLLBACK").await.unwrap();
    assert!(change.commit().await.is_err());
    note_one(&app.state(), "later").await;
    all_are_placed(&app, before, 1).await;
}

async fn who_takes_the_next_place_stops_nobody(app: TestApp) {
    let last = chained(&app).await;
    insert_copy(&app, &(last + 1).to_string(), 1).await;
    note_one(&app.state(), "later").await;
    assert_eq!(broken(&app).await, Some((BreakKind::Altered, Some(last + 1))));
    app.on_database(&format!("DELETE FROM audit WHERE seq = {}", last + 1)).await;
    assert_eq!(verified(&app).await.waiting, 1);
    link_all(&app.state()).await;
    all_are_placed(&app, last, 1).await;
}

on_sqlite!(
    an_entry_has_its_place_with_its_change,
    a_change_that_is_undone_among_others_leaves_no_gap,
    two_programs_write_one_chain,
    a_transaction_that_sqlite_ended_takes_its_places_back,
    who_takes_the_next_place_stops_nobody,
);
