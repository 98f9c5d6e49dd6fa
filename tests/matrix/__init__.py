"""The fault matrix: each way in which a kind is read or written, under each fault, once more, and then as wanted.

Kinds, routes and values are found by looking: in `reconcile/kinds`, in the examples of their pages, and in the plans
that these lead to. `python -m tests.matrix` plays every cell and prints what came of it.
"""
