"""Work, released feedback and people can be found by their words: a copy of each text, kept current by triggers, and
the database's own index of words over it (FTS5 in SQLite, tsvector in PostgreSQL)."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from service.domain.errors import Unavailable

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

_COLUMNS = "organization_id, kind, subject_id, submission_id, person_id, language, text, at"

_LANGUAGE = "COALESCE(NULLIF({}.language, ''), (SELECT g.language FROM organizations g WHERE g.id = s.organization_id))"

_WORK = f"""
INSERT INTO search_texts ({_COLUMNS})
SELECT s.organization_id, 'work', s.id, s.id, s.person_id, {_LANGUAGE.format('r')}, r.text, r.submitted_at
FROM submissions s JOIN revisions r ON r.submission_id = s.id
WHERE s.withdrawn_at IS NULL
AND r.number = (SELECT MAX(o.number) FROM revisions o WHERE o.submission_id = s.id)"""  # noqa: S608

_FEEDBACK = f"""
INSERT INTO search_texts ({_COLUMNS})
SELECT d.organization_id, 'feedback', d.id, d.submission_id, s.person_id, {_LANGUAGE.format('d')}, {{words}}, l.released_at
FROM releases l JOIN approvals a ON a.id = l.approval_id JOIN drafts d ON d.id = l.draft_id
JOIN submissions s ON s.id = d.submission_id
WHERE l.retracted_at IS NULL AND s.withdrawn_at IS NULL"""  # noqa: S608

_PERSON = f"""
INSERT INTO search_texts ({_COLUMNS})
SELECT p.organization_id, 'person', p.id, NULL, p.id, '', p.name || ' ' || p.external_id, p.created_at
FROM people p WHERE p.erased_at IS NULL"""  # noqa: S608

_SAID_SQLITE = (
    "COALESCE(json_extract(a.body, '$.summary'), '') || char(10) || COALESCE((SELECT group_concat("
    "json_extract(one.value, '$.text'), char(10)) FROM json_each(a.body, '$.points') one), '')"
)
_SAID_POSTGRESQL = (
    "COALESCE(a.body->>'summary', '') || E'\\n' || COALESCE((SELECT string_agg(one->>'text', E'\\n') "
    "FROM jsonb_array_elements(a.body->'points') one), '')"
)

# What becomes of the copies: (name, when, table, what goes, what comes). `{new}` is the changed row.
_KEPT = (
    ("work_in", "INSERT", "revisions", "kind = 'work' AND subject_id = {new}.submission_id", "work", "s.id = {new}.submission_id"),
    ("work_changed", "UPDATE OF text, language", "revisions", "kind = 'work' AND subject_id = {new}.submission_id", "work", "s.id = {new}.submission_id"),
    ("work_back", "UPDATE OF withdrawn_at, person_id", "submissions", "submission_id = {new}.id", "both", "s.id = {new}.id"),
    ("feedback_out", "INSERT", "releases", "kind = 'feedback' AND subject_id = {new}.draft_id", "feedback", "d.id = {new}.draft_id"),
    ("feedback_back", "UPDATE OF retracted_at", "releases", "kind = 'feedback' AND subject_id = {new}.draft_id", "feedback", "d.id = {new}.draft_id"),
    ("feedback_changed", "UPDATE OF body", "approvals", "kind = 'feedback' AND subject_id = {new}.draft_id", "feedback", "d.id = {new}.draft_id"),
    ("person_in", "INSERT", "people", "kind = 'person' AND subject_id = {new}.id", "person", "p.id = {new}.id"),
    ("person_changed", "UPDATE OF name, external_id, erased_at", "people", "kind = 'person' AND subject_id = {new}.id", "person", "p.id = {new}.id"),
)  # fmt: skip

# Snowball's languages, as PostgreSQL names them. Others, and what nobody knows the language of, are found by whole words
# and their beginnings.
_STEMMED = {
    "ar": "arabic", "da": "danish", "de": "german", "el": "greek", "en": "english", "es": "spanish", "fi": "finnish",
    "fr": "french", "hu": "hungarian", "it": "italian", "lt": "lithuanian", "nl": "dutch", "no": "norwegian",
    "pt": "portuguese", "ro": "romanian", "ru": "russian", "sv": "swedish", "tr": "turkish",
}  # fmt: skip
# Signs become blanks: PostgreSQL's parser takes a path, an address, a date for one word, whose parts nobody would find.
# What is cut is cut last, since one letter can come apart to eighteen: 100,000 are less than a tsvector holds at most.
_SIGNS = "[\\u0001-\\u002f\\u003a-\\u0040\\u005b-\\u0060\\u007b-\\u00a9\\u00ab-\\u00b4\\u00b6-\\u00b9\\u00bb-\\u00bf\\u2000-\\u206f]"
_APART = "regexp_replace(lower(normalize(left(said, 200000), NFKD)), '[\\u0300-\\u036f]', '', 'g')"
_FOLDED = f"left(regexp_replace({_APART}, '{_SIGNS}', ' ', 'g'), 100000)"


def upgrade() -> None:
    owned = {"organization_id": "organizations", "submission_id": "submissions", "person_id": "people"}
    op.create_table(
        "search_texts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("subject_id", sa.String(32), nullable=False),
        sa.Column("submission_id", sa.String(32), nullable=True),
        sa.Column("person_id", sa.String(32), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        *(
            sa.ForeignKeyConstraint([key], [f"{to}.id"], name=f"fk_search_texts_{key}_{to}", ondelete="CASCADE")
            for key, to in owned.items()
        ),
        sa.PrimaryKeyConstraint("id", name="pk_search_texts"),
    )
    op.create_index("ix_search_texts_organization_id", "search_texts", ["organization_id"])
    op.create_index("ix_search_texts_person_id", "search_texts", ["person_id"])
    op.create_index("ix_search_texts_subject", "search_texts", ["subject_id"])
    op.create_index("ix_search_texts_submission", "search_texts", ["submission_id"])
    if op.get_bind().dialect.name == "sqlite":
        _sqlite()
    else:
        _postgresql()


def _run(statement: str) -> None:
    op.get_bind().exec_driver_sql(statement)


def _made_with_fts5(statement: str) -> None:
    try:
        _run(statement)
    except sa.exc.OperationalError as error:
        if "no such module" not in str(error):
            raise
        raise Unavailable(
            "This Python's SQLite was built without full-text search (FTS5). Take a Python whose SQLite has it, such as "
            "python.org's or your system's, or use PostgreSQL (PEERLOOM_DATABASE_URL)."
        ) from error


def _filling(what: str, said: str) -> list[str]:
    feedback = _FEEDBACK.format(words=said)
    return {"work": [_WORK], "feedback": [feedback], "both": [_WORK, feedback], "person": [_PERSON]}[what]


def _sqlite() -> None:
    _made_with_fts5(
        "CREATE VIRTUAL TABLE search_words USING fts5(text, content='search_texts', content_rowid='id', "
        "tokenize=\"porter unicode61 remove_diacritics 2 categories 'L* N* Co Mn Mc'\", prefix='2 3')"
    )
    gone = "INSERT INTO search_words (search_words, rowid, text) VALUES ('delete', old.id, old.text);"
    come = "INSERT INTO search_words (rowid, text) VALUES (new.id, new.text);"
    for name, when, done in (("in", "INSERT", come), ("out", "DELETE", gone), ("changed", "UPDATE", gone + come)):
        _run(f"CREATE TRIGGER search_words_{name} AFTER {when} ON search_texts BEGIN {done} END")
    for name, when, table, goes, what, which in _KEPT:
        comes = ";".join(f"{one} AND {which.format(new='new')}" for one in _filling(what, _SAID_SQLITE))
        body = f"DELETE FROM search_texts WHERE {goes.format(new='new')}; {comes};"  # noqa: S608
        _run(f"CREATE TRIGGER search_{name} AFTER {when} ON {table} BEGIN {body} END")
    for one in (*_filling("person", ""), *_filling("both", _SAID_SQLITE)):
        _run(one)


def _postgresql() -> None:
    stems = " ".join(
        f"WHEN '{code}' THEN to_tsvector('{name}'::regconfig, {_FOLDED})" for code, name in _STEMMED.items()
    )
    _run(
        "CREATE FUNCTION search_folded(said text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE "
        f"AS $$ SELECT {_FOLDED} $$"
    )
    # One function that calls none of ours: what restores a dump looks for names in no schema but its own.
    _run(
        "CREATE FUNCTION search_words(language text, said text) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE "
        f"AS $$ SELECT to_tsvector('simple'::regconfig, {_FOLDED}) || CASE left(language, 2) {stems} "
        "ELSE ''::tsvector END $$"
    )
    _run(
        "ALTER TABLE search_texts ADD COLUMN words tsvector GENERATED ALWAYS AS (search_words(language, text) "
        "|| array_to_tsvector(ARRAY['of ' || organization_id])) STORED"  # a blank: no word of a text is so
    )
    _run("CREATE INDEX ix_search_texts_words ON search_texts USING gin (words)")
    for name, when, table, goes, what, which in _KEPT:
        comes = ";".join(f"{one} AND {which.format(new='NEW')}" for one in _filling(what, _SAID_POSTGRESQL))
        body = f"DELETE FROM search_texts WHERE {goes.format(new='NEW')}; {comes};"  # noqa: S608
        _run(f"CREATE FUNCTION search_{name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} RETURN NULL; END $$")
        _run(f"CREATE TRIGGER search_{name} AFTER {when} ON {table} FOR EACH ROW EXECUTE FUNCTION search_{name}()")
    for one in (*_filling("person", ""), *_filling("both", _SAID_POSTGRESQL)):
        _run(one)


def downgrade() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    for name, _, table, *_ in _KEPT:
        _run(f"DROP TRIGGER search_{name}" + ("" if sqlite else f" ON {table}"))
        if not sqlite:
            _run(f"DROP FUNCTION search_{name}()")
    if sqlite:
        _run("DROP TABLE search_words")
    op.drop_table("search_texts")
    if not sqlite:
        _run("DROP FUNCTION search_words(text, text)")
        _run("DROP FUNCTION search_folded(text)")
