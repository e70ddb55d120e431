"""Steps of the tree as learners take them: completions, the sequence, the learning path."""
