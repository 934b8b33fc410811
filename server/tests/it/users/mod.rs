//! People: invited, changed, disabled, deleted; and what they do to their own account.

mod account;
mod disabling;
mod last_administrator;
mod links;
mod listing;
mod operator;
mod second_factor;
mod single_sign_on;

use muster_app::console::RevealedLink;

use crate::support::{Person, Role, TestApp};

/// Makes an invitation; gives the person's id and the path of the link.
async fn invites(admin: &Person, email: &str, role: Role) -> (String, String) {
    let answer = admin.post("users/invite", &[("email", email), ("role", role.code())]).await.ok();
    let id = id_in(answer.location());
    let path = reads_link(admin, &id).await;
    (id, path)
}

/// The id in the address of a page that shows a new link.
fn id_in(location: &str) -> String {
    let id = location.strip_prefix("/users/").and_then(|rest| rest.strip_suffix("/link"));
    id.unwrap_or_else(|| panic!("{location} shows no link")).to_owned()
}

/// The path of the link that was just made.
async fn reads_link(admin: &Person, id: &str) -> String {
    let shown: Option<RevealedLink> = admin.ask("users/reveal-link", &[("id", id)]).await;
    let url = shown.expect("the link is shown").url;
    url.strip_prefix("http://muster.test").expect("the address that the browser has").to_owned()
}

/// Opens a link as a browser does; gives where it is sent.
async fn opens(person: &Person, path: &str) -> String {
    person.page(path).await.location().to_owned()
}

/// Somebody who was invited, and came in.
async fn comes_in(app: &TestApp, path: &str, email: &str) -> Person {
    let mut person = app.nobody();
    person.email = email.to_owned();
    opens(&person, path).await;
    let form = [("email", email), ("name", "Ada Lovelace"), ("password", crate::support::person::PASSWORD)];
    person.post("invitation/accept", &form).await.ok();
    person
}
