//! Installing a delegate: what a person sees before, the files, links to them, and who arrived.

mod arrivals;
mod files;
mod links;
mod remembered;
mod review;

use muster::install::{Generation, InstallKind};
use muster::install::{InstallFields, InstallReview};

use crate::support::{Person, TestApp, person::NewToken};

/// What stands where the token's value belongs.
const DOTS: &str = "••••••••••••••••";

/// A person who may install, with a token and a profile to choose.
struct Installer {
    person: Person,
    token: NewToken,
    profile: String,
}

impl Installer {
    async fn new(app: &TestApp) -> Self {
        let person = app.administrator().await;
        let token = person.new_token("edge").await;
        let profile = person.primary().await;
        Self { person, token, profile }
    }

    /// What a person chooses.
    fn fields(&self, generation: Generation) -> InstallFields {
        InstallFields {
            name: "edge-fra-1".to_owned(),
            description: "in Frankfurt".to_owned(),
            profile: self.profile.clone(),
            token: self.token.id.clone(),
            tags: "eu".to_owned(),
            generation: generation.slug().to_owned(),
            ..InstallFields::default()
        }
    }

    /// What the page shows before.
    async fn review(&self, kind: InstallKind, fields: &InstallFields) -> InstallReview {
        let nested: Vec<(String, &str)> =
            fields.pairs().into_iter().map(|(name, value)| (format!("fields[{name}]"), value)).collect();
        let mut form: Vec<(&str, &str)> = nested.iter().map(|(name, value)| (name.as_str(), *value)).collect();
        form.push(("kind", kind.slug()));
        self.person.ask("install/review", &form).await
    }
}

/// Every kind in both generations.
fn kinds() -> impl Iterator<Item = (InstallKind, Generation)> {
    InstallKind::ALL.into_iter().flat_map(|kind| Generation::ALL.map(|generation| (kind, generation)))
}

/// A flat form.
fn flat(kind: InstallKind, fields: &InstallFields) -> Vec<(&str, &str)> {
    let mut form = vec![("kind", kind.slug())];
    form.extend(fields.pairs());
    form
}
