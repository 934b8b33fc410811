//! Set-up, signing in and out, and the frame of every page.

use async_trait::async_trait;
use axum::http::{HeaderValue, header::SET_COOKIE};
use muster::{
    form::FormReader,
    id::UserId,
    text::Invalid,
    theme::Theme,
    user::{Email, Password, TypedCode},
};
use muster_app::{
    console::{Frame, Session, SignedIn},
    error::ConsoleError,
};
use tower_sessions::cookie::time::Duration;
use uuid::Uuid;

use super::{Operator, done::done};
use crate::{
    auth::{
        caller::{self, Awaited},
        device::{self, Device},
        password::Asker,
        session::{self, Began},
    },
    error::Error,
    manage::{
        Context, delegates, scopes, tokens,
        users::{
            self,
            sign_in::{self, PasswordMark, Verified},
        },
    },
    presence::recorded::SignInRefusal,
    web::{self, cookie},
};

/// For how long a browser is known: the longest that browsers allow.
const DEVICE: Duration = Duration::days(400);

#[async_trait]
impl Session for Operator {
    async fn frame(&self) -> Result<Frame, ConsoleError> {
        self.answer(self.read_frame(&self.context()?).await)
    }

    async fn set_up(&self, code: &str, email: &str, password: Password) -> Result<(), ConsoleError> {
        self.answer(self.create_first_administrator(code, email, password).await)
    }

    async fn sign_in(&self, email: &str, password: Password) -> Result<SignedIn, ConsoleError> {
        self.answer(self.check_and_sign_in(email, password).await)
    }

    async fn give_code(&self, code: TypedCode) -> Result<(), ConsoleError> {
        self.answer(self.check_code_and_sign_in(code).await)
    }

    async fn sign_out(&self) -> Result<(), ConsoleError> {
        self.answer(self.end_session().await)
    }

    fn choose_theme(&self, theme: Theme) -> Result<(), ConsoleError> {
        if let Some(cookie) = web::theme::keep(&self.state, theme) {
            self.response.append_header(SET_COOKIE, cookie);
        }
        Ok(())
    }

    async fn done(&self, object: Uuid) -> Result<Option<String>, ConsoleError> {
        self.answer(done(&self.context()?, object).await)
    }
}

impl Operator {
    async fn read_frame(&self, cx: &Context) -> Result<Frame, Error> {
        let role = cx.principal.role_in(&self.scope);
        // Who has no role here is shown the way to where there is one.
        let (pending, expiring) = match role {
            Some(_) => {
                (delegates::count_pending(cx, &self.scope).await?, tokens::count_expiring(cx, &self.scope).await?)
            }
            None => (0, 0),
        };
        let user = self.user.as_ref().ok_or(Error::SignedOut)?;
        let stream = self.session.id().map(|id| session::stream_name(&id)).unwrap_or_default();
        Ok(Frame {
            email: user.email.to_string(),
            called: user.called().to_owned(),
            role,
            account_role: user.account_role(),
            scope: self.scope.clone(),
            scopes: scopes::choices(cx, &self.state.account_name).await?,
            account: self.state.account_name.clone(),
            pending,
            expiring,
            stream,
        })
    }

    async fn create_first_administrator(&self, code: &str, email: &str, password: Password) -> Result<(), Error> {
        self.check_login_is_kept()?;
        let email = Email::parse(email);
        // A code is tried by somebody, so that attempts are counted.
        if let Ok(email) = &email {
            self.state.limits.sign_in(self.address, email, None)?;
        }
        let code = match &email {
            _ if code.trim().is_empty() => Err("Copy it from the server's log, where Muster last started."),
            Ok(_) if !self.state.setup.is(code) => {
                Err("This is not the setup code. It stands in the server's log, where it last started.")
            }
            Ok(_) | Err(_) => Ok(()),
        };
        let mut form = FormReader::default();
        form.field("code", code.map_err(Invalid::new));
        let email = form.field("email", email);
        form.field("password", password.check_new());
        let email = form.finish(|| email)?;
        let user = users::create_first(&self.state, email, password, Some(self.address)).await?;
        caller::sign_in(&self.session, user.id, self.began(false)).await?;
        self.remember_device(&user.email);
        Ok(())
    }

