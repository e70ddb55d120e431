"""Typed progress (document 000)."""
