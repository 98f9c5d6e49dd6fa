"""Tagged values <-> JSON: every value is one object with one tag."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, assert_never

from reconcile.errors import FilesError
from reconcile.model import ABSENT, UNREADABLE, Absent, Finding, Ref, Secret, Severity, Unreadable, Value

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconcile.model import Fields, Json, Tagged


def encode_value(tagged: Tagged) -> Json:
    """One tagged value as one JSON object."""
    match tagged:
        case Value(value):
            return {"value": value}
        case Absent():
            return {"absent": True}
        case Unreadable():
            return {"unreadable": True}
        case Secret(name, digest):
            return {"secret": name, "digest": digest}
        case Ref(address):
            return {"ref": address}
        case _:
            assert_never(tagged)


def decode_value(row: Mapping[str, Any]) -> Tagged:
    """The tagged value that one JSON object stands for."""
    match dict(row):
        case {"value": value, **rest} if not rest:
            return Value(value)
        case {"absent": True, **rest} if not rest:
            return ABSENT
        case {"unreadable": True, **rest} if not rest:
            return UNREADABLE
        case {"secret": str(name), "digest": str(digest), **rest} if not rest:
            return Secret(name, digest)
        case {"ref": str(address), **rest} if not rest:
            return Ref(address)
        case _:
            raise broken(f"a value has the members {sorted(row)}, which is none of its forms")


def encode_fields(fields: Fields) -> Json:
    """Named values, in their order."""
    return {name: encode_value(value) for name, value in fields.items()}


def broken(what: str) -> FilesError:
    """The error for a plan file that was not written by us, or not left as written."""
    message = (
        f"this is not a plan that can be applied: {what}; make a new one with `reconcile plan --out FILE`"
    )
    return FilesError([Finding(Severity.ERROR, "plan-file", message)])
