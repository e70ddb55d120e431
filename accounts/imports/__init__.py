"""Imports of facts about people from CSV files."""
