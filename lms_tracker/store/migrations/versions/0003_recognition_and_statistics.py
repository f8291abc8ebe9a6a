"""Criteria, rounds of recognition, what was decided; totals, indicators, figures, plans and reports."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

ROW_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
BYTE_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.add_column("horizon", sa.Column("credentials", sa.BigInteger(), server_default="0", nullable=False))
    op.create_index(op.f("ix_definitions_changed_us"), "definitions", ["changed_us"], unique=False)
    op.create_table(
        "merge_moves",
        sa.Column("merge_id", ROW_NUMBER, nullable=False),
        sa.Column("table_name", sa.Text(), nullable=False),
        sa.Column("row_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["merge_id"], ["merges.id"], name=op.f("fk_merge_moves_merge_id")),
        sa.PrimaryKeyConstraint("merge_id", "table_name", "row_id", name=op.f("pk_merge_moves")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "held_back",
        sa.Column("actor_key", sa.LargeBinary(length=16), nullable=False),
        sa.Column("person_key", sa.LargeBinary(length=16), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("again_us", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("actor_key", name=op.f("pk_held_back")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "indicators",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("made_us", sa.BigInteger(), nullable=False),
        sa.Column("made_by", sa.LargeBinary(length=16), nullable=True),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_indicators")),
    )
    op.create_table(
        "totals_due",
        sa.Column("id", ROW_NUMBER, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.BigInteger(), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_totals_due")),
    )
    op.create_index(op.f("ix_totals_due_kind_subject_id"), "totals_due", ["kind", "subject_id"], unique=False)
    op.create_table(
        "criteria_sets",
        sa.Column("id", ROW_NUMBER, nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("place_id", ROW_NUMBER, nullable=True),
        sa.Column("is_shipped", sa.Boolean(), nullable=False),
        sa.Column("made_us", sa.BigInteger(), nullable=False),
        sa.Column("made_by", sa.LargeBinary(length=16), nullable=True),
        sa.Column("adopted_us", sa.BigInteger(), nullable=True),
        sa.Column("adopted_by", sa.LargeBinary(length=16), nullable=True),
        sa.Column("withdrawn_us", sa.BigInteger(), nullable=True),
        sa.Column("withdrawn_by", sa.LargeBinary(length=16), nullable=True),
        sa.ForeignKeyConstraint(["place_id"], ["places.id"], name=op.f("fk_criteria_sets_place_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_criteria_sets")),
        sa.UniqueConstraint("code", name=op.f("uq_criteria_sets_code")),
    )
    op.create_index(op.f("ix_criteria_sets_model"), "criteria_sets", ["model"], unique=False)
    op.create_table(
        "figure_files",
        sa.Column("id", ROW_NUMBER, nullable=False),
        sa.Column("place_id", ROW_NUMBER, nullable=False),
        sa.Column("by_person", sa.LargeBinary(length=16), nullable=False),
        sa.Column("uploaded_us", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("rows", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("settled_us", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["place_id"], ["places.id"], name=op.f("fk_figure_files_place_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_figure_files")),
    )
    op.create_index(op.f("ix_figure_files_by_person_id"), "figure_files", ["by_person", "id"], unique=False)
    op.create_index(op.f("ix_figure_files_place_id_id"), "figure_files", ["place_id", "id"], unique=False)
    op.create_table(
        "inspections",
        sa.Column("id", ROW_NUMBER, nullable=False),
        sa.Column("place_id", ROW_NUMBER, nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("seed", sa.Text(), nullable=False),
        sa.Column("of_many", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("made_us", sa.BigInteger(), nullable=False),
        sa.Column("made_by", sa.LargeBinary(length=16), nullable=False),
        sa.Column("returned_us", sa.BigInteger(), nullable=True),
        sa.Column("returned_by", sa.LargeBinary(length=16), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["place_id"], ["places.id"], name=op.f("fk_inspections_place_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspections")),
    )
    op.create_index(op.f("ix_inspections_place_id_year"), "inspections", ["place_id", "year"], unique=False)
    op.create_table(
        "place_totals",
        sa.Column("place_id", ROW_NUMBER, nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("measure", sa.SmallInteger(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["place_id"], ["places.id"], name=op.f("fk_place_totals_place_id")),
        sa.PrimaryKeyConstraint("place_id", "year", "measure", name=op.f("pk_place_totals")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "authorities",
        sa.Column("id", ROW_NUMBER, nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("place_id", ROW_NUMBER, nullable=True),
        sa.Column("organisation_id", ROW_NUMBER, nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("signs_as", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("made_us", sa.BigInteger(), nullable=False),
        sa.Column("made_by", sa.LargeBinary(length=16), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_authorities_organisation_id")
        ),
        sa.ForeignKeyConstraint(["place_id"], ["places.id"], name=op.f("fk_authorities_place_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_authorities")),
    )
    op.create_index(op.f("ix_authorities_model_part"), "authorities", ["model", "part"], unique=False)
    op.create_table(
        "baselines",
        sa.Column("id", ROW_NUMBER, nullable=False),
        sa.Column("base", sa.Text(), nullable=False),
        sa.Column("place_id", ROW_NUMBER, nullable=True),
        sa.Column("organisation_id", ROW_NUMBER, nullable=True),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("made_us", sa.BigInteger(), nullable=False),
        sa.Column("made_by", sa.LargeBinary(length=16), nullable=True),
        sa.Column("withdrawn_us", sa.BigInteger(), nullable=True),
        sa.Column("withdrawn_by", sa.LargeBinary(length=16), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_baselines_organisation_id")
        ),
        sa.ForeignKeyConstraint(["place_id"], ["places.id"], name=op.f("fk_baselines_place_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_baselines")),
    )
    op.create_index(
        op.f("ix_baselines_organisation_id_base_on_date"),
        "baselines",
        ["organisation_id", "base", "on_date"],
        unique=False,
    )
    op.create_index(
        op.f("ix_baselines_place_id_base_on_date"), "baselines", ["place_id", "base", "on_date"], unique=False
    )
    op.create_table(
        "figures",
        sa.Column("id", ROW_NUMBER, nullable=False),
        sa.Column("indicator", sa.Text(), nullable=False),
        sa.Column("place_id", ROW_NUMBER, nullable=True),
        sa.Column("organisation_id", ROW_NUMBER, nullable=True),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("bound", sa.Text(), nullable=False),
        sa.Column("denominator", sa.Text(), nullable=False),
        sa.Column("denominator_counts", sa.Text(), nullable=False),
        sa.Column("denominator_on", sa.Date(), nullable=True),
        sa.Column("published_ratio", sa.Text(), nullable=False),
        sa.Column("published_change", sa.Text(), nullable=False),
        sa.Column("published_change_unit", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("made_us", sa.BigInteger(), nullable=False),
        sa.Column("made_by", sa.LargeBinary(length=16), nullable=True),
        sa.Column("replaced_by", sa.BigInteger(), nullable=True),
        sa.Column("withdrawn_us", sa.BigInteger(), nullable=True),
        sa.Column("withdrawn_by", sa.LargeBinary(length=16), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_figures_organisation_id")
        ),
        sa.ForeignKeyConstraint(["place_id"], ["places.id"], name=op.f("fk_figures_place_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_figures")),
    )
    op.create_index(op.f("ix_figures_indicator_year"), "figures", ["indicator", "year"], unique=False)
    op.create_index(
        op.f("ix_figures_organisation_id_year_indicator"),
        "figures",
        ["organisation_id", "year", "indicator"],
        unique=False,
    )
    op.create_index(
        op.f("ix_figures_place_id_year_indicator"), "figures", ["place_id", "year", "indicator"], unique=False
    )
    op.create_table(
        "organisation_totals",
        sa.Column("organisation_id", ROW_NUMBER, nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("measure", sa.SmallInteger(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_organisation_totals_organisation_id")
        ),
        sa.PrimaryKeyConstraint("organisation_id", "year", "measure", name=op.f("pk_organisation_totals")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "plans",
        sa.Column("id", ROW_NUMBER, nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("place_id", ROW_NUMBER, nullable=True),
        sa.Column("organisation_id", ROW_NUMBER, nullable=True),
        sa.Column("first_year", sa.SmallInteger(), nullable=False),
        sa.Column("last_year", sa.SmallInteger(), nullable=False),
        sa.Column("carries_out", ROW_NUMBER, nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("made_us", sa.BigInteger(), nullable=False),
        sa.Column("made_by", sa.LargeBinary(length=16), nullable=True),
        sa.Column("withdrawn_us", sa.BigInteger(), nullable=True),
        sa.Column("withdrawn_by", sa.LargeBinary(length=16), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["carries_out"], ["plans.id"], name=op.f("fk_plans_carries_out")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_plans_organisation_id")
        ),
        sa.ForeignKeyConstraint(["place_id"], ["places.id"], name=op.f("fk_plans_place_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plans")),
    )
    op.create_index(op.f("ix_plans_organisation_id"), "plans", ["organisation_id"], unique=False)
    op.create_index(op.f("ix_plans_place_id"), "plans", ["place_id"], unique=False)
    op.create_table(
        "report_calls",
        sa.Column("id", ROW_NUMBER, nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("place_id", ROW_NUMBER, nullable=True),
        sa.Column("organisation_id", ROW_NUMBER, nullable=True),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("asks", sa.Text(), nullable=False),
        sa.Column("made_us", sa.BigInteger(), nullable=False),
        sa.Column("made_by", sa.LargeBinary(length=16), nullable=False),
        sa.Column("closed_us", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_report_calls_organisation_id")
        ),
        sa.ForeignKeyConstraint(["place_id"], ["places.id"], name=op.f("fk_report_calls_place_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_calls")),
    )
    op.create_index(
        op.f("ix_report_calls_organisation_id_year"),
        "report_calls",
        ["organisation_id", "year"],
        unique=False,
    )
    op.create_index(op.f("ix_report_calls_place_id_year"), "report_calls", ["place_id", "year"], unique=False)
    op.create_table(
        "rounds",
        sa.Column("id", ROW_NUMBER, nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("place_id", ROW_NUMBER, nullable=True),
        sa.Column("organisation_id", ROW_NUMBER, nullable=True),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("criteria_set_id", ROW_NUMBER, nullable=False),
        sa.Column("area", sa.Text(), nullable=False),
        sa.Column("opens_on", sa.Date(), nullable=False),
        sa.Column("closes_on", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("minutes", sa.Text(), nullable=False),
        sa.Column("submission", sa.Text(), nullable=False),
        sa.Column("made_us", sa.BigInteger(), nullable=False),
        sa.Column("made_by", sa.LargeBinary(length=16), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["criteria_set_id"], ["criteria_sets.id"], name=op.f("fk_rounds_criteria_set_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_rounds_organisation_id")
        ),
        sa.ForeignKeyConstraint(["place_id"], ["places.id"], name=op.f("fk_rounds_place_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rounds")),
        sa.UniqueConstraint(
            "model",
            "year",
            "organisation_id",
            "number",
            name=op.f("uq_rounds_model_year_organisation_id_number"),
        ),
        sa.UniqueConstraint(
            "model", "year", "place_id", "number", name=op.f("uq_rounds_model_year_place_id_number")
        ),
    )
    op.create_index(
        op.f("ix_rounds_organisation_id_year"), "rounds", ["organisation_id", "year"], unique=False
    )
    op.create_index(op.f("ix_rounds_place_id_year"), "rounds", ["place_id", "year"], unique=False)
    op.create_index(op.f("ix_rounds_state_id"), "rounds", ["state", "id"], unique=False)
    op.create_table(
        "assessments",
        sa.Column("id", ROW_NUMBER, nullable=False),
        sa.Column("round_id", ROW_NUMBER, nullable=False),
        sa.Column("person_key", sa.LargeBinary(length=16), nullable=True),
        sa.Column("subject_id", sa.BigInteger(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("local_place_id", ROW_NUMBER, nullable=True),
        sa.Column("sort_key", BYTE_TEXT, nullable=False),
        sa.Column("population", sa.Text(), nullable=False),
        sa.Column("came_by", sa.Text(), nullable=False),
        sa.Column("registered_us", sa.BigInteger(), nullable=False),
        sa.Column("registered_by", sa.LargeBinary(length=16), nullable=False),
        sa.Column("proposed_points", sa.Text(), nullable=False),
        sa.Column("self_points", sa.Text(), nullable=False),
        sa.Column("reviewed_points", sa.Text(), nullable=False),
        sa.Column("self_total", sa.SmallInteger(), nullable=True),
        sa.Column("reviewed_total", sa.SmallInteger(), nullable=True),
        sa.Column("self_us", sa.BigInteger(), nullable=True),
        sa.Column("self_by", sa.LargeBinary(length=16), nullable=True),
        sa.Column("reviewed_us", sa.BigInteger(), nullable=True),
        sa.Column("reviewed_by", sa.LargeBinary(length=16), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("proposed_result", sa.Text(), nullable=False),
        sa.Column("proposed_level", sa.SmallInteger(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["local_place_id"], ["places.id"], name=op.f("fk_assessments_local_place_id")
        ),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("fk_assessments_round_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessments")),
        sa.UniqueConstraint("round_id", "person_key", name=op.f("uq_assessments_round_id_person_key")),
        sa.UniqueConstraint("round_id", "subject_id", name=op.f("uq_assessments_round_id_subject_id")),
    )
    op.create_index(op.f("ix_assessments_person_key_id"), "assessments", ["person_key", "id"], unique=False)
    op.create_index(
        op.f("ix_assessments_round_id_local_place_id_sort_key_id"),
        "assessments",
        ["round_id", "local_place_id", "sort_key", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_assessments_round_id_sort_key_id"),
        "assessments",
        ["round_id", "sort_key", "id"],
        unique=False,
    )
    op.create_table(
        "decisions",
        sa.Column("id", ROW_NUMBER, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("round_id", ROW_NUMBER, nullable=True),
        sa.Column("place_id", ROW_NUMBER, nullable=True),
        sa.Column("organisation_id", ROW_NUMBER, nullable=True),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("authority", sa.Text(), nullable=False),
        sa.Column("signed_by", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("content_key", sa.LargeBinary(length=32), nullable=True),
        sa.Column("content_type", sa.Text(), nullable=True),
        sa.Column("content_name", sa.Text(), nullable=True),
        sa.Column("made_us", sa.BigInteger(), nullable=False),
        sa.Column("made_by", sa.LargeBinary(length=16), nullable=False),
        sa.Column("form_key", sa.LargeBinary(length=16), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_decisions_organisation_id")
        ),
        sa.ForeignKeyConstraint(["place_id"], ["places.id"], name=op.f("fk_decisions_place_id")),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("fk_decisions_round_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decisions")),
        sa.UniqueConstraint("form_key", name=op.f("uq_decisions_form_key")),
    )
    op.create_index(op.f("ix_decisions_content_key"), "decisions", ["content_key"], unique=False)
    op.create_index(
        op.f("ix_decisions_place_id_decided_on"), "decisions", ["place_id", "decided_on"], unique=False
    )
    op.create_index(op.f("ix_decisions_round_id"), "decisions", ["round_id"], unique=False)
    op.create_table(
        "plan_phases",
        sa.Column("id", ROW_NUMBER, nullable=False),
        sa.Column("plan_id", ROW_NUMBER, nullable=False),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("review", sa.Text(), nullable=False),
        sa.Column("review_due", sa.Date(), nullable=True),
        sa.Column("reviewed_on", sa.Date(), nullable=True),
        sa.Column("findings", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name=op.f("fk_plan_phases_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_phases")),
        sa.UniqueConstraint("plan_id", "number", name=op.f("uq_plan_phases_plan_id_number")),
    )
    op.create_table(
        "reports",
        sa.Column("call_id", ROW_NUMBER, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("reported_us", sa.BigInteger(), nullable=False),
        sa.Column("reported_by", sa.LargeBinary(length=16), nullable=False),
        sa.Column("is_returned", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["report_calls.id"], name=op.f("fk_reports_call_id")),
        sa.PrimaryKeyConstraint("call_id", "kind", "subject_id", name=op.f("pk_reports")),
    )
    op.create_table(
        "targets",
        sa.Column("id", ROW_NUMBER, nullable=False),
        sa.Column("plan_id", ROW_NUMBER, nullable=False),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column("indicator", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("place_id", ROW_NUMBER, nullable=True),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("bound", sa.Text(), nullable=False),
        sa.Column("base", sa.Text(), nullable=False),
        sa.Column("base_words", sa.Text(), nullable=False),
        sa.Column("part_of", ROW_NUMBER, nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["part_of"], ["targets.id"], name=op.f("fk_targets_part_of")),
        sa.ForeignKeyConstraint(["place_id"], ["places.id"], name=op.f("fk_targets_place_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name=op.f("fk_targets_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_targets")),
        sa.UniqueConstraint("plan_id", "number", name=op.f("uq_targets_plan_id_number")),
    )
    op.create_index(op.f("ix_targets_indicator_year"), "targets", ["indicator", "year"], unique=False)
    op.create_table(
        "tasks",
        sa.Column("id", ROW_NUMBER, nullable=False),
        sa.Column("plan_id", ROW_NUMBER, nullable=False),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column("heading", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("done_by", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name=op.f("fk_tasks_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tasks")),
        sa.UniqueConstraint("plan_id", "number", name=op.f("uq_tasks_plan_id_number")),
    )
    op.create_index(op.f("ix_tasks_due_on"), "tasks", ["due_on"], unique=False)
    op.create_table(
        "assessment_proofs",
        sa.Column("id", ROW_NUMBER, nullable=False),
        sa.Column("assessment_id", ROW_NUMBER, nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("content_key", sa.LargeBinary(length=32), nullable=True),
        sa.Column("content_type", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=True),
        sa.Column("made_us", sa.BigInteger(), nullable=False),
        sa.Column("made_by", sa.LargeBinary(length=16), nullable=False),
        sa.ForeignKeyConstraint(
            ["assessment_id"], ["assessments.id"], name=op.f("fk_assessment_proofs_assessment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment_proofs")),
    )
    op.create_index(
        op.f("ix_assessment_proofs_assessment_id"), "assessment_proofs", ["assessment_id"], unique=False
    )
    op.create_index(
        op.f("ix_assessment_proofs_content_key"), "assessment_proofs", ["content_key"], unique=False
    )
    op.create_table(
        "awards",
        sa.Column("id", ROW_NUMBER, nullable=False),
        sa.Column("subject_kind", sa.Text(), nullable=False),
        sa.Column("person_key", sa.LargeBinary(length=16), nullable=True),
        sa.Column("kinship_id", ROW_NUMBER, nullable=True),
        sa.Column("organisation_id", ROW_NUMBER, nullable=True),
        sa.Column("subject_place_id", ROW_NUMBER, nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("what_for", sa.Text(), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("place_id", ROW_NUMBER, nullable=False),
        sa.Column("decision_id", ROW_NUMBER, nullable=False),
        sa.Column("made_us", sa.BigInteger(), nullable=False),
        sa.Column("made_by", sa.LargeBinary(length=16), nullable=False),
        sa.Column("withdrawn_us", sa.BigInteger(), nullable=True),
        sa.Column("withdrawn_by", sa.LargeBinary(length=16), nullable=True),
        sa.ForeignKeyConstraint(["decision_id"], ["decisions.id"], name=op.f("fk_awards_decision_id")),
        sa.ForeignKeyConstraint(["kinship_id"], ["kinships.id"], name=op.f("fk_awards_kinship_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_awards_organisation_id")
        ),
        sa.ForeignKeyConstraint(["place_id"], ["places.id"], name=op.f("fk_awards_place_id")),
        sa.ForeignKeyConstraint(["subject_place_id"], ["places.id"], name=op.f("fk_awards_subject_place_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_awards")),
    )
    op.create_index(op.f("ix_awards_decision_id"), "awards", ["decision_id"], unique=False)
    op.create_index(op.f("ix_awards_person_key"), "awards", ["person_key"], unique=False)
    op.create_index(op.f("ix_awards_place_id_year"), "awards", ["place_id", "year"], unique=False)
    op.create_table(
        "recognitions",
        sa.Column("id", ROW_NUMBER, nullable=False),
        sa.Column("decision_id", ROW_NUMBER, nullable=False),
        sa.Column("assessment_id", ROW_NUMBER, nullable=False),
        sa.Column("criteria_set_id", ROW_NUMBER, nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("person_key", sa.LargeBinary(length=16), nullable=True),
        sa.Column("subject_id", sa.BigInteger(), nullable=True),
        sa.Column("place_id", ROW_NUMBER, nullable=True),
        sa.Column("organisation_id", ROW_NUMBER, nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("level", sa.SmallInteger(), nullable=True),
        sa.Column("points", sa.SmallInteger(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("certificate", sa.Text(), nullable=True),
        sa.Column("revoked_by", ROW_NUMBER, nullable=True),
        sa.Column("revoked_on", sa.Date(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["assessment_id"], ["assessments.id"], name=op.f("fk_recognitions_assessment_id")
        ),
        sa.ForeignKeyConstraint(
            ["criteria_set_id"], ["criteria_sets.id"], name=op.f("fk_recognitions_criteria_set_id")
        ),
        sa.ForeignKeyConstraint(["decision_id"], ["decisions.id"], name=op.f("fk_recognitions_decision_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_recognitions_organisation_id")
        ),
        sa.ForeignKeyConstraint(["place_id"], ["places.id"], name=op.f("fk_recognitions_place_id")),
        sa.ForeignKeyConstraint(["revoked_by"], ["decisions.id"], name=op.f("fk_recognitions_revoked_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recognitions")),
        sa.UniqueConstraint(
            "assessment_id", "decision_id", name=op.f("uq_recognitions_assessment_id_decision_id")
        ),
    )
    op.create_index(op.f("ix_recognitions_certificate"), "recognitions", ["certificate"], unique=False)
    op.create_index(op.f("ix_recognitions_decision_id"), "recognitions", ["decision_id"], unique=False)
    op.create_index(
        op.f("ix_recognitions_model_subject_id_year"),
        "recognitions",
        ["model", "subject_id", "year"],
        unique=False,
    )
    op.create_index(
        op.f("ix_recognitions_organisation_id_model_year"),
        "recognitions",
        ["organisation_id", "model", "year"],
        unique=False,
    )
    op.create_index(
        op.f("ix_recognitions_person_key_year"), "recognitions", ["person_key", "year"], unique=False
    )
    op.create_index(
        op.f("ix_recognitions_place_id_model_year"),
        "recognitions",
        ["place_id", "model", "year"],
        unique=False,
    )
    op.create_table(
        "appeals",
        sa.Column("id", ROW_NUMBER, nullable=False),
        sa.Column("recognition_id", ROW_NUMBER, nullable=False),
        sa.Column("person_key", sa.LargeBinary(length=16), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("made_us", sa.BigInteger(), nullable=False),
        sa.Column("made_by", sa.LargeBinary(length=16), nullable=False),
        sa.Column("due_us", sa.BigInteger(), nullable=False),
        sa.Column("decided_us", sa.BigInteger(), nullable=True),
        sa.Column("decided_by", sa.LargeBinary(length=16), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("decision_id", ROW_NUMBER, nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["decision_id"], ["decisions.id"], name=op.f("fk_appeals_decision_id")),
        sa.ForeignKeyConstraint(
            ["recognition_id"], ["recognitions.id"], name=op.f("fk_appeals_recognition_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appeals")),
    )
    op.create_index(op.f("ix_appeals_person_key"), "appeals", ["person_key"], unique=False)
    op.create_index(op.f("ix_appeals_recognition_id"), "appeals", ["recognition_id"], unique=False)
    op.create_index(op.f("ix_appeals_state_due_us"), "appeals", ["state", "due_us"], unique=False)
    op.create_table(
        "inspection_items",
        sa.Column("inspection_id", ROW_NUMBER, nullable=False),
        sa.Column("recognition_id", ROW_NUMBER, nullable=False),
        sa.Column("finding", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("found_us", sa.BigInteger(), nullable=True),
        sa.Column("found_by", sa.LargeBinary(length=16), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_us", sa.BigInteger(), nullable=True),
        sa.Column("answered_by", sa.LargeBinary(length=16), nullable=True),
        sa.ForeignKeyConstraint(
            ["inspection_id"], ["inspections.id"], name=op.f("fk_inspection_items_inspection_id")
        ),
        sa.ForeignKeyConstraint(
            ["recognition_id"], ["recognitions.id"], name=op.f("fk_inspection_items_recognition_id")
        ),
        sa.PrimaryKeyConstraint("inspection_id", "recognition_id", name=op.f("pk_inspection_items")),
    )
    op.create_index(
        op.f("ix_inspection_items_recognition_id"), "inspection_items", ["recognition_id"], unique=False
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_definitions_changed_us"), "definitions")
    op.drop_column("horizon", "credentials")
    op.drop_table("merge_moves")
    op.drop_table("inspection_items")
    op.drop_table("appeals")
    op.drop_table("recognitions")
    op.drop_table("awards")
    op.drop_table("assessment_proofs")
    op.drop_table("tasks")
    op.drop_table("targets")
    op.drop_table("reports")
    op.drop_table("plan_phases")
    op.drop_table("decisions")
    op.drop_table("assessments")
    op.drop_table("rounds")
    op.drop_table("report_calls")
    op.drop_table("plans")
    op.drop_table("organisation_totals")
    op.drop_table("figures")
    op.drop_table("baselines")
    op.drop_table("authorities")
    op.drop_table("place_totals")
    op.drop_table("inspections")
    op.drop_table("figure_files")
    op.drop_table("criteria_sets")
    op.drop_table("totals_due")
    op.drop_table("indicators")
    op.drop_table("held_back")
