"""What people have done: steps of the tree, typed items, tcodes, and the log of interactions."""
