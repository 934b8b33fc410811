//! Installing a delegate: what the pages show and ask for.
//!
//! The install files themselves come from a plain form: POST [`download_path`] with the fields of [`InstallFields`] and
//! `file` (a file's name; empty for [`InstallReview::download`]) answers with the file, or returns to the setup with an
//! error beside the field. What a person chose travels in the query of the pages: it holds ids and words, no secret.

// A form's fields are the arguments of its server function, whose macro keeps no attribute but documentation.
#![allow(clippy::too_many_arguments)]

use leptos::prelude::*;
use muster::{
    delegate::DelegateRow,
    id::{InstallLinkId, ProfileId, TokenId},
    install::{InstallKind, Language},
    time::Timestamp,
    token::TokenRefusal,
};
use serde::{Deserialize, Serialize};

#[cfg(feature = "ssr")]
use crate::console::ask;
use crate::{error::ConsoleError, ui::href::Href};

/// Where a form gets the files of a way to install.
#[must_use]
pub fn download_path(kind: InstallKind) -> String {
    format!("/install/{}/download", kind.slug())
}

/// Where a link that works once is taken up: GET with `key` in the query.
pub const FETCH_PATH: &str = "/install/fetch";

/// The part of the review that shows a link.
pub const LINK_ID: &str = "link";

/// What there is to choose from; the newest first, at most 200 each.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InstallOptions {
    /// Profiles: id, name, and whether they require approval. Primary is the first.
    pub profiles: Vec<(ProfileId, String, bool)>,
    /// Active tokens: id and name.
    pub tokens: Vec<(TokenId, String)>,
    /// The image that containers run, where a person names none.
    pub image: String,
    /// Where delegates will look for this manager.
    pub manager_url: String,
    /// Whether only this machine reaches it there.
    pub only_here: bool,
}

/// What a person chose, as forms and queries hold it. What is missing is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct InstallFields {
    /// **Name**
    pub name: String,
    /// **Description**
    pub description: String,
    /// **Profile**: an id.
    pub profile: String,
    /// **Delegate Token**: an id.
    pub token: String,
    /// **Tags**, separated by commas.
    pub tags: String,
    /// **Generation**: a word of [`muster::install::Generation`]; empty for the default.
    pub generation: String,
    /// **Size**: a word of [`muster::install::Size`]; empty for the default.
    pub size: String,
    /// **Image**; empty for the default.
    pub image: String,
    /// **Permissions** in Kubernetes: a word of [`muster::install::Permissions`]; empty for the default.
    pub permissions: String,
    /// **Use AWS VPC Mode** of ECS: `true` or empty.
    pub vpc: String,
    /// **Hostname** of ECS; empty for the default.
    pub hostname: String,
    /// **Execution role** of ECS: an ARN; may be empty.
    pub role: String,
}

impl InstallFields {
    /// The fields, as `get` finds them by their names.
    #[must_use]
    pub fn read(get: impl Fn(&str) -> Option<String>) -> Self {
        let field = |name| get(name).unwrap_or_default();
        Self {
            name: field("name"),
            description: field("description"),
            profile: field("profile"),
            token: field("token"),
            tags: field("tags"),
            generation: field("generation"),
            size: field("size"),
            image: field("image"),
            permissions: field("permissions"),
            vpc: field("vpc"),
            hostname: field("hostname"),
            role: field("role"),
        }
    }

    /// The fields, by the names that forms and queries use.
    #[must_use]
    pub fn pairs(&self) -> [(&'static str, &str); 12] {
        [
            ("name", &self.name),
            ("description", &self.description),
            ("profile", &self.profile),
            ("token", &self.token),
            ("tags", &self.tags),
            ("generation", &self.generation),
            ("size", &self.size),
            ("image", &self.image),
            ("permissions", &self.permissions),
            ("vpc", &self.vpc),
            ("hostname", &self.hostname),
            ("role", &self.role),
        ]
    }

    /// A page of a way to install, with the fields in its query. `step` is a part of the path: `review`, `verify`;
    /// empty for the setup.
    #[must_use]
    pub fn page(&self, kind: InstallKind, step: &str) -> Href {
        let path = if step.is_empty() { String::new() } else { format!("/{step}") };
        self.pairs()
            .into_iter()
            .fold(Href::new(format!("/install/{}{path}", kind.slug())), |href, (name, value)| href.with(name, value))
    }
}

/// A file as the page shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShownFile {
    /// Its name.
    pub name: String,
    /// Its language.
    pub language: Language,
    /// Its text; dots stand where the token's value belongs.
    pub text: String,
}

/// What a person looks at before installing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InstallReview {
    /// The files, the one to begin with first.
    pub files: Vec<ShownFile>,
    /// The name of what is downloaded as a whole: an archive, or the only file.
    pub download: String,
    /// The folder that the archive unpacks to; empty where it is no archive.
    pub folder: String,
    /// The profile's name, and whether it requires approval.
    pub profile: (String, bool),
    /// The token's name.
    pub token: String,
    /// Where the delegate will look for this manager.
    pub manager_url: String,
    /// Whether only this machine reaches it there.
    pub only_here: bool,
    /// The time at the server, for the page that waits.
    pub now: Timestamp,
}

