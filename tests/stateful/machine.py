"""The rules: what may happen next, and what has to hold whenever it has."""

from __future__ import annotations

import copy
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from reconcile.codec import decode_plan
from reconcile.simulator.faults import Fault
from reconcile.state.kept import End
from reconcile.state.runs import kept
from tests.lab import known
from tests.stateful.house import QUIET, House, Said, opened
from tests.stateful.laws import held, parts, twice, undeclared, unfulfilled
from tests.stateful.wishes import ENTRIES, NAMES, OBJECTS, SETTINGS

if TYPE_CHECKING:
    from collections import Counter

    from reconcile.model import Plan
    from reconcile.state.kept import Kept
    from tests.stateful.laws import Objects

APPLY, ROLLBACK = f"apply -e local {QUIET}", f"rollback -e local {QUIET}"
PLAN = "plan -e local --detailed-exitcode --format json"
DRIFT = "drift -e local --format json"
REFUSED = frozenset({5, 65})
TROUBLES = (
    {"method": "GET", "status": 503},
    {"method": "GET", "truncate": True},
    {"method": ["POST", "PUT", "PATCH", "DELETE"], "reset": "before"},
    {"method": ["POST", "PUT", "PATCH", "DELETE"], "reset": "after"},
    {"method": ["POST", "PUT", "PATCH", "DELETE"], "lost": True},
    {"method": ["POST", "PUT", "PATCH", "DELETE"], "status": 500, "after": True},
    {"method": ["POST", "PUT", "PATCH", "DELETE"], "status": 429, "retry_after": 1},
    {"method": ["POST", "PUT", "PATCH", "DELETE"], "status": 422},
    {"method": ["POST", "PUT", "PATCH", "DELETE"], "not_json": True},
)
"""Ways in which the service fails at one or more calls of a run."""

_lists = st.sampled_from([(section, one) for section, entries in ENTRIES.items() for one in entries])
_objects = st.sampled_from(
    [
        (section, name, one)
        for section, names in OBJECTS.items()
        for name, some in names.items()
        for one in some
    ]
)
_settings = st.sampled_from(
    [
        (section, name, one)
        for section, names in SETTINGS.items()
        for name, some in names.items()
        for one in some
    ]
)
_edits = st.lists(st.one_of(_lists, _objects, _settings), max_size=3)
_Edits = list[tuple[Any, ...]]


@dataclass
class Last:
    """The last run that sent something: its plan, and what was at its addresses before."""

    run: Kept
    plan: Plan
    before: dict[str, Any]


