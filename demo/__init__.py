"""What ``manage.py seed_demo`` writes: plain data in this package's modules, and ``loading`` to write it."""
