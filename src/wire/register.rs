//! Registration: a delegate makes itself known.

use serde::{Deserialize, Deserializer, Serialize};

use crate::{
    delegate::{AskedProfile, DelegateName, DelegateType, Facts, HostName, Registration, Thumbprint},
    text::{Invalid, Selectors, block, line},
};

/// The body of a registration and, with `delegateId`, of a heartbeat.
///
/// Fields that Muster does not use are not read: above all `token` and `delegateRandomToken`, which can carry a token
/// in clear and so are never even held. Null, missing and empty mean the same.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct RegisterRequest {
    /// The id of a delegate that registered before.
    #[serde(deserialize_with = "text", skip_serializing_if = "String::is_empty")]
    pub delegate_id: String,
    /// The account, as in the query.
    #[serde(deserialize_with = "text")]
    pub account_id: String,
    /// The delegate's name.
    #[serde(deserialize_with = "text")]
    pub delegate_name: String,
    /// The host it runs on.
    #[serde(deserialize_with = "text")]
    pub host_name: String,
    /// The address it sees itself under.
    #[serde(deserialize_with = "text")]
    pub ip: String,
    /// How it was installed: SHELL_SCRIPT, DOCKER, KUBERNETES, ECS, HELM_DELEGATE.
    #[serde(deserialize_with = "text")]
    pub delegate_type: String,
    /// The id or the name of the profile it asks for.
    #[serde(deserialize_with = "text")]
    pub delegate_profile_id: String,
    /// What it is for.
    #[serde(deserialize_with = "text")]
    pub description: String,
    /// Its program's version.
    #[serde(deserialize_with = "text")]
    pub version: String,
    /// Its own selectors.
    #[serde(deserialize_with = "null_is_default")]
    pub tags: Vec<String>,
    /// Milliseconds since the Unix epoch, by the delegate's clock.
    #[serde(deserialize_with = "null_is_default")]
    pub last_heart_beat: i64,
    /// Whether it is of the next generation.
    #[serde(deserialize_with = "null_is_default")]
    pub ng: bool,
    /// Whether it asks for its tasks.
    #[serde(deserialize_with = "null_is_default")]
    pub polling_mode_enabled: bool,
    /// Whether this is only a sign of life.
    #[serde(deserialize_with = "null_is_default")]
    pub keep_alive_packet: bool,
    /// Counts the instances of an ECS delegate. Clients send a number or its text.
    #[serde(deserialize_with = "number_or_text", skip_serializing_if = "Option::is_none")]
    pub sequence_num: Option<String>,
    /// Our own delegate's: how often it sends a heartbeat.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub heartbeat_interval_ms: Option<u32>,
    /// Our own delegate's: its operating system and the processor's architecture.
    #[serde(deserialize_with = "text", skip_serializing_if = "String::is_empty")]
    pub platform: String,
    /// The thumbprint that a delegate of a version before keys were proved had: it finds itself again by it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_thumbprint: Option<String>,
}

fn null_is_default<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(from: D) -> Result<T, D::Error> {
    Ok(Option::<T>::deserialize(from)?.unwrap_or_default())
}

fn text<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    null_is_default(from)
}

fn number_or_text<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Either {
        Number(i64),
        Text(String),
    }
    Ok(Option::<Either>::deserialize(from)?.map(|either| match either {
        Either::Number(number) => number.to_string(),
        Either::Text(text) => text,
    }))
}

impl RegisterRequest {
    /// What the delegate asks for. `peer` is the address it came from, taken where it names none.
    ///
    /// # Errors
    /// Names the field that cannot be taken, and says why.
    pub fn registration(&self, peer: &str) -> Result<Registration, Invalid> {
        Ok(Registration {
            facts: self.facts(peer)?,
            former_id: self.delegate_id.parse().ok(),
            profile: AskedProfile::parse(&self.delegate_profile_id),
        })
    }

