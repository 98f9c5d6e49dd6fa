"""Kills real processes: one run is cut off at each of its boundaries, and the next one has to put everything right.

A boundary stands before each thing that lasts longer than the process: a file that is made or takes its place, a line of
the journal (and once more in the middle of it), a call that changes the instance. Between two of them a kill leaves
nothing else behind than at the first, so the boundaries of a run are all the ways in which it can be cut off.

    python -m tests.crash             every boundary of an apply and of a rollback, and what came of it
    python -m tests.crash --write     the same, and the figures into docs/reliability.md
"""
