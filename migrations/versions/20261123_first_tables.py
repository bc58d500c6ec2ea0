"""The first tables: searches with their trials, outcomes, verdicts; work units; repositories."""

import sqlalchemy as sa
from alembic import op

revision = "20261123"
down_revision = None
branch_labels = None
depends_on = None

APPEND_ONLY = ("outcomes", "verdicts", "candidates", "model_calls", "events")


def upgrade() -> None:
    op.create_table(
        "repositories",
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("base_commit", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_repositories")),
    )
    op.create_table(
        "searches",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("repo", sa.Text(), nullable=False),
        sa.Column("issue", sa.JSON(), nullable=False),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column("local", sa.Boolean(), nullable=False),
        sa.Column("phase", sa.String(length=32), nullable=False),
        sa.Column("cause", sa.Text(), nullable=True),
        sa.Column("last_event", sa.Integer(), nullable=False),
        sa.Column("idempotency_key", sa.Text(), nullable=True),
        sa.Column("body_hash", sa.Text(), nullable=True),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("updated_at", sa.Double(), nullable=False),
        sa.Column("started_at", sa.Double(), nullable=True),
        sa.Column("finished_at", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_searches")),
        sa.UniqueConstraint("idempotency_key", name=op.f("uq_searches_idempotency_key")),
    )
    op.create_index(op.f("ix_searches_phase"), "searches", ["phase"])

    op.create_table(
        "events",
        sa.Column("search", sa.String(length=26), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["search"], ["searches.id"], name=op.f("fk_events_search_searches")
        ),
        sa.PrimaryKeyConstraint("search", "number", name=op.f("pk_events")),
    )
    op.create_table(
        "model_calls",
        sa.Column("search", sa.String(length=26), nullable=False),
        sa.Column("trial", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("ordinal", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("request_hash", sa.Text(), nullable=False),
        sa.Column("record", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["search"], ["searches.id"], name=op.f("fk_model_calls_search_searches")
        ),
        sa.PrimaryKeyConstraint("search", "trial", "ordinal", name=op.f("pk_model_calls")),
    )
    op.create_table(
        "nodes",
        sa.Column("search", sa.String(length=26), nullable=False),
        sa.Column("node", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("parent", sa.Integer(), nullable=True),
        sa.Column("trial", sa.Integer(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("depth", sa.Integer(), nullable=False),
        sa.Column("value", sa.Double(), nullable=False),
        sa.Column("visits", sa.Integer(), nullable=False),
        sa.Column("pending", sa.Integer(), nullable=False),
        sa.Column("value_sum", sa.Double(), nullable=False),
        sa.Column("solved", sa.Boolean(), nullable=False),
        sa.Column("merged_with", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["search"], ["searches.id"], name=op.f("fk_nodes_search_searches")),
        sa.PrimaryKeyConstraint("search", "node", name=op.f("pk_nodes")),
    )
    op.create_index(op.f("ix_nodes_search_trial"), "nodes", ["search", "trial"])

    op.create_table(
        "preparations",
        sa.Column("search", sa.String(length=26), nullable=False),
        sa.Column("preparation", sa.JSON(), nullable=False),
        sa.Column("usage", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["search"], ["searches.id"], name=op.f("fk_preparations_search_searches")
        ),
        sa.PrimaryKeyConstraint("search", name=op.f("pk_preparations")),
    )
    op.create_table(
        "trials",
        sa.Column("search", sa.String(length=26), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("node", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("told", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["search"], ["searches.id"], name=op.f("fk_trials_search_searches")
        ),
        sa.PrimaryKeyConstraint("search", "number", name=op.f("pk_trials")),
    )
    op.create_table(
        "verdicts",
        sa.Column("search", sa.String(length=26), nullable=False),
        sa.Column("decision", sa.String(length=32), nullable=False),
        sa.Column("patch", sa.LargeBinary(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["search"], ["searches.id"], name=op.f("fk_verdicts_search_searches")
        ),
        sa.PrimaryKeyConstraint("search", name=op.f("pk_verdicts")),
    )
    op.create_table(
        "work_units",
        sa.Column("search", sa.String(length=26), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("lease_until", sa.Double(), nullable=True),
        sa.Column("sent_at", sa.Double(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["search"], ["searches.id"], name=op.f("fk_work_units_search_searches")
        ),
        sa.PrimaryKeyConstraint("search", "kind", "number", name=op.f("pk_work_units")),
    )
    op.create_index(op.f("ix_work_units_state_lease_until"), "work_units", ["state", "lease_until"])

    op.create_table(
        "candidates",
        sa.Column("search", sa.String(length=26), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("trial", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("accepted", sa.Boolean(), nullable=False),
        sa.Column("patch", sa.LargeBinary(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["search"], ["verdicts.search"], name=op.f("fk_candidates_search_verdicts")
        ),
        sa.PrimaryKeyConstraint("search", "position", name=op.f("pk_candidates")),
    )
    op.create_table(
        "outcomes",
        sa.Column("search", sa.String(length=26), nullable=False),
        sa.Column("trial", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=True),
        sa.Column("value", sa.Double(), nullable=False),
        sa.Column("solved", sa.Boolean(), nullable=False),
        sa.Column("patch", sa.LargeBinary(), nullable=False),
        sa.Column("usage", sa.JSON(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["search", "trial"],
            ["trials.search", "trials.number"],
            name=op.f("fk_outcomes_search_trial_trials"),
        ),
        sa.PrimaryKeyConstraint("search", "trial", name=op.f("pk_outcomes")),
    )
    _forbid_changes()


def downgrade() -> None:
    op.drop_table("outcomes")
    op.drop_table("candidates")

    op.drop_table("work_units")
    op.drop_table("verdicts")
    op.drop_table("trials")
    op.drop_table("preparations")

    op.drop_table("nodes")
    op.drop_table("model_calls")
    op.drop_table("events")

    op.drop_table("searches")
    op.drop_table("repositories")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION budwood_append_only()")


def _forbid_changes() -> None:
    """Truth is append-only: what is in these tables stays as it is."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            """
            CREATE FUNCTION budwood_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$
            """
        )
    for table in APPEND_ONLY:
        for trigger in _triggers(table):
            op.execute(trigger)


def _triggers(table: str) -> list[str]:
    if op.get_bind().dialect.name == "postgresql":
        return [
            f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION budwood_append_only()",
            f"CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION budwood_append_only()",
        ]
    return [
        f"CREATE TRIGGER {table}_{verb.lower()} BEFORE {verb} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        for verb in ("UPDATE", "DELETE")
    ]
