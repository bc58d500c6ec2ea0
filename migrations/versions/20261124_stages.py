"""Trials and nodes have a stage; a trial may name the model that is to propose."""

import sqlalchemy as sa
from alembic import op

revision = "20261124"
down_revision = "20261123"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("trials", "nodes"):
        stage = sa.Column("stage", sa.String(length=32), nullable=False, server_default="edit")
        with op.batch_alter_table(table) as change:
            change.add_column(stage)
    with op.batch_alter_table("trials") as change:
        change.add_column(sa.Column("arm", sa.Text(), nullable=True))


def downgrade() -> None:
    # Not in a batch: that would copy `trials`, which outcomes refer to.
    op.drop_column("trials", "arm")
    for table in ("trials", "nodes"):
        op.drop_column(table, "stage")
