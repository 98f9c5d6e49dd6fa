"""Rate limits, as sliding logs: so many requests in any window of so many seconds."""

from __future__ import annotations

import math
from collections import deque

REQUESTS = {"development": (100, 10.0), "production": (1000, 10.0)}
TEMPLATE_WRITES = (10, 10.0)


class SlidingLog:
    """The moments of the latest admitted requests."""

    def __init__(self, most: int, window: float) -> None:
        self._most = most
        self._window = window
        self._admitted: deque[float] = deque()

    def admit(self, now: float) -> int:
        """0 and the request counts; or the whole seconds to wait, and it does not."""
        while self._admitted and self._admitted[0] <= now - self._window:
            self._admitted.popleft()
        if len(self._admitted) < self._most:
            self._admitted.append(now)
            return 0
        return max(1, math.ceil(self._admitted[0] + self._window - now))
