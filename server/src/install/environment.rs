//! The variables by which a delegate in a container learns what it is: the same for every kind of container, so that
//! profile, tags and type arrive in each.

use muster::install::InstallKind;
use zeroize::Zeroizing;

use super::{
    escape::{In, Json, Shell, Yaml},
    plan::InstallPlan,
};

/// The variable of the token.
pub const TOKEN: &str = "DELEGATE_TOKEN";
/// The variable of what the delegate makes its key of: a container that is replaced has no file to keep one in.
pub const KEY_SEED: &str = "DELEGATE_KEY_SEED";
/// Variables of the proxy that are secret.
pub const PROXY_SECRETS: [&str; 2] = ["PROXY_USER", "PROXY_PASSWORD"];

/// A variable.
pub struct Variable {
    /// Its name.
    pub name: &'static str,
    /// Its value; may be the token's.
    pub value: Zeroizing<String>,
}

/// The variables, in the order in which files list them.
pub fn variables(plan: &InstallPlan) -> Vec<Variable> {
    let chosen = &plan.chosen;
    let name = chosen.name.as_str();
    let (tags, profile) = (chosen.tags.to_string(), plan.profile_id());
    let mut variables = vec![
        ("ACCOUNT_ID", plan.account.as_str()),
        ("MANAGER_HOST_AND_PORT", &plan.manager_url),
        ("DELEGATE_NAME", name),
        ("DELEGATE_TYPE", chosen.delegate_type().code()),
        ("DELEGATE_PROFILE", &profile),
        ("DELEGATE_TAGS", &tags),
        ("DELEGATE_DESCRIPTION", &chosen.description),
    ];
    if chosen.kind == InstallKind::Ecs {
        variables.extend([("DELEGATE_GROUP_NAME", name), ("DELEGATE_CHECK_LOCATION", "delegate.txt")]);
    }
    if chosen.is_next() {
        variables.push(("NEXT_GEN", "true"));
    }
    variables.extend([("DEPLOY_MODE", "KUBERNETES"), ("POLL_FOR_TASKS", "true")]);
    // What a person fills in.
    let empty = ["PROXY_HOST", "PROXY_PORT", "PROXY_SCHEME", PROXY_SECRETS[0], PROXY_SECRETS[1]];
    variables.extend(empty.map(|name| (name, "")));
    variables.extend([("PROXY_MANAGER", "true"), ("NO_PROXY", ""), ("INIT_SCRIPT", "")]);
    let mut variables: Vec<Variable> =
        variables.into_iter().map(|(name, value)| Variable { name, value: Zeroizing::new(value.to_owned()) }).collect();
    variables.insert(1, Variable { name: TOKEN, value: plan.token.hex() });
    variables.insert(2, Variable { name: KEY_SEED, value: plan.key_seed() });
    variables
}

/// A variable in a template.
pub struct Pair<L> {
    /// Its name.
    pub name: In<L>,
    /// Its value.
    pub value: In<L>,
}

/// The variables for a script.
pub fn in_shell(plan: &InstallPlan) -> Vec<Pair<Shell>> {
    let pair = |Variable { name, value }: Variable| Pair { name: Shell::word(name), value: Shell::text(&value) };
    variables(plan).into_iter().map(pair).collect()
}

/// The variables for a task of ECS.
pub fn in_json(plan: &InstallPlan) -> Vec<Pair<Json>> {
    let pair = |Variable { name, value }: Variable| Pair { name: Json::text(name), value: Json::text(&value) };
    variables(plan).into_iter().map(pair).collect()
}

/// The variables for a compose file.
pub fn in_compose(plan: &InstallPlan) -> Vec<In<Yaml>> {
    variables(plan).iter().map(|variable| Yaml::assignment(variable.name, &variable.value)).collect()
}

/// The variables for a container of Kubernetes, but for those that Secrets hold.
pub fn in_kubernetes(plan: &InstallPlan, secret: impl Fn(&str) -> bool) -> Vec<Pair<Yaml>> {
    let clear = variables(plan).into_iter().filter(|variable| !secret(variable.name));
    clear.map(|Variable { name, value }| Pair { name: Yaml::name(name), value: Yaml::with_dollars(&value) }).collect()
}
