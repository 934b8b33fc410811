//! What SQLite needs: its triggers, and the index of trigrams.

/// Fills the tables with what there is, the oldest delegate first.
pub const FILL: &str = "
CREATE TABLE delegate_tag (
    account_id uuid_text NOT NULL, organization text NOT NULL, project text NOT NULL, tag text NOT NULL,
    rejected boolean NOT NULL, n integer NOT NULL, PRIMARY KEY (account_id, organization, project, tag, rejected, n)
) WITHOUT ROWID;
CREATE VIRTUAL TABLE delegate_search USING fts5(
    search, tokenize = 'trigram case_sensitive 1', content = '', contentless_delete = 1, detail = none
);
INSERT INTO delegate_listing
    (delegate_id, account_id, organization, project, status, rejected, name, heard_at, kind, profile_id, token_id, search)
SELECT id, account_id, organization, project,
    CASE WHEN admission = 'REJECTED' THEN 3 WHEN admission = 'WAITING_FOR_APPROVAL' THEN 2
        WHEN connected_until IS NULL THEN 1 ELSE 0 END,
    admission = 'REJECTED', substr(search, 1, instr(search || char(10), char(10)) - 1),
    CASE WHEN connected_until IS NULL THEN last_heartbeat_at ELSE 9223372036854775807 END,
    kind, profile_id, token_id, search
FROM delegate ORDER BY id;
INSERT OR IGNORE INTO delegate_tag (n, tag, account_id, organization, project, rejected)
SELECT l.n, trim(t.value), l.account_id, l.organization, l.project, l.rejected
FROM delegate_listing l JOIN delegate d ON d.id = l.delegate_id,
    json_each('[' || replace(json_quote(coalesce(d.selectors, d.tags)), ',', '\",\"') || ']') t
WHERE trim(t.value) <> '';
INSERT INTO delegate_search (rowid, search) SELECT n, search FROM delegate_listing ORDER BY n;
";

/// Keep the tables as `delegate` is. A trigger sets no column that need not change: SQLite writes every index that has
/// one of those which are set, also where the value stays the same.
pub const TRIGGERS: &str = "
CREATE TRIGGER delegate_listed AFTER INSERT ON delegate BEGIN
    INSERT INTO delegate_listing
        (delegate_id, account_id, organization, project, status, rejected, name, heard_at, kind, profile_id, token_id,
         search)
    VALUES (NEW.id, NEW.account_id, NEW.organization, NEW.project,
        CASE WHEN NEW.admission = 'REJECTED' THEN 3 WHEN NEW.admission = 'WAITING_FOR_APPROVAL' THEN 2
            WHEN NEW.connected_until IS NULL THEN 1 ELSE 0 END,
        NEW.admission = 'REJECTED', substr(NEW.search, 1, instr(NEW.search || char(10), char(10)) - 1),
        CASE WHEN NEW.connected_until IS NULL THEN NEW.last_heartbeat_at ELSE 9223372036854775807 END,
        NEW.kind, NEW.profile_id, NEW.token_id, NEW.search);
    INSERT OR IGNORE INTO delegate_tag (n, tag, account_id, organization, project, rejected)
    SELECT l.n, trim(t.value), l.account_id, l.organization, l.project, l.rejected
    FROM delegate_listing l,
        json_each('[' || replace(json_quote(coalesce(NEW.selectors, NEW.tags)), ',', '\",\"') || ']') t
    WHERE l.delegate_id = NEW.id AND trim(t.value) <> '';
    INSERT INTO delegate_search (rowid, search)
    SELECT n, search FROM delegate_listing WHERE delegate_id = NEW.id;
END;

CREATE TRIGGER delegate_heard AFTER UPDATE OF admission, connected_until, last_heartbeat_at ON delegate
WHEN OLD.admission IS NOT NEW.admission
    OR (OLD.connected_until IS NULL) <> (NEW.connected_until IS NULL)
    OR (NEW.connected_until IS NULL AND OLD.last_heartbeat_at <> NEW.last_heartbeat_at)
