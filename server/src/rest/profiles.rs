//! Delegate profiles.

use axum::{Json, http::StatusCode};
use muster::{
    form::FormReader,
    id::ProfileId,
    profile::{Approval, Profile as Domain, ProfileEdit, ProfileName, ProfileSpec},
    text::Selectors,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    authenticated::Asked,
    extract::{Asking, Body, Id, integer},
    page::{List, after},
    problem::Rejection,
    words::{self, Selector},
};
use crate::{error::Error, manage::profiles};

/// A delegate profile.
#[derive(Debug, Serialize, ToSchema)]
pub struct Profile {
    /// Its id.
    pub id: String,
    /// Where it belongs: `organization` or `organization/project`; empty for the account.
    pub scope: String,
    /// Its name.
    pub name: String,
    /// What it is for; may be empty.
    pub description: String,
    /// What its delegates run after admission; may be empty.
    pub startup_script: String,
    /// Whether a delegate that registers with it waits for a person: `off`, `warn` (it works, and is marked) or `require`.
    #[schema(value_type = words::Approval)]
    pub approval: &'static str,
    /// The selectors that its delegates inherit.
    pub selectors: Vec<String>,
    /// Whether it is the one that always exists.
    pub is_primary: bool,
    /// When it was made.
    #[schema(format = DateTime)]
    pub created_at: String,
    /// Counts its changes.
    pub revision: i32,
}

impl From<Domain> for Profile {
    fn from(profile: Domain) -> Self {
        let spec = profile.spec;
        Self {
            id: profile.id.to_string(),
            scope: profile.scope.identifiers(),
            name: spec.name.into(),
            description: spec.description,
            startup_script: spec.startup_script,
            approval: spec.approval.slug(),
            selectors: spec.selectors.iter().map(str::to_owned).collect(),
            is_primary: profile.primary,
            created_at: profile.created_at.to_string(),
            revision: profile.revision,
        }
    }
}

/// Which profiles.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub struct Filter {
    /// A part of the name or the description.
    pub q: Option<String>,
    /// The mark that the page before names as `next`.
    #[param(min_length = 1, max_length = 600)]
    pub after: Option<String>,
}

/// List profiles
#[utoipa::path(get, path = "/profiles", operation_id = "list_profiles", tag = "profiles", params(Filter), responses((status = 200, body = List<Profile>)))]
pub async fn list(asked: Asked, Asking(filter): Asking<Filter>) -> Result<Json<List<Profile>>, Rejection> {
    let cursor = after(filter.after.as_deref())?;
    let page = profiles::list(&asked.cx, &asked.scope, filter.q.as_deref().unwrap_or_default(), cursor).await?;
    Ok(Json(List::of(page, |row| row.profile.into())))
}

/// Get a profile
#[utoipa::path(get, path = "/profiles/{id}", operation_id = "get_profile", tag = "profiles", params(("id" = String, Path, format = "uuid")), responses((status = 200, body = Profile)))]
pub async fn get(asked: Asked, Id(id): Id<ProfileId>) -> Result<Json<Profile>, Rejection> {
    one(&asked, id).await
}

async fn one(asked: &Asked, id: ProfileId) -> Result<Json<Profile>, Rejection> {
    Ok(Json(profiles::get(&asked.cx, id).await?.row.profile.into()))
}

/// A profile to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateProfile {
    /// Its name; unique.
    #[schema(format = "line", min_length = 1, max_length = 64)]
    pub name: String,
    /// What it is for.
    #[serde(default)]
    #[schema(format = "text", max_length = 1000)]
    pub description: String,
    /// What its delegates run after admission.
    #[serde(default)]
    #[schema(format = "script", max_length = 65536)]
    pub startup_script: String,
    /// `off`, `warn` or `require`: whether a delegate that registers with it waits for a person.
    #[schema(value_type = words::Approval)]
    pub approval: String,
    /// The selectors that its delegates inherit.
    #[serde(default)]
    #[schema(value_type = Vec<Selector>)]
    pub selectors: Vec<String>,
}

