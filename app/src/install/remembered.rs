//! What a person chose last, to be offered again.

use leptos::prelude::*;
use muster::{
    id::TokenId,
    install::{Choices, InstallKind, files::cluster_word, is_cluster},
};
use serde::{Deserialize, Serialize};

use crate::ui::href::at_scope;
use crate::ui::href::use_here;

/// What a person chose last in the guided page. The server provides it as a context.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remembered {
    /// The token.
    pub token: Option<TokenId>,
    /// The ECS cluster; empty where none was named yet.
    pub cluster: String,
}

impl Remembered {
    /// The same after some other choices.
    #[must_use]
    pub fn after(self, chosen: &Choices) -> Self {
        let names_cluster = chosen.kind == InstallKind::Ecs && !chosen.cluster.is_empty();
        let cluster = if names_cluster { chosen.cluster.clone() } else { self.cluster };
        Self { token: Some(chosen.token), cluster }
    }
}

/// What this person chose last.
#[must_use]
pub fn use_remembered() -> Remembered {
    use_context().unwrap_or_default()
}

/// The parameter of pages with commands for ECS, by which they are asked for with another cluster.
const CLUSTER: &str = "cluster";

/// The ECS cluster that the commands of a page name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cluster {
    /// As it was typed, or chosen last.
    pub text: String,
}

impl Cluster {
    /// As commands have it.
    #[must_use]
    pub fn word(&self) -> &str {
        cluster_word(&self.text)
    }
}

/// The cluster that the address names, or else the one that was chosen last.
pub fn use_cluster() -> Cluster {
    let text = use_here().get(CLUSTER).map_or_else(|| use_remembered().cluster, str::to_owned);
    Cluster { text }
}

/// A field for the cluster that the commands below it name; the page is asked for anew with it. Give it the page's path.
#[component]
pub fn ClusterForm(action: String, cluster: Cluster) -> impl IntoView {
    let wrong = !is_cluster(cluster.text.trim());
    view! {
        <form class="bar" method="get" action=at_scope(&action) data-auto="">
            <div class="labelled">
                <label for="ecs-cluster">"ECS cluster"</label>
                <input
                    class="input mono"
                    id="ecs-cluster"
                    name=CLUSTER
                    value=cluster.text
                    placeholder="default"
                    autocomplete="off"
                    autocapitalize="none"
                    spellcheck="false"
                    aria-invalid=wrong.then_some("true")
                    aria-describedby="ecs-cluster-hint"
                />
            </div>
            <button type="submit" class="btn small no-scripts">
                "Apply"
            </button>
            <p class=if wrong { "field-error" } else { "hint" } id="ecs-cluster-hint">
                {if wrong {
                    "Write its name: letters, digits, dashes and underscores."
                } else {
                    "The commands below name it."
                }}
            </p>
        </form>
    }
}

#[cfg(test)]
mod tests {
    use muster::install::InstallFields;
    use uuid::Uuid;

    use super::*;

    #[test]
    fn the_last_choice_counts_and_a_cluster_stays() {
        let chosen = |kind, token: u128, cluster: &str| {
            let fields = InstallFields {
                name: "edge".to_owned(),
                profile: Uuid::nil().to_string(),
                token: Uuid::from_u128(token).to_string(),
                cluster: cluster.to_owned(),
                ..InstallFields::default()
            };
            Choices::parse(kind, &fields).unwrap()
        };
        let remembered = Remembered::default().after(&chosen(InstallKind::Ecs, 1, "prod"));
        let token = |id| Some(TokenId(Uuid::from_u128(id)));
        assert_eq!(remembered, Remembered { token: token(1), cluster: "prod".to_owned() });
        let remembered =
            remembered.after(&chosen(InstallKind::Docker, 2, "other")).after(&chosen(InstallKind::Ecs, 3, ""));
        assert_eq!(remembered, Remembered { token: token(3), cluster: "prod".to_owned() });
    }
}
