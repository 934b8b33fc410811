//! What is shown of an installation.

use serde::{Deserialize, Serialize};

use super::Language;
use crate::{
    delegate::DelegateRow,
    id::{ProfileId, TokenId},
    time::Timestamp,
    token::TokenRefusal,
};

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

/// A file as the page shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShownFile {
    /// Its name.
    pub name: String,
    /// Its language.
    pub language: Language,
    /// Its text; dots stand where the token's value belongs.
    pub text: String,
    /// The SHA-256 of what is downloaded, with the value in it: in hexadecimal.
    pub sha256: String,
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
    /// The SHA-256 of what is downloaded as a whole: in hexadecimal.
    pub sha256: String,
    /// The profile's name, and whether it requires approval.
    pub profile: (String, bool),
    /// The token's name.
    pub token: String,
    /// Where the delegate will look for this manager.
    pub manager_url: String,
    /// Whether only this machine reaches it there.
    pub only_here: bool,
    /// The image that its container runs; none where it is no container.
    pub image: Option<String>,
    /// Whether that is the default one, which no registry has: somebody has to build it and put it into one.
    pub in_no_registry: bool,
    /// The hosts of delegates of this name that are there already, at most five.
    pub taken: Vec<String>,
    /// The time at the server, for the page that waits.
    pub now: Timestamp,
}

/// A link that hands out the files once, or once to each of several hosts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InstallLink {
    /// The line for a shell; none once it was used up or has expired, and for anybody but who made it.
    pub line: Option<String>,
    /// Until when it works.
    pub expires_at: Timestamp,
    /// When it was used last, and from which address.
    pub used: Option<(Timestamp, String)>,
    /// For how many hosts it is; of those of one the delegate has the name that was chosen.
    pub hosts: u32,
    /// How many have fetched.
    pub fetched: u32,
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
