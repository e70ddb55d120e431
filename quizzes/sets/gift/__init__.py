"""Questions from and to GIFT, the text format of Moodle's question bank (docs/gift.md)."""
