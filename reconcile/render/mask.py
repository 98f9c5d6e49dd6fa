"""Email addresses, phone numbers and wallets made unreadable and still reviewable: `a***@acme.example`. No I/O here.

For what is published, such as a comment. It goes by what identifiers look like and not by where they stand, because
they stand in findings, addresses and claims as well.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from reconcile.codec import plan_digest
from reconcile.model import Finding, Ref, Severity, Value

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reconcile.model import (
        Change,
        Drift,
        Drifted,
        Fields,
        Ignore,
        Json,
        Outcome,
        Path,
        Plan,
        Tagged,
        Unverified,
    )

_LOCAL = r"[\w.!#$%*+~^-]"
_EMAIL = re.compile(rf"(?<!{_LOCAL})({_LOCAL}+)@((?:[\w-]+\.)+[^\W\d_]{{2,}})")
_PHONE = re.compile(r"(?<![\w+])\+[1-9](?:[ ().-]{0,2}[0-9]){6,14}(?![0-9])")
_WALLET = re.compile(r"(?<!\w)0x[0-9a-fA-F]{40}(?!\w)")
_BASE58 = re.compile(r"(?:^|(?<=/))[1-9A-HJ-NP-Za-km-z]{32,44}\Z")
_NOTE = "email addresses, phone numbers and wallets are masked here; --show-identifiers shows them"


@dataclass(frozen=True, slots=True)
class Mask:
    """Masks identifiers in the texts of one document; two that would look the same get a number."""

    _known: dict[str, str] = field(default_factory=dict)
    _used: dict[str, int] = field(default_factory=dict)

    def text(self, text: str) -> str:
        """The text with each identifier masked."""
        if "@" in text:
            text = _EMAIL.sub(self._email, text)
        if "+" in text:
            text = _PHONE.sub(lambda found: self._named(found[0], found[0][:3], found[0][-2:]), text)
        if "0x" in text:
            text = _WALLET.sub(lambda found: self._named(found[0], found[0][:4], found[0][-2:]), text)
        return _BASE58.sub(lambda found: self._named(found[0], found[0][:3], found[0][-2:]), text)

    def _email(self, found: re.Match[str]) -> str:
        local, domain = found.groups()
        return found[0] if not local.strip("*") else self._named(found[0], local[0], f"@{domain}")

    def _named(self, whole: str, first: str, last: str) -> str:
        if whole not in self._known:
            short = f"{first}***{last}"
            number = self._used[short] = self._used.get(short, 0) + 1
            self._known[whole] = short if number == 1 else f"{first}***({number}){last}"
        return self._known[whole]

    def plan(self, plan: Plan) -> Plan:
        """A copy of the plan to look at. It has the digest of the plan itself, and says that something is masked."""
        copy = replace(
            plan,
            changes=tuple(self._change(change) for change in plan.changes),
            unverified=tuple(self._unverified(item) for item in plan.unverified),
            in_sync=tuple(map(self.text, plan.in_sync)),
            unmanaged=tuple(map(self.text, plan.unmanaged)),
            findings=tuple(self._finding(item) for item in plan.findings),
            copy_of=plan_digest(plan),
        )
        return replace(copy, findings=(*copy.findings, *self._note()))

    def outcomes(self, outcomes: Iterable[Outcome]) -> tuple[Outcome, ...]:
        """The outcomes to look at."""
        return tuple(
            replace(one, address=self.text(one.address), reason=self.text(one.reason)) for one in outcomes
        )

    def drift(self, drift: Drift) -> Drift:
        """A copy of what has drifted to look at; it says that something is masked."""
        copy = replace(
            drift,
            objects=tuple(map(self._drifted, drift.objects)),
            hidden=tuple(
                replace(one, rule=self._rule(one.rule), what=self._drifted(one.what)) for one in drift.hidden
            ),
            expired=tuple(map(self._rule, drift.expired)),
            unread=tuple((self.text(address), self._path(path)) for address, path in drift.unread),
            unmanaged=tuple(map(self.text, drift.unmanaged)),
            findings=tuple(self._finding(item) for item in drift.findings),
        )
        return replace(copy, findings=(*copy.findings, *self._note()))

    def _note(self) -> tuple[Finding, ...]:
        return (Finding(Severity.INFO, "masked", _NOTE),) if self._known else ()

    def _drifted(self, one: Drifted) -> Drifted:
        fields = (
            replace(
                item,
                path=self._path(item.path),
                base=self._tagged(item.base) if item.base is not None else None,
                live=self._tagged(item.live),
                files=self._tagged(item.files),
            )
            for item in one.fields
        )
        return replace(one, address=self.text(one.address), key=self.text(one.key), fields=tuple(fields))

    def _rule(self, rule: Ignore) -> Ignore:
        return replace(
            rule,
            address=self.text(rule.address),
            field=self.text(rule.field),
            reason=self.text(rule.reason),
        )

    def _change(self, change: Change) -> Change:
        return replace(
            change,
            address=self.text(change.address),
            key=self.text(change.key),
            needs=tuple(map(self.text, change.needs)),
            fields=tuple(
                replace(
                    item,
                    path=self._path(item.path),
                    before=self._tagged(item.before),
                    after=self._tagged(item.after),
                )
                for item in change.fields
            ),
            body=self._fields(change.body),
            live=self._fields(change.live),
        )

    def _unverified(self, item: Unverified) -> Unverified:
        return replace(
            item,
            address=self.text(item.address),
            path=self._path(item.path),
            value=self._tagged(item.value),
            carried=self._fields(item.carried),
        )

    def _finding(self, finding: Finding) -> Finding:
        return replace(finding, message=self.text(finding.message), address=self.text(finding.address))

    def _fields(self, fields: Fields) -> Fields:
        return {name: self._tagged(value) for name, value in fields.items()}

    def _path(self, path: Path) -> Path:
        return tuple(self.text(part) if isinstance(part, str) else part for part in path)

    def _tagged(self, tagged: Tagged) -> Tagged:
        match tagged:
            case Value(value):
                return Value(self._json(value))
            case Ref(address):
                return Ref(self.text(address))
            case _:
                return tagged

    def _json(self, value: Json) -> Json:
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, list):
            return [self._json(item) for item in value]
        if isinstance(value, dict):
            return {self.text(name): self._json(item) for name, item in value.items()}
        return value


def masked(plan: Plan) -> Plan:
    """A copy of the plan without identifiers."""
    return Mask().plan(plan)
