"""Requests and buttons that are sent twice and act once."""
