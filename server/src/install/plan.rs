//! What install files are made of: what a person chose, and what the installation adds.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use muster::{
    delegate::{DelegateType, InstallName},
    id::{ProfileId, TokenId},
    install::{Generation, InstallKind, Permissions, Size},
    profile::ProfileSpec,
    text::{Invalid, Selectors},
    token::TokenValue,
};
use muster_app::install::api::InstallFields;
use zeroize::Zeroizing;

use super::image;
use crate::error::Error;

/// The host name of an ECS task, where a person names none.
const ECS_HOST: &str = "Harness-ECS-Delegate";
/// The longest host name that Linux takes.
const HOST_MOST: usize = 63;
/// The longest ARN that AWS takes.
const ARN_MOST: usize = 2048;
/// The longest name of a first-generation delegate of the Helm chart: its StatefulSet is called
/// `<name>-<6 letters>`, and that can have 52 characters.
const HELM_FIRST_MOST: usize = 45;

/// Everything that install files of a delegate are made of.
#[derive(Clone, Debug)]
pub struct InstallPlan {
    /// What a person chose.
    pub chosen: Choices,
    /// The account that the delegate registers with.
    pub account: String,
    /// Where the delegate finds its manager.
    pub manager_url: String,
    /// The name of its profile.
    pub profile: String,
    /// The image of its container.
    pub image: String,
    /// The value of its token, or dots.
    pub token: TokenText,
    /// Of what a delegate in a container makes its key, since it keeps no file: 32 random bytes in base64url. None in what
    /// a page shows.
    pub key_seed: Option<Zeroizing<String>>,
}

impl InstallPlan {
    /// The seed of the key, or dots.
    pub fn key_seed(&self) -> Zeroizing<String> {
        self.key_seed.clone().unwrap_or_else(|| Zeroizing::new(TokenText::DOTS.to_owned()))
    }

    /// The same in base64, as Secrets of Kubernetes hold it; or dots.
    pub fn key_seed_base64(&self) -> Zeroizing<String> {
        let encoded = self.key_seed.as_ref().map(|seed| Zeroizing::new(STANDARD.encode(seed.as_bytes())));
        encoded.unwrap_or_else(|| self.key_seed())
    }

    /// What the delegate asks for: the profile's id, which stays when the profile is renamed.
    pub fn profile_id(&self) -> String {
        self.chosen.profile.to_string()
    }
}

/// What stands where the token's value belongs.
#[derive(Clone, Debug)]
pub enum TokenText {
    /// The value: in what a person downloads.
    Clear(TokenValue),
    /// Dots: in what a page shows.
    Hidden,
}

impl TokenText {
    const DOTS: &str = "••••••••••••••••";

    /// As most files hold it: in hexadecimal.
    pub fn hex(&self) -> Zeroizing<String> {
        match self {
            Self::Clear(value) => value.expose(),
            Self::Hidden => Zeroizing::new(Self::DOTS.to_owned()),
        }
    }

    /// As data of a Kubernetes Secret: base64 of that.
    pub fn base64(&self) -> Zeroizing<String> {
        use base64::{Engine as _, engine::general_purpose::STANDARD};
        match self {
            Self::Clear(value) => Zeroizing::new(STANDARD.encode(value.expose().as_bytes())),
            Self::Hidden => self.hex(),
        }
    }
}

/// What a person chose, read and checked as far as that goes without the database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choices {
    /// How it is installed.
    pub kind: InstallKind,
    /// Which shape the files have.
    pub generation: Generation,
    /// The delegate's name.
    pub name: InstallName,
    /// What it is for.
    pub description: String,
    /// Its profile.
    pub profile: ProfileId,
    /// Its token.
    pub token: TokenId,
    /// Its own selectors.
    pub tags: Selectors,
    /// How much its container may use.
    pub size: Size,
    /// The image; none for the one that is set.
    pub image: Option<String>,
    /// What it may do in its cluster.
    pub permissions: Permissions,
    /// Whether an ECS task gets a network interface of its own (and runs on Fargate).
    pub vpc: bool,
    /// The host name of an ECS task without one.
    pub hostname: String,
    /// The execution role of an ECS task: an ARN; may be empty.
    pub role: String,
}

