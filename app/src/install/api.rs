//! Installing a delegate: what the pages show and ask for.
//!
//! The install files themselves come from a plain form: POST [`download_path`] with the fields of [`InstallFields`] and
//! `file` (a file's name; empty for [`InstallReview::download`]) answers with the file, or returns to the setup with an
//! error beside the field. What a person chose travels in the query of the pages: it holds ids and words, no secret.

// A form's fields are the arguments of its server function, whose macro keeps no attribute but documentation.
#![allow(clippy::too_many_arguments)]

use leptos::prelude::*;
use muster::{
    delegate::InstallName,
    id::InstallLinkId,
    install::{Arrivals, Choices, InstallFields, InstallKind, InstallLink, InstallOptions, InstallReview},
    user::Permission,
};

use crate::{console::ask, error::ConsoleError, ui::href::Href};

/// Where a form gets the files of a way to install.
#[must_use]
pub fn download_path(kind: InstallKind) -> String {
    format!("/install/{}/download", kind.slug())
}

/// The part of the review that shows a link.
pub const LINK_ID: &str = "link";

/// A page of a way to install, with what was chosen in its query. `step` is a part of the path: `review`, `verify`;
/// empty for the setup.
#[must_use]
pub fn install_page(fields: &InstallFields, kind: InstallKind, step: &str) -> Href {
    let path = if step.is_empty() { String::new() } else { format!("/{step}") };
    let page = Href::new(format!("/install/{}{path}", kind.slug()));
    fields.pairs().into_iter().fold(page, |href, (name, value)| href.with(name, value))
}

/// What there is to choose from.
#[server(endpoint = "install/options")]
pub async fn get_install_options() -> Result<InstallOptions, ConsoleError> {
    ask(|console| async move { console.install_options().await }).await
}

macro_rules! of_fields {
    ($(#[$doc:meta])* $endpoint:literal $name:ident($($more:ident),*), |$console:ident, $kind:ident, $fields:ident| $work:block) => {
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
            #[server(default)] cluster: String,
            $(#[server(default)] $more: String,)*
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
                    cluster,
                };
                $work
            })
            .await
        }
    };
}

of_fields! {
    /// Checks what a person chose and sends the browser to the review. A form posts it: its fields are flat.
    "install/check" check_install(), |console, kind, fields| {
        console.authorize(Permission::ManageDelegates)?;
        console.check_install(Choices::parse(kind, &fields)?).await?;
        console.redirect(&install_page(&fields, kind, "review").to_string());
        Ok(())
    }
}

of_fields! {
    /// Makes a link that hands the files out once, and sends the browser to the review that shows it. `since` is the time
    /// of the first look at the files: a delegate may have come of it before there was a link.
    "install/create-link" create_install_link(since, hosts), |console, kind, fields| {
        console.authorize(Permission::ManageDelegates)?;
        Choices::parse(kind, &fields)?;
        // What is no number is none that can be chosen.
        let hosts = if hosts.is_empty() { 1 } else { hosts.trim().parse().unwrap_or(0) };
        let id = console.create_install_link(kind, fields.clone(), hosts).await?;
        let review = install_page(&fields, kind, "review").with("since", since).with("link", id);
        console.redirect(&format!("{review}#{LINK_ID}"));
        Ok(())
    }
}

/// The files that come of what a person chose, without the token's value.
#[server(endpoint = "install/review")]
pub async fn get_install_review(kind: InstallKind, fields: InstallFields) -> Result<InstallReview, ConsoleError> {
    ask(|console| async move {
        console.authorize(Permission::ManageDelegates)?;
        console.install_review(Choices::parse(kind, &fields)?).await
    })
    .await
}

/// A link.
#[server(endpoint = "install/link")]
pub async fn get_install_link(id: InstallLinkId) -> Result<InstallLink, ConsoleError> {
    ask(|console| async move { console.install_link(id).await }).await
}

/// The delegates of a name, and what calls with a token were turned away for.
#[server(endpoint = "install/arrivals")]
pub async fn get_arrivals(name: String, #[server(default)] token: String) -> Result<Arrivals, ConsoleError> {
    // What is no name of ours is nobody's, and a database may not take it.
    let (name, token) = (InstallName::parse(&name).ok(), token.parse().ok());
    ask(|console| async move { console.arrivals(name, token).await }).await
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
        let page = install_page(&fields(), InstallKind::Docker, "review");
        assert!(page.to_string().starts_with("/install/docker/review?name=edge-1&"), "{page}");
        let read = Href::parse(&page.to_string()).unwrap();
        assert_eq!(InstallFields::read(|name| read.get(name).map(str::to_owned)), fields());
        assert_eq!(install_page(&InstallFields::default(), InstallKind::Shell, "").to_string(), "/install/shell");
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
            let read: CreateInstallLink = serde_qs::Config::new(5, false).deserialize_str(&sent).unwrap();
            assert_eq!((read.kind, read.name.as_str(), read.since.as_str()), (kind, "edge-1", ""));
        }
    }
}
