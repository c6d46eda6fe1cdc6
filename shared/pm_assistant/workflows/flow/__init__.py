"""How the team's work flows: figures of each day, and forecasts."""
