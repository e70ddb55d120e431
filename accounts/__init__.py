"""People: who they are, where they belong, what they may do, and how a request learns it."""