BEGIN
    UPDATE delegate_listing SET
        status = CASE WHEN NEW.admission = 'REJECTED' THEN 3 WHEN NEW.admission = 'WAITING_FOR_APPROVAL' THEN 2
            WHEN NEW.connected_until IS NULL THEN 1 ELSE 0 END,
        heard_at = CASE WHEN NEW.connected_until IS NULL THEN NEW.last_heartbeat_at ELSE 9223372036854775807 END
    WHERE delegate_id = NEW.id;
END;

CREATE TRIGGER delegate_decided AFTER UPDATE OF admission ON delegate
WHEN (OLD.admission = 'REJECTED') <> (NEW.admission = 'REJECTED')
BEGIN
    UPDATE delegate_listing SET rejected = (NEW.admission = 'REJECTED') WHERE delegate_id = NEW.id;
    UPDATE delegate_tag SET rejected = (NEW.admission = 'REJECTED')
    WHERE n = (SELECT n FROM delegate_listing WHERE delegate_id = NEW.id);
END;

CREATE TRIGGER delegate_kind_changed AFTER UPDATE OF kind ON delegate WHEN OLD.kind <> NEW.kind
BEGIN
    UPDATE delegate_listing SET kind = NEW.kind WHERE delegate_id = NEW.id;
END;

CREATE TRIGGER delegate_profile_changed AFTER UPDATE OF profile_id ON delegate WHEN OLD.profile_id <> NEW.profile_id
BEGIN
    UPDATE delegate_listing SET profile_id = NEW.profile_id WHERE delegate_id = NEW.id;
END;

CREATE TRIGGER delegate_token_changed AFTER UPDATE OF token_id ON delegate WHEN OLD.token_id <> NEW.token_id
BEGIN
    UPDATE delegate_listing SET token_id = NEW.token_id WHERE delegate_id = NEW.id;
END;

CREATE TRIGGER delegate_search_changed AFTER UPDATE OF search ON delegate WHEN OLD.search <> NEW.search
BEGIN
    UPDATE delegate_listing SET
        name = substr(NEW.search, 1, instr(NEW.search || char(10), char(10)) - 1), search = NEW.search
    WHERE delegate_id = NEW.id;
    DELETE FROM delegate_search WHERE rowid = (SELECT n FROM delegate_listing WHERE delegate_id = NEW.id);
    INSERT INTO delegate_search (rowid, search)
    SELECT n, search FROM delegate_listing WHERE delegate_id = NEW.id;
END;

CREATE TRIGGER delegate_tags_changed AFTER UPDATE OF tags, selectors ON delegate
WHEN coalesce(OLD.selectors, OLD.tags) <> coalesce(NEW.selectors, NEW.tags)
BEGIN
    DELETE FROM delegate_tag WHERE n = (SELECT n FROM delegate_listing WHERE delegate_id = NEW.id);
    INSERT OR IGNORE INTO delegate_tag (n, tag, account_id, organization, project, rejected)
    SELECT l.n, trim(t.value), l.account_id, l.organization, l.project, l.rejected
    FROM delegate_listing l,
        json_each('[' || replace(json_quote(coalesce(NEW.selectors, NEW.tags)), ',', '\",\"') || ']') t
    WHERE l.delegate_id = NEW.id AND trim(t.value) <> '';
END;

CREATE TRIGGER delegate_unlisted AFTER DELETE ON delegate BEGIN
    DELETE FROM delegate_search WHERE rowid = (SELECT n FROM delegate_listing WHERE delegate_id = OLD.id);
    DELETE FROM delegate_tag WHERE n = (SELECT n FROM delegate_listing WHERE delegate_id = OLD.id);
    DELETE FROM delegate_listing WHERE delegate_id = OLD.id;
END;
";
