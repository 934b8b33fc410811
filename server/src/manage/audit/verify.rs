//! Reading the audit trail from its first entry to its last, and asking of each whether it is what was written at its place.
//!
//! It is read page by page, beside managers that write, take in and remove: no transaction lasts longer than a page.

use muster::{
    audit::{Break, BreakKind, Link, Verification},
    scope::Scope,
    time::Timestamp,
    user::Permission,
};
use sea_orm::{ColumnTrait, Condition, DbErr, QueryFilter, QuerySelect, prelude::Uuid};

use super::chain::Chain;
use crate::{
    db::{
        audit::hash::{Hash, Source},
        entity::{audit as table, audit_chain},
    },
    error::Error,
    manage::Context,
    state::State,
};

/// How many entries are in memory at once.
const PAGE: u64 = 1000;

/// Whether the audit trail is what was written, and where it is not. An entry that was `noted` earlier has to be there
/// still with its hash, unless it was removed for its age.
///
/// # Errors
/// [`Error::Forbidden`], or where the database is out of reach.
pub async fn verify(cx: &Context, noted: Option<&Link>) -> Result<Verification, Error> {
    cx.authorize(Permission::ReadAuditTrail, &Scope::account(cx.state.account))?;
    let verifier = Verifier { chain: Chain::of(&cx.state)?, state: &cx.state, noted };
    Ok(verifier.verify().await?)
}

struct Verifier<'a> {
    chain: Chain<'a>,
    state: &'a State,
    noted: Option<&'a Link>,
}

/// Up to which entry everything was as it should be.
#[derive(Clone, Copy)]
struct Place {
    seq: i64,
    hash: Hash,
    /// The entry itself; none at the beginning.
    id: Option<Uuid>,
}

impl Place {
    /// Where the chain begins, after what was removed for its age.
    fn beginning(head: &audit_chain::Model) -> Option<Self> {
        Some(Self { seq: head.removed_seq, hash: head.removed_hash.as_slice().try_into().ok()?, id: None })
    }
}

fn number(seq: i64) -> Option<u64> {
    u64::try_from(seq).ok()
}

fn broken(kind: BreakKind, seq: i64, entry: Option<Uuid>) -> Option<Break> {
    Some(Break { kind, entry, seq: number(seq) })
}

const HEAD: Break = Break { kind: BreakKind::Head, entry: None, seq: None };

