"""Plans as every renderer shows them, kept beside the code: `python -m tests.golden --write` brings them up to date."""
