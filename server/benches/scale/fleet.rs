//! An installation with tokens and delegates in it, written straight into its database; and what those delegates ask.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use muster::{
    delegate::{Admission, Delegate, DelegateName, DelegateSecretKey, DelegateType, Facts, HostName},
    id::{DelegateId, TokenId},
    scope::Scope,
    text::Selectors,
    time::Timestamp,
    token::{Restrictions, Token, TokenName, TokenValue},
    wire::{
        credential::{Claims, seal},
        path,
        proof::{self, first_counter},
        register::RegisterRequest,
    },
};
use muster_server::{
    clock::Clock,
    config::{Bounds, Config, Retention},
    db::{
        entity::{delegate, token},
        insert::insert_all,
    },
    manage::profiles::primary,
    presence,
    proxies::TrustedProxies,
    random, start,
    token_values::purpose,
};
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set, ConnectionTrait as _, EntityTrait as _};

use crate::{home::Home, http::request, jwe::seal_without_kid};

/// How often the delegates say that they call.
pub const INTERVAL: Duration = Duration::from_secs(30);
/// How many delegates are written at once, and how many of these in one statement, which takes 32,766 values.
const IN_ONE_CHANGE: usize = 10_000;
const IN_ONE_STATEMENT: usize = 500;
const KINDS: [DelegateType; 4] =
    [DelegateType::ShellScript, DelegateType::Kubernetes, DelegateType::Docker, DelegateType::Ecs];

/// What was written.
pub struct Fleet {
    pub account: String,
    pub tokens: Vec<TokenValue>,
    pub delegates: Vec<Member>,
}

/// A delegate, as far as its requests need it.
#[derive(Clone)]
pub struct Member {
    pub id: String,
    pub number: usize,
    token: TokenValue,
    account: String,
}

/// How a delegate calls.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// As Muster's own names its key.
    KeyId,
    /// As existing clients, which do not.
    Plain,
}

fn config(home: &Home) -> Config {
    let data_dir = home.data();
    Config {
        listen: SocketAddr::from(([127, 0, 0, 1], 0)),
        public_url: None,
        secret_key_file: data_dir.join("secret.key"),
        data_dir,
        database: home.database().parse().unwrap(),
        admin: None,
        delegate_image: "muster-delegate:bench".to_owned(),
        trusted_proxies: TrustedProxies::default(),
        retention: Retention::default(),
        bounds: Bounds::default(),
        log: "off".to_owned(),
        metrics_listen: None,
        require_second_factor: false,
        single_sign_on: None,
        password_sign_in: true,
    }
}

fn name_of(number: usize) -> String {
    format!("edge-{number:07}")
}

