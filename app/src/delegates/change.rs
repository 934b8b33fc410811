//! What can be changed of a delegate: its profile, its selectors and its description. The dialogs lie on the delegate's own page.

use leptos::{prelude::*, server_fn::ServerFn};
use muster::delegate::DelegateDetail;

use super::{
    api::{EditDescription, EditSelectors, SwitchProfile},
    dialogs::get_by_text,
    query::use_list_query,
};
use crate::{
    install::api::get_install_options,
    ui::{
        button::NavButton,
        dialog::{CancelButton, Dialog, render_dialog},
        field::{CheckField, SelectField, TextArea, TextField},
        form_dialog::{FormDialog, Submit},
        href::Href,
        params::{parse_id, use_id},
    },
};

/// The delegate's own page.
fn back_of(id: &str) -> Href {
    let query = use_list_query();
    parse_id(id).map_or_else(|_| query.list(), |id| query.detail(id))
}

/// Asks for another profile, and says what follows.
#[component]
pub fn SwitchProfileDialog() -> impl IntoView {
    let id = use_id();
    let back = back_of(&id);
    let asked = async move { Ok((get_by_text(id).await?, get_install_options().await?)) };
    render_dialog(asked, back.clone(), move |(DelegateDetail { row, .. }, options)| {
        let (name, now) = (row.delegate.facts.name.to_string(), row.profile);
        let others: Vec<(String, String)> = options
            .profiles
            .into_iter()
            .filter(|(id, ..)| *id != row.delegate.profile_id)
            .map(|(id, name, _)| (id.to_string(), name))
            .collect();
        let title = format!("Switch the profile of {name}");
        if others.is_empty() {
            return view! {
                <Dialog title=title back=back>
                    <div class="dialog-body">
                        <p>
                            <b>{now}</b>
                            " is the only profile. Add another one first."
                        </p>
                    </div>
                    <footer>
                        <CancelButton />
                        <NavButton to=Href::new("/profiles/new") class="btn primary">
                            "Add Delegate Profile"
                        </NavButton>
                    </footer>
                </Dialog>
            }
            .into_any();
        }
        view! {
            <FormDialog
                title=title
                back=back.clone()
                action=SwitchProfile::PATH
                id=row.delegate.id.to_string()
                returns_to=back
                submit=Submit::saves("Switch profile", "Switching…")
            >
                <p>
                    <b>{name}</b>
                    " has the profile "
                    <b>{now}</b>
                    " now."
                </p>
                <SelectField name="profile" label="Profile" options=others />
                <ul class="points">
                    <li>
                        "The startup script of the new profile runs on the delegate, at once or as soon as it is \
                        approved and connected."
                    </li>
                    <li>"The delegate inherits the selectors of the new profile and loses those of the old one."</li>
                    <li>"Whether the new profile requires approval has no effect on a delegate that is registered."</li>
                </ul>
            </FormDialog>
        }
        .into_any()
    })
}

/// Asks for the delegate's own selectors.
#[component]
pub fn SelectorsDialog() -> impl IntoView {
    let id = use_id();
    let back = back_of(&id);
    render_dialog(get_by_text(id), back.clone(), move |DelegateDetail { row, .. }| {
        let name = row.delegate.facts.name.to_string();
        let said = Some(row.delegate.facts.tags.to_string()).filter(|said| !said.is_empty());
        let by_hand = row.delegate.selectors.is_some();
        let inherited = Some(row.inherited.to_string()).filter(|inherited| !inherited.is_empty());
        view! {
            <FormDialog
                title=format!("Selectors of {name}")
                back=back.clone()
                action=EditSelectors::PATH
                id=row.delegate.id.to_string()
                returns_to=back
                submit=Submit::saves("Save", "Saving…")
            >
                <TextField
                    name="selectors"
                    label="Selectors"
                    value=row.delegate.own_selectors().to_string()
                    hint="Separated by commas. What you save here also stays when the delegate registers again."
                />
                {inherited.map(|inherited| {
                    view! {
                        <p>
                            "Inherited from the profile "
                            <b>{row.profile}</b>
                            ": "
                            {inherited}
                            "."
                        </p>
                    }
                })}
                {by_hand.then(|| {
                    view! {
                        <p>
                            {match said {
                                Some(said) => format!("The delegate itself says: {said}."),
                                None => "The delegate itself says none.".to_owned(),
                            }}
                        </p>
                        <CheckField
                            name="own"
                            label="Use what the delegate itself says"
                            hint="The field above is not used then."
                        />
                    }
                })}
            </FormDialog>
        }
    })
}

/// Asks what the delegate is for.
#[component]
pub fn DescriptionDialog() -> impl IntoView {
    let id = use_id();
    let back = back_of(&id);
    render_dialog(get_by_text(id), back.clone(), move |DelegateDetail { row, .. }| {
        let delegate = row.delegate;
        let (written, given) = (delegate.description().to_owned(), delegate.given_description.is_some());
        let said = delegate.facts.description.clone();
        view! {
            <FormDialog
                title=format!("Description of {}", delegate.facts.name)
                back=back.clone()
                action=EditDescription::PATH
                id=delegate.id.to_string()
                returns_to=back
                submit=Submit::saves("Save", "Saving…")
            >
                <TextArea
                    name="description"
                    label="Description"
                    value=written
                    hint="What you save here also stays when the delegate registers again."
                />
                {given.then(|| {
                    let says = match said.as_str() {
                        "" => "The delegate itself says nothing.".to_owned(),
                        said => format!("The delegate itself says: {said}"),
                    };
                    view! {
                        <p>{says}</p>
                        <CheckField
                            name="own"
                            label="Use what the delegate itself says"
                            hint="The field above is not used then."
                        />
                    }
                })}
            </FormDialog>
        }
    })
}
