"""What came of verdicts, and the maps that were fitted on it."""

import sqlalchemy as sa
from alembic import op

revision = "20261125"
down_revision = "20261124"
branch_labels = None
depends_on = None

APPEND_ONLY = ("labels", "calibration_maps")


def upgrade() -> None:
    op.create_table(
        "labels",
        sa.Column("search", sa.String(length=26), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("right", sa.Boolean(), nullable=False),
        sa.Column("source", sa.String(length=32), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["search"], ["verdicts.search"], name=op.f("fk_labels_search_verdicts")
        ),
        sa.PrimaryKeyConstraint("search", "number", name=op.f("pk_labels")),
    )
    op.create_table(
        "calibration_maps",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_calibration_maps")),
    )
    for table in APPEND_ONLY:
        for trigger in _triggers(table):
            op.execute(trigger)


def downgrade() -> None:
    op.drop_table("calibration_maps")
    op.drop_table("labels")


def _triggers(table: str) -> list[str]:
    """Truth is append-only; Postgres has the function since the first tables."""
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
