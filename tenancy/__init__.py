"""Tenants: the hierarchy, the active scope, and the condition that keeps rows apart."""