class Anything(RuleBasedStateMachine):
    """One project and one instance, and all that people and accidents do to them."""

    count: Counter[str]

    def __init__(self) -> None:
        super().__init__()
        self._opened = opened()
        self.house: House = self._opened.__enter__()
        self.wishes: dict[str, Any] = {}
        self.last: Last | None = None
        self.touched_since = False  # by hand, since the last run
        self.set_by_others: set[str] = set()
        self.agreed: dict[str, Any] | None = None  # what the files said when files and instance last agreed
        self.by_hand_since = False  # since they agreed
        self.house.write(self.wishes)

    def teardown(self) -> None:
        self._opened.__exit__(None, None, None)

    # --- the files ---

    @initialize(edits=st.lists(st.one_of(_objects, _settings), max_size=6))
    def begin(self, edits: _Edits) -> None:
        self._edit(edits)

    @rule(edits=st.lists(st.one_of(_lists, _objects, _settings), min_size=1, max_size=4))
    def edit(self, edits: _Edits) -> None:
        self.count["files edited"] += 1
        self._edit(edits)

    def _edit(self, edits: _Edits) -> None:
        """Each edit sets something, or puts an entry into a list, or takes it out."""
        for section, name, *value in edits:
            if value:
                self.wishes.setdefault(section, {})[name] = value[0]
            else:
                entries = self.wishes.setdefault(section, {_inside(section): []})[_inside(section)]
                (entries.remove if name in entries else entries.append)(name)
        self.house.write(self.wishes)

    @rule(section=st.sampled_from(sorted(ENTRIES)))
    def prune_a_list_or_not(self, section: str) -> None:
        wish = self.wishes.setdefault(section, {_inside(section): []})
        wish["prune"] = not wish.get("prune", False)
        self._written("prune or not")

    @precondition(lambda self: self.wishes)
    @rule(choice=st.randoms(use_true_random=False))
    def leave_a_section_alone(self, choice: Any) -> None:
        del self.wishes[choice.choice(sorted(self.wishes))]
        self._written("section left out")

    @precondition(lambda self: "one" in self.wishes.get("jwt_templates", {}))
    @rule()
    def rename_an_object(self) -> None:
        wish = self.wishes["jwt_templates"]
        wish["two"] = {
            **{k: v for k, v in wish.pop("one").items() if k != "renamed_from"},
            "renamed_from": "one",
        }
        self._written("object renamed")

    def _written(self, what: str) -> None:
        self.count[what] += 1
        self.house.write(self.wishes)

    @rule()
    def rotate_a_secret(self) -> None:
        self.count["another secret"] += 1
        self.house.environ["SIGNING"] = f"signing key {self.count['another secret']} of this walk"

    @rule()
    def forget_receipts(self) -> None:
        self.count["another machine"] += 1
        for path in (self.house.folder / ".reconcile" / "receipts").glob("*"):
            path.unlink()

    # --- by hand ---

    @rule(chosen=_settings)
    def set_by_hand(self, chosen: tuple[str, str, Any]) -> None:
        self._set(*chosen)

    def _set(self, section: str, name: str, value: Any) -> None:
        kind = next(one for one in known().kinds.values() if one.section == section)
        self.set_by_others.add(f"{section}.{name}")
        self._by_hand(kind.update or "PATCH", kind.path, {name: value})

    @rule(chosen=_lists)
    def add_or_remove_by_hand(self, chosen: tuple[str, str]) -> None:
        self._add_or_remove(*chosen)

    def _add_or_remove(self, section: str, entry: str) -> None:
        kind = next(one for one in known().kinds.values() if one.section == section)
        owner = self.house.data["objects"].get(kind.path.rpartition("/")[2], {})
        there = next((one["id"] for one in owner.values() if one[NAMES[section]] == entry), None)
        if there:
            self._by_hand("DELETE", f"{kind.path}/{there}", None)
        else:
            self._by_hand("POST", kind.path, {NAMES[section]: entry})

    @rule(name=st.sampled_from(["one", "two", "stranger"]), lifetime=st.sampled_from([33, 44]))
    def make_or_change_a_token_by_hand(self, name: str, lifetime: int) -> None:
        tokens = self.house.data["objects"].get("jwt_templates", {}).values()
        there = next((one for one in tokens if one["name"] == name), None)
        if there:
            body = {"name": name, "claims": there["claims"], "lifetime": lifetime}
            self._by_hand("PATCH", f"/jwt_templates/{there['id']}", body)
        else:
            self._by_hand("POST", "/jwt_templates", {"name": name, "claims": {}, "lifetime": lifetime})

    def _by_hand(self, method: str, path: str, body: Any) -> None:
        self.count["by hand"] += 1
        self.touched_since = self.by_hand_since = True
        self.house.api.send(method, path, body)
        self.house.wait()

    # --- commands ---

    @rule()
    def plan(self) -> None:
        """A plan only reads, and is the same with and without receipts."""
        self.count["plan"] += 1
        before, since = held(self.house), len(self.house.simulator.log)
        said = self.house(PLAN)
        assert said.code in {0, 2, *REFUSED}, said
        sent = self.house.sent(since)
        assert all(method == "GET" or body == {} for method, _, body in sent), sent
        assert held(self.house) == before, "a plan has changed something"
        fresh = self.house(f"{PLAN} --state-dir {self.house.folder / 'elsewhere'}")
        if said.code in {0, 2} and fresh.code in {0, 2}:
            self._alike(json.loads(said.out), json.loads(fresh.out))

    def _alike(self, known_: Any, fresh: Any) -> None:
        """Receipts make a plan shorter, and never claim that something is in sync."""
        assert known_["digest"] == fresh["digest"], (known_, fresh)
        mine, others = ({one["address"] for one in plan["changes"]} for plan in (known_, fresh))
        assert mine <= others, (mine, others)
        unverified = {one["address"] for one in known_["unverified"]}
        assert others - mine <= unverified, "what a fresh machine sends is unverified, and nothing else"

    @rule(edits=_edits, by_hand=st.lists(_settings | _lists, max_size=8))
    def drift(self, edits: _Edits, by_hand: _Edits) -> None:
        """Who has changed something is known as long as files and instance agreed before, and nothing is sent."""
        self.count["drift"] += 1
        if self.agreed is None:
            self._applied(self._disturbed(APPLY))
        self._edit(edits)
        for chosen in by_hand:
            (self._set if len(chosen) == 3 else self._add_or_remove)(*chosen)
        before, since = held(self.house), len(self.house.simulator.log)
        said = self.house(DRIFT)
        assert said.code in {0, 2, *REFUSED}, said
        assert all(method == "GET" or body == {} for method, _, body in self.house.sent(since))
        assert held(self.house) == before, "looking for drift has changed something"
        if said.code in {0, 2}:
            found = json.loads(said.out)["objects"]
            assert bool(found) == (said.code == 2), said
            self._blamed(found, said)

    def _blamed(self, found: Any, said: Said) -> None:
        """Nobody is blamed for what somebody else has done."""
        if self.agreed is None:
            return
        edited = {section for section in {*self.agreed, *self.wishes} if self._edited(section)}
        sections = {kind.name: kind.section for kind in known().kinds.values()}
        for one in found:
            self.count[f"drift on {one['side']}"] += 1
            assert one["side"] != "unknown", (one, said)
            if sections[one["kind"]] not in edited:
                assert one["side"] == "instance", (one, self.agreed, self.wishes)
            if not self.by_hand_since:
                assert one["side"] == "files", (one, self.agreed, self.wishes)

    def _edited(self, section: str) -> bool:
        """Whether the files say something else in a section than when both sides agreed."""
        agreed = self.agreed or {}
        return bool(agreed.get(section) != self.wishes.get(section))

    @rule(edits=_edits)
    def apply(self, edits: _Edits) -> None:
        """After an apply the instance is as the files say, and nobody else notices."""
        self._edit(edits)
        self._applied(self._disturbed(APPLY))

    @rule(edits=_edits, trouble=st.sampled_from(TROUBLES), nth=st.integers(1, 4), times=st.integers(1, 5))
    def apply_in_trouble(self, edits: _Edits, trouble: Any, nth: int, times: int) -> None:
        """Whatever goes wrong, the exit code says how far it came, and the next apply mends it."""
        self._edit(edits)
        before = held(self.house)
        faults = [Fault(**trouble, from_=nth, times=times)]
        said = self._disturbed(APPLY, "apply in trouble", faults)
        assert said.code in {0, 1, 3, *REFUSED}, said
        if said.code in {1, *REFUSED}:
            assert held(self.house) == before, f"{said.code} means that nothing was changed"
        self.house.wait()
        if said.code == 0:
            self._fulfilled(said)

    @rule(edits=_edits, at=st.integers(1, 40))
    def apply_cut_off(self, edits: _Edits, at: int) -> None:
        """A run that is cut off leaves a journal that the next one understands."""
        self._edit(edits)
        said = self._disturbed(APPLY, "apply cut off", cut_at=at)
        self.house.wait()
        if said.code is not None:
            self._applied(said)

    @precondition(lambda self: self.last)
    @rule()
    def roll_back(self) -> None:
        """A rollback of the last run brings back what was at the addresses that it touched, or sends nothing."""
        last, touched = self.last, self.touched_since
        before = held(self.house)
        said = self._disturbed(ROLLBACK, "rollback")
        assert said.code in {0, 4, 64, *REFUSED}, said
        self.house.wait()
        if said.code != 0:
            assert held(self.house) == before, f"{said.code} means that nothing was sent"
            assert said.code != 4 or touched, f"nobody has changed anything since: {said}"
        elif last is not None and not touched:
            self._brought_back(last, said)

    @precondition(lambda self: self.last)
    @rule(at=st.integers(1, 40))
    def roll_back_cut_off(self, at: int) -> None:
        said = self._disturbed(ROLLBACK, "rollback cut off", cut_at=at)
        assert said.code in {None, 0, 4, 64, *REFUSED}, said
        self.house.wait()

    # --- what holds ---

    def _disturbed(self, line: str, what: str = "apply", faults: Any = (), *, cut_at: int = 0) -> Said:
        """Run something that may change the instance; what holds of any run is looked at."""
        self.count[what] += 1
        before, untold = held(self.house), self._untold()
        self.agreed = None
        others = undeclared(self.wishes, before) if line == APPLY else {}
        said = self.house(line, faults, cut_at=cut_at)
        now = held(self.house)
        assert "this is a bug" not in said.err, said
        after = undeclared(self.wishes, now) if line == APPLY else {}
        assert after == others, _different(others, after)
        told = {name for name in untold if name in said.err}
        if said.code == 0:
            assert told == untold, f"{untold - told} were cut off, and nobody said so: {said}"
        self._note(before)
        self.count[f"exit code {said.code}"] += 1
        return said

    def _untold(self) -> set[str]:
        return {
            one.name
            for one in kept(self.house.folder / ".reconcile")
            if one.end is End.CUT_OFF and not one.seen
        }

    def _note(self, before: Objects) -> None:
        """Remember the last run, if this was one that sent something; none of them is under way any more."""
        runs = kept(self.house.folder / ".reconcile")
        assert all(one.end is not End.UNDER_WAY for one in runs), runs
        if runs and (self.last is None or runs[0].name != self.last.run.name):
            plan = decode_plan(runs[0].document("plan.json"))
            self.last = Last(runs[0], plan, parts(plan, before))
            self.touched_since = False

    def _applied(self, said: Said) -> None:
        assert said.code in {0, *REFUSED}, said
        self.house.wait()
        if said.code == 0:
            self._fulfilled(said)

    def _fulfilled(self, said: Said) -> None:
        """Everything is as wanted; what somebody has set by hand and no call returns is not claimed to be."""
        again = self.house(PLAN)
        assert again.code == 0, (again, said)
        open_ = {f"{one['address']}.{one['path'][0]}" for one in json.loads(again.out)["unverified"]}
        wrong = dict(unfulfilled(self.wishes, self.house))
        assert wrong.keys() <= open_ & self.set_by_others, (wrong, said)
        self.agreed, self.by_hand_since = copy.deepcopy(self.wishes), False

    def _brought_back(self, last: Last, said: Said) -> None:
        """What was at the addresses of a run is there again, but for what was said to be lost."""
        now = parts(last.plan, held(self.house))
        lost = set(re.findall(r"^  (\S+): (?!comes back)", said.err, re.MULTILINE))
        for address in last.run.touched - lost:
            assert now[address] == last.before[address], (address, now[address], last.before[address], said)

    @invariant()
    def nothing_is_there_twice(self) -> None:
        assert not twice(self.house.data["objects"]), twice(self.house.data["objects"])


def _inside(section: str) -> str:
    return "urls" if section == "redirect_urls" else "identifiers"


def _different(one: dict[str, Any], other: dict[str, Any]) -> str:
    return "; ".join(
        f"{name}: {one.get(name)} → {other.get(name)}"
        for name in {*one, *other}
        if one.get(name) != other.get(name)
    )
