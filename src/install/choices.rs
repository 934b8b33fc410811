//! What a person chose to install a delegate with: as forms and queries hold it, and as it was read.

use serde::{Deserialize, Serialize};

use super::{
    Generation, InstallKind, Permissions, Size,
    files::{ECS_HOST_NAME, MAX_HELM_FIRST_NAME_CHARS},
    image,
};
use crate::{
    delegate::{DelegateType, InstallName, parse_profile},
    form::{FormReader, InvalidFields},
    id::{ProfileId, TokenId},
    profile::ProfileSpec,
    text::{Invalid, InvalidField, Selectors},
};

/// The most characters of a host name that Linux takes (POSIX `HOST_NAME_MAX` less one).
const MAX_HOST_CHARS: usize = 63;
/// The most characters of the name of a cluster that AWS takes.
const MAX_CLUSTER_CHARS: usize = 255;
/// The most characters of an ARN that AWS takes.
const MAX_ARN_CHARS: usize = 2048;

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
    /// **Generation**: a word of [`Generation`]; empty for the default.
    pub generation: String,
    /// **Size**: a word of [`Size`]; empty for the default.
    pub size: String,
    /// **Image**; empty for the default.
    pub image: String,
    /// **Permissions** in Kubernetes: a word of [`Permissions`]; empty for the default.
    pub permissions: String,
    /// **Use AWS VPC Mode** of ECS: `true` or empty.
    pub vpc: String,
    /// **Hostname** of ECS; empty for the default.
    pub hostname: String,
    /// **Execution role** of ECS: an ARN; may be empty.
    pub role: String,
    /// **Cluster** of ECS, as commands name it; may be empty.
    pub cluster: String,
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
            cluster: field("cluster"),
        }
    }

    /// The fields, by the names that forms and queries use.
    #[must_use]
    pub fn pairs(&self) -> [(&'static str, &str); 13] {
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
            ("cluster", &self.cluster),
        ]
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
    /// The name of the ECS cluster that commands name; may be empty.
    pub cluster: String,
}

