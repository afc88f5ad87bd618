"""All tables: every module of this package is loaded, so that whoever looks at the metadata misses none."""

from importlib import import_module
from pkgutil import iter_modules

from feedback import storage
from feedback.storage.database import Base, KeyBase

__all__ = ["METADATA", "Base", "KeyBase"]

METADATA = (Base.metadata, KeyBase.metadata)
"""The tables of the main database, and those of the key store."""

for _module in iter_modules(storage.__path__, f"{storage.__name__}."):
    import_module(_module.name)
