"""YAML -> Desired: finds the project, reads its files, and says where everything was written. All file reading is here."""

from reconcile.load.desired import load_desired
from reconcile.load.environment import Environment
from reconcile.load.project import Project, find_project, load_project

__all__ = ["Environment", "Project", "find_project", "load_desired", "load_project"]
