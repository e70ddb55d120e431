"""A further level of the tree, declared by an app of its own: articles below sub-courses, a step like others.

It does what the app of a real level does, and nothing else knows of it. ``test_articles`` tries it.
"""
