"""Everything that is wrong with the files and can be known without the instance, all at once. No I/O here."""

from reconcile.validate.check import validate

__all__ = ["validate"]
