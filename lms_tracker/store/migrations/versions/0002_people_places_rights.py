"""People, places, rights, claims, disputes, flags and versioned rules."""

import sqlalchemy as sa
from alembic import op

from lms_tracker.learning.names import folded, person_sort_key

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ROW_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
BYTE_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    _create_tables()
    _create_watching()
    _add_columns()
    with op.batch_alter_table("people") as people:
        people.alter_column("login", existing_type=sa.Text(), nullable=True)
        people.alter_column("password_hash", existing_type=sa.Text(), nullable=True)
        people.add_column(sa.Column("search", BYTE_TEXT, server_default="", nullable=False))
        people.add_column(sa.Column("sort_key", BYTE_TEXT, server_default="", nullable=False))
        people.add_column(sa.Column("birth_year", sa.SmallInteger(), nullable=True))
        people.add_column(sa.Column("birth_date", sa.Date(), nullable=True))
        people.add_column(sa.Column("sex", sa.Text(), nullable=True))
        people.add_column(sa.Column("phone", sa.Text(), nullable=True))
        people.add_column(sa.Column("died_on", sa.Date(), nullable=True))
        people.create_index(op.f("ix_people_search"), ["search"])
        people.create_index(op.f("ix_people_birth_year"), ["birth_year"])
    _find_people_by_name()
    op.execute(
        "INSERT INTO grants (person_key, role, provider_id, granted_us)"
        " SELECT person_key, role, provider_id, granted_us FROM roles WHERE role <> 'organiser' ORDER BY id"
    )
    # An organiser did what these three do together.
    for role in ("officer", "reviewer", "approver"):
        op.execute(
            "INSERT INTO grants (person_key, role, granted_us)"
            f" SELECT person_key, '{role}', granted_us FROM roles WHERE role = 'organiser' ORDER BY id"
        )
    op.drop_table("roles")


def _find_people_by_name() -> None:
    """People of before are found and sorted by name like those who come later."""
    connection = op.get_bind()
    known = connection.execute(sa.text("SELECT person_key, name FROM people")).all()
    update = sa.text("UPDATE people SET search = :search, sort_key = :sort_key WHERE person_key = :key")
    rows = [{"key": key, "search": folded(name), "sort_key": person_sort_key(name)} for key, name in known]
    if rows:
        connection.execute(update, rows)


def downgrade() -> None:
    op.create_table(
        "roles",
        sa.Column("id", ROW_NUMBER, nullable=False),
        sa.Column("person_key", sa.LargeBinary(length=16), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("provider_id", sa.Integer(), nullable=True),
        sa.Column("granted_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roles")),
        sa.UniqueConstraint(
            "person_key", "role", "provider_id", name=op.f("uq_roles_person_key_role_provider_id")
        ),
    )
    # Only what the earlier version knows: roles that hold everywhere, or for a provider.
    op.execute(
        "INSERT INTO roles (person_key, role, provider_id, granted_us)"
        " SELECT person_key, CASE role WHEN 'officer' THEN 'organiser' ELSE role END, provider_id,"
        " min(granted_us) FROM grants"
        " WHERE revoked_us IS NULL AND role IN ('provider', 'officer', 'administrator')"
        " AND place_id IS NULL AND organisation_id IS NULL AND ward_key IS NULL"
        " GROUP BY person_key, role, provider_id"
    )
    op.execute("DELETE FROM people WHERE login IS NULL OR password_hash IS NULL")
    with op.batch_alter_table("people") as people:
        people.drop_index(op.f("ix_people_birth_year"))
        people.drop_index(op.f("ix_people_search"))
        for column in ("died_on", "phone", "sex", "birth_date", "birth_year", "sort_key", "search"):
            people.drop_column(column)
        people.alter_column("login", existing_type=sa.Text(), nullable=False)
        people.alter_column("password_hash", existing_type=sa.Text(), nullable=False)
    for table, column in (
        ("catalogue_state", "rederived_to"),
        ("courses", "reading"),
        ("evidence", "profile"),
        ("evidence", "role"),
        ("evidence", "session"),
        ("evidence", "segments"),
        ("ledger", "note"),
        ("providers", "reading"),
        ("providers", "is_ours"),
    ):
        op.drop_column(table, column)
    op.drop_index(op.f("ix_credit_states_decided_us_person_key"), "credit_states")
    for table in (
        "organisation_members",
        "kinship_members",
        "grants",
        "rosters",
        "residences",
        "place_moves",
        "organisations",
        "kinships",
        "claim_proofs",
        "recounts",
        "policies",
        "places",
        "merges",
        "link_events",
        "link_codes",
        "letters",
        "watching",
        "watched_times",
        "watched_completions",
        "flags",
        "disputes",
        "consents",
        "claims",
        "case_steps",
        "barred_actors",
    ):
        op.drop_table(table)


