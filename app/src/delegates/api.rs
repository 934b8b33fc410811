//! Delegates: what the pages show and ask for.

use leptos::prelude::*;
use muster::{
    delegate::{
        DelegateDetail, DelegateFilter, DelegateRow, FilterNames, StatusCount, parse_description, parse_note,
        parse_profile, parse_selectors,
        selected::{Act, Deed, Report, Selected},
    },
    id::{DelegateId, ProfileId, TokenId},
    page::{Cursor, Page},
    user::Permission,
};

use crate::{
    console::ask,
    error::ConsoleError,
    ui::href::{Href, back_to, is_page},
};

/// One page of the list.
#[server(endpoint = "delegates/list")]
pub async fn list_delegates(filter: DelegateFilter) -> Result<Page<DelegateRow>, ConsoleError> {
    ask(|console| async move { console.list_delegates(filter).await }).await
}

/// How many there are of each status under a filter, and first of all but the rejected.
#[server(endpoint = "delegates/count")]
pub async fn count_delegates(filter: DelegateFilter) -> Result<Vec<StatusCount>, ConsoleError> {
    ask(|console| async move { console.count_delegates(filter).await }).await
}

/// What the profile and the token are called that a list is filtered by.
#[server(endpoint = "delegates/filter-names")]
pub async fn get_filter_names(profile: Option<ProfileId>, token: Option<TokenId>) -> Result<FilterNames, ConsoleError> {
    ask(|console| async move { console.filter_names(profile, token).await }).await
}

/// The delegates with some ids, which stand with blanks between them.
#[server(endpoint = "delegates/some")]
pub async fn get_some_delegates(ids: String) -> Result<Vec<DelegateRow>, ConsoleError> {
    ask(|console| async move {
        let ids: Result<Vec<DelegateId>, _> = ids.split_whitespace().map(str::parse).collect();
        console.some_delegates(ids.map_err(ConsoleError::not_found)?).await
    })
    .await
}

/// Does one thing to several delegates: see [`Selected::parse_all`].
#[server(endpoint = "delegates/act-on-selected")]
pub async fn act_on_selected(
    act: String,
    selected: String,
    #[server(default)] profile: String,
    back: String,
) -> Result<(), ConsoleError> {
    ask(|console| async move {
        console.authorize(Permission::ManageDelegates)?;
        let deed = match Act::from_slug(&act) {
            Some(Act::Approve) => Deed::Approve,
            Some(Act::Reject) => Deed::Reject,
            Some(Act::SwitchProfile) => Deed::SwitchProfile(parse_profile(&profile)?),
            Some(Act::Disable) => Deed::Disable,
            Some(Act::Delete) => Deed::Delete,
            None => return Err(ConsoleError::not_found("There is no such action.")),
        };
        console.act_on_delegates(deed, Selected::parse_all(&selected)?).await?;
        let back = if is_page(&back) { back } else { "/delegates".to_owned() };
        console.redirect(&Href::new("/selected/done").with("back", back).to_string());
        Ok(())
    })
    .await
}

/// What came of that the last time in this session.
#[server(endpoint = "delegates/act-report")]
pub async fn get_act_report() -> Result<Option<Report>, ConsoleError> {
    ask(|console| async move { console.act_report().await }).await
}

/// Everything about one delegate, and one page of its record.
#[server(endpoint = "delegates/get")]
pub async fn get_delegate(id: DelegateId, #[server(default)] record: Cursor) -> Result<DelegateDetail, ConsoleError> {
    ask(|console| async move { console.delegate(id, record).await }).await
}

/// Lets a waiting delegate work.
#[server(endpoint = "delegates/approve")]
pub async fn approve_delegate(
    id: DelegateId,
    seen: i32,
    #[server(default)] note: String,
    back: String,
) -> Result<(), ConsoleError> {
    ask(|console| async move {
        console.authorize(Permission::ManageDelegates)?;
        console.approve_delegate(id, seen, parse_note(&note)?).await?;
        console.redirect(&back_to(&back, "/delegates", id));
        Ok(())
    })
    .await
}

/// Turns a waiting delegate away.
#[server(endpoint = "delegates/reject")]
pub async fn reject_delegate(
    id: DelegateId,
    seen: i32,
    #[server(default)] note: String,
    back: String,
) -> Result<(), ConsoleError> {
    ask(|console| async move {
        console.authorize(Permission::ManageDelegates)?;
        console.reject_delegate(id, seen, parse_note(&note)?).await?;
        console.redirect(&back_to(&back, "/delegates", id));
        Ok(())
    })
    .await
}

