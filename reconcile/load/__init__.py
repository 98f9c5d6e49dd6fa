"""From the files of a project to what they declare, each value with the place where it is written."""
