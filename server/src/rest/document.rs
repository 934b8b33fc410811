//! The OpenAPI document of this door, and a page to read it.

use std::{collections::BTreeMap, sync::Arc};

use super::once::MAX_NAME_LENGTH;
use askama::Template;
use axum::{
    extract::State,
    http::header,
    response::{Html, IntoResponse, Response},
};
use utoipa::{
    Modify, OpenApi as _,
    openapi::{
        ContentBuilder, ObjectBuilder, OpenApi, Ref, RefOr, Required, ResponseBuilder, Type,
        path::{Parameter, ParameterBuilder, ParameterIn},
        schema::{ArrayItems, Schema, SchemaFormat},
        security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme},
    },
};

/// Where the document is.
pub const PATH: &str = "/api/v1/openapi.json";
/// Where its page is.
pub const PAGE: &str = "/api/v1";

/// The media type of problems.
pub const PROBLEM: &str = "application/problem+json";

/// The document before its paths.
#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Muster",
        description = "Everything that the console does, for programs. Send an API key in the header x-api-key. \
                       Errors are application/problem+json with codes that stay the same. How many calls the key may \
                       make now stands in the headers RateLimit and RateLimit-Policy.",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    modifiers(&Keys),
    security(("api_key" = []), ("bearer" = [])),
    components(schemas(super::problem::Problem)),
)]
struct Base;

struct Keys;

impl Modify for Keys {
    fn modify(&self, document: &mut OpenApi) {
        let components = document.components.get_or_insert_default();
        let header = SecurityScheme::ApiKey(ApiKey::Header(ApiKeyValue::new("x-api-key")));
        let bearer = SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build());
        components.add_security_scheme("api_key", header);
        components.add_security_scheme("bearer", bearer);
    }
}

/// The document before its paths.
pub fn base() -> OpenApi {
    Base::openapi()
}

/// Adds to every operation what is the same for all: the words for what it answers (which OpenAPI 3.1 wants of each
/// answer), what is told where it could not be done, and to those that are not about one object the scope that they ask at.
pub fn completed(mut document: OpenApi) -> OpenApi {
    name_items(&mut document);
    let problem = || {
        let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
        ResponseBuilder::new().description("What could not be done, and why").content(PROBLEM, content).build()
    };
    for (path, item) in &mut document.paths.paths {
        if let Some(post) = &mut item.post {
            post.parameters.get_or_insert_default().push(idempotency_key().into());
        }
        let operations = [&mut item.get, &mut item.post, &mut item.put, &mut item.delete];
        for operation in operations.into_iter().flatten() {
            if !path.contains('{') {
                operation.parameters.get_or_insert_default().push(scope().into());
            }
            for (status, response) in &mut operation.responses.responses {
                if let RefOr::T(response) = response {
                    response.description = words_for(status).to_owned();
                }
            }
            operation.responses.responses.insert("default".to_owned(), problem().into());
        }
    }
    document
}

/// The parameter by which a request says where it asks.
fn scope() -> Parameter {
    ParameterBuilder::new()
        .name("scope")
        .parameter_in(ParameterIn::Query)
        .required(Required::False)
        .description(Some(
            "Where to ask: an organization, or `organization/project`. Without it where the key counts: the whole account, \
             or the one scope that it is for.",
        ))
        .schema(Some(
            ObjectBuilder::new().schema_type(Type::String).format(Some(SchemaFormat::Custom("scope".to_owned()))),
        ))
        .build()
}

/// The header by which a call is made once.
fn idempotency_key() -> Parameter {
    let name = ObjectBuilder::new().schema_type(Type::String).pattern(Some(format!("^[!-~]{{1,{MAX_NAME_LENGTH}}}$")));
    ParameterBuilder::new()
        .name("Idempotency-Key")
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some(
            "A name of your own for this call, such as a UUID. Sent again within 24 hours, the call is not made again: the \
             first answer comes back, or a problem `REPEATED` where that held a value that is told once, is not known, or the \
             name was given to another call.",
        ))
        .schema(Some(name))
        .build()
}

