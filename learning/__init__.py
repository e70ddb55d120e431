"""The learning tree: categories, courses, sub-courses and videos, and the order of siblings."""