    /// How a session begins with this request.
    pub(super) fn began(&self, by_single_sign_on: bool) -> Began {
        let (at, browser) = (self.state.clock.now(), self.browser.clone());
        Began { at, address: self.address, browser, by_single_sign_on }
    }

    /// A login that the browser would not keep is none: it says so, and where to go instead.
    pub(super) fn check_login_is_kept(&self) -> Result<(), Error> {
        let Some(url) = self.login_is_kept_at.as_ref().filter(|_| self.by_form) else { return Ok(()) };
        let sentence = format!(
            "This page came over plain HTTP, where browsers do not keep a login for {url}. Open {url} and log in there."
        );
        Err(Error::field("", Invalid::new(sentence)))
    }

    /// Lets the browser be known for a person from now on.
    pub(super) fn remember_device(&self, email: &Email) {
        if let Some(cookie) = self.device_cookie(email) {
            self.response.append_header(SET_COOKIE, cookie);
        }
    }

    /// The `Set-Cookie` header by which the browser is known for a person.
    pub(super) fn device_cookie(&self, email: &Email) -> Option<HeaderValue> {
        let device = Device::after_sign_in(self.device.clone(), email);
        cookie::write(&self.state, device::COOKIE, &device, DEVICE)
    }

    async fn check_and_sign_in(&self, email: &str, password: Password) -> Result<SignedIn, Error> {
        let wrong = || {
            let sentence = "The email address or the password is wrong.";
            Error::field("", Invalid::new(sentence))
        };
        let failed = |why| self.state.presence.sign_in_failed(None, why, self.state.clock.now(), self.address);
        // What is no address is nobody's: the same answer, and no work.
        let email = Email::parse(email).map_err(|_| {
            failed(SignInRefusal::UnknownUser);
            wrong()
        })?;
        self.check_login_is_kept()?;
        let device = self.device.as_ref().filter(|device| device.knows(&email));
        let allowed = self.state.limits.sign_in(self.address, &email, device);
        allowed.inspect_err(|_| failed(SignInRefusal::TooOften))?;
        let asker = if device.is_some() { Asker::Known } else { Asker::Stranger(self.address) };
        let verified = sign_in::verify(&self.state, &email, password, asker, self.address).await?;
        let Verified { user, awaits_code } = verified.ok_or_else(wrong)?;
        if let Some(mark) = awaits_code {
            return self.await_code(user.id, mark).await;
        }
        caller::sign_in(&self.session, user.id, self.began(false)).await?;
        self.remember_device(&user.email);
        sign_in::signed_in(&self.context_of(&user), &user).await?;
        Ok(SignedIn::Whole)
    }

    /// Has the session wait for the person's code.
    pub(super) async fn await_code(&self, user: UserId, mark: PasswordMark) -> Result<SignedIn, Error> {
        let awaited = Awaited { user, mark, at: self.state.clock.now() };
        caller::await_code(&self.session, awaited).await?;
        Ok(SignedIn::AwaitsCode)
    }

    async fn check_code_and_sign_in(&self, code: TypedCode) -> Result<(), Error> {
        let awaited = caller::awaited(&self.session, self.state.clock.now()).await?;
        let Awaited { user, mark, .. } = awaited.ok_or_else(sign_in::too_late)?;
        let user = sign_in::awaited(&self.state, user).await?;
        let device = self.device.as_ref().filter(|device| device.knows(&user.email));
        let allowed = self.state.limits.code(self.address, user.id, &user.email, device);
        allowed.inspect_err(|_| {
            let (why, now) = (SignInRefusal::TooOften, self.state.clock.now());
            self.state.presence.sign_in_failed(Some(user.id), why, now, self.address);
        })?;
        sign_in::complete(&self.context_of(&user), &mark, &user, &code).await?;
        caller::sign_in(&self.session, user.id, self.began(false)).await?;
        self.remember_device(&user.email);
        Ok(())
    }

    async fn end_session(&self) -> Result<(), Error> {
        if let Some(user) = &self.user {
            sign_in::signed_out(&self.context_of(user), user).await?;
        }
        self.session.flush().await?;
        Ok(())
    }
}
