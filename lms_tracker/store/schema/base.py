"""What all tables share: the metadata that knows them, and the types of their columns."""

from typing import Any

from sqlalchemy import BigInteger, Integer, LargeBinary, MetaData, Text

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
metadata = MetaData(naming_convention=NAMES)

Key = LargeBinary(16)
Hash = LargeBinary(32)
# Narrow tables lie in the order of their primary key on SQLite, instead of beside an index of it.
CLUSTERED: dict[str, Any] = {"sqlite_with_rowid": False}
# SQLite numbers rows by itself only for a column declared INTEGER.
RowNumber = BigInteger().with_variant(Integer, "sqlite")
# Compared byte by byte on both databases, so that ranges and the beginnings of texts are found by an index.
ByteText = Text().with_variant(Text(collation="C"), "postgresql")
