//! What people and programs are told where something could not be done: the sentences of [`Error`], which the console and the
//! public API share.

use muster::problem::Problem;

use crate::error::{Conflict, Error, Limit, Object, SignOnProblem};

/// How many profiles a sentence names.
const MAX_NAMED: usize = 5;

/// What who asked can do something about; none where that is nothing in particular.
#[must_use]
pub fn describe(error: &Error) -> Option<Problem> {
    let code = error.code();
    match error {
        Error::Invalid(invalid) => Some(invalid.clone().into()),
        Error::TooLarge(_) => Some(Problem::new(code, "", error.to_string())),
        Error::NotFound(object) => Some(Problem::new(code, "", not_found(*object).to_owned())),
        Error::NameTaken { object, field, name } => Some(Problem::new(code, *field, taken(*object, name))),
        Error::Conflict(conflict) => Some(Problem::new(code, "", sentence(conflict))),
        _ => None,
    }
}

const fn not_found(object: Object) -> &'static str {
    match object {
        Object::Delegate => "This delegate is not in the list any more; somebody may have deleted it.",
        Object::Profile => "There is no such profile any more; somebody may have deleted it.",
        Object::Token => "There is no such token any more; somebody may have deleted it.",
        Object::Rotation => "This token is not being rotated.",
        Object::Secret => "There is no such secret any more; somebody may have deleted it.",
        Object::ScriptVersion => "There is no such version any more: only the newest hundred are kept.",
        Object::ScriptRun => "There is no such run any more: only the newest ten are kept.",
        Object::InstallLink => "There is no such link any more. Make a new one.",
        Object::InstallFile => "There is no install file of this name.",
        Object::User => "There is no such user any more; somebody may have deleted it.",
        Object::UserLink => {
            "This link does not work: it was used, has expired, or a newer one took its place. Ask an account administrator \
             for a new one."
        }
        Object::Session => "This session has ended already.",
        Object::ApiKey => "There is no such API key any more; it may have been deleted.",
        Object::ServiceAccount => "There is no such service account any more; somebody may have deleted it.",
        Object::Organization => "There is no such organization, or you have no role in it.",
        Object::Project => "There is no such project, or you have no role in it.",
        Object::Path => "There is nothing at this path.",
    }
}

fn taken(object: Object, name: &str) -> String {
    match object {
        Object::Token => {
            format!("There is a token {name} already. Choose another name, or delete that one first.")
        }
        Object::Secret => {
            format!("There is a secret {name} already. Choose another name, or replace the value of that one.")
        }
        Object::User => format!("There is a user {name} already."),
        Object::ApiKey => format!("There is a key {name} already. Choose another name, or rotate that one."),
        Object::ServiceAccount => format!("There is a service account {name} already. Choose another name."),
        Object::Profile => format!("There is a profile {name} already. Choose another name."),
        Object::Organization => format!("There is an organization {name} already. Choose another identifier."),
        Object::Project => format!("There is a project {name} here already. Choose another identifier."),
        Object::Delegate
        | Object::Rotation
        | Object::ScriptVersion
        | Object::ScriptRun
        | Object::InstallLink
        | Object::InstallFile
        | Object::UserLink
        | Object::Session
        | Object::Path => format!("{name} is taken already. Choose another name."),
    }
}

