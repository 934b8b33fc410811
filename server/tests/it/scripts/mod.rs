//! Startup scripts: handed out, told of while they run, shown with every secret masked.

mod delivery;
mod kept;
mod masking;
mod people;
mod reports;
mod result;
mod shown;

use axum::{
    body::Body,
    http::{Method, Request, header},
};
use muster::{
    script::{DelegateScripts, ScriptRun},
    wire::path,
};
use muster_app::scripts::api::log_path;

use crate::support::{Answer, Client, Person, TestApp, Value, json};

/// A delegate that is admitted and has a script.
pub struct Runner {
    pub app: TestApp,
    pub admin: Person,
    pub client: Client,
    pub id: String,
    pub profile: String,
    pub token: String,
}

impl Runner {
    /// A delegate `edge-1` of a profile with this script.
    pub async fn new(app: &TestApp, script: &str) -> Self {
        let admin = app.administrator().await;
        let profile = admin.new_profile_with("Edge", script).await;
        let token = admin.new_token_with("edge", &[("profile", &profile)]).await;
        let client = app.delegate(&token.value);
        let id = client.registered().await;
        Self { app: app.clone(), admin, client, id, profile, token: token.id }
    }

    /// The version of the script that it is to apply.
    pub async fn version(&self) -> i64 {
        self.admin.sees(&self.id).await.row.delegate.script_version.as_millis()
    }

    /// Output of a run that goes on.
    pub async fn output(&self, offset: usize, output: &str) -> Value {
        json!({"profileId": self.profile, "profileLastUpdatedAt": self.version().await, "offset": offset,
            "output": output})
    }

    /// Output after which a run has ended.
    pub async fn end(&self, offset: usize, output: &str, outcome: &str, exit_code: Option<i32>) -> Value {
        let mut report = self.output(offset, output).await;
        report["end"] = json!({"outcome": outcome, "exitCode": exit_code});
        report
    }

    /// Reports, as this delegate.
    pub async fn reports(&self, run: &str, report: &Value) -> Answer {
        reports_as(&self.app, &self.client, &self.id, run, report.to_string()).await
    }

    /// Reports a whole run that went well, in pieces.
    pub async fn runs(&self, run: &str, pieces: &[&str]) {
        let mut offset = 0;
        for piece in pieces {
            self.reports(run, &self.output(offset, piece).await).await.ok();
            offset += piece.len();
        }
        self.reports(run, &self.end(offset, "", "EXITED", Some(0)).await).await.ok();
    }

    /// What its page shows.
    pub async fn shown(&self) -> DelegateScripts {
        self.admin.ask("scripts/of", &[("delegate", &self.id)]).await
    }

    /// The newest run.
    pub async fn newest(&self) -> ScriptRun {
        self.shown().await.runs.into_iter().next().expect("a run")
    }

    /// The file with the whole log of a run.
    pub async fn file(&self, run: &str) -> Answer {
        self.admin.page(&log_path(self.id.parse().unwrap(), run.parse().unwrap())).await
    }

    /// Asks for the profile as who has nothing.
    pub async fn asks(&self) -> Answer {
        self.client.profile(&self.id, "").await
    }

    /// Sends a whole log after the run, as other clients do.
    pub async fn sends_result(&self, query: &str, log: &[u8]) -> Answer {
        let head = "--X-Y\r\nContent-Disposition: form-data; name=\"part\"; filename=\"result.txt\"\r\n\r\n";
        let body = [head.as_bytes(), log, b"\r\n--X-Y--\r\n"].concat();
        self.sends_form("multipart/form-data; boundary=X-Y", query, body).await
    }

    /// Sends any body to where results go.
    pub async fn sends_form(&self, content_type: &str, query: &str, body: Vec<u8>) -> Answer {
        let (path, account) = (path::PROFILE_RESULT.replace("{id}", &self.id), self.app.state().account);
        let request = Request::post(format!("{path}?accountId={account}{query}"))
            .header(header::CONTENT_TYPE, content_type)
            .header(header::AUTHORIZATION, self.client.authorization())
            .body(Body::from(body))
            .unwrap();
        Answer::read(self.app.send(request, self.client.address).await).await
    }
}

/// Reports, as any delegate, of any.
pub async fn reports_as(app: &TestApp, client: &Client, id: &str, run: &str, report: impl Into<Vec<u8>>) -> Answer {
    let path = path::SCRIPT_RUN.replace("{id}", id).replace("{run}", run);
    let path = format!("{path}?accountId={}", app.state().account);
    client.raw(Method::PUT, &path, Some(&client.authorization()), report.into()).await
}

/// The id of a run, by its number.
pub fn run(number: u128) -> String {
    uuid::Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0000 + number).to_string()
}
