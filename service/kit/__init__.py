"""Generic bricks: they know no feature and no table."""
