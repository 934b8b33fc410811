//! What SQLite needs: triggers that find a delegate's tags by their key.

/// Take the place of those that found them by the number of the delegate.
pub const TRIGGERS: &str = r#"
DROP TRIGGER delegate_listed;
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
    INSERT OR IGNORE INTO delegate_tag (account_id, organization, project, tag, rejected, n)
    SELECT NEW.account_id, NEW.organization, NEW.project, trim(t.value), NEW.admission = 'REJECTED', l.n
    FROM delegate_listing l,
        json_each('[' || replace(json_quote(coalesce(NEW.selectors, NEW.tags)), ',', '","') || ']') t
    WHERE l.delegate_id = NEW.id AND trim(t.value) <> '';
    INSERT INTO delegate_search (rowid, search)
    SELECT n, search FROM delegate_listing WHERE delegate_id = NEW.id;
END;

DROP TRIGGER delegate_decided;
CREATE TRIGGER delegate_decided AFTER UPDATE OF admission ON delegate
WHEN (OLD.admission = 'REJECTED') <> (NEW.admission = 'REJECTED')
BEGIN
    UPDATE delegate_listing SET rejected = (NEW.admission = 'REJECTED') WHERE delegate_id = NEW.id;
END;

DROP TRIGGER delegate_tags_changed;
CREATE TRIGGER delegate_tags_changed AFTER UPDATE OF tags, selectors, admission ON delegate
WHEN coalesce(OLD.selectors, OLD.tags) <> coalesce(NEW.selectors, NEW.tags)
    OR (OLD.admission = 'REJECTED') <> (NEW.admission = 'REJECTED')
BEGIN
    DELETE FROM delegate_tag
    WHERE account_id = OLD.account_id AND organization = OLD.organization AND project = OLD.project
        AND tag IN (SELECT trim(t.value)
            FROM json_each('[' || replace(json_quote(coalesce(OLD.selectors, OLD.tags)), ',', '","') || ']') t)
        AND rejected = (OLD.admission = 'REJECTED')
        AND n = (SELECT n FROM delegate_listing WHERE delegate_id = OLD.id);
    INSERT OR IGNORE INTO delegate_tag (account_id, organization, project, tag, rejected, n)
    SELECT NEW.account_id, NEW.organization, NEW.project, trim(t.value), NEW.admission = 'REJECTED', l.n
    FROM delegate_listing l,
        json_each('[' || replace(json_quote(coalesce(NEW.selectors, NEW.tags)), ',', '","') || ']') t
    WHERE l.delegate_id = NEW.id AND trim(t.value) <> '';
END;

DROP TRIGGER delegate_unlisted;
CREATE TRIGGER delegate_unlisted AFTER DELETE ON delegate BEGIN
    DELETE FROM delegate_search WHERE rowid = (SELECT n FROM delegate_listing WHERE delegate_id = OLD.id);
    DELETE FROM delegate_tag
    WHERE account_id = OLD.account_id AND organization = OLD.organization AND project = OLD.project
        AND tag IN (SELECT trim(t.value)
            FROM json_each('[' || replace(json_quote(coalesce(OLD.selectors, OLD.tags)), ',', '","') || ']') t)
        AND rejected = (OLD.admission = 'REJECTED')
        AND n = (SELECT n FROM delegate_listing WHERE delegate_id = OLD.id);
    DELETE FROM delegate_listing WHERE delegate_id = OLD.id;
END;
"#;
