"""Google: where people have their own calendars."""
