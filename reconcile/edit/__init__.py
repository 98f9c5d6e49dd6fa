"""YAML files changed by the character: what no wish is about stays as it is, comments, order, quotes and line ends.

Files.opened(...)  the texts, and where in them each declared value stands
  .set .drop .add  what the files are to say, about values as they are rendered for one environment
  .edits()         the files that change for that, checked with our own loader, and what could not be done
write(root, edits) all of them onto the disk, or none
ended(root)        the end of what a run was killed at while it wrote
"""

from reconcile.edit.files import Edited, Files
from reconcile.edit.torn import ended
from reconcile.edit.write import Edit, write

__all__ = ["Edit", "Edited", "Files", "ended", "write"]
