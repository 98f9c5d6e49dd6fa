"""Judges that this project did not write, held against everything that it says to and as Clerk.

Law: nothing here imports `reconcile.kinds`, and no judge is told what to expect by the code that it judges. What the
vendor's files get wrong is said in `declared.toml`, each entry with its evidence; an entry that is of no use fails.
"""
