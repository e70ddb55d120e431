"""Question sets, their questions, entry assessments, and learners' attempts."""
