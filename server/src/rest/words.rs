//! The words that some fields are limited to, as the document lists them.

use muster::{
    audit::{Action, Subject as AuditSubject},
    delegate::{DelegateType as Kind, Flag, Reason, Sort, Status},
    profile::Approval as Rule,
    text::Selectors,
    token::{TokenSort as TokenOrder, TokenStatus as Standing},
    user::{Role as Grade, UserStatus as Presence},
};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        RefOr,
        schema::{ObjectBuilder, Schema, SchemaFormat, Type},
    },
};

macro_rules! words {
    ($($(#[$doc:meta])* $name:ident = $words:expr;)+) => {$(
        $(#[$doc])*
        pub struct $name;

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                ObjectBuilder::new().schema_type(Type::String).enum_values(Some($words)).into()
            }
        }

        impl ToSchema for $name {}
    )+};
}

/// Texts in lists, whose items cannot be described where the list is.
macro_rules! texts {
    ($($(#[$doc:meta])* $name:ident = $format:literal, $max_length:expr;)+) => {$(
        $(#[$doc])*
        pub struct $name;

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                let format = SchemaFormat::Custom($format.to_owned());
                let text = ObjectBuilder::new().schema_type(Type::String).format(Some(format));
                text.min_length(Some(1)).max_length(Some($max_length)).into()
            }
        }

        impl ToSchema for $name {}
    )+};
}

texts! {
    /// A selector.
    Selector = "selector", Selectors::MAX_LENGTH;
    /// A network.
    Network = "network", 64;
}

words! {
    /// What a delegate does.
    DelegateStatus = Status::ALL.map(Status::slug);
    /// How a delegate was installed.
    DelegateType = Kind::ALL.map(Kind::code);
    /// Why a delegate waits for a person.
    WaitReason = Reason::ALL.map(Reason::code);
    /// What is the matter with a delegate.
    DelegateFlag = Flag::ALL.map(Flag::slug);
    /// The order of a list of delegates.
    DelegateSort = Sort::ALL.map(Sort::slug);
    /// Whether new delegates of a profile wait for a person.
    Approval = Rule::ALL.map(Rule::slug);
    /// Whether a token is good.
    TokenStatus = Standing::ALL.map(Standing::slug);
    /// The order of a list of tokens.
    TokenSort = TokenOrder::ALL.map(TokenOrder::slug);
    /// A kind of object that the audit trail is about.
    Subject = AuditSubject::ALL.map(AuditSubject::slug);
    /// What was done, by the audit trail.
    AuditAction = Action::ALL.map(Action::code);
    /// Whether a person may sign in.
    UserStatus = Presence::ALL.map(Presence::code);
    /// A role.
    Role = Grade::ALL.map(Grade::code);
}
