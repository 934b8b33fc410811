//! Approving a delegate of which something is out of the ordinary, turning one away, disabling and deleting one.

use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_query_map;
use muster::{
    delegate::{DelegateDetail, Note},
    page::Cursor,
};

use super::{
    api::{ApproveDelegate, DeleteDelegate, DisableDelegate, RejectDelegate, get_delegate},
    decision::cautions,
    infrastructure::removal,
    keys::Print,
    query::{ListQuery, use_list_query},
};
use crate::{
    error::ConsoleError,
    install::use_cluster,
    ui::{
        copy::Command,
        dialog::render_dialog,
        field::TextField,
        form_dialog::{FormDialog, Submit},
        href::Href,
        params::{parse_id, use_id},
    },
};

/// Asks for the delegate with an id out of an address.
pub async fn get_by_text(id: String) -> Result<DelegateDetail, ConsoleError> {
    get_delegate(parse_id(&id)?, Cursor::First).await
}

/// Where cancelling leads: to the list as it was, or to the delegate's own page.
fn back_of(query: &ListQuery) -> Href {
    match use_id().parse() {
        Ok(id) if query.from_detail => query.detail(id),
        _ => query.list(),
    }
}

/// Asks once more before a delegate is let work of which something is out of the ordinary.
#[component]
pub fn ApproveDialog() -> impl IntoView {
    let query = use_list_query();
    let back = back_of(&query);
    let after = if query.from_detail { back.clone() } else { query.decided() };
    approve_dialog(back, after)
}

/// Asks once more before the delegate in the address is let work. `back` is where cancelling leads, `after` where the
/// approval does.
pub fn approve_dialog(back: Href, after: Href) -> impl IntoView {
    let seen = seen();
    render_dialog(get_by_text(use_id()), back.clone(), move |DelegateDetail { row, .. }| {
        let name = row.delegate.facts.name.to_string();
        let seen = seen.unwrap_or_else(|| row.delegate.revision.to_string());
        let differs = row.earlier.is_some();
        let earlier = row.earlier.as_ref().map(|earlier| {
            view! {
                <Print
                    delegate=earlier.delegate.clone()
                    label="The one known before"
                    advice="What the host had until now."
                />
            }
        });
        view! {
            <FormDialog
                title=format!("Approve {name} all the same?")
                back=back
                action=ApproveDelegate::PATH
                id=row.delegate.id.to_string()
                returns_to=after
                submit=Submit::saves("Approve", "Approving…")
            >
                {cautions(&row).into_iter().map(|caution| view! { <p>{caution}</p> }).collect_view()}
                <div class="prints">
                    <Print
                        delegate=row.delegate.clone()
                        label="This one"
                        differs=differs
                        advice="Compare it with the one in the delegate's log."
                    />
                    {earlier}
                </div>
                <NoteField />
                <input type="hidden" name="seen" value=seen />
            </FormDialog>
        }
    })
}

/// The revision that the person saw when opening a dialog, not the one of now.
fn seen() -> Option<String> {
    use_query_map().with_untracked(|query| query.get("seen"))
}

/// Asks once more before a delegate is turned away.
#[component]
pub fn RejectDialog() -> impl IntoView {
    let query = use_list_query();
    let back = back_of(&query);
    let after = if query.from_detail { back.clone() } else { query.decided() };
    reject_dialog(back, after)
}

/// Asks once more before the delegate in the address is turned away. `back` is where cancelling leads, `after` where the
/// rejection does.
pub fn reject_dialog(back: Href, after: Href) -> impl IntoView {
    let seen = seen();
    render_dialog(get_by_text(use_id()), back.clone(), move |DelegateDetail { row, .. }| {
        let name = row.delegate.facts.name.to_string();
        let seen = seen.unwrap_or_else(|| row.delegate.revision.to_string());
        view! {
            <FormDialog
                title=format!("Reject {name}?")
                back=back
                action=RejectDelegate::PATH
                id=row.delegate.id.to_string()
                returns_to=after
                submit=Submit::removes("Reject", "Rejecting…")
            >
                <p>
                    <b>{name}</b>
                    " leaves the list. Its process keeps running, but Muster will not use it."
                </p>
                <p>"This can be taken back: the status filter Rejected shows it again."</p>
                <NoteField />
                <input type="hidden" name="seen" value=seen />
            </FormDialog>
        }
    })
}

/// What is noted of a decision.
#[component]
pub fn NoteField() -> impl IntoView {
    view! {
        <TextField
            name="note"
            label="Note (optional)"
            hint="It stays on the delegate's page and in its record."
            max_length=Note::MAX_LENGTH
        />
    }
}

/// Asks before a delegate is put out of work, and says what that means where it runs.
#[component]
pub fn DisableDelegateDialog() -> impl IntoView {
    let query = use_list_query();
    let back = back_of(&query);
    render_dialog(get_by_text(use_id()), back.clone(), move |DelegateDetail { row, .. }| {
        let name = row.delegate.facts.name.to_string();
        view! {
            <FormDialog
                title=format!("Disable {name}?")
                back=back.clone()
                action=DisableDelegate::PATH
                id=row.delegate.id.to_string()
                returns_to=back
                submit=Submit::removes("Disable", "Disabling…")
            >
                <p>
                    "From its next request on, "
                    <b>{name}</b>
                    " is refused: it gets neither work nor scripts. Its token, its key and its approval stay as they are."
                </p>
                <ul class="points">
                    <li>
                        "A delegate of Muster keeps running and asks once a minute whether it is enabled again. A startup \
                        script that runs there is ended."
                    </li>
                    <li>"Any other delegate stops: enabled again, it has to be started."</li>
                </ul>
                <NoteField />
            </FormDialog>
        }
    })
}

/// Asks before a delegate is deleted, and says what is left to do.
#[component]
pub fn DeleteDelegateDialog() -> impl IntoView {
    let query = use_list_query();
    let (back, after) = (back_of(&query), query.decided());
    let cluster = use_cluster();
    render_dialog(get_by_text(use_id()), back.clone(), move |DelegateDetail { row, .. }| {
        let name = row.delegate.facts.name.to_string();
        let (how, command) = removal(&row.delegate.facts, cluster.word());
        view! {
            <FormDialog
                title=format!("Delete {name}?")
                back=back
                action=DeleteDelegate::PATH
                id=row.delegate.id.to_string()
                returns_to=after
                submit=Submit::DELETE
            >
                <p>
                    <b>{name}</b>
                    " leaves the list for good. A delegate of Muster then ends by itself; what starts it again has to be \
                    removed where it runs, and any other delegate has to be stopped there:"
                </p>
                <p>{how}</p>
                {command.map(|line| view! { <Command line=line /> })}
                <p>"If it registers again later, it is evaluated anew, like a delegate that was never seen."</p>
            </FormDialog>
        }
    })
}
