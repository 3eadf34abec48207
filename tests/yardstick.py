"""How fast this machine is just now, to hold the time of other work against."""

import time

import sqlalchemy as sa

ROWS = 1_500


def yardstick() -> float:
    """How long this process works on a fixed number of small statements, in seconds: 0.3 on a quick machine."""
    metadata = sa.MetaData()
    columns = [sa.Column(f"text_{number}", sa.String) for number in range(8)]
    table = sa.Table("rows", metadata, sa.Column("id", sa.Integer, primary_key=True), *columns)
    began = time.process_time()
    engine = sa.create_engine("sqlite://")
    with engine.begin() as connection:
        metadata.create_all(connection)
        for row in range(ROWS):
            connection.execute(sa.insert(table).values({column.name: f"{row}" for column in columns}))
            wanted = sa.select(table).where(table.c.id == row, columns[1].is_not(None))
            connection.execute(wanted.order_by(columns[2]).limit(5)).all()
    engine.dispose()
    return time.process_time() - began
