//! That a row passes a filter, as a condition.

use muster::delegate::{Flag, MANAGER_VERSION, numbers};

use super::{
    driver::Rows,
    filter::{Filter, bind},
    sql::Sql,
};

/// That something is so in the row of the delegate itself, which follows. Rows are judged by it, and not found.
const ITSELF: &str = "EXISTS (SELECT 1 FROM delegate AS h WHERE h.id = l.delegate_id AND ";

/// Whether the last run of a delegate's startup script failed: see [`muster::script::End::failed`].
const SCRIPT_FAILED: &str = "(SELECT r.outcome = 'EXITED' AND coalesce(r.exit_code, 1) <> 0 \
                             OR r.outcome IN ('TIMED_OUT', 'NOT_STARTED', 'NOT_DELIVERED') FROM script_run AS r \
                             WHERE r.delegate_id = l.delegate_id ORDER BY r.id DESC LIMIT 1)";

/// The numbers of a version, as [`muster::delegate::is_older`] reads them.
const SQLITE_VERSION: &str = "(CAST(h.version AS INTEGER), \
    CAST(substr(h.version, instr(h.version || '.', '.') + 1) AS INTEGER), \
    CAST(substr(substr(h.version, instr(h.version || '.', '.') + 1), \
    instr(substr(h.version, instr(h.version || '.', '.') + 1) || '.', '.') + 1) AS INTEGER))";
const POSTGRES_VERSION: &str = "(coalesce(substring(split_part(h.version, '.', 1) from '^[0-9]{1,9}'), '0')::bigint, \
    coalesce(substring(split_part(h.version, '.', 2) from '^[0-9]{1,9}'), '0')::bigint, \
    coalesce(substring(split_part(h.version, '.', 3) from '^[0-9]{1,9}'), '0')::bigint)";

/// That a row has a tag, which follows: by the whole key of what says so.
const TAGGED: &str = "EXISTS (SELECT 1 FROM delegate_tag AS t WHERE t.account_id = l.account_id \
                      AND t.organization = l.organization AND t.project = l.project AND t.rejected = l.rejected \
                      AND t.n = l.n AND t.tag = ";

impl Rows<'_> {
    /// That a row passes a filter.
    pub fn judge(&self, sql: &mut Sql, filter: &Filter) {
        match filter {
            Filter::Status(_) => bind(sql.judged("l.status").push(" = "), filter),
            Filter::Kind(_) => bind(sql.judged("l.kind").push(" = "), filter),
            Filter::Profile(_) => bind(sql.judged("l.profile_id").push(" = "), filter),
            Filter::Token(_) => bind(sql.judged("l.token_id").push(" = "), filter),
            Filter::Name(_) => bind(sql.judged("l.name").push(" = "), filter),
            Filter::Tag(_) => bind(sql.push(TAGGED), filter).push(")"),
            Filter::Word(word) => self.within(sql, "l.search", &word.text),
            Filter::Host(host) => self.within(sql.push(ITSELF), "lower(h.host_name)", host).push(")"),
            Filter::Version(version) => self.place(sql.push(ITSELF), "lower(h.version)", version).push(" = 1)"),
            Filter::Flag(flag) => self.judge_flag(sql, *flag),
            Filter::Any(parts) => {
                for (number, part) in parts.iter().enumerate() {
                    sql.push(if number == 0 { "(" } else { " OR " });
                    self.judge(sql, part);
                }
                sql.push(if parts.is_empty() { "(FALSE)" } else { ")" })
            }
        };
    }

    fn judge_flag<'a>(&self, sql: &'a mut Sql, flag: Flag) -> &'a mut Sql {
        match flag {
            Flag::ScriptFailed => sql.push(SCRIPT_FAILED),
            Flag::Refused => sql.push(ITSELF).push("h.refused_at IS NOT NULL)"),
            Flag::KeyDiffers => sql.push(ITSELF).push("h.waiting_reason = 'RESEMBLES')"),
            Flag::Outdated => {
                let version = if self.is_postgres() { POSTGRES_VERSION } else { SQLITE_VERSION };
                sql.push(ITSELF).push("h.public_key IS NOT NULL AND h.version <> '' AND ").push(version).push(" < (");
                for (number, part) in numbers(MANAGER_VERSION).into_iter().enumerate() {
                    sql.push(if number == 0 { "" } else { ", " }).bind(i64::from(part));
                }
                sql.push("))")
            }
        }
    }

    /// That a column holds a text somewhere.
    fn within<'a>(&self, sql: &'a mut Sql, column: &str, text: &str) -> &'a mut Sql {
        sql.push("0 < ");
        self.place(sql, column, text)
    }

    /// Where a text begins in a column, counted from one; 0 where it is not in it.
    fn place<'a>(&self, sql: &'a mut Sql, column: &str, text: &str) -> &'a mut Sql {
        sql.push(if self.is_postgres() { "strpos(" } else { "instr(" }).push(column).push(", ").bind(text).push(")")
    }
}