    /// What the delegate says of itself. `peer` is the address it came from, taken where it names none.
    ///
    /// # Errors
    /// Names the field that cannot be taken, and says why.
    pub fn facts(&self, peer: &str) -> Result<Facts, Invalid> {
        let field = |name: &str, error: Invalid| Invalid::new(format!("{name}: {error}"));
        let host_name = HostName::parse(&self.host_name).map_err(|error| field("hostName", error))?;
        let name = if self.delegate_name.trim().is_empty() { host_name.as_str() } else { &self.delegate_name };
        let ip = if self.ip.trim().is_empty() { peer } else { &self.ip };
        let thumbprint = self.key_thumbprint.as_deref().filter(|text| !text.is_empty());
        Ok(Facts {
            name: DelegateName::parse(name).map_err(|error| field("delegateName", error))?,
            ip: line(ip, "The address", 64).map_err(|error| field("ip", error))?,
            kind: DelegateType::from_code(&self.delegate_type),
            version: if self.version.trim().is_empty() {
                String::new()
            } else {
                line(&self.version, "The version", 64).map_err(|error| field("version", error))?
            },
            description: block(self.description.trim(), "The description", 1000)
                .map_err(|error| field("description", error))?,
            tags: Selectors::new(&self.tags).map_err(|error| field("tags", error))?,
            thumbprint: thumbprint.map(Thumbprint::parse).transpose()?,
            heartbeat_interval_ms: self.heartbeat_interval_ms.filter(|ms| *ms > 0),
            next_gen: self.ng,
            platform: if self.platform.trim().is_empty() {
                String::new()
            } else {
                line(&self.platform, "The platform", 100).map_err(|error| field("platform", error))?
            },
            host_name,
        })
    }
}

/// The resource of a registration's reply.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct RegisterReply {
    /// The id to use from now on; empty where the delegate was turned away.
    #[serde(deserialize_with = "text")]
    pub delegate_id: String,
    /// `SELF_DESTRUCT` where the delegate was turned away.
    pub action: Option<String>,
    /// Our own: why it was turned away, as in [`HeartbeatReply::reason`](super::heartbeat::HeartbeatReply::reason).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Always null.
    pub migrate_url: Option<String>,
    /// Always null; ECS delegates of the first generation read it.
    pub sequence_num: Option<String>,
    /// Always null: Muster hands out no secret here.
    pub delegate_random_token: Option<String>,
    /// The name of the profile that the delegate keeps, where it asked for another one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub keeps_profile: Option<String>,
}

/// The action that tells a delegate to end.
pub const SELF_DESTRUCT: &str = "SELF_DESTRUCT";

/// The body with which a delegate says that it stops.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct UnregisterRequest {
    /// The id that the registration gave it.
    #[serde(deserialize_with = "text")]
    pub delegate_id: String,
    /// The host it ran on.
    #[serde(deserialize_with = "text")]
    pub host_name: String,
    /// How it was installed.
    #[serde(deserialize_with = "text")]
    pub delegate_type: String,
    /// The address it saw itself under.
    #[serde(deserialize_with = "text")]
    pub ip_address: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(json: serde_json::Value) -> RegisterRequest {
        serde_json::from_value(json).unwrap()
    }

    #[test]
    fn what_clients_send_is_read() {
        let request = request(serde_json::json!({
            "accountId": "a", "hostName": "h", "delegateName": null, "sequenceNum": 7, "tags": null, "ng": true,
            "delegateRandomToken": "secret", "token": "secret", "supportedTaskTypes": ["SCRIPT"], "unknown": {"x": 1},
        }));
        assert_eq!(request.sequence_num.as_deref(), Some("7"));
        assert!(!format!("{request:?}").contains("secret"));
        let facts = request.facts("192.0.2.7").unwrap();
        assert_eq!((facts.name.as_str(), facts.ip.as_str(), facts.kind), ("h", "192.0.2.7", DelegateType::Other));
    }

    #[test]
    fn what_cannot_be_taken_is_named() {
        for (json, begins) in [
            (serde_json::json!({}), "hostName: "),
            (serde_json::json!({"hostName": "h", "delegateName": "a\nb"}), "delegateName: "),
            (serde_json::json!({"hostName": "h", "tags": ["a,b"]}), "tags: "),
            (serde_json::json!({"hostName": "h", "ip": "x".repeat(65)}), "ip: "),
            (serde_json::json!({"hostName": "h", "keyThumbprint": "x"}), "keyThumbprint"),
        ] {
            let error = request(json).facts("192.0.2.7").unwrap_err().to_string();
            assert!(error.starts_with(begins), "{error}");
        }
    }
}