impl Choices {
    /// Reads a form.
    ///
    /// # Errors
    /// Names the field, by its name in [`InstallFields`], and says what to change.
    pub fn read(kind: InstallKind, fields: &InstallFields) -> Result<Self, Error> {
        let generation = word(&fields.generation, "generation", Generation::from_slug)?;
        let name = InstallName::parse(&fields.name).map_err(|error| Error::field("name", error))?;
        name_does(kind, generation, &name).map_err(|error| Error::field("name", error))?;
        let description =
            ProfileSpec::parse_description(&fields.description).map_err(|error| Error::field("description", error))?;
        let vpc = match fields.vpc.as_str() {
            "" => false,
            "true" => kind == InstallKind::Ecs,
            _ => return Err(Error::field("vpc", Invalid::new("Tick it, or leave it empty."))),
        };
        Ok(Self {
            kind,
            generation,
            name,
            description,
            profile: fields.profile.parse().map_err(|_| no_profile())?,
            token: fields.token.parse().map_err(|_| no_token())?,
            tags: Selectors::parse(&fields.tags).map_err(|error| Error::field("tags", error))?,
            size: word(&fields.size, "size", Size::from_slug)?,
            image: match fields.image.trim() {
                "" => None,
                text => Some(image::parse(text).map_err(|error| Error::field("image", error))?),
            },
            permissions: word(&fields.permissions, "permissions", Permissions::from_slug)?,
            vpc,
            hostname: host(kind, vpc, fields.hostname.trim()).map_err(|error| Error::field("hostname", error))?,
            role: match fields.role.trim() {
                text if text.is_empty() || is_role(text) => text.to_owned(),
                _ => return Err(Error::field("role", Invalid::new(ROLE))),
            },
        })
    }

    /// The type with which it registers.
    pub const fn delegate_type(&self) -> DelegateType {
        self.kind.delegate_type()
    }

    /// Whether its files are of the next generation.
    pub fn is_next(&self) -> bool {
        self.generation == Generation::Next
    }
}

/// The profile cannot be taken.
pub fn no_profile() -> Error {
    Error::field("profile", Invalid::new("Choose a profile that exists."))
}

/// The token cannot be taken.
pub fn no_token() -> Error {
    Error::field("token", Invalid::new("Choose a token that is active."))
}

/// One of several words; empty is the default.
fn word<T: Default>(text: &str, field: &'static str, read: impl FnOnce(&str) -> Option<T>) -> Result<T, Error> {
    if text.is_empty() {
        return Ok(T::default());
    }
    read(text).ok_or_else(|| Error::field(field, Invalid::new("Choose one of those that are offered.")))
}

/// What some ways to install ask of a name beyond [`InstallName`].
fn name_does(kind: InstallKind, generation: Generation, name: &InstallName) -> Result<(), Invalid> {
    let length = name.as_str().len();
    if kind == InstallKind::Docker && length < 2 {
        return Err(Invalid::new("Use at least two characters: Docker takes no shorter name for a container."));
    }
    if kind == InstallKind::Helm && generation == Generation::First && length > HELM_FIRST_MOST {
        return Err(Invalid::new(format!(
            "Use at most {HELM_FIRST_MOST} characters: the first generation adds to the name, and Kubernetes takes no \
             longer one."
        )));
    }
    Ok(())
}

fn host(kind: InstallKind, vpc: bool, text: &str) -> Result<String, Invalid> {
    if kind != InstallKind::Ecs || vpc && text.is_empty() {
        return Ok(String::new());
    }
    if vpc {
        return Err(Invalid::new("Leave it empty: in AWS VPC mode, AWS gives the task its host name."));
    }
    if text.is_empty() {
        return Ok(ECS_HOST.to_owned());
    }
    let does = text.len() <= HOST_MOST
        && text.split('.').all(|label| {
            let inside = |c: u8| c.is_ascii_alphanumeric() || c == b'-';
            !label.is_empty() && !label.starts_with('-') && !label.ends_with('-') && label.bytes().all(inside)
        });
    if does {
        Ok(text.to_owned())
    } else {
        Err(Invalid::new(format!(
            "Use letters, digits, dashes and dots, as in host-1.example.com; at most {HOST_MOST} characters."
        )))
    }
}

const ROLE: &str = "Write the role's ARN, such as arn:aws:iam::123456789012:role/ecsTaskExecutionRole.";

