"""What is held of a person: given to them, or erased (GDPR articles 15, 17 and 20).

``holdings`` is the one list of the tables and columns concerned; ``export`` and ``erase`` walk it. What
people did is kept for the statistics under an id that no longer leads to anyone.
"""