fn sentence(conflict: &Conflict) -> String {
    match conflict {
        Conflict::Transition(_) | Conflict::Token(_) | Conflict::Profile(_) | Conflict::User(_) => conflict.to_string(),
        Conflict::YouAreDisabled => "You are disabled. Ask an account administrator to enable you.".to_owned(),
        Conflict::SingleSignOn(problem) => sign_on(problem),
        Conflict::PasswordSignInOff => {
            "Passwords are switched off here. Log in by single sign-on, or ask who runs Muster.".to_owned()
        }
        Conflict::SecondFactorRequired => "Set up a second factor first: this installation asks for one.".to_owned(),
        Conflict::Full(Limit::Tokens, most) => format!("There are {most} tokens. Revoke one that is not needed first."),
        Conflict::Full(Limit::Secrets, most) => {
            format!("There are {most} secrets. Delete one that is not needed first.")
        }
        Conflict::Full(Limit::ApiKeys, most) => format!("There are {most} keys. Delete one that is not needed first."),
        Conflict::Full(Limit::ServiceAccounts, most) => {
            format!("There are {most} service accounts. Delete one that is not needed first.")
        }
        Conflict::Full(Limit::Scopes, most) => {
            format!("There are {most} organizations and projects. Delete one that is not needed first.")
        }
        Conflict::Full(Limit::InstallLinks, most) => {
            format!("{most} links wait to be used. Download the files, or try again in an hour.")
        }
        Conflict::ScopeNotEmpty { name, contents } => {
            format!("{name} is not empty: it has {}. Delete or move what is in it first.", contents.listed())
        }
        Conflict::ProfileInUse { name, delegates } => {
            let s = if *delegates == 1 { "" } else { "s" };
            format!("{name} is the profile of {delegates} delegate{s}. Move them to Primary first, or delete them.")
        }
        Conflict::SecretInUse { name, profiles } => {
            let s = if profiles.len() == 1 { "" } else { "s" };
            format!("{name} is named in the startup script{s} of {}. Take it out there first.", listed(profiles))
        }
        Conflict::SecretUsedElsewhere { name, profiles } => {
            let s = if profiles.len() == 1 { "" } else { "s" };
            format!(
                "{name} is named in the startup script{s} of {}, which could not use it any more. Choose them, too, or \
                 take it out there first.",
                listed(profiles)
            )
        }
        Conflict::NotApproved(Some(name)) => format!("{name} is not approved. It runs its script once it is."),
        Conflict::NotApproved(None) => "This delegate is not approved.".to_owned(),
        Conflict::NoScript(name) => format!("The profile of {name} has no startup script."),
        Conflict::ProfileWithoutScript(name) => format!("{name} has no startup script."),
        Conflict::SetUpAlready => "Muster is set up already. Log in, or ask an account administrator.".to_owned(),
        Conflict::NotDelivered(why) => format!("The startup script was not delivered. {why}"),
        Conflict::FilesChanged => {
            let why = "Muster was updated, or what they name was changed.";
            format!(
                "The files have changed since this page was opened: {why} Look at them again, with their new checksums."
            )
        }
        Conflict::CallUnfinished => {
            "A request with this Idempotency-Key was begun, and what came of it is not known: it is \
             being made still, or it was interrupted. Look whether it was done before you ask with another key."
                .to_owned()
        }
        Conflict::CallAnswered => {
            "A request with this Idempotency-Key was done. Its answer held a value that is told once. \
             Look for what it made; where the value is lost, make another one."
                .to_owned()
        }
        Conflict::OtherCall => "This Idempotency-Key was given to another request. Use a new one.".to_owned(),
        Conflict::RunEnded => "This run has ended already.".to_owned(),
        Conflict::ForeignRun => "This run belongs to another delegate. Choose another id.".to_owned(),
    }
}

fn sign_on(problem: &SignOnProblem) -> String {
    match problem {
        SignOnProblem::Unusable => {
            "The identity provider does not answer as it should. Try again in a moment; the server's log says more."
        }
        SignOnProblem::Declined => "The identity provider did not log you in. Try again, or ask who runs it.",
        SignOnProblem::Mismatch => {
            "This login took too long, or was begun in another browser. Begin again here, in one tab."
        }
        SignOnProblem::Untrusted => {
            "What the identity provider says of you cannot be verified. Ask who runs Muster: the server's log says more."
        }
        SignOnProblem::NoEmail => {
            "The identity provider does not tell your email address. Ask who runs it to release the claim email to Muster."
        }
        SignOnProblem::NotLinked(email) => {
            return format!(
                "There is a user {email} already, who is not linked to your account at the identity provider. Ask an account \
                 administrator."
            );
        }
        SignOnProblem::NoRole => {
            "Your account at the identity provider has no role in Muster. Ask who manages it there, then log in again."
        }
    }
    .to_owned()
}

/// `A`, `A and B`, `A, B and 3 more`.
fn listed(names: &[String]) -> String {
    let (shown, rest) = names.split_at(names.len().min(MAX_NAMED));
    let mut parts = shown.to_vec();
    if !rest.is_empty() {
        parts.push(format!("{} more", rest.len()));
    }
    match parts.split_last() {
        Some((last, before)) if !before.is_empty() => format!("{} and {last}", before.join(", ")),
        _ => parts.concat(),
    }
}

#[cfg(test)]
mod tests {
    use super::listed;

    #[test]
    fn names_are_listed_as_people_do() {
        for (names, text) in [
            (&["A"][..], "A"),
            (&["A", "B"], "A and B"),
            (&["A", "B", "C"], "A, B and C"),
            (&["A", "B", "C", "D", "E", "F", "G"], "A, B, C, D, E and 2 more"),
        ] {
            assert_eq!(listed(&names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>()), text);
        }
    }
}
