"""The page of one person, for those who answer for them: what is known, why, and what can be mended.

Each app contributes its sections and acts when it starts (``accounts.people.person_page.contributions``).
"""
