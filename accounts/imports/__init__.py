"""Imports of people, places and facts from files: what all of them share."""
