//! What a filter means to the database: names of profiles and tokens become their ids, and words become everything that
//! a row shows of them.

use muster::{
    delegate::{DelegateFilter, DelegateType, Search, Status, Term},
    scope::Scope,
    text::Selectors,
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait as _, Func, LikeExpr, SimpleExpr},
};
use uuid::Uuid;

use super::{
    filter::{Filter, Word},
    search,
    sql::Sql,
};
use crate::db::entity::{Scoped, delegate_listing::status, profile, token};

/// How many profiles, and how many tokens, are looked at whose names could be meant, the newest first.
const MAX_NAMED: u64 = 200;
/// How many of them a word means at most: with more, it says little.
const MAX_PARTS: usize = 20;

/// What a filter means.
#[derive(Clone, Debug)]
pub struct Meaning {
    /// All of them have to pass; of the status, see below.
    pub filters: Vec<Filter>,
    /// What the index of trigrams is asked for: see [`search::indexed`].
    pub indexed: Vec<String>,
    /// The status that is looked for; without one, all but the rejected.
    pub status: Option<Status>,
}

impl Meaning {
    /// The same where a status is looked for besides; none where it is another than that which is looked for already.
    pub fn with(&self, status: Option<Status>) -> Option<Self> {
        match (self.status, status) {
            (Some(one), Some(other)) if one != other => None,
            (one, other) => Some(Self { status: one.or(other), ..self.clone() }),
        }
    }

    /// All that rows have to pass. What is rejected, and nothing else, is found without a filter.
    pub fn filters(self) -> Vec<Filter> {
        let status = self.status.filter(|one| *one != Status::Rejected).map(|one| Filter::Status(status(one)));
        status.into_iter().chain(self.filters).collect()
    }
}

/// Reads a filter; none where nothing can match.
///
/// # Errors
/// Where the database is out of reach.
pub async fn of(db: &impl ConnectionTrait, scope: &Scope, filter: &DelegateFilter) -> Result<Option<Meaning>, DbErr> {
    let search = Search::parse(&filter.search);
    if search.problem.is_some() {
        return Ok(None);
    }
    let Some(words) = search::words(&search.words) else { return Ok(None) };
    let names = Names::of(db, scope, &words, &search.terms, &filter.tag).await?;
    let mut reading = Reading { names: &names, statuses: filter.status.into_iter().collect(), filters: Vec::new() };
    reading.filters.extend(filter.kind.map(|kind| Filter::Kind(kind.code())));
    reading.filters.extend(filter.profile.map(|id| Filter::Profile(id.0)));
    reading.filters.extend(filter.token.map(|id| Filter::Token(id.0)));
    reading.filters.extend(filter.flag.map(Filter::Flag));
    if !filter.tag.is_empty() {
        reading.tag(filter.tag.clone());
    }
    let mut texts = Vec::new();
    for term in search.terms {
        texts.extend(reading.term(term));
    }
    let Reading { statuses, mut filters, .. } = reading;
    if statuses.windows(2).any(|pair| pair[0] != pair[1]) || filters.contains(&Filter::Any(Vec::new())) {
        return Ok(None);
    }
    let sql = || Sql::new(db.get_database_backend());
    for word in words {
        match names.shown_as(&word) {
            parts if parts.is_empty() => {
                texts.push(word.clone());
                filters.push(Filter::Word(Word { text: word, grams: None }));
            }
            mut parts => {
                let grams = search::indexed(db, sql(), std::slice::from_ref(&word)).await?;
                parts.push(Filter::Word(Word { text: word, grams: grams.into_iter().next() }));
                filters.push(Filter::Any(parts));
            }
        }
    }
    let indexed = search::indexed(db, sql(), &texts).await?;
    Ok(Some(Meaning { filters, indexed, status: statuses.first().copied() }))
}

/// Terms on their way to filters.
struct Reading<'a> {
    names: &'a Names,
    statuses: Vec<Status>,
    filters: Vec<Filter>,
}

impl Reading<'_> {
    /// Takes a term in; gives what the index of trigrams finds all of its rows by, where it does.
    fn term(&mut self, term: Term) -> Option<String> {
        match term {
            Term::Status(status) => self.statuses.push(status),
            Term::Kind(kind) => self.filters.push(Filter::Kind(kind.code())),
            Term::Profile(name) => self.filters.push(any(self.names.profiles_called(&name))),
            Term::Token(name) => self.filters.push(any(self.names.tokens_called(&name))),
            Term::Tag(tag) => self.tag(tag),
            Term::Group(name) => self.filters.push(Filter::Name(name)),
            Term::Is(flag) => self.filters.push(Filter::Flag(flag)),
            // Both stand also in what is searched.
            Term::Version(version) => {
                self.filters.push(Filter::Version(version.clone()));
                return Some(version);
            }
            Term::Host(host) => {
                self.filters.push(Filter::Host(host.clone()));
                return Some(host);
            }
        }
        None
    }

    /// A tag: a delegate's own, or one that it inherits.
    fn tag(&mut self, tag: String) {
        let mut parts = self.names.profiles_with(&tag);
        parts.insert(0, Filter::Tag(tag));
        self.filters.push(any(parts));
    }
}

/// One of several filters; where there is one alone, that one.
fn any(mut parts: Vec<Filter>) -> Filter {
    if parts.len() == 1 { parts.remove(0) } else { Filter::Any(parts) }
}

