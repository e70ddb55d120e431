"""People: who they are, where they belong and since when, and how staff manage them."""
