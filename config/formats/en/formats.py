"""Day before month, with its name: nobody takes 4 March for 3 April."""

DATE_FORMAT = SHORT_DATE_FORMAT = "j M Y"
DATETIME_FORMAT = SHORT_DATETIME_FORMAT = "j M Y, H:i"
TIME_FORMAT = "H:i"
MONTH_DAY_FORMAT = "j M"
YEAR_MONTH_FORMAT = "M Y"
# Weeks are ISO 8601's.
FIRST_DAY_OF_WEEK = 1