/// The profiles and tokens whose names, or whose selectors, a search may mean.
struct Names {
    profiles: Vec<Profile>,
    tokens: Vec<(Uuid, String)>,
}

struct Profile {
    id: Uuid,
    /// In lower case.
    name: String,
    selectors: Selectors,
}

impl Names {
    async fn of(
        db: &impl ConnectionTrait,
        scope: &Scope,
        words: &[String],
        terms: &[Term],
        tag: &str,
    ) -> Result<Self, DbErr> {
        let of_terms = |pick: fn(&Term) -> Option<&String>| terms.iter().filter_map(pick).chain(words);
        let named = of_terms(|term| if let Term::Profile(name) = term { Some(name) } else { None });
        let mut profiles = like_any(profile::Column::Name, named.map(String::as_str));
        let tagged = of_terms(|term| if let Term::Tag(tag) = term { Some(tag) } else { None });
        let tag = Some(tag).filter(|tag| !tag.is_empty());
        profiles = profiles.add_option(like_some(profile::Column::Selectors, tagged.map(String::as_str).chain(tag)));
        let tokens = of_terms(|term| if let Term::Token(name) = term { Some(name) } else { None });
        let tokens = like_some(token::Column::Name, tokens.map(String::as_str));

        let mut names = Self { profiles: Vec::new(), tokens: Vec::new() };
        if !profiles.is_empty() {
            let found = profile::Entity::find()
                .select_only()
                .columns([profile::Column::Id, profile::Column::Name, profile::Column::Selectors])
                .filter(profile::Entity::visible_from(scope))
                .filter(profiles)
                .order_by_desc(profile::Column::Id)
                .limit(MAX_NAMED);
            let found: Vec<(Uuid, String, String)> = found.into_tuple().all(db).await?;
            names.profiles.extend(found.into_iter().map(|(id, name, selectors)| Profile {
                id,
                name: name.to_lowercase(),
                selectors: Selectors::restore(&selectors).unwrap_or_default(),
            }));
        }
        if let Some(tokens) = tokens {
            let found = token::Entity::find()
                .select_only()
                .columns([token::Column::Id, token::Column::Name])
                .filter(token::Entity::visible_from(scope))
                .filter(tokens)
                .order_by_desc(token::Column::Id)
                .limit(MAX_NAMED);
            let found: Vec<(Uuid, String)> = found.into_tuple().all(db).await?;
            names.tokens.extend(found.into_iter().map(|(id, name)| (id, name.to_lowercase())));
        }
        Ok(names)
    }

    fn profiles_called(&self, name: &str) -> Vec<Filter> {
        let called = self.profiles.iter().map(|profile| (profile.id, profile.name.as_str()));
        exact_or_within(called, name).into_iter().map(Filter::Profile).collect()
    }

    fn tokens_called(&self, name: &str) -> Vec<Filter> {
        let called = self.tokens.iter().map(|(id, name)| (*id, name.as_str()));
        exact_or_within(called, name).into_iter().map(Filter::Token).collect()
    }

    /// The profiles of which delegates inherit a tag.
    fn profiles_with(&self, tag: &str) -> Vec<Filter> {
        let has = |profile: &&Profile| profile.selectors.iter().any(|selector| selector == tag);
        self.profiles.iter().filter(has).take(MAX_PARTS).map(|profile| Filter::Profile(profile.id)).collect()
    }

    /// By what else a row shows a word, beside what is searched of itself.
    fn shown_as(&self, word: &str) -> Vec<Filter> {
        let kinds = DelegateType::ALL.into_iter().filter(|kind| kind.label().to_lowercase().contains(word));
        let of_profile = |profile: &&Profile| {
            profile.name.contains(word) || profile.selectors.to_string().to_lowercase().contains(word)
        };
        let profiles = self.profiles.iter().filter(of_profile).map(|profile| Filter::Profile(profile.id));
        let tokens = self.tokens.iter().filter(|(_, name)| name.contains(word)).map(|(id, _)| Filter::Token(*id));
        let kinds = kinds.map(|kind| Filter::Kind(kind.code()));
        kinds.chain(profiles.take(MAX_PARTS)).chain(tokens.take(MAX_PARTS)).collect()
    }
}

/// Those of exactly this name; where there is none, those that have it in theirs.
fn exact_or_within<'a>(all: impl Iterator<Item = (Uuid, &'a str)> + Clone, name: &str) -> Vec<Uuid> {
    let exact: Vec<Uuid> = all.clone().filter(|(_, of)| *of == name).map(|(id, _)| id).collect();
    if !exact.is_empty() {
        return exact;
    }
    all.filter(|(_, of)| of.contains(name)).map(|(id, _)| id).take(MAX_PARTS).collect()
}

/// That a column holds one of some texts, in whatever case. SQLite knows only the cases of ASCII.
fn like_any<'a>(column: impl ColumnTrait, texts: impl Iterator<Item = &'a str>) -> Condition {
    texts.fold(Condition::any(), |any, text| any.add(like(column, text)))
}

fn like_some<'a>(column: impl ColumnTrait, texts: impl Iterator<Item = &'a str>) -> Option<Condition> {
    Some(like_any(column, texts)).filter(|any| !any.is_empty())
}

fn like(column: impl ColumnTrait, text: &str) -> SimpleExpr {
    let pattern = LikeExpr::new(search::pattern(&text.to_lowercase())).escape('\\');
    Expr::expr(Func::lower(Expr::col(column.as_column_ref()))).like(pattern)
}
