"""Questions and answers: question sets with their attempts, and weekly safety quizzes."""
