"""One look at what has drifted: the files and the instance as they are now, and what is known of the time before."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reconcile.cli.live import Unsealed
from reconcile.drift import base_of, classify, drift_of
from reconcile.state.applied import read_applied
from reconcile.state.journal import stamp

if TYPE_CHECKING:
    from pathlib import Path

    from reconcile.cli.asked import Asked
    from reconcile.cli.groups import Opening
    from reconcile.cli.opening import World
    from reconcile.model import Base, Drift


@dataclass(frozen=True, slots=True)
class Looker:
    """Who looks, and at what. Each look opens the project anew, so that it sees files that somebody has changed."""

    opening: Opening
    world: World
    asked: Asked
    since: str = ""

    @property
    def environment(self) -> str:
        """The environment that is looked at."""
        return self.opening.environment

    def look(self) -> Drift:
        """What has drifted. Sends nothing but GET, and needs no secret of the files."""
        session = Unsealed(self.opening, self.world)
        base = self._at_revision(session.project.root) if self.since else None
        with closing(session.client(read_only=True)) as client:
            live = session.observe(client)
        memory = session.ledger(live.instance.id).memory
        plan = session.plan(live, session.policy(live, self.asked), memory)
        base = base or base_of(read_applied(session.state, live.instance.id))
        objects = classify(session.catalogue.kinds, plan, session.desired, live, base, memory)
        return drift_of(plan, objects, base, session.project.ignored, stamp(self.world.clock.now()))

    def _at_revision(self, root: Path) -> Base:
        from reconcile.cli.since import base_at

        return base_at(root, self.since, self.opening, self.world)
