//! Who is using the console: first set-up, signing in and out.

pub mod api;
mod code;
mod login;
mod setup;
mod theme;
mod toast;
mod viewer;

pub use api::after_sign_in;
pub use code::{CODE_PATH, CodePage};
pub use login::{LOGIN_PATH, LoginPage, SSO_PATH, SignInWays};
pub use setup::SetupPage;
pub use theme::ThemeSwitch;
pub use toast::Toast;
pub(crate) use viewer::provide_viewer;
pub use viewer::{ManagersOnly, Only, is_viewer, may, may_manage, use_scope};

use leptos::prelude::*;

use crate::ui::icon::Icon;

/// Where the browser has to log in, where a login would not be kept at the address it has opened. The server provides it
/// as a context.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoginElsewhere(pub String);

/// Says where a login is kept, where it is not here.
#[component]
pub(crate) fn ElsewhereNotice() -> impl IntoView {
    use_context::<LoginElsewhere>().map(|LoginElsewhere(url)| {
        view! {
            <div class="notice notice-wait" role="alert">
                {Icon::Warning.draw()}
                <p>
                    "A login is not kept at this address: this page came over plain HTTP, and Muster is set up for \
                    HTTPS. Log in at "
                    <a class="link" rel="external" href=url.clone()>{url.clone()}</a>
                    " instead."
                </p>
            </div>
        }
    })
}
