"""What the guards let pass locks nobody out, and what they refuse would have."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from hypothesis import strategies as st

from reconcile.guard import guard, lists_at_stake
from reconcile.model import Declared, Desired, Origin, Rules, Section, Value
from tests.lab import FakeClock, Lab, known

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from reconcile.model import Live, Plan

HERE = Origin("resources.yml", 1)
RULES = Rules(allow_delete=inf, max_delete=Rules().max_delete)
SWITCHES = {"restrictions": "allowlist", "instance_settings": "restricted_to_allowlist"}

people = st.lists(st.sampled_from(["ada@acme.example", "*@acme.example", "+15555550100"]), unique=True)
urls = st.lists(
    st.sampled_from(
        ["https://a.example/x", "https://b.example/y", "HTTPS://c.example/z", "acme://x", "acme://y"]
    ),
    unique=True,
)


@dataclass(frozen=True)
class World:
    """An instance as it is, and what the files say about it; None: nothing."""

    there: list[str]
    on: bool
    links: list[str]
    wanted: list[str] | None
    prune: bool
    switch: tuple[str, bool] | None
    targets: list[str] | None
    probe: bool

    def build(self, folder: Path) -> Lab:
        lab = Lab.open(folder, FakeClock())
        for one in self.there:
            lab.api.post("/allowlist_identifiers", {"identifier": one})
        for one in self.links:
            lab.api.post("/redirect_urls", {"url": one})
        lab.api.patch("/instance/restrictions", {"allowlist": self.on})
        return lab

    def desired(self) -> Desired:
        return Desired(dict(self._sections()))

    def _sections(self) -> Iterator[tuple[str, Section]]:
        if self.wanted is not None:
            yield "allowlist", self._list(self.wanted)
        if self.targets is not None:
            yield "redirect_url", self._list(self.targets)
        if self.switch is not None:
            name, on = self.switch
            fields: dict[str, Any] = {SWITCHES[name]: Value(on)}
            yield name, Section(HERE, {"": Declared("", HERE, fields)})

    def _list(self, keys: Iterable[str]) -> Section:
        return Section(HERE, {key: Declared(key, HERE) for key in keys}, prune=self.prune)


worlds = st.builds(
    World,
    there=people | st.just(["ada@acme.example"]),
    on=st.booleans(),
    links=urls,
    wanted=st.sampled_from([None, []]) | people,
    prune=st.booleans(),
    switch=st.none() | st.none() | st.tuples(st.sampled_from(list(SWITCHES)), st.booleans()),
    targets=st.none() | urls,
    probe=st.booleans(),
)


def judged(lab: Lab, world: World) -> tuple[Plan, Live, list[str]]:
    """The plan, what it was made against, and the lock-outs that the guards see in it."""
    desired = world.desired()
    names = {*desired.sections, *lists_at_stake(known().kinds, desired)} or {"redirect_url"}
    live = lab.live(*names, probe=world.probe)
    plan = guard(lab.plan_of(desired, live), known().kinds, desired, live, RULES)
    return plan, live, [finding.message for finding in plan.findings if finding.rule == "lock-out"]


def entries(lab: Lab) -> set[str]:
    return {one["identifier"] for one in lab.store.all("allowlist_identifiers").values()}


def schemes(lab: Lab) -> set[str]:
    return {one["url"].partition(":")[0].lower() for one in lab.store.all("redirect_urls").values()}


def is_on(lab: Lab) -> bool:
    return bool(lab.store.all("settings")["restrictions"]["allowlist"])


def locked(lab: Lab) -> bool:
    return is_on(lab) and not entries(lab)


@settings(max_examples=150)
@given(worlds)
def test_a_plan_locks_somebody_out_exactly_where_it_is_refused(world: World) -> None:
    with TemporaryDirectory() as folder:
        lab = world.build(Path(folder))
        was_locked, had = locked(lab), schemes(lab)
        plan, live, refused = judged(lab, world)

        lab.carry_out(plan)

        if refused:
            unknown = not SWITCHES.keys() & live.objects.keys()
            assert not had <= schemes(lab) or (not entries(lab) and (is_on(lab) or unknown))
        else:
            assert was_locked or not locked(lab)
            assert had <= schemes(lab)
