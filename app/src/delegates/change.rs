//! What can be changed of a delegate: its profile and its selectors. The dialogs lie on the delegate's own page.

use leptos::prelude::*;
use muster::install::InstallOptions;

use super::{
    api::{EditSelectors, SwitchProfile},
    dialogs::{get_by_text, id_of, use_id},
    query::detail_href,
};
use crate::{
    install::api::get_install_options,
    ui::{
        button::{NavButton, SubmitButton},
        dialog::{CancelButton, Dialog, render_dialog},
        field::{CheckField, SelectField, TextField},
        form::Form,
        href::Href,
        load::Loaded,
    },
};
use muster::delegate::DelegateDetail;

/// The delegate's own page.
fn back_of(id: Memo<String>) -> Signal<Href> {
    Signal::derive(move || id.with(|id| id_of(id)).map_or_else(|_| Href::new("/delegates"), detail_href))
}

/// Asks for another profile, and says what follows.
#[component]
pub fn SwitchProfileDialog() -> impl IntoView {
    let id = use_id();
    let back = back_of(id);
    let asked = Loaded::<(DelegateDetail, InstallOptions)>::new(
        move || id.get(),
        |id| async move { Ok((get_by_text(id).await?, get_install_options().await?)) },
    );
    let switch = ServerAction::<SwitchProfile>::new();
    render_dialog(asked, back, move |asked| {
        // Made once: a choice that somebody made is not to be replaced.
        let (DelegateDetail { row, .. }, options) = asked.get_untracked();
        let (name, now) = (row.delegate.facts.name.to_string(), row.profile);
        let others: Vec<(String, String)> = options
            .profiles
            .into_iter()
            .filter(|(id, ..)| *id != row.delegate.profile_id)
            .map(|(id, name, _)| (id.to_string(), name))
            .collect();
        let id = row.delegate.id.to_string();
        view! {
            <Dialog title=format!("Switch the profile of {name}") back=back>
                {if others.is_empty() {
                    view! {
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
                    }
                    .into_any()
                } else {
                    view! {
                        <Form action=switch id=id.clone() class="form dialog-form">
                            <div class="dialog-body">
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
                                <input type="hidden" name="id" value=id />
                                <input type="hidden" name="back" value=move || back.get().to_string() />
                            </div>
                            <footer>
                                <CancelButton />
                                <SubmitButton label="Switch profile" busy="Switching…" />
                            </footer>
                        </Form>
                    }
                    .into_any()
                }}
            </Dialog>
        }
    })
}

/// Asks for the delegate's own selectors.
#[component]
pub fn SelectorsDialog() -> impl IntoView {
    let id = use_id();
    let back = back_of(id);
    let asked = Loaded::<DelegateDetail>::new(move || id.get(), get_by_text);
    let edit = ServerAction::<EditSelectors>::new();
    render_dialog(asked, back, move |asked| {
        // Made once: what somebody types is not to be replaced.
        let DelegateDetail { row, .. } = asked.get_untracked();
        let name = row.delegate.facts.name.to_string();
        let id = row.delegate.id.to_string();
        let said = Some(row.delegate.facts.tags.to_string()).filter(|said| !said.is_empty());
        let by_hand = row.delegate.selectors.is_some();
        let inherited = Some(row.inherited.to_string()).filter(|inherited| !inherited.is_empty());
        view! {
            <Dialog title=format!("Selectors of {name}") back=back>
                <Form action=edit id=id.clone() class="form dialog-form">
                    <div class="dialog-body">
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
                                    <b>{row.profile.clone()}</b>
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
                        <input type="hidden" name="id" value=id />
                        <input type="hidden" name="back" value=move || back.get().to_string() />
                    </div>
                    <footer>
                        <CancelButton />
                        <SubmitButton label="Save" busy="Saving…" />
                    </footer>
                </Form>
            </Dialog>
        }
    })
}