impl CreateProfile {
    fn read(self) -> Result<ProfileSpec, Error> {
        let mut form = FormReader::default();
        let name = form.field("name", ProfileName::parse(&self.name));
        let description = form.field("description", ProfileSpec::parse_description(&self.description));
        let script = form.field("startup_script", ProfileSpec::parse_script(&self.startup_script));
        let approval = form.field("approval", Approval::parse(&self.approval));
        let selectors = form.field("selectors", Selectors::new(&self.selectors));
        let spec = form.finish(|| {
            Some(ProfileSpec {
                name: name?,
                description: description?,
                startup_script: script?,
                approval: approval?,
                selectors: selectors?,
            })
        });
        Ok(spec?)
    }
}

/// Create a profile
#[utoipa::path(post, path = "/profiles", operation_id = "create_profile", tag = "profiles", request_body = CreateProfile, responses((status = 201, body = Profile)))]
pub async fn create(asked: Asked, Body(body): Body<CreateProfile>) -> Result<(StatusCode, Json<Profile>), Rejection> {
    let profile = profiles::create(&asked.cx, &asked.scope, body.read()?).await?;
    Ok((StatusCode::CREATED, Json(profile.into())))
}

/// What a profile is to hold: all of it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EditProfile {
    /// The revision that was looked at. Where the profile has changed since, the change is refused (`CHANGED`).
    #[serde(deserialize_with = "integer")]
    pub revision: i32,
    /// Its name; unique.
    #[schema(format = "line", min_length = 1, max_length = 64)]
    pub name: String,
    /// What it is for; may be empty.
    #[schema(format = "text", max_length = 1000)]
    pub description: String,
    /// What its delegates run after admission; may be empty.
    #[schema(format = "script", max_length = 65536)]
    pub startup_script: String,
    /// `off`, `warn` or `require`: whether a delegate that registers with it waits for a person.
    #[schema(value_type = words::Approval)]
    pub approval: String,
    /// The selectors that its delegates inherit.
    #[schema(value_type = Vec<Selector>)]
    pub selectors: Vec<String>,
    /// Whether its delegates run the script, where it is another one or was saved without running it.
    #[serde(default)]
    pub run: bool,
    /// On how many delegates the script may run: more than 5 are refused (`INVALID` of the field `confirmed`) unless they
    /// are named here.
    #[serde(default, deserialize_with = "integer")]
    pub confirmed: u64,
}

impl EditProfile {
    fn read(self) -> Result<ProfileEdit, Error> {
        let Self { revision, name, description, startup_script, approval, selectors, run, confirmed } = self;
        let spec = CreateProfile { name, description, startup_script, approval, selectors }.read()?;
        Ok(ProfileEdit { seen: revision, spec, run, confirmed })
    }
}

/// Change a profile
///
/// What is not to change is sent as it was read.
#[utoipa::path(put, path = "/profiles/{id}", operation_id = "edit_profile", tag = "profiles", params(("id" = String, Path, format = "uuid")), request_body = EditProfile, responses((status = 200, body = Profile)))]
pub async fn edit(
    asked: Asked,
    Id(id): Id<ProfileId>,
    Body(body): Body<EditProfile>,
) -> Result<Json<Profile>, Rejection> {
    profiles::edit(&asked.cx, id, body.read()?).await?;
    one(&asked, id).await
}

/// Delete a profile
///
/// One that delegates have is not deleted (`IN_USE`).
#[utoipa::path(delete, path = "/profiles/{id}", operation_id = "delete_profile", tag = "profiles", params(("id" = String, Path, format = "uuid")), responses((status = 204)))]
pub async fn delete(asked: Asked, Id(id): Id<ProfileId>) -> Result<StatusCode, Rejection> {
    profiles::delete(&asked.cx, id, false).await?;
    Ok(StatusCode::NO_CONTENT)
}
