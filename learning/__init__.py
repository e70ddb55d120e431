"""What can be learned: the learning tree, and the workshop's tcodes with who may use them."""
