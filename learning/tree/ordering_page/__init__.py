"""The ordering page of the admin: the whole tree on one page, each list of siblings in order."""
