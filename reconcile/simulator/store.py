"""One instance's whole state, as plain data that a JSON file can hold.

    {"format": 1,
     "secret": hex,                              the embedded environment derives its keys from it
     "instance": {"id", "type", "features", "workspace_id", "created_at", "sign_up_mode", "templates_locked"},
     "objects": {collection: {key: record}},     collections are named by their path; `settings` holds the groups
     "invitations": [{"id", "identifier"}]}      sent because an allow-list entry asked for it

A record may hold more than the API shows (a signing key, say): answers are cut to the contract's shape.
"""

from __future__ import annotations

import copy
import json
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reconcile.simulator.seed import FORMAT, seeded

if TYPE_CHECKING:
    import random

    from reconcile.simulator.values import Options

Record = dict[str, Any]
Version = tuple[int, int, int]


class DamagedState(ValueError):  # noqa: N818 - the state is damaged; the text says what to do
    """A state file that cannot be used."""


class Store:
    """The state and the ways to change it; `revision` grows with every change."""

    def __init__(self, data: dict[str, Any], path: Path | None = None) -> None:
        self.data = data
        self.path = path
        self.version: Version | None = None
        self.revision = 0
        self._indexes: dict[tuple[str, str], dict[Any, str]] = {}

    @classmethod
    def new(cls, options: Options, rng: random.Random) -> Store:
        """A fresh instance as Clerk makes it, with ids of its own."""
        return cls(seeded(options, rng))

    @classmethod
    def load(cls, path: Path) -> Store:
        """The state kept in a file; a damaged file is an error that says what to do."""
        text = f"{path} is not a state of the simulator, or was damaged; delete it to start with a fresh instance"
        if path.exists() and not path.is_file():  # a pipe would be waited for, a device read without end
            raise DamagedState(text)
        with path.open("rb") as file:
            version = version_of(os.fstat(file.fileno()))
            content = file.read()
        try:
            data = json.loads(content)
        except ValueError as error:
            raise DamagedState(text) from error
        if not _well_formed(data):
            raise DamagedState(text)
        store = cls(data, path)
        store.version = version
        return store

    def save(self, path: Path) -> None:
        """Write the state to a file, whole or not at all, readable by its owner only."""
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        try:
            with os.fdopen(handle, "w", encoding="ascii") as file:
                file.write(json.dumps(self.data))
                file.flush()
                os.fsync(file.fileno())
                version = self._stamped(file.fileno())
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
        self.path, self.version = path, version

    def _stamped(self, handle: int) -> Version:
        """Date the file later than the version it replaces, so that the two can be told apart."""
        written = os.fstat(handle).st_mtime_ns
        stamp = max(written, self.version[0] + 1) if self.version else written
        os.utime(handle, ns=(stamp, stamp))
        return version_of(os.fstat(handle))

    @property
    def secret(self) -> str:
        """Random hex that belongs to this state alone."""
        return str(self.data["secret"])

    @property
    def instance(self) -> Record:
        """What Clerk knows about the instance itself."""
        instance: Record = self.data["instance"]
        return instance

    def fits(self, options: Options) -> bool:
        """Whether this state was made for the type and the features that `options` ask for."""
        features = None if options.features is None else sorted(options.features)
        return bool(self.instance["type"] == options.type and self.instance["features"] == features)

    def all(self, collection: str) -> dict[str, Record]:
        """Every record of a collection by its key, oldest first; not to be changed."""
        records: dict[str, Record] = self.data["objects"].get(collection, {})
        return records

    def get(self, collection: str, key: str) -> Record | None:
        """A copy of one record."""
        return copy.deepcopy(self.all(collection).get(key))

    def put(self, collection: str, key: str, record: Record) -> None:
        """Keep a record, in place of an older one with this key."""
        self._unindex(collection, key)
        self.data["objects"].setdefault(collection, {})[key] = copy.deepcopy(record)
        for (owner, field), index in self._indexes.items():
            if owner == collection:
                index[record.get(field)] = key
        self.revision += 1

    def remove(self, collection: str, key: str) -> None:
        """Forget a record."""
        self._unindex(collection, key)
        self.all(collection).pop(key, None)
        self.revision += 1

    def key_of(self, collection: str, field: str, value: str) -> str | None:
        """The key of the record with this value in this field."""
        if (collection, field) not in self._indexes:
            found = {record.get(field): key for key, record in self.all(collection).items()}
            self._indexes[collection, field] = found
        return self._indexes[collection, field].get(value)

    def _unindex(self, collection: str, key: str) -> None:
        """Take a record's old values out of the indexes."""
        old = self.all(collection).get(key, {})
        for (owner, field), index in self._indexes.items():
            if owner == collection:
                index.pop(old.get(field), None)


def version_of(found: os.stat_result) -> Version:
    """What tells one version of a state file from another."""
    return found.st_mtime_ns, found.st_size, found.st_ino


def _well_formed(data: Any) -> bool:
    """Whether this is the state of an instance in the format that we write."""
    parts = {"secret": str, "instance": dict, "objects": dict, "invitations": list}
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        return False
    whole = all(isinstance(data.get(name), kind) for name, kind in parts.items())
    return whole and "id" in data["instance"] and "settings" in data["objects"]