fn is_role(text: &str) -> bool {
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    let [arn, partition, service, region, account, resource] = parts[..] else { return false };
    arn == "arn"
        && partition.starts_with("aws")
        && service == "iam"
        && region.is_empty()
        && account.len() == 12
        && account.bytes().all(|c| c.is_ascii_digit())
        && resource.strip_prefix("role/").is_some_and(|name| !name.is_empty())
        && text.len() <= ARN_MOST
        && text.bytes().all(|c| c.is_ascii_alphanumeric() || b":/-_+=,.@".contains(&c))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields() -> InstallFields {
        let id = "01900000-0000-7000-8000-000000000000".to_owned();
        InstallFields { name: "edge".to_owned(), profile: id.clone(), token: id, ..InstallFields::default() }
    }

    fn read(kind: InstallKind, change: impl FnOnce(&mut InstallFields)) -> Result<Choices, String> {
        let mut fields = fields();
        change(&mut fields);
        Choices::read(kind, &fields).map_err(|error| match error {
            Error::Invalid(invalid) => invalid.field.to_owned(),
            other => panic!("{other}"),
        })
    }

    #[test]
    fn what_is_empty_has_a_default() {
        for kind in InstallKind::ALL {
            let chosen = read(kind, |_| {}).unwrap();
            assert_eq!((chosen.generation, chosen.size), (Generation::Next, Size::Laptop));
            assert_eq!((chosen.image, chosen.vpc, chosen.role.as_str()), (None, false, ""));
            assert_eq!(chosen.hostname, if kind == InstallKind::Ecs { ECS_HOST } else { "" });
        }
    }

    #[test]
    fn what_is_wrong_is_named_by_its_field() {
        use InstallKind::{Docker, Ecs, Helm};
        type Change = fn(&mut InstallFields);
        let cases: [(InstallKind, &str, Change); 16] = [
            (Docker, "name", |f| f.name = "Not A Name".to_owned()),
            (Docker, "name", |f| f.name = "a".to_owned()),
            (Helm, "name", |f| (f.name, f.generation) = ("a".repeat(46), "first".to_owned())),
            (Docker, "description", |f| f.description = "\u{7}".to_owned()),
            (Docker, "profile", |f| f.profile = "Primary".to_owned()),
            (Docker, "token", |f| f.token = String::new()),
            (Docker, "tags", |f| f.tags = "x".repeat(129)),
            (Docker, "generation", |f| f.generation = "third".to_owned()),
            (Docker, "size", |f| f.size = "huge".to_owned()),
            (Docker, "image", |f| f.image = "a b".to_owned()),
            (Docker, "permissions", |f| f.permissions = "all".to_owned()),
            (Ecs, "vpc", |f| f.vpc = "yes".to_owned()),
            (Ecs, "hostname", |f| f.hostname = "a_b".to_owned()),
            (Ecs, "hostname", |f| (f.hostname, f.vpc) = ("a".to_owned(), "true".to_owned())),
            (Ecs, "role", |f| f.role = "ecsTaskExecutionRole".to_owned()),
            (Ecs, "role", |f| f.role = "arn:aws:iam::123456789012:role/a b".to_owned()),
        ];
        for (kind, field, change) in cases {
            assert_eq!(read(kind, change).unwrap_err(), field);
        }
    }

    #[test]
    fn what_is_right_is_kept() {
        let chosen = read(InstallKind::Ecs, |f| {
            f.hostname = " host-1.example.com ".to_owned();
            f.role = "arn:aws-cn:iam::123456789012:role/path/ecsTaskExecutionRole".to_owned();
            f.image = " registry.example.com/delegate:1 ".to_owned();
            f.tags = "b, a".to_owned();
        })
        .unwrap();
        assert_eq!(chosen.hostname, "host-1.example.com");
        assert_eq!(chosen.image.as_deref(), Some("registry.example.com/delegate:1"));
        assert_eq!(chosen.tags.to_string(), "b, a");
        assert!(read(InstallKind::Helm, |f| f.name = "a".repeat(63)).is_ok());
        assert!(read(InstallKind::Shell, |f| f.name = "a".to_owned()).is_ok());
    }

    #[test]
    fn a_hidden_token_has_no_form_that_tells_it() {
        let clear = TokenText::Clear(TokenValue::from_bytes([7; 16]));
        assert_eq!(*clear.hex(), "07".repeat(16));
        assert_eq!(TokenValue::parse(&clear.base64()).unwrap(), TokenValue::from_bytes([7; 16]));
        assert_eq!(TokenText::Hidden.hex(), TokenText::Hidden.base64());
        assert!(!format!("{clear:?}").contains("07"));
    }
}
