//! What PostgreSQL needs: triggers that find a delegate's tags by their key.

/// Take the place of those that found them by the number of the delegate.
pub const TRIGGERS: &str = r"
CREATE FUNCTION delegate_untag(old delegate, number bigint) RETURNS void LANGUAGE sql AS $$
    DELETE FROM delegate_tag
    WHERE account_id = old.account_id AND organization = old.organization AND project = old.project
        AND tag IN (SELECT btrim(t.tag) FROM unnest(string_to_array(coalesce(old.selectors, old.tags), ',')) AS t(tag))
        AND rejected = (old.admission = 'REJECTED') AND n = number
$$;

CREATE OR REPLACE FUNCTION delegate_relisted() RETURNS trigger LANGUAGE plpgsql AS $$ DECLARE number bigint; BEGIN
    UPDATE delegate_listing SET
        status = delegate_status(NEW.admission, NEW.connected_until), rejected = (NEW.admission = 'REJECTED'),
        name = split_part(NEW.search, E'\n', 1),
        heard_at = CASE WHEN NEW.connected_until IS NULL THEN NEW.last_heartbeat_at ELSE 9223372036854775807 END,
        kind = NEW.kind, profile_id = NEW.profile_id, token_id = NEW.token_id, search = NEW.search
    WHERE delegate_id = NEW.id RETURNING n INTO number;
    IF coalesce(OLD.selectors, OLD.tags) <> coalesce(NEW.selectors, NEW.tags)
        OR (OLD.admission = 'REJECTED') <> (NEW.admission = 'REJECTED') THEN
        PERFORM delegate_untag(OLD, number);
        PERFORM delegate_tags(NEW.id, coalesce(NEW.selectors, NEW.tags));
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION delegate_unlisted() RETURNS trigger LANGUAGE plpgsql AS $$ DECLARE number bigint; BEGIN
    DELETE FROM delegate_listing WHERE delegate_id = OLD.id RETURNING n INTO number;
    PERFORM delegate_untag(OLD, number);
    RETURN NULL;
END $$;
";
