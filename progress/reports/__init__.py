"""How far the learners of a place are with a course, and where they stop."""