impl Verifier<'_> {
    async fn verify(&self) -> Result<Verification, DbErr> {
        let mut told =
            Verification { verified: 0, adopted: 0, began_at: None, expired: 0, waiting: 0, last: None, broken: None };
        let begun = match self.head().await? {
            Ok(head) => head,
            Err(lost) => {
                told.broken = Some(lost);
                return Ok(told);
            }
        };
        if let Some(head) = &begun {
            told.began_at = Some(Timestamp::from_millis(head.began_at));
            told.expired = number(head.removed_seq).unwrap_or_default();
            told.broken = match Place::beginning(head) {
                Some(place) => self.walk(place, &mut told).await?,
                None => Some(HEAD),
            };
        }
        let reached = told.last.as_ref().map_or(told.expired, |last| last.seq);
        if let Some(noted) = self.noted.filter(|noted| told.broken.is_none() && noted.seq > reached) {
            told.broken = Some(Break { kind: BreakKind::Unexpected, entry: None, seq: Some(noted.seq) });
        }
        if told.broken.is_none() {
            told.broken = self.check_waiting(begun.is_none_or(|head| head.adopts), &mut told.waiting).await?;
        }
        Ok(told)
    }

    /// What says where the chain ends; none before it is begun.
    async fn head(&self) -> Result<Result<Option<audit_chain::Model>, Break>, DbErr> {
        let db = self.state.db.read();
        Ok(match self.chain.head(db).await? {
            Some(head) if self.chain.key.is_of(&head) => Ok(Some(head)),
            Some(_) => Err(HEAD),
            // It may be begun at this moment: then both are there now.
            None if self.chain.linked().one(db).await?.is_some() => match self.chain.head(db).await? {
                Some(head) if self.chain.key.is_of(&head) => Ok(Some(head)),
                _ => Err(HEAD),
            },
            None => Ok(None),
        })
    }

    /// Goes through the chain to its end.
    async fn walk(&self, mut place: Place, told: &mut Verification) -> Result<Option<Break>, DbErr> {
        loop {
            let mut page = self.page(&place).await?.into_iter().peekable();
            if page.peek().is_none() {
                match self.at_the_end(&place).await? {
                    // Everything that is left was removed for its age meanwhile.
                    Ok(Some(later)) => place = later,
                    Ok(None) => return Ok(None),
                    Err(broken) => return Ok(Some(broken)),
                }
                continue;
            }
            while let Some(entry) = page.next() {
                let seq = entry.seq.unwrap_or_default();
                if seq > place.seq + 1 {
                    match self.removed_meanwhile(&place).await? {
                        Some(later) => place = later,
                        None => return Ok(broken(BreakKind::Removed, place.seq + 1, None)),
                    }
                    // What was read belongs to before.
                    break;
                }
                let source = if seq == place.seq + 1 { self.chain.key.source(&place.hash, seq, &entry) } else { None };
                let hash = entry.hash.as_deref().and_then(|hash| <Hash>::try_from(hash).ok());
                let (Some(Source::Muster | Source::Older), Some(hash)) = (source, hash) else {
                    let next = match page.next() {
                        Some(next) => Some(next),
                        None => self.after(seq, entry.id).await?,
                    };
                    let kind = self.kind(&place, &entry, source, next.as_ref());
                    return Ok(broken(kind, seq, Some(entry.id)));
                };
                if self.noted.is_some_and(|noted| number(seq) == Some(noted.seq) && noted.hash != hex(&hash)) {
                    return Ok(broken(BreakKind::Unexpected, seq, Some(entry.id)));
                }
                told.verified += 1;
                told.adopted += u64::from(source == Some(Source::Older));
                told.last = number(seq).map(|seq| Link { seq, hash: hex(&hash) });
                place = Place { seq, hash, id: Some(entry.id) };
            }
        }
    }

    /// The entries behind a place. One that has the place's own number is among them, where somebody has put it there.
    async fn page(&self, place: &Place) -> Result<Vec<table::Model>, DbErr> {
        let from = self.chain.linked().filter(table::Column::Seq.gte(place.seq));
        let own = |id| Condition::any().add(table::Column::Seq.ne(place.seq)).add(table::Column::Id.ne(id));
        let from = match place.id {
            Some(id) => from.filter(own(id)),
            None => from,
        };
        from.limit(PAGE).all(self.state.db.read()).await
    }

    async fn after(&self, seq: i64, id: Uuid) -> Result<Option<table::Model>, DbErr> {
        let behind = Condition::any()
            .add(table::Column::Seq.gt(seq))
            .add(Condition::all().add(table::Column::Seq.eq(seq)).add(table::Column::Id.gt(id)));
        self.chain.linked().filter(table::Column::Seq.gte(seq)).filter(behind).one(self.state.db.read()).await
    }

    /// What was done where an entry is not what should stand there: what follows it tells.
    fn kind(
        &self,
        place: &Place,
        entry: &table::Model,
        source: Option<Source>,
        next: Option<&table::Model>,
    ) -> BreakKind {
        let key = self.chain.key;
        let expected = place.seq + 1;
        let follows = |before: &Hash, seq: i64| next.is_some_and(|next| key.source(before, seq, next).is_some());
        let stated = entry.hash.as_deref().and_then(|hash| <Hash>::try_from(hash).ok());
        if source == Some(Source::Stranger) || entry.seq != Some(expected) || follows(&place.hash, expected) {
            BreakKind::Inserted
        } else if stated.is_some_and(|hash| follows(&hash, expected + 2)) {
            // All that came after it was given the number before its own.
            BreakKind::Removed
        } else {
            BreakKind::Altered
        }
    }

    /// The place behind what was removed for its age since the place was reached; none where nothing was.
    async fn removed_meanwhile(&self, place: &Place) -> Result<Option<Place>, DbErr> {
        let head = self.head().await?.ok().flatten();
        Ok(head.filter(|head| head.removed_seq > place.seq).as_ref().and_then(Place::beginning))
    }

    /// Whether nothing is missing at the end; gives where to go on, where everything was removed for its age meanwhile.
    async fn at_the_end(&self, place: &Place) -> Result<Result<Option<Place>, Break>, DbErr> {
        // Read after the entries: they cannot be ahead of it.
        let head = match self.head().await? {
            Ok(Some(head)) => head,
            Ok(None) | Err(_) => return Ok(Err(HEAD)),
        };
        if head.removed_seq > place.seq {
            return Ok(Place::beginning(&head).map(Some).ok_or(HEAD));
        }
        if head.seq == place.seq {
            return Ok(if head.hash == place.hash { Ok(None) } else { Err(HEAD) });
        }
        if head.seq < place.seq {
            return Ok(Err(HEAD));
        }
        // More was taken in since the last page was read, or something is missing.
        if self.page(place).await?.is_empty() {
            if let Some(later) = self.removed_meanwhile(place).await? {
                return Ok(Ok(Some(later)));
            }
            return Ok(Err(Break { kind: BreakKind::CutOff, entry: None, seq: number(place.seq + 1) }));
        }
        Ok(Ok(Some(*place)))
    }

    /// Counts the entries that are not in the chain yet, each of which is bound to the key by itself.
    async fn check_waiting(&self, adopts: bool, waiting: &mut u64) -> Result<Option<Break>, DbErr> {
        let mut after = Uuid::nil();
        loop {
            let page = self.chain.waiting().filter(table::Column::Id.gt(after)).limit(PAGE);
            let page = page.all(self.state.db.read()).await?;
            let Some(last) = page.last() else { return Ok(None) };
            after = last.id;
            for entry in page {
                let is_older = adopts && entry.hash.is_none();
                if !is_older && !self.chain.key.wrote(&entry) {
                    return Ok(Some(Break { kind: BreakKind::Inserted, entry: Some(entry.id), seq: None }));
                }
                *waiting += 1;
            }
        }
    }
}

/// In hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
