"""The commands of the project, as plain functions: scripts/<name> runs `commands/<name>.py`."""