/// A link that hands out the files once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InstallLink {
    /// The line for a shell; none once it was used or has expired, and for anybody but who made it.
    pub line: Option<String>,
    /// Until when it works.
    pub expires_at: Timestamp,
    /// When it was used, and from which address.
    pub used: Option<(Timestamp, String)>,
}

/// A delegate that may have come of an installation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Arrival {
    /// The delegate, as in the list.
    #[serde(flatten)]
    pub row: DelegateRow,
    /// Since when it is connected; none while it is not.
    pub connected_at: Option<Timestamp>,
}

/// The delegates that came of an installation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Arrivals {
    /// Delegates of this name, the newest first, at most five. Rejected ones are among them.
    pub rows: Vec<Arrival>,
    /// The time at the server.
    pub now: Timestamp,
    /// Where delegates look for this manager.
    pub manager_url: String,
    /// Whether only this machine reaches it there.
    pub only_here: bool,
    /// What calls with the token were turned away for lately.
    pub refusals: Vec<TokenRefusal>,
}

/// What there is to choose from.
#[server(endpoint = "install/options")]
pub async fn get_install_options() -> Result<InstallOptions, ConsoleError> {
    ask(|console| async move { console.install_options().await }).await
}

macro_rules! of_fields {
    ($(#[$doc:meta])* $endpoint:literal $name:ident, |$console:ident, $kind:ident, $fields:ident| $work:block) => {
        $(#[$doc])*
        #[server(endpoint = $endpoint)]
        pub async fn $name(
            kind: InstallKind,
            name: String,
            #[server(default)] description: String,
            #[server(default)] profile: String,
            #[server(default)] token: String,
            #[server(default)] tags: String,
            #[server(default)] generation: String,
            #[server(default)] size: String,
            #[server(default)] image: String,
            #[server(default)] permissions: String,
            #[server(default)] vpc: String,
            #[server(default)] hostname: String,
            #[server(default)] role: String,
        ) -> Result<(), ConsoleError> {
            ask(|$console| async move {
                let $kind = kind;
                let $fields = InstallFields {
                    name,
                    description,
                    profile,
                    token,
                    tags,
                    generation,
                    size,
                    image,
                    permissions,
                    vpc,
                    hostname,
                    role,
                };
                $work
            })
            .await
        }
    };
}

of_fields! {
    /// Checks what a person chose and sends the browser to the review. A form posts it: its fields are flat.
    "install/check" check_install, |console, kind, fields| {
        console.check_install(kind, fields.clone()).await?;
        console.redirect(&fields.page(kind, "review").to_string());
        Ok(())
    }
}

of_fields! {
    /// Makes a link that hands the files out once, and sends the browser to the review that shows it.
    "install/create-link" create_install_link, |console, kind, fields| {
        let id = console.create_install_link(kind, fields.clone()).await?;
        console.redirect(&format!("{}#{LINK_ID}", fields.page(kind, "review").with("link", id)));
        Ok(())
    }
}

/// The files that come of what a person chose, without the token's value.
#[server(endpoint = "install/review")]
pub async fn get_install_review(kind: InstallKind, fields: InstallFields) -> Result<InstallReview, ConsoleError> {
    ask(|console| async move { console.install_review(kind, fields).await }).await
}

/// A link.
#[server(endpoint = "install/link")]
pub async fn get_install_link(id: InstallLinkId) -> Result<InstallLink, ConsoleError> {
    ask(|console| async move { console.install_link(id).await }).await
}

/// The delegates of a name, and what calls with a token were turned away for.
#[server(endpoint = "install/arrivals")]
pub async fn get_arrivals(name: String, #[server(default)] token: String) -> Result<Arrivals, ConsoleError> {
    ask(|console| async move { console.arrivals(&name, &token).await }).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::href::Href;

    fn fields() -> InstallFields {
        InstallFields {
            name: "edge-1".into(),
            description: "50%25 & more = é\n[x]".into(),
            tags: "a, b+c".into(),
            vpc: "true".into(),
            ..InstallFields::default()
        }
    }

    #[test]
    fn what_was_chosen_survives_an_address() {
        let page = fields().page(InstallKind::Docker, "review");
        assert!(page.to_string().starts_with("/install/docker/review?name=edge-1&"), "{page}");
        let read = Href::parse(&page.to_string()).unwrap();
        assert_eq!(InstallFields::read(|name| read.get(name).map(str::to_owned)), fields());
        assert_eq!(InstallFields::default().page(InstallKind::Shell, "").to_string(), "/install/shell");
    }

    /// Server functions are called with forms, which know neither options nor enums: this pins that ours survive.
    #[test]
    fn what_was_chosen_survives_its_way_to_the_server() {
        for kind in InstallKind::ALL {
            let call = GetInstallReview { kind, fields: fields() };
            let sent = serde_qs::to_string(&call).unwrap();
            let read: GetInstallReview = serde_qs::Config::new(5, false).deserialize_str(&sent).unwrap();
            assert_eq!((read.kind, read.fields), (kind, fields()), "{sent}");

            let sent = format!("kind={}&name=edge-1&vpc=true", kind.slug());
            let read: CheckInstall = serde_qs::Config::new(5, false).deserialize_str(&sent).unwrap();
            assert_eq!((read.kind, read.name.as_str(), read.vpc.as_str()), (kind, "edge-1", "true"));
            assert_eq!(read.image, "");
        }
    }
}
