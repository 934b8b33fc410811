//! What PostgreSQL needs: its triggers. The index of trigrams is made at start, where the extension is there.

/// Fills the tables with what there is, the oldest delegate first.
pub const FILL: &str = r"
CREATE TABLE delegate_tag (
    account_id uuid NOT NULL, organization text NOT NULL, project text NOT NULL, tag text NOT NULL,
    rejected boolean NOT NULL, n bigint NOT NULL, PRIMARY KEY (account_id, organization, project, tag, rejected, n)
);
CREATE FUNCTION delegate_status(admission text, connected_until bigint) RETURNS smallint LANGUAGE sql IMMUTABLE AS $$
    SELECT (CASE WHEN admission = 'REJECTED' THEN 3 WHEN admission = 'WAITING_FOR_APPROVAL' THEN 2
        WHEN connected_until IS NULL THEN 1 ELSE 0 END)::smallint
$$;
INSERT INTO delegate_listing
    (delegate_id, account_id, organization, project, status, rejected, name, heard_at, kind, profile_id, token_id, search)
SELECT id, account_id, organization, project, delegate_status(admission, connected_until), admission = 'REJECTED',
    split_part(search, E'\n', 1),
    CASE WHEN connected_until IS NULL THEN last_heartbeat_at ELSE 9223372036854775807 END,
    kind, profile_id, token_id, search
FROM delegate ORDER BY id;
INSERT INTO delegate_tag (n, tag, account_id, organization, project, rejected)
SELECT l.n, btrim(t.tag), l.account_id, l.organization, l.project, l.rejected
FROM delegate_listing l JOIN delegate d ON d.id = l.delegate_id,
    unnest(string_to_array(coalesce(d.selectors, d.tags), ',')) AS t(tag)
WHERE btrim(t.tag) <> '' ON CONFLICT DO NOTHING;
";

/// Keep the tables as `delegate` is.
pub const TRIGGERS: &str = r"
CREATE FUNCTION delegate_tags(delegate uuid, tags text) RETURNS void LANGUAGE sql AS $$
    INSERT INTO delegate_tag (n, tag, account_id, organization, project, rejected)
    SELECT l.n, btrim(t.tag), l.account_id, l.organization, l.project, l.rejected
    FROM delegate_listing l, unnest(string_to_array(tags, ',')) AS t(tag)
    WHERE l.delegate_id = delegate AND btrim(t.tag) <> '' ON CONFLICT DO NOTHING
$$;

CREATE FUNCTION delegate_listed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO delegate_listing
        (delegate_id, account_id, organization, project, status, rejected, name, heard_at, kind, profile_id, token_id,
         search)
    VALUES (NEW.id, NEW.account_id, NEW.organization, NEW.project,
        delegate_status(NEW.admission, NEW.connected_until), NEW.admission = 'REJECTED',
        split_part(NEW.search, E'\n', 1),
        CASE WHEN NEW.connected_until IS NULL THEN NEW.last_heartbeat_at ELSE 9223372036854775807 END,
        NEW.kind, NEW.profile_id, NEW.token_id, NEW.search);
    PERFORM delegate_tags(NEW.id, coalesce(NEW.selectors, NEW.tags));
    RETURN NULL;
END $$;
CREATE TRIGGER delegate_listed AFTER INSERT ON delegate FOR EACH ROW EXECUTE FUNCTION delegate_listed();

CREATE FUNCTION delegate_relisted() RETURNS trigger LANGUAGE plpgsql AS $$ DECLARE number bigint; BEGIN
    UPDATE delegate_listing SET
        status = delegate_status(NEW.admission, NEW.connected_until), rejected = (NEW.admission = 'REJECTED'),
        name = split_part(NEW.search, E'\n', 1),
        heard_at = CASE WHEN NEW.connected_until IS NULL THEN NEW.last_heartbeat_at ELSE 9223372036854775807 END,
        kind = NEW.kind, profile_id = NEW.profile_id, token_id = NEW.token_id, search = NEW.search
    WHERE delegate_id = NEW.id RETURNING n INTO number;
    IF (OLD.admission = 'REJECTED') <> (NEW.admission = 'REJECTED') THEN
        UPDATE delegate_tag SET rejected = (NEW.admission = 'REJECTED') WHERE n = number;
    END IF;
    IF coalesce(OLD.selectors, OLD.tags) <> coalesce(NEW.selectors, NEW.tags) THEN
        DELETE FROM delegate_tag WHERE n = number;
        PERFORM delegate_tags(NEW.id, coalesce(NEW.selectors, NEW.tags));
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER delegate_relisted AFTER UPDATE ON delegate FOR EACH ROW
WHEN (OLD.admission <> NEW.admission
    OR (OLD.connected_until IS NULL) <> (NEW.connected_until IS NULL)
    OR (NEW.connected_until IS NULL AND OLD.last_heartbeat_at <> NEW.last_heartbeat_at)
    OR OLD.kind <> NEW.kind OR OLD.profile_id <> NEW.profile_id OR OLD.token_id <> NEW.token_id
    OR OLD.search <> NEW.search OR coalesce(OLD.selectors, OLD.tags) <> coalesce(NEW.selectors, NEW.tags))
EXECUTE FUNCTION delegate_relisted();

CREATE FUNCTION delegate_unlisted() RETURNS trigger LANGUAGE plpgsql AS $$ DECLARE number bigint; BEGIN
    DELETE FROM delegate_listing WHERE delegate_id = OLD.id RETURNING n INTO number;
    DELETE FROM delegate_tag WHERE n = number;
    RETURN NULL;
END $$;
CREATE TRIGGER delegate_unlisted AFTER DELETE ON delegate FOR EACH ROW EXECUTE FUNCTION delegate_unlisted();
";
