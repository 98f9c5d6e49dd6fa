"""Writes `docs/compatibility.md`: what works under which version of the API, and who says so."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Final

from reconcile import catalogue
from reconcile.model import Read
from tests.conformance import left_out
from tests.conformance.contract import ROOT
from tests.conformance.routes import routes
from tests.conformance.supported import JUDGE, described

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from reconcile.model import Field, Kind
    from tests.conformance.declared import Deviation
    from tests.conformance.left_out import LeftOut
    from tests.conformance.parts import Schema
    from tests.conformance.report import Row
    from tests.conformance.vendor import Vendor

FILE: Final = ROOT / "docs" / "compatibility.md"

INTRODUCTION: Final = """\
# Compatibility

What `reconcile` can read and write under each version of Clerk's Backend API, and who says so. This page is made by
`make conformance SPECS=DIR`, where `DIR` holds the API descriptions that Clerk publishes, named by version. It is
written only when no judge below has an objection. An environment names its version with `api_version`; without one,
the newest is spoken.
"""
KINDS: Final = """\
## Kinds and versions

| Word | Means |
|---|---|
| read | A GET returns the present values, so a plan shows what differs. |
| echo | There is no GET; only the answer to a write shows the values. They are sent unseen, unless `reads: probe` lets a plan ask with an empty write. |
| write | An apply can change them. |
| deprecated | Clerk has announced that these calls will go, without a date. Once they are gone, the kind is reported as unsupported and the rest goes on. |
| without | What this version does not have. Declared under it, it is refused at plan time, with the version that has it. |
"""
FIELDS: Final = """\
## Fields

*Read* and *written* are what Clerk's description of a version allows and we support; without a version they mean all
of them. A field that is written and not read cannot be compared: it is sent once, and a receipt tells whether it was
sent before. *Left out* is what Clerk has in these calls and our files do not take. Left out everywhere:
"""
JUDGES: Final = """\
## Judges

*Checked* counts what a judge looked at, *declared* what it objected to where Clerk's descriptions are known to be
silent or wrong (the list follows), *violations* what is left. The rules come from Clerk's files, from validators that
others wrote, or from Clerk's clients; none of them comes from the code that is judged.
"""
WHO: Final = {
    "contract": "Our description of the API against Clerk's: every path, method, parameter, status and field.",
    "kinds": "What our kinds and schemas read and write against Clerk's description, and what of it they leave out.",
    "sources": "Whether everything that the traffic is recorded from ran through.",
    "requests": "Every request of the tests and the examples, validated by openapi-core on Clerk's description.",
    "responses": "Every answer of the simulator in the same runs, validated in the same way.",
    "prism": "Prism, a proxy between `reconcile` and the simulator that validates on Clerk's description.",
    "python sdk": "What Clerk's `clerk-backend-api` for Python changes, `reconcile plan` shows, and nothing else.",
    "javascript sdk": "The same of Clerk's `@clerk/backend` for JavaScript.",
    "command line": "The same of Clerk's command line tool, `clerk`.",
}
DECLARED: Final = """\
## Declared deviations

Where Clerk's descriptions and we differ knowingly. An entry that excuses nothing fails the run.
"""
CLIENTS: Final = """\
## Clerk's own clients

Clerk's SDKs and its command line tool, run against `reconcile simulate`, with `reconcile plan` before and after.
[Vendor clients](vendor-clients.md) says how to do it by hand. `$` is a command, `>` a call that the client made, and `!`
where it did not do what it was asked to, which is its own fault and declared above.
"""


@dataclass(frozen=True, slots=True)
class Support:
    """What can be done with one kind under one version: its fields by name."""

    readable: frozenset[str]
    writable: frozenset[str]
    deprecated: bool
    marked: frozenset[str]  # fields that the vendor marks as deprecated
    echo: bool

    @property
    def words(self) -> str:
        """The support as in the table."""
        read = ("echo" if self.echo else "read") if self.readable else ""
        words = [word for word in (read, "write" if self.writable else "") if word]
        return ", ".join([*words, "deprecated"] if self.deprecated and words else words) or "none"


def support(kind: Kind, schema: Schema, spec: Vendor) -> Support:
    """Derived from the calls that the kind makes and what the vendor's file says of them."""
    readable, writable, marked, deprecated = set[str](), set[str](), set[str](), False
    for route in routes(kind, schema):
        theirs = described(spec, route.method, route.path)
        if theirs is None or not route.own:
            continue
        deprecated |= theirs.deprecated
        readable |= route.read.keys() & theirs.answered.keys() & kind.fields.keys()
        writable |= {
            name for name in kind.fields if _sent_as(kind, name) in route.sent.keys() & theirs.sent.keys()
        }
        marked |= {name for name, part in theirs.sent.items() if part.aspects.get("deprecated")}
    found = frozenset(writable - _unresolved(kind, spec))
    return Support(frozenset(readable), found, deprecated, frozenset(marked), kind.read is Read.ECHO)


def _sent_as(kind: Kind, name: str) -> str:
    return kind.references[name].written_as if name in kind.references else name


def _unresolved(kind: Kind, spec: Vendor) -> set[str]:
    """The fields that are written as an id, where the version has no call that tells the id."""
    return {name for name, one in kind.references.items() if described(spec, "GET", one.path) is None}


# --- the page ---