/// Has lists name the type of their items, which would stand in each of them as a copy: so that a generated client has one
/// type of each.
fn name_items(document: &mut OpenApi) {
    let Some(components) = &mut document.components else { return };
    for (name, schema) in &mut components.schemas {
        let (Some(item), RefOr::T(Schema::Object(list))) = (name.strip_prefix("List_"), schema) else { continue };
        if let Some(RefOr::T(Schema::Array(items))) = list.properties.get_mut("items") {
            items.items = ArrayItems::RefOrSchema(Box::new(Ref::from_schema_name(item).into()));
        }
    }
}

fn words_for(status: &str) -> &'static str {
    match status {
        "201" => "What was made",
        "204" => "It is done",
        _ => "What was asked for",
    }
}

/// The document, as it is handed out.
#[derive(Clone)]
pub struct Document {
    json: Arc<str>,
    page: Arc<str>,
}

impl Document {
    /// Writes it out once: it stays the same. `style` is where the console's style sheet is.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn new(document: &OpenApi, style: &str) -> Result<Self, askama::Error> {
        let json = document.to_pretty_json().map_err(|error| askama::Error::Custom(error.into()))?;
        let page = Page {
            style,
            document: PATH,
            description: document.info.description.as_deref().unwrap_or_default(),
            tags: tags(document),
        };
        Ok(Self { json: json.into(), page: page.render()?.into() })
    }
}

/// The document.
pub async fn json(State(document): State<Document>) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], document.json.to_string()).into_response()
}

/// What the page may load: the console's style sheet and typeface, and no script.
const POLICY: &str = "default-src 'none'; style-src 'self'; font-src 'self'; connect-src 'self'; base-uri 'none'; \
                      form-action 'none'; frame-ancestors 'none'";

/// The page. It needs no script.
pub async fn page(State(document): State<Document>) -> Response {
    ([(header::CONTENT_SECURITY_POLICY, POLICY)], Html(document.page.to_string())).into_response()
}

#[derive(Template)]
#[template(path = "api.html")]
struct Page<'a> {
    style: &'a str,
    document: &'a str,
    description: &'a str,
    tags: Vec<Tag<'a>>,
}

/// What belongs together.
struct Tag<'a> {
    name: &'a str,
    operations: Vec<Line<'a>>,
}

struct Line<'a> {
    method: &'static str,
    path: &'a str,
    summary: &'a str,
    description: &'a str,
}

fn tags(document: &OpenApi) -> Vec<Tag<'_>> {
    let mut tags: BTreeMap<&str, Vec<Line<'_>>> = BTreeMap::new();
    for (path, item) in &document.paths.paths {
        let operations = [("GET", &item.get), ("POST", &item.post), ("PUT", &item.put), ("DELETE", &item.delete)];
        for (method, operation) in operations.into_iter().filter_map(|(method, one)| Some((method, one.as_ref()?))) {
            let tag = operation.tags.iter().flatten().next().map_or("", String::as_str);
            tags.entry(tag).or_default().push(Line {
                method,
                path,
                summary: operation.summary.as_deref().unwrap_or_default(),
                description: operation.description.as_deref().unwrap_or_default(),
            });
        }
    }
    tags.into_iter().map(|(name, operations)| Tag { name, operations }).collect()
}

#[cfg(test)]
mod tests {

    /// What programs rely on is changed on purpose, or not at all.
    #[test]
    fn the_document_is_as_it_was() {
        let (_, document) = super::super::described();
        insta::assert_snapshot!("openapi", document.to_pretty_json().unwrap());
        let operations = document.paths.paths.values();
        let ids = operations.flat_map(|item| [&item.get, &item.post, &item.put, &item.delete]).flatten();
        let ids: Vec<_> = ids.map(|operation| operation.operation_id.as_deref().unwrap()).collect();
        let unique: std::collections::BTreeSet<_> = ids.iter().collect();
        assert_eq!(ids.len(), unique.len(), "{ids:?}");
        assert!(document.paths.paths.keys().all(|path| path.starts_with(super::super::PREFIX)));
    }
}
