"""The key to the learning report."""

from typing import Final

REPORT: Final = "learning_reports.get"
KEYS: Final = {REPORT: "Read how far learners are with a course"}
HELD_BY: Final = ("PRINCIPAL", "SUPPORT", "INSTRUCTOR", "TEACHER")
