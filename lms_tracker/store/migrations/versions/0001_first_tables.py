"""First tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "activities",
        sa.Column("activity_key", sa.LargeBinary(length=16), nullable=False),
        sa.Column("iri", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("activity_key", name=op.f("pk_activities")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "actors",
        sa.Column("actor_key", sa.LargeBinary(length=16), nullable=False),
        sa.Column("identifier", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("actor_key", name=op.f("pk_actors")),
        sqlite_with_rowid=False,
    )
    catalogue_state = op.create_table(
        "catalogue_state",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("policy_version", sa.Integer(), nullable=False),
        sa.Column("timezone", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogue_state")),
    )
    op.create_table(
        "credit_states",
        sa.Column("person_key", sa.LargeBinary(length=16), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("entries", sa.BigInteger(), nullable=False),
        sa.Column("decided_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("person_key", name=op.f("pk_credit_states")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "due_marks",
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("actor_key", sa.LargeBinary(length=16), nullable=False),
        sa.PrimaryKeyConstraint("position", "actor_key", name=op.f("pk_due_marks")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_due_marks_actor_key"), "due_marks", ["actor_key"], unique=False)
    op.create_table(
        "evidence",
        sa.Column("actor_key", sa.LargeBinary(length=16), nullable=False),
        sa.Column("statement_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("provider_id", sa.Integer(), nullable=False),
        sa.Column("verb_key", sa.LargeBinary(length=16), nullable=False),
        sa.Column("activity_key", sa.LargeBinary(length=16), nullable=True),
        sa.Column("registration", sa.LargeBinary(length=16), nullable=True),
        sa.Column("parents", sa.LargeBinary(), nullable=False),
        sa.Column("groupings", sa.LargeBinary(), nullable=False),
        sa.Column("at_s", sa.BigInteger(), nullable=False),
        sa.Column("start_s", sa.BigInteger(), nullable=True),
        sa.Column("flags", sa.SmallInteger(), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=16), nullable=False),
        sa.PrimaryKeyConstraint("actor_key", "statement_id", name=op.f("pk_evidence")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("ix_evidence_provider_id_actor_key"), "evidence", ["provider_id", "actor_key"], unique=False
    )
    horizon = op.create_table(
        "horizon",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.Column("defined", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_horizon")),
    )
    op.create_table(
        "ledger",
        sa.Column("person_key", sa.LargeBinary(length=16), nullable=False),
        sa.Column("entry", sa.BigInteger(), nullable=False),
        sa.Column("statement_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("provider_id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=True),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("kind", sa.SmallInteger(), nullable=False),
        sa.Column("reason", sa.SmallInteger(), nullable=False),
        sa.Column("seconds", sa.BigInteger(), nullable=False),
        sa.Column("pieces", sa.SmallInteger(), nullable=False),
        sa.Column("because", sa.SmallInteger(), nullable=False),
        sa.Column("policy", sa.Integer(), nullable=False),
        sa.Column("written_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("person_key", "entry", name=op.f("pk_ledger")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_ledger_statement_id"), "ledger", ["statement_id"], unique=False)
    op.create_index(op.f("ix_ledger_person_key_day"), "ledger", ["person_key", "day"], unique=False)
    op.create_index(
        "ix_ledger_provider_id_written_us",
        "ledger",
        ["provider_id", "written_us"],
        unique=False,
        postgresql_where=sa.text("reason != 0"),
        sqlite_where=sa.text("reason != 0"),
    )
    op.create_table(
        "links",
        sa.Column("actor_key", sa.LargeBinary(length=16), nullable=False),
        sa.Column("person_key", sa.LargeBinary(length=16), nullable=False),
        sa.Column("linked_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("actor_key", name=op.f("pk_links")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_links_person_key"), "links", ["person_key"], unique=False)
    op.create_table(
        "looks",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_key", sa.LargeBinary(length=16), nullable=False),
        sa.Column("looked_us", sa.BigInteger(), nullable=False),
        sa.Column("by_person", sa.LargeBinary(length=16), nullable=True),
        sa.Column("by_credential", sa.Integer(), nullable=True),
        sa.Column("what", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_looks")),
    )
    op.create_index(op.f("ix_looks_person_key_id"), "looks", ["person_key", "id"], unique=False)
    op.create_table(
        "people",
        sa.Column("person_key", sa.LargeBinary(length=16), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("sessions", sa.Integer(), server_default="0", nullable=False),
        sa.Column("created_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("person_key", name=op.f("pk_people")),
        sa.UniqueConstraint("login", name=op.f("uq_people_login")),
    )
    op.create_table(
        "providers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("approved", sa.Boolean(), nullable=False),
        sa.Column("authority", sa.Text(), nullable=False),
        sa.Column("created_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_providers")),
    )
    op.create_table(
        "refusals",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("provider_id", sa.Integer(), nullable=False),
        sa.Column("refused_us", sa.BigInteger(), nullable=False),
        sa.Column("item", sa.Integer(), nullable=True),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("excerpt", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refusals")),
    )
    op.create_index(op.f("ix_refusals_provider_id_id"), "refusals", ["provider_id", "id"], unique=False)
    op.create_table(
        "roles",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_key", sa.LargeBinary(length=16), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("provider_id", sa.Integer(), nullable=True),
        sa.Column("granted_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roles")),
        sa.UniqueConstraint(
            "person_key", "role", "provider_id", name=op.f("uq_roles_person_key_role_provider_id")
        ),
    )
    op.create_table(
        "statement_actors",
        sa.Column("actor_key", sa.LargeBinary(length=16), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("statement_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("related", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("actor_key", "position", name=op.f("pk_statement_actors")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "statement_references",
        sa.Column("target_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("statement_id", sa.LargeBinary(length=16), nullable=False),
        sa.PrimaryKeyConstraint("target_id", "statement_id", name=op.f("pk_statement_references")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "statements",
        sa.Column("statement_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("provider_id", sa.Integer(), nullable=False),
        sa.Column("credential_id", sa.Integer(), nullable=False),
        sa.Column("verb_key", sa.LargeBinary(length=16), nullable=False),
        sa.Column("activity_key", sa.LargeBinary(length=16), nullable=True),
        sa.Column("registration", sa.LargeBinary(length=16), nullable=True),
        sa.Column("version", sa.SmallInteger(), nullable=False),
        sa.Column("is_voiding", sa.Boolean(), nullable=False),
        sa.Column("came", sa.SmallInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("statement_id", name=op.f("pk_statements")),
    )
    op.create_index(
        op.f("ix_statements_activity_key_position"), "statements", ["activity_key", "position"], unique=False
    )
    op.create_index(
        op.f("ix_statements_provider_id_position"), "statements", ["provider_id", "position"], unique=False
    )
    op.create_index(op.f("ix_statements_position"), "statements", ["position"], unique=False)
    op.create_index(
        "ix_statements_registration_position",
        "statements",
        ["registration", "position"],
        unique=False,
        postgresql_where=sa.text("registration IS NOT NULL"),
        sqlite_where=sa.text("registration IS NOT NULL"),
    )
    op.create_index(
        op.f("ix_statements_verb_key_position"), "statements", ["verb_key", "position"], unique=False
    )
    op.create_table(
        "totals",
        sa.Column("person_key", sa.LargeBinary(length=16), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("placed_seconds", sa.BigInteger(), nullable=False),
        sa.Column("nominal_seconds", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("person_key", "day", "course_id", name=op.f("pk_totals")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "verbs",
        sa.Column("verb_key", sa.LargeBinary(length=16), nullable=False),
        sa.Column("iri", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("verb_key", name=op.f("pk_verbs")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "voidings",
        sa.Column("target_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("statement_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("provider_id", sa.Integer(), nullable=False),
        sa.Column("by_all", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("target_id", "statement_id", name=op.f("pk_voidings")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "courses",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("provider_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("domain", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("stated_seconds", sa.BigInteger(), nullable=True),
        sa.Column("hour_minutes", sa.SmallInteger(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["provider_id"], ["providers.id"], name=op.f("fk_courses_provider_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_courses")),
    )
    op.create_table(
        "credentials",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("provider_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("created_us", sa.BigInteger(), nullable=False),
        sa.Column("expires_us", sa.BigInteger(), nullable=True),
        sa.Column("revoked_us", sa.BigInteger(), nullable=True),
        sa.Column("last_used_us", sa.BigInteger(), nullable=True),
        sa.Column("rate_limit", sa.Text(), nullable=True),
        sa.Column("daily_statements", sa.Integer(), nullable=True),
        sa.Column("quota_of", sa.Integer(), nullable=True),
        sa.Column("leaves_out_2", sa.Boolean(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["provider_id"], ["providers.id"], name=op.f("fk_credentials_provider_id")),
        sa.ForeignKeyConstraint(["quota_of"], ["credentials.id"], name=op.f("fk_credentials_quota_of")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credentials")),
        sa.UniqueConstraint("key", name=op.f("uq_credentials_key")),
    )
    op.create_table(
        "course_activities",
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("iri", sa.Text(), nullable=False),
        sa.Column("match", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["course_id"], ["courses.id"], name=op.f("fk_course_activities_course_id")),
        sa.PrimaryKeyConstraint("course_id", "iri", "match", name=op.f("pk_course_activities")),
        sqlite_with_rowid=False,
    )
    op.bulk_insert(horizon, [{"id": 1, "last": 0}])
    op.bulk_insert(catalogue_state, [{"id": 1, "version": 1, "policy_version": 0, "timezone": ""}])
    op.create_table(
        "content_pieces",
        sa.Column("content_key", sa.LargeBinary(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("content_key", "number", name=op.f("pk_content_pieces")),
    )
    op.create_table(
        "contents",
        sa.Column("content_key", sa.LargeBinary(length=32), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("touched_us", sa.BigInteger(), nullable=False),
        sa.Column("in_folder", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("content_key", name=op.f("pk_contents")),
    )
    op.create_table(
        "definitions",
        sa.Column("activity_key", sa.LargeBinary(length=16), nullable=False),
        sa.Column("provider_id", sa.Integer(), nullable=False),
        sa.Column("definition", sa.Text(), nullable=False),
        sa.Column("changed_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("activity_key", "provider_id", name=op.f("pk_definitions")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "documents",
        sa.Column("provider_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.SmallInteger(), nullable=False),
        sa.Column("actor_key", sa.LargeBinary(length=16), nullable=False),
        sa.Column("activity_key", sa.LargeBinary(length=16), nullable=False),
        sa.Column("registration", sa.LargeBinary(length=16), nullable=False),
        sa.Column("name_key", sa.LargeBinary(length=16), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("content_key", sa.LargeBinary(length=32), nullable=False),
        sa.Column("sha1", sa.LargeBinary(length=20), nullable=False),
        sa.Column("content_type", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("updated_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "provider_id",
            "kind",
            "actor_key",
            "activity_key",
            "registration",
            "name_key",
            name=op.f("pk_documents"),
        ),
    )
    op.create_index(op.f("ix_documents_content_key"), "documents", ["content_key"], unique=False)
    op.create_table(
        "forwards",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("provider_id", sa.Integer(), nullable=True),
        sa.Column("endpoint", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("chosen", sa.Text(), nullable=False),
        sa.Column("sent_to", sa.BigInteger(), nullable=False),
        sa.Column("created_us", sa.BigInteger(), nullable=False),
        sa.Column("paused_us", sa.BigInteger(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("next_us", sa.BigInteger(), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_forwards")),
        sa.UniqueConstraint("name", name=op.f("uq_forwards_name")),
    )
    op.create_table(
        "reached",
        sa.Column("key", sa.LargeBinary(length=16), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("target_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("kind", sa.SmallInteger(), nullable=False),
        sa.Column("statement_id", sa.LargeBinary(length=16), nullable=False),
        sa.PrimaryKeyConstraint("key", "position", "target_id", "kind", name=op.f("pk_reached")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "statement_activities",
        sa.Column("activity_key", sa.LargeBinary(length=16), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("statement_id", sa.LargeBinary(length=16), nullable=False),
        sa.PrimaryKeyConstraint("activity_key", "position", name=op.f("pk_statement_activities")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "statement_attachments",
        sa.Column("statement_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("sha2", sa.LargeBinary(length=64), nullable=False),
        sa.Column("content_key", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("statement_id", "sha2", name=op.f("pk_statement_attachments")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("ix_statement_attachments_content_key"), "statement_attachments", ["content_key"], unique=False
    )
    op.create_table(
        "dead_letters",
        sa.Column("forward_id", sa.Integer(), nullable=False),
        sa.Column("statement_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("failed_us", sa.BigInteger(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["forward_id"], ["forwards.id"], name=op.f("fk_dead_letters_forward_id")),
        sa.PrimaryKeyConstraint("forward_id", "statement_id", name=op.f("pk_dead_letters")),
    )
    op.create_table(
        "credential_days",
        sa.Column("credential_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("statements", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["credential_id"], ["credentials.id"], name=op.f("fk_credential_days_credential_id")
        ),
        sa.PrimaryKeyConstraint("credential_id", "day", name=op.f("pk_credential_days")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("credential_days")
    op.drop_table("dead_letters")
    op.drop_index(op.f("ix_statement_attachments_content_key"), table_name="statement_attachments")
    op.drop_table("statement_attachments")
    op.drop_table("statement_activities")
    op.drop_table("reached")
    op.drop_table("forwards")
    op.drop_index(op.f("ix_documents_content_key"), table_name="documents")
    op.drop_table("documents")
    op.drop_table("definitions")
    op.drop_table("contents")
    op.drop_table("content_pieces")
    op.drop_table("course_activities")
    op.drop_table("credentials")
    op.drop_table("courses")
    op.drop_table("voidings")
    op.drop_table("verbs")
    op.drop_table("totals")
    op.drop_index(op.f("ix_statements_verb_key_position"), table_name="statements")
    op.drop_index(
        "ix_statements_registration_position",
        table_name="statements",
        postgresql_where=sa.text("registration IS NOT NULL"),
        sqlite_where=sa.text("registration IS NOT NULL"),
    )
    op.drop_index(op.f("ix_statements_provider_id_position"), table_name="statements")
    op.drop_index(op.f("ix_statements_position"), table_name="statements")
    op.drop_index(op.f("ix_statements_activity_key_position"), table_name="statements")
    op.drop_table("statements")
    op.drop_table("statement_references")
    op.drop_table("statement_actors")
    op.drop_table("roles")
    op.drop_index(op.f("ix_refusals_provider_id_id"), table_name="refusals")
    op.drop_table("refusals")
    op.drop_table("providers")
    op.drop_table("people")
    op.drop_index(op.f("ix_looks_person_key_id"), table_name="looks")
    op.drop_table("looks")
    op.drop_index(op.f("ix_links_person_key"), table_name="links")
    op.drop_table("links")
    op.drop_index(
        "ix_ledger_provider_id_written_us",
        table_name="ledger",
        postgresql_where=sa.text("reason != 0"),
        sqlite_where=sa.text("reason != 0"),
    )
    op.drop_index(op.f("ix_ledger_statement_id"), table_name="ledger")
    op.drop_index(op.f("ix_ledger_person_key_day"), table_name="ledger")
    op.drop_table("ledger")
    op.drop_table("horizon")
    op.drop_index(op.f("ix_evidence_provider_id_actor_key"), table_name="evidence")
    op.drop_table("evidence")
    op.drop_index(op.f("ix_due_marks_actor_key"), table_name="due_marks")
    op.drop_table("due_marks")
    op.drop_table("credit_states")
    op.drop_table("catalogue_state")
    op.drop_table("actors")
    op.drop_table("activities")
