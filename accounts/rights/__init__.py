"""Roles, permission keys, and who may give which to whom."""