/// Makes an installation, with so many tokens, and as many delegates, which share them.
pub async fn found(home: &Home, tokens: usize, delegates: usize) -> Fleet {
    let state = start::start(&config(home), Clock::system()).await.unwrap();
    let scope = Scope::account(state.account);
    let now = Clock::system().now();
    let profile = primary(state.db.read(), &scope).await.unwrap();
    let mut fleet = Fleet { account: state.account.to_string(), tokens: Vec::new(), delegates: Vec::new() };
    let mut ids = Vec::new();
    let change = state.db.write().await.unwrap();
    for number in 0..tokens {
        let (id, value) = (TokenId::new(now, &random::bytes()), TokenValue::from_bytes(random::bytes()));
        let token = Token {
            id,
            scope: scope.clone(),
            name: TokenName::parse(&format!("bench-{number:04}")).unwrap(),
            created_by: "bench".to_owned(),
            created_at: now,
            expires_at: None,
            default_profile: None,
            requires_approval: false,
            restrictions: Restrictions::default(),
            revoked_at: None,
            rotation: None,
            changed: None,
            revision: 1,
        };
        let sealed = state.encryption.seal(&purpose(id), value.key());
        token::ActiveModel::new(&token, value.key_id().to_string(), sealed).insert(&*change).await.unwrap();
        ids.push(id);
        fleet.tokens.push(value);
    }
    change.commit().await.unwrap();
    for chunk in (0..delegates).collect::<Vec<_>>().chunks(IN_ONE_CHANGE) {
        let change = state.db.write().await.unwrap();
        if !home.is_postgres() {
            // A million delegates are more than the manager's own share of memory.
            change.execute_unprepared("PRAGMA cache_size = -1000000").await.unwrap();
        }
        for chunk in chunk.chunks(IN_ONE_STATEMENT) {
            let mut all = Vec::with_capacity(chunk.len());
            for &number in chunk {
                let of = number % tokens;
                // One after the other, the last one now.
                let at = now.minus(Duration::from_millis((delegates - number) as u64));
                let delegate = a_delegate(number, &scope, profile.id, ids[of], at, now);
                let member = Member {
                    id: delegate.id.to_string(),
                    number,
                    token: fleet.tokens[of].clone(),
                    account: fleet.account.clone(),
                };
                fleet.delegates.push(member);
                all.push(delegate);
            }
            insert_all(&change, all.iter().map(delegate::ActiveModel::from).collect()).await.unwrap();
            all.retain(|delegate| delegate.connected_until.is_some());
            presence::connect_all(&change, &all, now).await.unwrap();
        }
        change.commit().await.unwrap();
    }
    state.db.clone().close().await;
    fleet
}

/// Whether whoever registers with a token waits for approval. Managers must not run meanwhile.
pub async fn require_approval(home: &Home, is_required: bool) {
    let state = start::start(&config(home), Clock::system()).await.unwrap();
    let change = state.db.write().await.unwrap();
    let all = token::ActiveModel { requires_approval: Set(is_required), ..Default::default() };
    token::Entity::update_many().set(all).exec(&*change).await.unwrap();
    change.commit().await.unwrap();
    state.db.clone().close().await;
}

/// Of a thousand, two wait for approval and one was rejected; of a hundred, three are not connected.
fn a_delegate(
    number: usize,
    scope: &Scope,
    profile: muster::id::ProfileId,
    token: TokenId,
    registered_at: Timestamp,
    now: Timestamp,
) -> Delegate {
    let admission = match number % 1000 {
        7 | 13 => Admission::WaitingForApproval,
        99 => Admission::Rejected,
        _ => Admission::Enabled,
    };
    let connected = admission != Admission::Rejected && number % 100 > 2;
    Delegate {
        id: DelegateId::new(registered_at, &random::bytes()),
        scope: scope.clone(),
        facts: Facts {
            name: DelegateName::parse(&name_of(number)).unwrap(),
            host_name: HostName::parse(&format!("host-{number:07}.example.com")).unwrap(),
            ip: format!("10.{}.{}.{}", number >> 16 & 255, number >> 8 & 255, number & 255),
            kind: KINDS[number % KINDS.len()],
            version: "0.1.0".to_owned(),
            description: String::new(),
            tags: Selectors::new(&[format!("zone-{}", number % 20), "linux".to_owned()]).unwrap(),
            thumbprint: None,
            heartbeat_interval_ms: Some(u32::try_from(INTERVAL.as_millis()).unwrap()),
            next_gen: false,
            platform: String::new(),
        },
        profile_id: profile,
        script_version: now,
        selectors: None,
        given_description: None,
        cancelled_run: None,
        token_id: token,
        token_before: None,
        key: None,
        unbound: false,
        instance: None,
        held_until: None,
        conflict: None,
        address: "198.51.100.7".to_owned(),
        clock_behind: None,
        asked_profile: None,
        resembles: None,
        admission,
        reason: None,
        decision: None,
        warned: false,
        disabled: None,
        registered_at,
        last_heartbeat_at: now,
        // For as long as any measure takes: this is not about those that fall silent.
        connected_until: connected.then(|| now.plus(Duration::from_secs(60 * 60))),
        refused_at: None,
        revision: 1,
    }
}

