"""The learning tree: its levels, their order, what is below what, and the page that puts it in order."""
