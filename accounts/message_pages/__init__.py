"""Messages and preferences in the admin: what was sent, and a page to send more."""

from accounts.message_pages.lists import MessageAdmin, PreferencesAdmin

__all__ = ["MessageAdmin", "PreferencesAdmin"]
