"""The road of an event: taken in, judged, decided, carried out; and what people see of it."""
