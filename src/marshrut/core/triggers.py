"""SQL of functions and triggers for migrations: the database's own guards.

A guard function's search path is pinned to the schema it is made in, with temporary tables last, so that nobody can
put a table of the same name before the real one. No schema is named: an agency may live in any.
"""

from collections.abc import Sequence

from django.db.migrations.operations.special import RunSQL


def function(name: str, body: str, *, arguments: str = "", returns: str = "trigger") -> RunSQL:
    """The operation that makes a PL/pgSQL function with a pinned search path."""
    return RunSQL(
        f"""create function {name}({arguments}) returns {returns} language plpgsql as $guard$
{body}
$guard$;
do $pin$ begin
    execute format('alter function {name}({arguments}) set search_path = %I, pg_temp', current_schema());
end $pin$;""",
        f"drop function {name}({arguments}) cascade;",
    )


def deferred(name: str, table: str, events: str, call: str) -> RunSQL:
    """A constraint trigger that is asked when the transaction commits, once for each changed row."""
    return RunSQL(
        f"""create constraint trigger {name} after {events} on {table}
deferrable initially deferred for each row execute function {call};""",
        f"drop trigger {name} on {table};",
    )


def keep_from_truncate(*tables: str) -> RunSQL:
    """TRUNCATE passes by row triggers, so it is refused on tables that row triggers guard."""
    create = [f"create trigger {t}_truncate before truncate on {t} execute function core_refuse_truncate();" for t in tables]
    return RunSQL("\n".join(create), "\n".join(f"drop trigger {t}_truncate on {t};" for t in tables))


def raise_revision(table: str, columns: Sequence[str] = ()) -> RunSQL:
    """Whoever changes this reference table raises agency's revision, so that every process reads it anew."""
    update = f"update of {', '.join(columns)}" if columns else "update"
    return RunSQL(
        f"""create trigger {table}_revision after insert or delete or {update} on {table}
for each statement execute function agency_raise_revision();""",
        f"drop trigger {table}_revision on {table};",
    )
