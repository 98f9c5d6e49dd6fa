"""Anything in any order: files are edited, the instance too, runs are disturbed, cut off and rolled back, and laws hold.

python -m tests.stateful --steps 50000        a long walk, another one each time, and what came of it
"""
