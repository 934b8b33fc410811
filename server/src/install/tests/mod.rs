//! Install files, read as those read them who get them: shells, YAML and JSON readers, Kubernetes, Docker Compose, and
//! the delegate itself.
//!
//! Where `MUSTER_VALIDATE` names the program of `cargo xtask test` that checks files against the published schemas,
//! they are checked by it, too, and our Helm chart is rendered for real.

mod bundle;
mod environment;
mod hostile;
mod looks;
mod places;
mod reading;
mod schemas;

use zeroize::Zeroizing;

use muster::{
    delegate::InstallName,
    id::{ProfileId, TokenId},
    install::{Choices, Generation, InstallKind, Permissions, Size},
    text::Selectors,
    token::TokenValue,
};

use super::{
    plan::{InstallPlan, TokenText},
    render::render,
};

/// The token's value, in hexadecimal. It looks like a number to whom it is not told that it is none.
const TOKEN: &str = "07070707070707070707070707070707";

/// A plan.
fn plan(kind: InstallKind, generation: Generation) -> InstallPlan {
    let id = uuid::Uuid::parse_str("01900000-0000-7000-8000-000000000001").unwrap();
    let hostname = if kind == InstallKind::Ecs { "Harness-ECS-Delegate" } else { "" };
    InstallPlan {
        chosen: Choices {
            kind,
            generation,
            name: InstallName::parse("edge-1").unwrap(),
            description: "At the \"edge\",\nfor $HOME & $(id)".to_owned(),
            profile: ProfileId(id),
            token: TokenId(id),
            tags: Selectors::parse("linux, amd64").unwrap(),
            size: Size::Laptop,
            image: None,
            permissions: Permissions::ClusterAdmin,
            vpc: false,
            hostname: hostname.to_owned(),
            role: String::new(),
            cluster: String::new(),
        },
        account: "0199f3a2-5d5b-7c11-9a3e-5b1f0c2d4e6f".to_owned(),
        manager_url: "https://muster.example.com:8443".to_owned(),
        profile: "Needs approval".to_owned(),
        image: "registry.example.com/muster-delegate:1.2.3".to_owned(),
        token: TokenText::Clear(TokenValue::from_bytes([7; 16])),
        key_seed: Some(Zeroizing::new("c2VlZC1zZWVkLXNlZWQtc2VlZC1zZWVkLXNlZWQtc2U".to_owned())),
    }
}

/// A plan of each kind and generation; ECS on Fargate besides.
fn plans() -> Vec<InstallPlan> {
    let mut plans = Vec::new();
    for kind in InstallKind::ALL {
        plans.extend(Generation::ALL.map(|generation| plan(kind, generation)));
    }
    for generation in Generation::ALL {
        let mut fargate = plan(InstallKind::Ecs, generation);
        (fargate.chosen.vpc, fargate.chosen.hostname) = (true, String::new());
        fargate.chosen.role = "arn:aws:iam::123456789012:role/ecsTaskExecutionRole".to_owned();
        plans.push(fargate);
    }
    plans
}

/// The text of a file.
fn text(plan: &InstallPlan, name: &str) -> String {
    let artifact = render(plan).unwrap().into_iter().find(|artifact| artifact.name == name);
    artifact.unwrap_or_else(|| panic!("there is no {name}")).text.to_string()
}

/// What a plan is called in messages and snapshots.
fn label(plan: &InstallPlan) -> String {
    let chosen = &plan.chosen;
    let fargate = if chosen.vpc { "-fargate" } else { "" };
    format!("{}-{}{fargate}", chosen.kind.slug(), chosen.generation.slug())
}