/// Returns a rejected delegate to approval.
#[server(endpoint = "delegates/take-back")]
pub async fn take_back_delegate(id: DelegateId, back: String) -> Result<(), ConsoleError> {
    ask(|console| async move {
        console.take_back_delegate(id).await?;
        console.redirect(&back_to(&back, "/delegates", id));
        Ok(())
    })
    .await
}

/// Puts a delegate out of work.
#[server(endpoint = "delegates/disable")]
pub async fn disable_delegate(
    id: DelegateId,
    #[server(default)] note: String,
    back: String,
) -> Result<(), ConsoleError> {
    ask(|console| async move {
        console.authorize(Permission::ManageDelegates)?;
        console.disable_delegate(id, parse_note(&note)?).await?;
        console.redirect(&back_to(&back, "/delegates", id));
        Ok(())
    })
    .await
}

/// Lets a disabled delegate work again.
#[server(endpoint = "delegates/enable")]
pub async fn enable_delegate(id: DelegateId, back: String) -> Result<(), ConsoleError> {
    ask(|console| async move {
        console.enable_delegate(id).await?;
        console.redirect(&back_to(&back, "/delegates", id));
        Ok(())
    })
    .await
}

/// Removes a delegate's listing.
#[server(endpoint = "delegates/delete")]
pub async fn delete_delegate(id: DelegateId, back: String) -> Result<(), ConsoleError> {
    ask(|console| async move {
        console.delete_delegate(id).await?;
        console.redirect(&back_to(&back, "/delegates", id));
        Ok(())
    })
    .await
}

/// Gives a delegate another profile.
#[server(endpoint = "delegates/switch-profile")]
pub async fn switch_profile(id: DelegateId, profile: String, back: String) -> Result<(), ConsoleError> {
    ask(|console| async move {
        console.authorize(Permission::ManageDelegates)?;
        console.switch_profile(id, parse_profile(&profile)?).await?;
        console.redirect(&back_to(&back, "/delegates", id));
        Ok(())
    })
    .await
}

/// Gives a delegate selectors; with `own` those that it says itself count again.
#[server(endpoint = "delegates/edit-selectors")]
pub async fn edit_selectors(
    id: DelegateId,
    selectors: String,
    #[server(default)] own: bool,
    back: String,
) -> Result<(), ConsoleError> {
    ask(|console| async move {
        console.authorize(Permission::ManageDelegates)?;
        console.edit_selectors(id, parse_selectors(&selectors, own)?).await?;
        console.redirect(&back_to(&back, "/delegates", id));
        Ok(())
    })
    .await
}

/// Writes what a delegate is for; with `own` its own word counts again.
#[server(endpoint = "delegates/edit-description")]
pub async fn edit_description(
    id: DelegateId,
    description: String,
    #[server(default)] own: bool,
    back: String,
) -> Result<(), ConsoleError> {
    ask(|console| async move {
        console.authorize(Permission::ManageDelegates)?;
        console.edit_description(id, parse_description(&description, own)?).await?;
        console.redirect(&back_to(&back, "/delegates", id));
        Ok(())
    })
    .await
}

#[cfg(test)]
mod tests {
    use muster::{
        delegate::{DelegateType, Sort, Status},
        page::Mark,
    };
    use uuid::Uuid;

    use super::*;

    /// Server functions are called with forms, which know neither options nor enums: this pins that ours survive.
    #[test]
    fn a_filter_survives_its_way_to_the_server() {
        let id = Uuid::from_u128(7);
        for status in [None, Some(Status::PendingApproval)] {
            for cursor in [Cursor::First, Cursor::After(id.into()), Cursor::Before(Mark::new("7:a&b [c]"))] {
                let kind = status.map(|_| DelegateType::Kubernetes);
                let filter = DelegateFilter {
                    search: "a&b [c] é".into(),
                    status,
                    kind,
                    profile: kind.map(|_| id.into()),
                    token: kind.map(|_| id.into()),
                    tag: "a&b [c] é".into(),
                    flag: kind.map(|_| muster::delegate::Flag::ScriptFailed),
                    sort: Sort::NameBackwards,
                    cursor,
                };
                let call = ListDelegates { filter: filter.clone() };
                let sent = serde_qs::to_string(&call).unwrap();
                let read: ListDelegates = serde_qs::Config::new(5, false).deserialize_str(&sent).unwrap();
                assert_eq!(read.filter, filter, "{sent}");
            }
        }
    }
}