impl Choices {
    /// Reads a form.
    ///
    /// # Errors
    /// Names the fields, by their names in [`InstallFields`], and says what to change.
    pub fn parse(kind: InstallKind, fields: &InstallFields) -> Result<Self, InvalidFields> {
        let mut form = FormReader::default();
        let generation = word(&fields.generation, Generation::from_slug);
        let name = InstallName::parse(&fields.name).and_then(|name| match &generation {
            Ok(generation) => name_does(kind, *generation, &name).map(|()| name),
            Err(_) => Ok(name),
        });
        let name = form.field("name", name);
        let description = form.field("description", ProfileSpec::parse_description(&fields.description));
        let profile = form.part(parse_profile(&fields.profile));
        let token = form.part(fields.token.parse::<TokenId>().map_err(|_| unknown_token()));
        let tags = form.field("tags", Selectors::parse(&fields.tags));
        let generation = form.field("generation", generation);
        let size = form.field("size", word(&fields.size, Size::from_slug));
        let image = Some(fields.image.trim()).filter(|text| !text.is_empty()).map(image::parse).transpose();
        let image = form.field("image", image);
        let permissions = form.field("permissions", word(&fields.permissions, Permissions::from_slug));
        let vpc = form.field("vpc", vpc(kind, &fields.vpc));
        // What it may be depends on that.
        let hostname = vpc.and_then(|vpc| form.field("hostname", host(kind, vpc, fields.hostname.trim())));
        let role = form.field("role", trimmed(&fields.role, |text| text.is_empty() || is_role(text), ROLE));
        let cluster = form.field("cluster", trimmed(&fields.cluster, is_cluster, CLUSTER));
        form.finish(|| {
            Some(Self {
                kind,
                generation: generation?,
                name: name?,
                description: description?,
                profile: profile?,
                token: token?,
                tags: tags?,
                size: size?,
                image: image?,
                permissions: permissions?,
                vpc: vpc?,
                hostname: hostname?,
                role: role?,
                cluster: cluster?,
            })
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

/// A form chose a token that does not exist, or is not active.
#[must_use]
pub fn unknown_token() -> InvalidField {
    Invalid::new("Choose a token that is active.").of_field("token")
}

/// A form chose a token with which delegates of the type that is installed cannot register.
#[must_use]
pub fn wrong_type() -> InvalidField {
    Invalid::new("Choose another token: no delegates of this type can register with this one.").of_field("token")
}

/// One of several words; empty is the default.
fn word<T: Default>(text: &str, read: impl FnOnce(&str) -> Option<T>) -> Result<T, Invalid> {
    if text.is_empty() {
        return Ok(T::default());
    }
    read(text).ok_or_else(|| Invalid::new("Choose one of those that are offered."))
}

fn vpc(kind: InstallKind, text: &str) -> Result<bool, Invalid> {
    match text {
        "" => Ok(false),
        "true" => Ok(kind == InstallKind::Ecs),
        _ => Err(Invalid::new("Tick it, or leave it empty.")),
    }
}

/// A text that `does`, or else what to write.
fn trimmed(text: &str, does: impl FnOnce(&str) -> bool, otherwise: &'static str) -> Result<String, Invalid> {
    let text = text.trim();
    if does(text) { Ok(text.to_owned()) } else { Err(Invalid::new(otherwise)) }
}

/// What some ways to install ask of a name beyond [`InstallName`].
fn name_does(kind: InstallKind, generation: Generation, name: &InstallName) -> Result<(), Invalid> {
    let length = name.as_str().len();
    if kind == InstallKind::Docker && length < 2 {
        return Err(Invalid::new("Use at least two characters: Docker takes no shorter name for a container."));
    }
    if kind == InstallKind::Helm && generation == Generation::First && length > MAX_HELM_FIRST_NAME_CHARS {
        return Err(Invalid::new(format!(
            "Use at most {MAX_HELM_FIRST_NAME_CHARS} characters: the first generation adds to the name, and Kubernetes takes no \
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
        return Ok(ECS_HOST_NAME.to_owned());
    }
    let does = text.len() <= MAX_HOST_CHARS
        && text.split('.').all(|label| {
            let inside = |c: u8| c.is_ascii_alphanumeric() || c == b'-';
            !label.is_empty() && !label.starts_with('-') && !label.ends_with('-') && label.bytes().all(inside)
        });
    if does {
        Ok(text.to_owned())
    } else {
        Err(Invalid::new(format!(
            "Use letters, digits, dashes and dots, as in host-1.example.com; at most {MAX_HOST_CHARS} characters."
        )))
    }
}

const CLUSTER: &str = "Write the cluster's name: letters, digits, dashes and underscores; at most 255 characters.";

/// Whether a text can be the name of an ECS cluster, or is empty. A shell takes it as it stands.
#[must_use]
pub fn is_cluster(text: &str) -> bool {
    text.len() <= MAX_CLUSTER_CHARS && text.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'-' || c == b'_')
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
        && text.len() <= MAX_ARN_CHARS
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
        Choices::parse(kind, &fields).map_err(|wrong| {
            let names: Vec<&str> = wrong.iter().map(|wrong| wrong.field).collect();
            names.join(" ")
        })
    }

    #[test]
    fn all_fields_that_are_wrong_are_named_at_once() {
        let wrong = read(InstallKind::Ecs, |f| {
            f.name = "Edge".to_owned();
            f.token = String::new();
            f.generation = "third".to_owned();
            (f.vpc, f.hostname) = ("true".to_owned(), "host".to_owned());
            f.cluster = "$(id)".to_owned();
        });
        assert_eq!(wrong.unwrap_err(), "name token generation hostname cluster");
        let wrong = read(InstallKind::Ecs, |f| (f.vpc, f.hostname) = ("yes".to_owned(), "a_b".to_owned()));
        assert_eq!(wrong.unwrap_err(), "vpc");
    }

    #[test]
    fn what_is_empty_has_a_default() {
        for kind in InstallKind::ALL {
            let chosen = read(kind, |_| {}).unwrap();
            assert_eq!((chosen.generation, chosen.size), (Generation::Next, Size::Laptop));
            assert_eq!((chosen.image, chosen.vpc, chosen.role.as_str()), (None, false, ""));
            assert_eq!(chosen.hostname, if kind == InstallKind::Ecs { ECS_HOST_NAME } else { "" });
        }
    }

    #[test]
    fn what_is_wrong_is_named_by_its_field() {
        use InstallKind::{Docker, Ecs, Helm};
        type Change = fn(&mut InstallFields);
        let cases: [(InstallKind, &str, Change); 17] = [
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
            (Ecs, "cluster", |f| f.cluster = "$(id)".to_owned()),
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
}
