"""Signing up, in and out: tokens, passwords, invitations, and where a session acts."""
