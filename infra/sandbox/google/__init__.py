"""Google, as far as its calendars are concerned."""