def page(
    specs: Mapping[str, Vendor],
    rows: Sequence[Row],
    deviations: Sequence[Deviation],
    transcripts: Mapping[str, str],
) -> str:
    """The whole page."""
    known = catalogue.load()
    kinds = [known.kinds[name] for name in sorted(known.kinds)]
    found = {
        kind.name: {version: support(kind, known.schemas[kind.name], spec) for version, spec in specs.items()}
        for kind in kinds
    }
    blocks = [INTRODUCTION, KINDS, _matrix(found), FIELDS, _left_out(_everywhere())]
    blocks += [block for kind in kinds for block in _of_kind(kind, found[kind.name])]
    blocks += [JUDGES, _who(rows), _judges(rows), DECLARED, _declared(deviations), CLIENTS]
    blocks += [f"### {title}\n\n```text\n{text.rstrip()}\n```\n" for title, text in transcripts.items()]
    return "\n".join(blocks)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return (
        "".join(f"| {' | '.join(line)} |\n" for line in lines)
        .replace("| --- ", "|---")
        .replace("--- |", "---|")
    )


def _code(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _matrix(found: Mapping[str, Mapping[str, Support]]) -> str:
    """A row for each kind, a column for each version."""
    versions = list(next(iter(found.values())))
    rows = (
        [f"[`{name}`](kinds/{name}.md)", *(_cell(by_version, version) for version in versions)]
        for name, by_version in found.items()
    )
    return _table(["Kind", *versions], rows)


def _cell(by_version: Mapping[str, Support], version: str) -> str:
    """What a version allows, with what it lacks of that which others have."""
    one = by_version[version]
    all_of_them = frozenset[str]().union(*(other.readable | other.writable for other in by_version.values()))
    ever = frozenset[str]().union(*(other.writable for other in by_version.values()))
    lacking = sorted((all_of_them - one.readable - one.writable) | (ever - one.writable))
    return f"{one.words}, without {_code(lacking)}" if lacking and one.words != "none" else one.words


def _of_kind(kind: Kind, by_version: Mapping[str, Support]) -> Iterator[str]:
    yield f"### {kind.name}\n"
    rows = ([f"`{name}`", *_row(kind, field, by_version)] for name, field in kind.fields.items())
    yield _table(("Field", "Read", "Written", "Note"), rows)
    own = [entry for entry in left_out.read(JUDGE) if entry not in _everywhere()]
    if entries := [entry for entry in own if any(fnmatchcase(kind.name, glob) for glob in entry.where)]:
        yield "Left out:\n"
        yield _left_out(entries)


def _everywhere() -> list[LeftOut]:
    """What no kind has."""
    return [entry for entry in left_out.read(JUDGE) if entry.where == ("*",)]


def _left_out(entries: Iterable[LeftOut]) -> str:
    return "".join(f"- {_code(_fields(entry.about))}: {entry.reason}\n" for entry in entries)


def _fields(about: Iterable[str]) -> list[str]:
    """The names of fields without where they stand, each once."""
    return list(dict.fromkeys(name.removeprefix("response ").removeprefix("request body.") for name in about))


def _row(kind: Kind, field: Field, by_version: Mapping[str, Support]) -> tuple[str, str, str]:
    read = [version for version, one in by_version.items() if field.name in one.readable]
    written = [version for version, one in by_version.items() if field.name in one.writable]
    every = list(by_version)
    seen = "echo" if kind.read is Read.ECHO and read == every else _when(read, every)
    return seen, _when(written, every), _note(kind, field, by_version)


def _when(versions: Sequence[str], every: Sequence[str]) -> str:
    """In which versions something can be done."""
    if not versions:
        return "no"
    if versions == every:
        return "yes"
    last = list(every[-len(versions) :])
    return f"from {versions[0]} on" if versions == last else ", ".join(versions)


def _note(kind: Kind, field: Field, by_version: Mapping[str, Support]) -> str:
    """What is peculiar about a field."""
    notes = {
        "the key of an entry": field.name == kind.key,
        "only when an entry is added": field.create_only and field.name != kind.key,
        f"read by key, written as `{_sent_as(kind, field.name)}`": field.name in kind.references,
        "deprecated by Clerk": any(field.name in one.marked for one in by_version.values()),
    }
    return "; ".join(note for note, holds in notes.items() if holds)


def _who(rows: Iterable[Row]) -> str:
    """What each judge does, in the order in which they are heard."""
    judges = dict.fromkeys(row.verdict.judge for row in rows)
    return _table(("Judge", "Holds"), ((judge, WHO[judge]) for judge in judges))


def _judges(rows: Iterable[Row]) -> str:
    return _table(("Judge", "Version", "Checked", "Declared", "Violations"), map(_counts, rows))


def _counts(row: Row) -> tuple[str, ...]:
    one = row.verdict
    return one.judge, one.version, f"{one.checked} {one.things}", str(row.declared), str(len(row.left))


def _declared(deviations: Iterable[Deviation]) -> str:
    """A line for each entry: what, where, why, and who says so."""
    return "".join(
        f"- {_code(one.about)}, {_where(one)}. {one.reason} Evidence: {one.evidence}\n" for one in deviations
    )


def _where(one: Deviation) -> str:
    """The operations of an entry, and the judges and versions where it does not mean all of them."""
    operations = "every operation" if one.operations == ("*",) else _code(one.operations)
    judges = f" ({', '.join(one.judges)})" if one.judges else ""
    versions = f" in {', '.join(one.versions)}" if one.versions else ""
    return f"{operations}{versions}{judges}"
