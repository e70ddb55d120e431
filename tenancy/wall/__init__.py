"""The second wall: what the database itself refuses to show and to write (``docs/decisions/0037``).

``base`` is Django's database engine and tells the database where a statement acts; ``policies`` says what
may be seen and written from there.
"""