impl Fleet {
    /// A delegate that is not there yet.
    pub fn stranger(&self, number: usize) -> Member {
        Member {
            id: String::new(),
            number,
            token: self.tokens[number % self.tokens.len()].clone(),
            account: self.account.clone(),
        }
    }
}

impl Member {
    fn credential(&self, style: Style) -> String {
        let claims = Claims::new(
            &self.account,
            &name_of(self.number),
            &self.account,
            self.number.to_string(),
            Clock::system().now(),
        );
        match style {
            Style::KeyId => seal(&self.token, &claims, random::bytes()),
            Style::Plain => seal_without_kid(&self.token, &claims, random::bytes()),
        }
    }

    fn body(&self, interval: Duration) -> String {
        let request = RegisterRequest {
            delegate_id: self.id.clone(),
            account_id: self.account.clone(),
            delegate_name: name_of(self.number),
            host_name: format!("host-{:07}.example.com", self.number),
            ip: "10.0.0.1".to_owned(),
            delegate_type: "SHELL_SCRIPT".to_owned(),
            version: "0.1.0".to_owned(),
            tags: vec![format!("zone-{}", self.number % 20), "linux".to_owned()],
            polling_mode_enabled: true,
            heartbeat_interval_ms: u32::try_from(interval.as_millis()).ok(),
            ..RegisterRequest::default()
        };
        serde_json::to_string(&request).unwrap()
    }

    fn call(&self, method: &str, path: &str, style: Style, key: Option<(&Key, u64)>, body: &str) -> Vec<u8> {
        let credential = self.credential(style);
        let authorization = format!("Delegate {credential}");
        let whole = format!("{path}?accountId={}", self.account);
        let mut headers = vec![("Authorization", authorization.as_str()), ("Content-Type", "application/json")];
        let proof = key.map(|(key, counter)| key.prove(method, path, &credential, counter));
        if let Some(proof) = &proof {
            headers.push((proof::HEADER, proof));
        }
        request(method, &whole, &headers, body)
    }

    /// A heartbeat.
    pub fn heartbeat(&self, style: Style) -> Vec<u8> {
        self.call("POST", path::HEARTBEAT, style, None, &self.body(INTERVAL))
    }

    /// A heartbeat that proves a key.
    pub fn proven_heartbeat(&self, key: &Key, counter: u64) -> Vec<u8> {
        self.call("POST", path::HEARTBEAT, Style::KeyId, Some((key, counter)), &self.body(INTERVAL))
    }

    /// A look for tasks.
    pub fn poll(&self, style: Style) -> Vec<u8> {
        self.call("GET", &path::TASK_EVENTS.replace("{id}", &self.id), style, None, "")
    }

    /// A registration.
    pub fn registration(&self, key: Option<&Key>) -> Vec<u8> {
        self.call("POST", path::REGISTER, Style::KeyId, key.map(|key| (key, 0)), &self.body(INTERVAL))
    }
}

/// The key of a delegate, and the process that has it.
#[derive(Clone)]
pub struct Key {
    secret: Arc<DelegateSecretKey>,
    process: String,
}

impl Key {
    pub fn new() -> Self {
        let process = format!("{:032x}", u128::from_le_bytes(random::bytes()));
        Self { secret: Arc::new(DelegateSecretKey::from_bytes(&random::bytes())), process }
    }

    fn prove(&self, method: &str, path: &str, credential: &str, counter: u64) -> String {
        let ctr = first_counter(1) + counter;
        let claims = proof::Claims {
            jti: format!("{}.{ctr}", self.process),
            htm: method.to_owned(),
            htu: format!("http://127.0.0.1{path}"),
            iat: Clock::system().now().as_seconds(),
            ath: proof::credential_digest(credential),
            ins: self.process.clone(),
            ctr,
        };
        proof::sign(&self.secret, &claims)
    }
}