def _add_columns() -> None:
    op.add_column(
        "catalogue_state", sa.Column("rederived_to", sa.BigInteger(), server_default="0", nullable=False)
    )
    op.add_column("courses", sa.Column("reading", sa.Text(), server_default="", nullable=False))
    op.add_column("evidence", sa.Column("profile", sa.SmallInteger(), server_default="0", nullable=False))
    op.add_column("evidence", sa.Column("role", sa.SmallInteger(), server_default="0", nullable=False))
    op.add_column("evidence", sa.Column("session", sa.LargeBinary(length=16), nullable=True))
    op.add_column("evidence", sa.Column("segments", sa.LargeBinary(), nullable=True))
    op.add_column("ledger", sa.Column("note", sa.SmallInteger(), server_default="0", nullable=False))
    op.add_column("providers", sa.Column("reading", sa.Text(), server_default="", nullable=False))
    op.add_column("providers", sa.Column("is_ours", sa.Boolean(), server_default="0", nullable=False))


def _create_watching() -> None:
    """How far the watch over abuse came, and claims by course and time."""
    op.create_index(
        op.f("ix_credit_states_decided_us_person_key"),
        "credit_states",
        ["decided_us", "person_key"],
        unique=False,
    )
    op.create_table(
        "watching",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("decided_us", sa.BigInteger(), nullable=False),
        sa.Column("person_key", sa.LargeBinary(length=16), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_watching")),
    )
    op.create_table(
        "watched_times",
        sa.Column("course_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("start_s", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("seconds", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("person_key", sa.LargeBinary(length=16), nullable=False),
        sa.Column("statement_id", sa.LargeBinary(length=16), nullable=False),
        sa.PrimaryKeyConstraint(
            "course_id", "start_s", "seconds", "person_key", name=op.f("pk_watched_times")
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "watched_completions",
        sa.Column("course_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("day", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("person_key", sa.LargeBinary(length=16), nullable=False),
        sa.Column("statement_id", sa.LargeBinary(length=16), nullable=False),
        sa.PrimaryKeyConstraint("course_id", "day", "person_key", name=op.f("pk_watched_completions")),
        sqlite_with_rowid=False,
    )


def _create_tables() -> None:
    op.create_table(
        "barred_actors",
        sa.Column("actor_key", sa.LargeBinary(length=16), nullable=False),
        sa.Column("reason", sa.SmallInteger(), nullable=False),
        sa.Column("claimed_by", sa.LargeBinary(length=16), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("by_person", sa.LargeBinary(length=16), nullable=True),
        sa.Column("since_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("actor_key", name=op.f("pk_barred_actors")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "case_steps",
        sa.Column("id", ROW_NUMBER, nullable=False),
        sa.Column("case_kind", sa.Text(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("seconds", sa.BigInteger(), nullable=True),
        sa.Column("by_person", sa.LargeBinary(length=16), nullable=True),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_steps")),
    )
    op.create_index(
        op.f("ix_case_steps_case_kind_case_id_id"), "case_steps", ["case_kind", "case_id", "id"], unique=False
    )
    op.create_table(
        "claims",
        sa.Column("id", ROW_NUMBER, nullable=False),
        sa.Column("person_key", sa.LargeBinary(length=16), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("taught_by", sa.Text(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("seconds", sa.BigInteger(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("accepted_seconds", sa.BigInteger(), nullable=True),
        sa.Column("statement_id", sa.LargeBinary(length=16), nullable=True),
        sa.Column("voids_id", sa.LargeBinary(length=16), nullable=True),
        sa.Column("is_due", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("form_key", sa.LargeBinary(length=16), nullable=False),
        sa.Column("made_us", sa.BigInteger(), nullable=False),
        sa.Column("made_by", sa.LargeBinary(length=16), nullable=False),
        sa.Column("is_assisted", sa.Boolean(), nullable=False),
        sa.Column("decided_us", sa.BigInteger(), nullable=True),
        sa.Column("decided_by", sa.LargeBinary(length=16), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claims")),
        sa.UniqueConstraint("form_key", name=op.f("uq_claims_form_key")),
    )
    op.create_index(op.f("ix_claims_is_due_id"), "claims", ["is_due", "id"], unique=False)
    op.create_index(op.f("ix_claims_person_key_id"), "claims", ["person_key", "id"], unique=False)
    op.create_index(op.f("ix_claims_state_id"), "claims", ["state", "id"], unique=False)
    op.create_index(op.f("ix_claims_statement_id"), "claims", ["statement_id"], unique=False)
    op.create_table(
        "consents",
        sa.Column("id", ROW_NUMBER, nullable=False),
        sa.Column("person_key", sa.LargeBinary(length=16), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("given", sa.Boolean(), nullable=False),
        sa.Column("how", sa.Text(), nullable=False),
        sa.Column("by_person", sa.LargeBinary(length=16), nullable=True),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consents")),
    )
    op.create_index(
        op.f("ix_consents_person_key_purpose_id"), "consents", ["person_key", "purpose", "id"], unique=False
    )
    op.create_table(
        "disputes",
        sa.Column("id", ROW_NUMBER, nullable=False),
        sa.Column("person_key", sa.LargeBinary(length=16), nullable=False),
        sa.Column("statement_id", sa.LargeBinary(length=16), nullable=True),
        sa.Column("claim_id", sa.BigInteger(), nullable=True),
        sa.Column("provider_id", sa.Integer(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("made_us", sa.BigInteger(), nullable=False),
        sa.Column("made_by", sa.LargeBinary(length=16), nullable=False),
        sa.Column("due_us", sa.BigInteger(), nullable=False),
        sa.Column("decided_us", sa.BigInteger(), nullable=True),
        sa.Column("decided_by", sa.LargeBinary(length=16), nullable=True),
        sa.Column("outcome", sa.Text(), server_default="", nullable=False),
        sa.Column("is_due", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disputes")),
    )
    op.create_index(op.f("ix_disputes_claim_id"), "disputes", ["claim_id"], unique=False)
    op.create_index(op.f("ix_disputes_is_due_id"), "disputes", ["is_due", "id"], unique=False)
    op.create_index(op.f("ix_disputes_person_key_id"), "disputes", ["person_key", "id"], unique=False)
    op.create_index(op.f("ix_disputes_provider_id_id"), "disputes", ["provider_id", "id"], unique=False)
    op.create_index(op.f("ix_disputes_state_due_us"), "disputes", ["state", "due_us"], unique=False)
    op.create_index(op.f("ix_disputes_statement_id"), "disputes", ["statement_id"], unique=False)
    op.create_table(
        "flags",
        sa.Column("id", ROW_NUMBER, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("person_key", sa.LargeBinary(length=16), nullable=True),
        sa.Column("provider_id", sa.Integer(), nullable=True),
        sa.Column("course_id", sa.Integer(), nullable=True),
        sa.Column("day", sa.Integer(), nullable=True),
        sa.Column("figures", sa.Text(), nullable=False),
        sa.Column("raised_us", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("decided_us", sa.BigInteger(), nullable=True),
        sa.Column("decided_by", sa.LargeBinary(length=16), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flags")),
        sa.UniqueConstraint("kind", "subject", name=op.f("uq_flags_kind_subject")),
    )
    op.create_index(op.f("ix_flags_person_key"), "flags", ["person_key"], unique=False)
    op.create_index(op.f("ix_flags_state_id"), "flags", ["state", "id"], unique=False)
    op.create_table(
        "letters",
        sa.Column("id", ROW_NUMBER, nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("made_us", sa.BigInteger(), nullable=False),
        sa.Column("next_us", sa.BigInteger(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=False),
        sa.Column("sent_us", sa.BigInteger(), nullable=True),
        sa.Column("given_up_us", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letters")),
    )
    op.create_index(op.f("ix_letters_sent_us_next_us"), "letters", ["sent_us", "next_us"], unique=False)
    op.create_index(op.f("ix_letters_address"), "letters", ["address"], unique=False)
    op.create_table(
        "link_codes",
        sa.Column("code_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("person_key", sa.LargeBinary(length=16), nullable=False),
        sa.Column("actor_key", sa.LargeBinary(length=16), nullable=True),
        sa.Column("made_us", sa.BigInteger(), nullable=False),
        sa.Column("expires_us", sa.BigInteger(), nullable=False),
        sa.Column("used_us", sa.BigInteger(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("code_hash", name=op.f("pk_link_codes")),
    )
    op.create_index(op.f("ix_link_codes_person_key"), "link_codes", ["person_key"], unique=False)
    op.create_table(
        "link_events",
        sa.Column("id", ROW_NUMBER, nullable=False),
        sa.Column("actor_key", sa.LargeBinary(length=16), nullable=False),
        sa.Column("person_key", sa.LargeBinary(length=16), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("proof", sa.Text(), nullable=False),
        sa.Column("by_person", sa.LargeBinary(length=16), nullable=True),
        sa.Column("by_credential", sa.Integer(), nullable=True),
        sa.Column("merge_id", sa.BigInteger(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_link_events")),
    )
    op.create_index(op.f("ix_link_events_actor_key_id"), "link_events", ["actor_key", "id"], unique=False)
    op.create_index(op.f("ix_link_events_person_key_id"), "link_events", ["person_key", "id"], unique=False)
    op.create_table(
        "merges",
        sa.Column("id", ROW_NUMBER, nullable=False),
        sa.Column("survivor", sa.LargeBinary(length=16), nullable=False),
        sa.Column("loser", sa.LargeBinary(length=16), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("by_person", sa.LargeBinary(length=16), nullable=True),
        sa.Column("merged_us", sa.BigInteger(), nullable=False),
        sa.Column("undone_us", sa.BigInteger(), nullable=True),
        sa.Column("undone_by", sa.LargeBinary(length=16), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merges")),
    )
    op.create_index(op.f("ix_merges_loser"), "merges", ["loser"], unique=False)
    op.create_index(op.f("ix_merges_survivor"), "merges", ["survivor"], unique=False)
    op.create_table(
        "places",
        sa.Column("id", ROW_NUMBER, nullable=False),
        sa.Column("level", sa.SmallInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("parent_id", ROW_NUMBER, nullable=True),
        sa.Column("path", BYTE_TEXT, nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("search", BYTE_TEXT, nullable=False),
        sa.Column("spelling", BYTE_TEXT, nullable=False),
        sa.Column("sort_key", BYTE_TEXT, nullable=False),
        sa.ForeignKeyConstraint(["parent_id"], ["places.id"], name=op.f("fk_places_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_places")),
    )
    op.create_index(op.f("ix_places_code_level"), "places", ["code", "level"], unique=False)
    op.create_index(op.f("ix_places_level_search"), "places", ["level", "search"], unique=False)
    op.create_index(op.f("ix_places_parent_id_sort_key"), "places", ["parent_id", "sort_key"], unique=False)
    op.create_index(op.f("ix_places_path"), "places", ["path"], unique=False)
    op.create_table(
        "policies",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("rules", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("by_person", sa.LargeBinary(length=16), nullable=True),
        sa.Column("made_us", sa.BigInteger(), nullable=False),
        sa.Column("adopted_us", sa.BigInteger(), nullable=True),
        sa.Column("adopted_by", sa.LargeBinary(length=16), nullable=True),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_policies")),
    )
    op.create_table(
        "recounts",
        sa.Column("id", ROW_NUMBER, nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("providers", sa.Text(), nullable=False),
        sa.Column("after", sa.LargeBinary(length=17), nullable=False),
        sa.Column("people", sa.BigInteger(), nullable=False),
        sa.Column("done", sa.BigInteger(), nullable=False),
        sa.Column("changed", sa.BigInteger(), nullable=False),
        sa.Column("entries", sa.BigInteger(), nullable=False),
        sa.Column("started_us", sa.BigInteger(), nullable=False),
        sa.Column("ended_us", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recounts")),
    )
    op.create_table(
        "claim_proofs",
        sa.Column("claim_id", ROW_NUMBER, nullable=False),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column("content_key", sa.LargeBinary(length=32), nullable=False),
        sa.Column("content_type", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["claim_id"], ["claims.id"], name=op.f("fk_claim_proofs_claim_id")),
        sa.PrimaryKeyConstraint("claim_id", "number", name=op.f("pk_claim_proofs")),
    )
    op.create_index(op.f("ix_claim_proofs_content_key"), "claim_proofs", ["content_key"], unique=False)
    op.create_table(
        "kinships",
        sa.Column("id", ROW_NUMBER, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("place_id", ROW_NUMBER, nullable=False),
        sa.Column("search", BYTE_TEXT, nullable=False),
        sa.Column("sort_key", BYTE_TEXT, nullable=False),
        sa.Column("created_us", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["place_id"], ["places.id"], name=op.f("fk_kinships_place_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kinships")),
    )
    op.create_index(
        op.f("ix_kinships_place_id_kind_search"), "kinships", ["place_id", "kind", "search"], unique=False
    )
    op.create_table(
        "organisations",
        sa.Column("id", ROW_NUMBER, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("parent_id", ROW_NUMBER, nullable=True),
        sa.Column("path", BYTE_TEXT, nullable=False),
        sa.Column("place_id", ROW_NUMBER, nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("search", BYTE_TEXT, nullable=False),
        sa.Column("sort_key", BYTE_TEXT, nullable=False),
        sa.ForeignKeyConstraint(["parent_id"], ["organisations.id"], name=op.f("fk_organisations_parent_id")),
        sa.ForeignKeyConstraint(["place_id"], ["places.id"], name=op.f("fk_organisations_place_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisations")),
    )
    op.create_index(op.f("ix_organisations_parent_id"), "organisations", ["parent_id"], unique=False)
    op.create_index(op.f("ix_organisations_path"), "organisations", ["path"], unique=False)
    op.create_index(op.f("ix_organisations_place_id"), "organisations", ["place_id"], unique=False)
    op.create_table(
        "place_moves",
        sa.Column("from_id", ROW_NUMBER, nullable=False),
        sa.Column("to_id", ROW_NUMBER, nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("is_split", sa.Boolean(), nullable=False),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["from_id"], ["places.id"], name=op.f("fk_place_moves_from_id")),
        sa.ForeignKeyConstraint(["to_id"], ["places.id"], name=op.f("fk_place_moves_to_id")),
        sa.PrimaryKeyConstraint("from_id", "to_id", name=op.f("pk_place_moves")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_place_moves_to_id"), "place_moves", ["to_id"], unique=False)
    op.create_table(
        "residences",
        sa.Column("id", ROW_NUMBER, nullable=False),
        sa.Column("person_key", sa.LargeBinary(length=16), nullable=False),
        sa.Column("place_id", ROW_NUMBER, nullable=False),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["place_id"], ["places.id"], name=op.f("fk_residences_place_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_residences")),
    )
    op.create_index(op.f("ix_residences_person_key"), "residences", ["person_key"], unique=False)
    op.create_index(
        op.f("ix_residences_place_id_person_key"), "residences", ["place_id", "person_key"], unique=False
    )
    op.create_table(
        "rosters",
        sa.Column("id", ROW_NUMBER, nullable=False),
        sa.Column("place_id", ROW_NUMBER, nullable=False),
        sa.Column("by_person", sa.LargeBinary(length=16), nullable=False),
        sa.Column("uploaded_us", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("rows", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("settled_us", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["place_id"], ["places.id"], name=op.f("fk_rosters_place_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rosters")),
    )
    op.create_index(op.f("ix_rosters_place_id_id"), "rosters", ["place_id", "id"], unique=False)
    op.create_table(
        "grants",
        sa.Column("id", ROW_NUMBER, nullable=False),
        sa.Column("person_key", sa.LargeBinary(length=16), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("place_id", ROW_NUMBER, nullable=True),
        sa.Column("organisation_id", ROW_NUMBER, nullable=True),
        sa.Column("provider_id", sa.Integer(), nullable=True),
        sa.Column("ward_key", sa.LargeBinary(length=16), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("granted_us", sa.BigInteger(), nullable=False),
        sa.Column("granted_by", sa.LargeBinary(length=16), nullable=True),
        sa.Column("delegated_from", ROW_NUMBER, nullable=True),
        sa.Column("revoked_us", sa.BigInteger(), nullable=True),
        sa.Column("revoked_by", sa.LargeBinary(length=16), nullable=True),
        sa.ForeignKeyConstraint(["delegated_from"], ["grants.id"], name=op.f("fk_grants_delegated_from")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_grants_organisation_id")
        ),
        sa.ForeignKeyConstraint(["place_id"], ["places.id"], name=op.f("fk_grants_place_id")),
        sa.ForeignKeyConstraint(["provider_id"], ["providers.id"], name=op.f("fk_grants_provider_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grants")),
    )
    op.create_index(op.f("ix_grants_organisation_id"), "grants", ["organisation_id"], unique=False)
    op.create_index(op.f("ix_grants_person_key"), "grants", ["person_key"], unique=False)
    op.create_index(op.f("ix_grants_place_id"), "grants", ["place_id"], unique=False)
    op.create_index(op.f("ix_grants_provider_id"), "grants", ["provider_id"], unique=False)
    op.create_table(
        "kinship_members",
        sa.Column("id", ROW_NUMBER, nullable=False),
        sa.Column("kinship_id", ROW_NUMBER, nullable=False),
        sa.Column("person_key", sa.LargeBinary(length=16), nullable=False),
        sa.Column("relation", sa.Text(), nullable=False),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["kinship_id"], ["kinships.id"], name=op.f("fk_kinship_members_kinship_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kinship_members")),
    )
    op.create_index(op.f("ix_kinship_members_kinship_id"), "kinship_members", ["kinship_id"], unique=False)
    op.create_index(op.f("ix_kinship_members_person_key"), "kinship_members", ["person_key"], unique=False)
    op.create_table(
        "organisation_members",
        sa.Column("id", ROW_NUMBER, nullable=False),
        sa.Column("organisation_id", ROW_NUMBER, nullable=False),
        sa.Column("person_key", sa.LargeBinary(length=16), nullable=False),
        sa.Column("capacity", sa.Text(), nullable=False),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_organisation_members_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation_members")),
    )
    op.create_index(
        op.f("ix_organisation_members_organisation_id_person_key"),
        "organisation_members",
        ["organisation_id", "person_key"],
        unique=False,
    )
    op.create_index(
        op.f("ix_organisation_members_person_key"), "organisation_members", ["person_key"], unique=False
    )
