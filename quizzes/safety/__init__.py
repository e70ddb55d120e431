"""Weekly safety quizzes: results, and who is complete or pending in a week."""
