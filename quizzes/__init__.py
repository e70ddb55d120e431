"""Question sets, entry assessments and the attempts learners make."""
